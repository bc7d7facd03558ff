"""Looking ahead where no single row of facts can tell what time alone will do: one life is folded on into days to come.

Where rungs are soft, which latches are on depends on the days before; and a row knows a window up to its next change.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from customers import days
from ladder import judging, lives, reigns, sql

if TYPE_CHECKING:
    from collections.abc import Sequence

    from customers.models import Customer
    from ladder.models import Edition, Step

AS_FAR = timedelta(days=1_500)  # beyond the longest silence limit and the longest grace


def ahead(customer: Customer, editions: Sequence[Edition], day: date) -> dict[Edition, tuple[date, Step]]:
    """The first day after `day` on which time alone puts the customer on another rung of each ladder, and which; only where there is one."""
    if not editions:
        return {}
    with transaction.atomic():
        _fold(customer, editions, day + min(AS_FAR, date.max - day))
        told = "SELECT ladder_id, rung_id, since FROM life_placement WHERE since > %s ORDER BY since DESC"
        later = sql.rows(told, [days.number(day)])
    first = {ladder: (days.from_number(since), rung) for ladder, rung, since in later}
    found = {}
    for edition in editions:
        on, rung = first.get(edition.ladder_id, (day, None))
        if step := next((step for step in edition.all_steps if step.rung_id == rung), None):
            found[edition] = on, step
    return found


@transaction.atomic
def earned(customer: Customer, edition: Edition, day: date) -> int:
    """The rung on which the rules alone put somebody on a day, whatever overrides say; its id."""
    _fold(customer, [edition], day)
    return earned_in_fold(edition, day)


def earned_in_fold(edition: Edition, day: date) -> int:
    """The same, of the one customer whose life is folded."""
    told = "SELECT COALESCE(earned_id, rung_id) FROM life_rung WHERE ladder_id = %s AND day <= %s ORDER BY day DESC LIMIT 1"
    return int(sql.rows(told, [edition.ladder_id, days.number(day)])[0][0])


def _fold(customer: Customer, editions: Sequence[Edition], horizon: date) -> None:
    """The life of one customer on the ladders of these editions, up to a day."""
    ladders = {edition.ladder_id for edition in editions}
    panel = [judge for judge in reigns.judges() if judge.ladder.pk in ladders]
    reigned = [edition for judge in panel for edition in judge.editions]
    lives.empty_tables()
    lives.choose_one(customer.pk)
    lives.build(horizon, reigned)
    lives.split(reigned, horizon)
    judging.judge(panel, horizon)
