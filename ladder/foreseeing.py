"""Who is about to fall: on which of the next days time alone lowers somebody, and to where.

A placement is due when it must be looked at again, and early is harmless there: most who are due soon stay. So whoever is due within
some days, or has something said of one of them already, has their life folded on over them, once for as long as they are due on that day
and nothing reaches them. That is done after the ranking, a few at a time; a placement without its outlook waits for it.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import Count, Max

from customers import days
from ladder import lives, reigns, settling, sifting, sql
from ladder.models import Chunk, Run, StaleMark
from ladder.models.standing import CHUNK_SIZE
from ladder.reigns import Judges
from ladder.standings import SOON

if TYPE_CHECKING:
    from datetime import date

    from ladder.models import Edition

log = logging.getLogger(__name__)

AT_A_TIME = 2_000
TOGETHER = 500  # folded and noted in one transaction, with their chunks locked

STANDS = "p.until IS NULL AND p.superseded_at IS NULL"
DUE = "p.due > {day} AND p.due <= {last}"
SAID = "m.day > {day} AND m.day <= {last}"
COMES = f"({DUE} OR EXISTS (SELECT 1 FROM ladder_stalemark m WHERE m.customer_id = p.customer_id AND {SAID}))"
# How many marks of days to come somebody has: what is recorded of such a day, or taken back, adds one, and none goes before it comes.
MARKS = "(SELECT COUNT(*) FROM ladder_stalemark k WHERE k.customer_id = p.customer_id AND k.day > {day})"
LOOKED = f"o.customer_id = p.customer_id AND o.ladder_id = p.ladder_id AND o.due IS NOT DISTINCT FROM p.due AND o.marks = {MARKS}"
WAITS = f"""
    {STANDS} AND p.customer_id NOT IN (SELECT q.customer_id FROM ladder_quarantine q)
    AND NOT EXISTS (SELECT 1 FROM ladder_outlook o WHERE {LOOKED})
"""
# From all chunks, for of a chunk a night leaves few, and folding has a price for itself. A cross join is taken by SQLite in the order it is
# written in; otherwise it begins with everybody's placements.
FEW = f"""
    SELECT customer_id FROM (
        SELECT p.customer_id FROM ladder_placement p WHERE {DUE} AND {WAITS}
        UNION
        SELECT p.customer_id FROM ladder_stalemark m CROSS JOIN ladder_placement p
        WHERE p.customer_id = m.customer_id AND {SAID} AND {WAITS}
    ) few ORDER BY customer_id LIMIT %s
"""
CHOOSE = f"""
    INSERT INTO life_customer (customer_id)
    SELECT DISTINCT p.customer_id FROM ladder_placement p WHERE p.customer_id IN ({{these}}) AND {COMES} AND {WAITS}
"""
FORGET = "DELETE FROM ladder_outlook WHERE customer_id IN (SELECT customer_id FROM life_customer)"
# Before they are folded: a mark that comes meanwhile is one more than these.
NOTE = f"""
    INSERT INTO ladder_outlook (customer_id, ladder_id, due, marks, error)
    SELECT p.customer_id, p.ladder_id, p.due, {MARKS}, %s FROM ladder_placement p
    JOIN life_customer c ON c.customer_id = p.customer_id WHERE {STANDS} AND {COMES}
"""
# The first day on which they stand lower, or beside the ladder.
FALLS = """
    SELECT customer_id, ladder_id, since, rung_id FROM (
        SELECT n.customer_id, n.ladder_id, n.since, n.rung_id,
            ROW_NUMBER() OVER (PARTITION BY n.customer_id, n.ladder_id ORDER BY n.since) AS place
        FROM life_placement n
        JOIN ladder_placement s ON s.customer_id = n.customer_id AND s.ladder_id = n.ladder_id
            AND s.until IS NULL AND s.superseded_at IS NULL
        JOIN ladder_step stands ON stands.edition_id = n.edition_id AND stands.rung_id = s.rung_id
        JOIN ladder_step comes ON comes.edition_id = n.edition_id AND comes.rung_id = n.rung_id
        WHERE n.since > {day} AND stands.kind <> 'side' AND (comes.kind = 'side' OR comes.position < stands.position)
    ) f WHERE place = 1
"""
TELL = f"""
    UPDATE ladder_outlook SET falls_on = f.since, falls_to_id = f.rung_id FROM ({FALLS}) f
    WHERE ladder_outlook.customer_id = f.customer_id AND ladder_outlook.ladder_id = f.ladder_id
"""

_done: dict[str, object] = {}
"""What was there when this process last found nobody waiting; another process looks once more, to the same end."""


def catch_up() -> None:
    """Look ahead for some of who waits, if anything was ranked or said of days to come since this process last found nobody."""
    day = Run.objects.ranked_through()
    if day is None:
        return
    run = Run.objects.exclude(finished_at=None).order_by("-pk").values_list("pk", flat=True).first()
    said = StaleMark.objects.filter(day__gt=day).aggregate(n=Count("pk"), last=Max("pk"))
    there = (run, *said.values())
    if there == _done.get("there"):
        return
    try:
        found = look_ahead()
    except Exception as error:
        if not sifting.is_passing(error):  # it would only be met again
            _done["there"] = there
        raise
    if not found:
        _done["there"] = there


def look_ahead() -> int:
    """Look ahead for some of those who wait for it; how many they were, 0 if nobody waits but for the next run.

    Raises what it meets where that is of the moment, or of more than some customers; those it was of do not wait any more.
    """
    day = Run.objects.ranked_through()
    if day is None:
        return 0
    found, failed, noted = _few(day), list[int](), 0
    for first in range(0, len(found), TOGETHER):
        noted += _among(found[first : first + TOGETHER], failed)
    # None of them waits any more by the day that their chunk is ranked through, where that is a later one.
    return len(found) if noted or _few(day) != found else 0


def _few(day: date) -> list[int]:
    return [who for (who,) in sql.rows(FEW.format(**_ends(day)), [AT_A_TIME])]


def _among(customers: list[int], failed: list[int]) -> int:
    """Look ahead for these; where that fails, in ever smaller parts. On whose facts the rules fail, of them nothing is foretold.

    Gives of how many it was noted what comes; adds to those who failed.
    """
    waiting, noted = [customers], 0
    while waiting:
        some = waiting.pop(0)
        try:
            noted += _note(some)
        except Exception as error:
            if sifting.is_passing(error) or not connection.is_usable():
                raise
            if len(some) > 1:
                middle = len(some) // 2
                waiting = [some[:middle], some[middle:], *waiting]
                continue
            if len(failed) == sifting.MOST:  # it is not they
                raise
            # Ranking will meet it on the day they are due, and quarantine them. Until then nobody else waits for them.
            log.warning("Nothing can be foretold of customer %s.", some[0], exc_info=True)
            noted += _note(some, error=str(error)[:500] or type(error).__name__)
            failed += some
    return noted


@transaction.atomic
def _note(customers: list[int], *, error: str = "") -> int:
    """Note what comes for those of these who still wait; with an error, that this is why nothing is foretold. Gives how many they were."""
    numbers = {who // CHUNK_SIZE for who in customers}
    ours = (
        Chunk.objects.select_for_update().filter(number__in=numbers).order_by("number")
    )  # as whoever ranks: nobody does meanwhile
    through = [*ours.values_list("through", flat=True), Run.objects.ranked_through()]
    day = max(filter(None, through))
    ends = _ends(day)
    sql.plan_well("ladder_placement")
    lives.empty_tables()
    chosen = sql.run(CHOOSE.format(**ends, these=", ".join(["%s"] * len(customers))), customers)
    if not chosen:
        return 0
    sql.run(FORGET)
    sql.run(NOTE.format(**ends), [error])
    if not error:
        fold_on(day)
        sql.run(TELL.format(**ends))
    return chosen


def fold_on(day: date) -> None:
    """The lives of the customers in life_customer, on from a day.

    As far as can be asked before they are looked at again: who is due in 14 days is asked then for the 14 after.
    """
    panel = [Judges(judge.ladder, begun) for judge in reigns.judges() if (begun := _begun(judge, day))]
    settling.fold(day + 2 * timedelta(days=SOON), panel)


def mistold(day: date) -> list[tuple[int, int]]:
    """Of the customers in life_customer, folded on from a day, who is told otherwise: (customer, ladder).

    Who waits to be looked at is not told of yet.
    """
    ends = _ends(day)
    told, comes = (
        f"CASE WHEN {on} <= {ends['last']} THEN {on} END, CASE WHEN {on} <= {ends['last']} THEN {to} END"
        for on, to in (("o.falls_on", "o.falls_to_id"), ("f.since", "f.rung_id"))
    )
    return sql.rows(
        "SELECT o.customer_id, o.ladder_id FROM life_customer c JOIN ladder_outlook o ON o.customer_id = c.customer_id AND o.error = ''"
        f" JOIN ladder_placement p ON {STANDS} AND {LOOKED.format(**ends)}"
        f" LEFT JOIN ({FALLS.format(**ends)}) f ON f.customer_id = o.customer_id AND f.ladder_id = o.ladder_id"
        f" WHERE ({told}) IS DISTINCT FROM ({comes})"
    )


def _ends(day: date) -> dict[str, int]:
    return {"day": days.number(day), "last": days.number(day) + SOON}


def _begun(judge: Judges, day: date) -> list[Edition]:
    """Rules to come foretell nobody's fall."""
    return [edition for edition in judge.editions if edition.first_day is None or edition.first_day <= day]
