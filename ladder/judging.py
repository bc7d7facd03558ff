"""What lives come to: from the facts of each day the rung earned, held or overridden, and from rungs placements.

`judge` folds over all days of the points that `lives` built, `stand` tells the rung on one day.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from django.db.models import Case, F, IntegerField, Q, Value, When
from django.db.models.functions import Least
from django.db.models.lookups import GreaterThan

from customers import days
from ladder import latching, lives, masking, sql
from ladder.compiled import Compiled, Said, the_day
from ladder.models import Edition, Ladder, Point

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from ladder.facts.fact import Expression
    from ladder.reigns import Judges


def judge(panel: Sequence[Judges], horizon: date) -> None:
    """From life_point to life_placement: the rung earned, or held, on every point's day, by the edition in force on it."""
    soft = [judge for judge in panel if judge.is_soft]
    if soft:
        latching.latch([reigns(judge.editions) for judge in soft], horizon, lives.POINT_COLUMNS)
    for judge in panel:
        _judge_reigns(judge.editions)
    sql.analyze("life_rung")
    for judge in soft:
        latching.hold(judge.ladder.pk)
    _islands()
    for judge in panel:
        _set_due(judge.ladder, judge.editions, horizon)


def _judge_reigns(editions: list[Edition]) -> None:
    """Each point by the edition in force on its day."""
    for edition, first, last in reigns(editions):
        reign = Q() if first is None else Q(day__gte=first)
        _judge_by(edition, reign if last is None else reign & Q(day__lt=last))


def _judge_by(edition: Edition, points: Q, day: int | None = None) -> None:
    """On a day, or each point on its own."""
    select, parameters = _judgement(Said([edition]), points, own_day=day is None).on(day or 0)
    sql.run(f"INSERT INTO life_rung (customer_id, ladder_id, day, rung_id, edition_id) {select}", parameters)


@lru_cache(maxsize=128)
def _judgement(said: Said, points: Q, *, own_day: bool) -> Compiled:
    (edition,) = said.editions
    day = F("day") if own_day else the_day()
    earned = Point.objects.filter(points).annotate(
        rung=edition.earned(day), ladder=Value(edition.ladder_id), edition=Value(edition.pk), on_day=day
    )
    return Compiled.of(earned.values_list("customer_id", "ladder", "on_day", "rung", "edition"))


def reigns(editions: list[Edition]) -> list[tuple[Edition, int | None, int | None]]:
    """Each edition with its first day and the day after its last, as numbers; None is open.

    Of two editions from the same day the later number reigns.
    """
    starts = [None if e.first_day is None else days.number(e.first_day) for e in editions]
    found = []
    for i, edition in enumerate(editions):
        following = starts[i + 1] if i + 1 < len(editions) else None
        if i + 1 < len(editions) and following == starts[i]:
            continue
        found.append((edition, starts[i], following))
    return found


def _islands() -> None:
    """Fill life_placement: runs of days on one rung, overrides laid over. Days on none (not ranked) leave a hole.

    A movement is the rules' own where the rung is the one earned, and was earned on that very day; any other is by an override.
    """
    masked = masking.mask()
    sql.run(
        """
        INSERT INTO life_placement (customer_id, ladder_id, rung_id, edition_id, since, until, by_override)
        SELECT customer_id, ladder_id, rung_id, edition_id, day, until,
            CASE WHEN rung_id <> earned OR earned = earned_before THEN 1 ELSE 0 END
        FROM (
            SELECT customer_id, ladder_id, rung_id, edition_id, day, earned, earned_before,
                LEAD(day) OVER (PARTITION BY customer_id, ladder_id ORDER BY day) AS until
            FROM (
                SELECT r.*, COALESCE(earned_id, rung_id) AS earned, LAG(rung_id) OVER life AS before,
                    LAG(COALESCE(earned_id, rung_id)) OVER life AS earned_before
                FROM life_rung r WINDOW life AS (PARTITION BY customer_id, ladder_id ORDER BY day)
            ) steps WHERE before IS NULL OR before <> rung_id
        ) runs WHERE rung_id <> 0
        """
    )
    sql.analyze("life_placement")
    if masked:
        masking.name_overrides()


def _set_due(ladder: Ladder, editions: list[Edition], horizon: date) -> None:
    """Write on every open placement on a ladder the earliest day after the horizon on which time alone may end it."""
    select, parameters = _dues(Said(in_force(editions, horizon))).on(days.number(horizon))
    sql.run(
        "UPDATE life_placement SET due = p.due FROM"
        f" (SELECT customer_id, MIN(due) AS due FROM ({select}) flips GROUP BY customer_id) p"
        " WHERE p.customer_id = life_placement.customer_id AND life_placement.until IS NULL AND life_placement.ladder_id = %s",
        [*parameters, ladder.pk],
    )
    if any(edition.soft_steps for edition in editions):
        latching.foretell(ladder.pk, horizon)


@lru_cache(maxsize=32)
def _dues(said: Said) -> Compiled:
    asked = Point.objects.filter(lives.last_points()).annotate(due=due(list(said.editions))).exclude(due=sql.FOREVER)
    return Compiled.of(asked.values_list("customer_id", "due"))


def in_force(editions: list[Edition], horizon: date) -> list[Edition]:
    """The one in force on a day, if any.

    One to come makes nobody due: when its day has come, everybody is marked (`reigns.begin`), and moves quietly.
    """
    end = days.number(horizon)
    return [e for e, first, finish in reigns(editions) if (first is None or first <= end) and (finish is None or finish > end)]


def due(editions: list[Edition]) -> Expression:
    """The earliest day after the day asked about on which time alone may change what these editions say, as a column of a scorecard.

    FOREVER where there is none.
    """
    never = Value(sql.FOREVER, output_field=IntegerField())
    found = [Case(When(GreaterThan(flip, the_day()), then=flip), default=never) for flip in lives.flips(editions)]
    return Least(*found, never) if found else never


def stand(editions: list[Edition], at: date) -> None:
    """Fill life_rung with the rung on a day of each customer in life_customer, overrides laid over.

    The editions are those that have begun by then, in order; the last one judges.
    """
    last = editions[-1]
    if any(edition.soft_steps for edition in editions):
        lives.build(at, editions)
        lives.split(editions, at)
        latching.latch([reigns(editions)], at, lives.POINT_COLUMNS)
        _judge_reigns(editions)
        sql.analyze("life_rung")
        latching.hold(last.ladder_id)
        sql.run(
            "DELETE FROM life_rung WHERE (customer_id, day) NOT IN (SELECT customer_id, MAX(day) FROM life_rung GROUP BY customer_id)"
        )
    else:
        lives.build_last(at, editions)
        _judge_by(last, lives.last_points(), days.number(at))
    sql.analyze("life_rung")
    masking.mask()
