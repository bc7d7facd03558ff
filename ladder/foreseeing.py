"""Who is about to fall: on which of the next days time alone lowers somebody, and to where.

A placement is due when it must be looked at again, and early is harmless there: most who are due soon stay. So whoever is due within
some days has their life folded on over them, once for as long as they are due on that day and nothing reaches them. That is done after
the ranking, a few at a time; a placement without its outlook waits for it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from customers import days
from ladder import lives, reigns, settling, sql
from ladder.models import Chunk, Run
from ladder.models.standing import CHUNK_SIZE
from ladder.reigns import Judges
from ladder.standings import SOON

if TYPE_CHECKING:
    from datetime import date

    from ladder.models import Edition

AT_A_TIME = 2_000

OPEN = "p.until IS NULL AND p.superseded_at IS NULL AND p.due > {day} AND p.due <= {last}"
WAITING = f"""
    ladder_placement p WHERE {OPEN} AND p.customer_id NOT IN (SELECT q.customer_id FROM ladder_quarantine q) AND NOT EXISTS (
        SELECT 1 FROM ladder_outlook o WHERE o.customer_id = p.customer_id AND o.ladder_id = p.ladder_id AND o.due = p.due
    )
"""
CHOOSE = f"""
    INSERT INTO life_customer (customer_id)
    SELECT DISTINCT p.customer_id FROM {WAITING} AND p.customer_id BETWEEN %s AND %s ORDER BY p.customer_id LIMIT %s
"""
FORGET = "DELETE FROM ladder_outlook WHERE customer_id IN (SELECT customer_id FROM life_customer)"
# The first day on which they stand lower, or beside the ladder.
NOTE = f"""
    INSERT INTO ladder_outlook (customer_id, ladder_id, due, falls_on, falls_to_id)
    SELECT p.customer_id, p.ladder_id, p.due, f.since, f.rung_id FROM ladder_placement p
    JOIN life_customer c ON c.customer_id = p.customer_id
    LEFT JOIN (
        SELECT n.customer_id, n.ladder_id, n.since, n.rung_id,
            ROW_NUMBER() OVER (PARTITION BY n.customer_id, n.ladder_id ORDER BY n.since) AS place
        FROM life_placement n
        JOIN ladder_placement s ON s.customer_id = n.customer_id AND s.ladder_id = n.ladder_id
            AND s.until IS NULL AND s.superseded_at IS NULL
        JOIN ladder_step stands ON stands.edition_id = n.edition_id AND stands.rung_id = s.rung_id
        JOIN ladder_step comes ON comes.edition_id = n.edition_id AND comes.rung_id = n.rung_id
        WHERE n.since > {{day}} AND stands.kind <> 'side' AND (comes.kind = 'side' OR comes.position < stands.position)
    ) f ON f.customer_id = p.customer_id AND f.ladder_id = p.ladder_id AND f.place = 1
    WHERE {OPEN}
"""

_done: dict[str, object] = {}
"""The run after which this process has found nobody waiting; another process looks once more, to the same end."""


def catch_up() -> None:
    """Look ahead for some of who waits, if anything was ranked since this process last found nobody."""
    last = Run.objects.exclude(finished_at=None).order_by("-pk").values_list("pk", flat=True).first()
    if last != _done.get("run") and not look_ahead():
        _done["run"] = last


def look_ahead() -> int:
    """Look ahead for some of those who wait for it; how many they were."""
    day = Run.objects.ranked_through()
    if day is None:
        return 0
    [(first,)] = sql.rows(f"SELECT MIN(p.customer_id) FROM {WAITING.format(**_ends(day))}")
    if first is None:
        return 0
    number = first // CHUNK_SIZE
    with transaction.atomic():
        # Nobody ranks them meanwhile: written first, as whoever ranks does.
        Chunk.objects.filter(number=number).update(given_up_at=F("given_up_at"))
        through = Chunk.objects.values_list("through", flat=True).get(number=number)
        return _look_ahead(number, max(filter(None, [through, day])))


def _look_ahead(number: int, day: date) -> int:
    ends = _ends(day)
    lives.empty_tables()
    first = number * CHUNK_SIZE
    if not (count := sql.run(CHOOSE.format(**ends), [first, first + CHUNK_SIZE - 1, AT_A_TIME])):
        return 0
    panel = [Judges(judge.ladder, begun) for judge in reigns.judges() if (begun := _begun(judge, day))]
    settling.fold(days.from_number(ends["last"]), panel)
    sql.run(FORGET)
    sql.run(NOTE.format(**ends))
    return count


def _ends(day: date) -> dict[str, int]:
    return {"day": days.number(day), "last": days.number(day) + SOON}


def _begun(judge: Judges, day: date) -> list[Edition]:
    """Rules to come foretell nobody's fall."""
    return [edition for edition in judge.editions if edition.first_day is None or edition.first_day <= day]
