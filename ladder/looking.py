"""Looking ahead where rungs are soft: what time alone will do, by folding one life on into days to come.

Which latches are on depends on the days before, so no single row of facts can tell.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from customers import days
from ladder import lives, reigns, sql

if TYPE_CHECKING:
    from datetime import date

    from customers.models import Customer
    from ladder.models import Edition, Step

AS_FAR = timedelta(days=1_500)  # beyond the longest silence limit and the longest grace


@transaction.atomic
def ahead(customer: Customer, edition: Edition, day: date) -> tuple[date, Step] | None:
    """The first day after `day` on which time alone puts the customer on another rung of a ladder, and which; None if none does."""
    panel = [judge for judge in reigns.judges() if judge.ladder.pk == edition.ladder_id]
    far = day + AS_FAR
    lives.empty_tables()
    sql.run("INSERT INTO life_customer (customer_id) VALUES (%s)", [customer.pk])
    lives.build(far, panel[0].editions)
    lives.split(panel[0].editions, far)
    lives.judge(panel, far)
    later = sql.rows(
        "SELECT since, rung_id FROM life_placement WHERE ladder_id = %s AND since > %s ORDER BY since LIMIT 1",
        [edition.ladder_id, days.number(day)],
    )
    steps = {step.rung_id: step for step in edition.all_steps}
    return (days.from_number(later[0][0]), steps[later[0][1]]) if later and later[0][1] in steps else None
