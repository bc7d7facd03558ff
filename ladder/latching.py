"""Softness: rungs that are kept by a milder rule than earns them, and left only after days of grace.

Each soft step is a latch. It goes on when its enter rule holds, and off when its stay rule has failed for the days of grace
running: first failed on day f, they fall on day f + grace. Who enters also stays. The rung is the highest latch that is on. Side
states and not being ranked put every latch off, so that on coming back only enter rules count. Latches are kept by rung, so that an
edition finds them as the one before left them.

This equals judging day by day with yesterday's latches in hand, without a state to carry: a latch is on where the last day on which
it was entered is later than the last on which it was off.
"""

from __future__ import annotations

from functools import lru_cache, reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.db.models import Case, F, Q, Value, When

from customers import days
from ladder import sql
from ladder.compiled import Compiled, Said
from ladder.facts import flag, whole
from ladder.models import Point
from ladder.sql import FOREVER

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from ladder.models import Edition

    Reign = tuple[Edition, int | None, int | None]

COLUMNS = "customer_id, rung_id, position, day, enters, stays, grace"
TABLES = {
    "life_latch": "customer_id BIGINT, rung_id BIGINT, position INTEGER, day INTEGER, enters INTEGER, stays INTEGER, grace INTEGER",
    "life_grace": "customer_id BIGINT, day INTEGER, over INTEGER",
    "life_on": "customer_id BIGINT, rung_id BIGINT, position INTEGER, day INTEGER, falls INTEGER, PRIMARY KEY (customer_id, rung_id, day)",
}


def latch(ladders: Sequence[Sequence[Reign]], horizon: date, point_columns: Sequence[str]) -> None:
    """Fill life_on with the latches that are on, by day. Adds to life_point the days on which grace ends."""
    for reigns in ladders:
        rungs = {step.rung_id for edition, *_ in reigns for step in edition.soft_steps}
        for edition, first, last in reigns:
            points = (Q() if first is None else Q(day__gte=first)) & (Q() if last is None else Q(day__lt=last))
            for rung in sorted(rungs):
                select, parameters = _latched(Said([edition]), rung, points).on(0)
                sql.run(f"INSERT INTO life_latch ({COLUMNS}) {select}", parameters)
    sql.analyze("life_latch")
    _end_grace(days.number(horizon), point_columns)
    sql.run(f"INSERT INTO life_on (customer_id, rung_id, position, day, falls) {ON}")
    sql.analyze("life_on")


@lru_cache(maxsize=128)
def _latched(said: Said, rung: int, points: Q) -> Compiled:
    """What an edition says of a rung on each point's day; one that is no step of it is never held."""
    (edition,) = said.editions
    day, numbers = F("day"), edition.read_numbers
    step = next((s for s in edition.all_steps if s.rung_id == rung and s.kind == s.Kind.STEP), None)
    sides = [s.read_rule.q(day, numbers, exact=True) for s in edition.all_steps if s.kind == s.Kind.SIDE]
    here = ~reduce(or_, [Q(not_ranked=1), *sides])
    found: dict[str, Any] = {"enters": whole(0), "stays": whole(0), "grace": whole(NO_GRACE)}
    if step:
        enters = step.read_rule.q(day, numbers)
        stays = enters | step.read_stay.q(day, numbers) if step.read_stay else enters
        found = {
            "enters": flag(here & enters),
            "stays": flag(here & stays),
            "grace": Case(When(here, then=whole(step.grace_days)), default=whole(NO_GRACE)),
        }
    place = whole(step.position if step else 0)
    rows = Point.objects.filter(points).annotate(latch=Value(rung), place=place, **found)
    return Compiled.of(rows.values_list("customer_id", "latch", "place", "day", "enters", "stays", "grace"))


# Runs of days on which the stay rule fails: `failing` is the first day of the run, `next_day` the next on which anything may change.
RUNS = """
    SELECT r.*, MIN(CASE WHEN stays = 0 THEN day END) OVER (PARTITION BY customer_id, rung_id, run) AS failing FROM (
        SELECT l.*, SUM(stays) OVER life AS run, LEAD(day) OVER life AS next_day FROM life_latch l
        WINDOW life AS (PARTITION BY customer_id, rung_id ORDER BY day)
    ) r
"""
NO_GRACE = -1_000_000  # beside the ladder, not ranked, no step: off at once, however long they have failed
ENDS = f"""
    SELECT customer_id, rung_id, position, day, stays, grace, failing + grace AS ends, next_day FROM ({RUNS}) f
    WHERE stays = 0 AND grace > 0 AND failing + grace > day AND (next_day IS NULL OR failing + grace < next_day)
"""
ON = f"""
    SELECT customer_id, rung_id, position, day, CASE WHEN stays = 0 THEN failing + grace END FROM (
        SELECT f.*, MAX(CASE WHEN enters = 1 THEN day END) OVER life AS entered,
            MAX(CASE WHEN stays = 0 AND day >= failing + grace THEN day END) OVER life AS was_off
        FROM ({RUNS}) f WINDOW life AS (PARTITION BY customer_id, rung_id ORDER BY day)
    ) told WHERE entered IS NOT NULL AND (was_off IS NULL OR was_off < entered)
"""


def _end_grace(horizon: int, point_columns: Sequence[str]) -> None:
    """Add the days on which grace ends to the points and to the latches, where nothing else happens on them."""
    sql.run(
        f"INSERT INTO life_grace (customer_id, day, over) SELECT DISTINCT customer_id, day, ends FROM ({ENDS}) e WHERE ends <= %s",
        [horizon],
    )
    facts = [name for name in point_columns if name not in {"customer_id", "day"}]
    sql.run(
        f"INSERT INTO life_point (customer_id, day, {', '.join(facts)}) SELECT p.customer_id, g.over, {', '.join(f'p.{f}' for f in facts)}"
        " FROM life_grace g JOIN life_point p ON p.customer_id = g.customer_id AND p.day = g.day WHERE 1 = 1 ON CONFLICT DO NOTHING"
    )
    # Every latch is asked again on the added days, for life_rung will have a row on them.
    sql.run(
        f"INSERT INTO life_latch ({COLUMNS}) SELECT DISTINCT l.customer_id, l.rung_id, l.position, g.over, l.enters, l.stays, l.grace"
        " FROM life_grace g JOIN life_latch l ON l.customer_id = g.customer_id AND l.day = g.day"
    )
    sql.analyze("life_point", "customer_id", "day", "next_day")
    sql.analyze("life_latch")


def hold(ladder: int) -> None:
    """Write on life_rung the highest latch that is on, where that is above the rung earned."""
    sql.run(
        """
        UPDATE life_rung SET rung_id = h.rung_id FROM (
            SELECT r.customer_id, r.day, o.rung_id,
                ROW_NUMBER() OVER (PARTITION BY r.customer_id, r.day ORDER BY o.position DESC) AS place
            FROM life_rung r JOIN life_on o ON o.customer_id = r.customer_id AND o.day = r.day
            JOIN ladder_step earned ON earned.edition_id = r.edition_id AND earned.rung_id = r.rung_id
            WHERE r.ladder_id = %s AND earned.kind <> 'side' AND o.position > earned.position
        ) h WHERE h.place = 1 AND h.customer_id = life_rung.customer_id AND h.day = life_rung.day AND life_rung.ladder_id = %s
        """,
        [ladder, ladder],
    )


def foretell(ladder: int, horizon: date) -> None:
    """Write on the open placements of life_placement when grace ends, for those in grace; that is also when they are due."""
    least = sql.words()["least"]
    sql.run(
        "UPDATE life_placement SET falls_on = g.falls,"
        f" due = {least}(COALESCE(life_placement.due, {FOREVER}), g.falls) FROM ("
        "   SELECT o.customer_id, o.rung_id, o.falls FROM life_on o"
        "   JOIN (SELECT customer_id, MAX(day) AS day FROM life_on GROUP BY customer_id) last"
        "   ON last.customer_id = o.customer_id AND last.day = o.day WHERE o.falls > %s"
        ") g WHERE g.customer_id = life_placement.customer_id AND g.rung_id = life_placement.rung_id"
        " AND life_placement.ladder_id = %s AND life_placement.until IS NULL",
        [days.number(horizon), ladder],
    )
