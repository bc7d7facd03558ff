"""The stored scorecards: read anew for whom something reached today, and asked who no longer stands where they say.

Whoever was judged up to yesterday and is touched by nothing earlier than today needs no life folded again: yesterday's rung is
stored, and today's follows from the facts as of today. What comes out is what the fold gives; that is tested.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from customers import days
from ladder import judging, lives, sql, taking
from ladder.compiled import Compiled, Said, the_day
from ladder.facts import CHANGES
from ladder.models import Scorecard

if TYPE_CHECKING:
    from datetime import date

    from ladder.reigns import Judges

COLUMNS = ", ".join(lives.FACT_COLUMNS)


def refresh(horizon: date, panel: list[Judges], within: tuple[int, int]) -> int:
    """Read the facts of the customers in life_customer, out of a range, from the ledgers as of the horizon; gives how many cards differ.

    Where a day to come follows from the day of the card too, that is brought up even if every fact of it is the same.
    """
    editions = [edition for judge in panel for edition in judge.editions]
    now = lives.present(horizon, editions)
    compared = ("day", *lives.FACT_COLUMNS) if lives.flips_by_day(editions) else lives.FACT_COLUMNS
    given, told = (", ".join(f"{table}.{name}" for name in compared) for table in ("p", "ladder_scorecard"))
    assigned = ", ".join(f"{name} = p.{name}" for name in lives.FACT_COLUMNS)
    return sql.run(
        f"UPDATE ladder_scorecard SET day = p.day, {assigned} FROM ({now}) p"
        f" WHERE p.customer_id = ladder_scorecard.customer_id AND ladder_scorecard.customer_id BETWEEN %s AND %s"
        f" AND ({given}) IS DISTINCT FROM ({told})",
        within,
    )


def outdated(horizon: date) -> str:
    """Whether time alone has changed a column of a card: a condition on ladder_scorecard."""
    end = days.number(horizon)
    return f"({' OR '.join(f'{column} <= {end}' for column in CHANGES)})"


def take_movers(judge: Judges, horizon: date, within: tuple[int, int], *, untouched: bool = False) -> int:
    """Add to life_mover whose open placement on a ladder is not what their card says; gives how many.

    Of those taken who are on time, whose cards are as of the horizon, or who is due on another day than they say; or of the untouched.
    `within` is a range of customers, said of both sides of the join, or PostgreSQL reads every placement of the ladder.
    """
    edition = judge.on(horizon)
    if edition is None:
        return 0
    due_by = Said(judging.in_force(judge.editions, horizon) if not untouched else [])
    select, said = _asked(Said([edition]), due_by).on(days.number(horizon))
    among = taking.untouched() if untouched else f"e.customer_id IN ({taking.ON_TIME})"
    due = "" if untouched else f" OR (e.rung <> 0 AND COALESCE(o.due, {sql.FOREVER}) <> e.falls)"
    return sql.run(
        f"INSERT INTO life_mover (customer_id) SELECT e.customer_id FROM ({select}) e LEFT JOIN ladder_placement o"
        " ON o.customer_id = e.customer_id AND o.ladder_id = %s AND o.until IS NULL AND o.superseded_at IS NULL"
        f" AND o.customer_id BETWEEN %s AND %s WHERE {'' if untouched else sql.aside()}e.customer_id BETWEEN %s AND %s AND {among}"
        f" AND (COALESCE(o.rung_id, 0) <> e.rung{due} OR (o.since = %s AND o.edition_id <> %s)) ON CONFLICT DO NOTHING",
        [*said, judge.ladder.pk, *within, *within, days.number(horizon), edition.pk],
    )


@lru_cache(maxsize=32)
def _asked(reigning: Said, due_by: Said) -> Compiled:
    """The rung on a day that every card says, and when that may change."""
    cards = Scorecard.objects.annotate(rung=reigning.editions[0].earned(the_day()))
    if due_by.editions:
        cards = cards.annotate(falls=judging.due(list(due_by.editions)))
    return Compiled.of(cards.values_list("customer_id", *cards.query.annotations))


def recall(horizon: date) -> None:
    """Fill life_point with the stored cards of the customers in life_customer."""
    sql.run(
        f"INSERT INTO life_point (customer_id, day, {COLUMNS}) SELECT customer_id, {days.number(horizon)}, {COLUMNS}"
        " FROM ladder_scorecard WHERE customer_id IN (SELECT customer_id FROM life_customer)"
    )
    sql.analyze("life_point", "customer_id", "day", "next_day")
