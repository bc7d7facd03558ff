"""Looking ahead where rungs are soft: what time alone will do, by folding one life on into days to come.

Which latches are on depends on the days before, so no single row of facts can tell.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from customers import days
from ladder import judging, lives, reigns, sql

if TYPE_CHECKING:
    from datetime import date

    from customers.models import Customer
    from ladder.models import Edition, Step

AS_FAR = timedelta(days=1_500)  # beyond the longest silence limit and the longest grace


@transaction.atomic
def ahead(customer: Customer, edition: Edition, day: date) -> tuple[date, Step] | None:
    """The first day after `day` on which time alone puts the customer on another rung of a ladder, and which; None if none does."""
    _fold(customer, edition, day + AS_FAR)
    later = sql.rows(
        "SELECT since, rung_id FROM life_placement WHERE ladder_id = %s AND since > %s ORDER BY since LIMIT 1",
        [edition.ladder_id, days.number(day)],
    )
    steps = {step.rung_id: step for step in edition.all_steps}
    return (days.from_number(later[0][0]), steps[later[0][1]]) if later and later[0][1] in steps else None


@transaction.atomic
def earned(customer: Customer, edition: Edition, day: date) -> int:
    """The rung on which the rules alone put somebody on a day, whatever overrides say; its id."""
    _fold(customer, edition, day)
    return earned_in_fold(edition, day)


def earned_in_fold(edition: Edition, day: date) -> int:
    """The same, of the one customer whose life is folded."""
    told = "SELECT COALESCE(earned_id, rung_id) FROM life_rung WHERE ladder_id = %s AND day <= %s ORDER BY day DESC LIMIT 1"
    return int(sql.rows(told, [edition.ladder_id, days.number(day)])[0][0])


def _fold(customer: Customer, edition: Edition, horizon: date) -> None:
    """The life of one customer on one ladder, up to a day."""
    panel = [judge for judge in reigns.judges() if judge.ladder.pk == edition.ladder_id]
    lives.empty_tables()
    lives.choose_one(customer.pk)
    lives.build(horizon, panel[0].editions)
    lives.split(panel[0].editions, horizon)
    judging.judge(panel, horizon)
