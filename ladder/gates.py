"""Gates: the further condition a programme step may have, beside the rung that starts it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import reduce
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, IntegerField, OuterRef, Q, Value

from customers import days
from customers.models import Purchase, Refund
from feedback.models import Ask, Recommendation
from ladder import facts
from ladder.models import Action, Placement, Scorecard
from ladder.models.actions import OPEN, State
from ladder.reigns import reigning

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from django.db.models import QuerySet

LEDGER_SPANS = 400  # below so many days nobody knows what a usual silence is


@dataclass(frozen=True)
class Gate:
    """Narrows placements to those the step is for on a day; `said` is the sentence that admin and pages show."""

    said: str
    narrow: Callable[[QuerySet[Placement, Any], date], QuerySet[Placement, Any]]


def warned(horizon: date) -> QuerySet[Scorecard, Any]:
    """The cards of those who are overdue or dissatisfied, by the numbers of the primary ladder."""
    today = Value(days.number(horizon), output_field=IntegerField())
    editions = reigning(horizon).editions
    numbers = editions[0].read_numbers if editions else facts.Numbers()
    found: QuerySet[Scorecard, Any] = Scorecard.objects.annotate(warning=facts.saying.warning(today, numbers)).filter(warning=1)
    return found


def without(rows: QuerySet[Any, Any], others: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    """Those rows of whose customer there is none of the others.

    Looked up for each: of a list of over a quarter of a million PostgreSQL makes no hash, and goes through it again for every row.
    """
    return rows.filter(~Exists(others.filter(customer=OuterRef("customer"))))


def no_return(placements: QuerySet[Placement, Any], horizon: date) -> QuerySet[Placement, Any]:
    return without(placements, Refund.objects.standing().filter(day__lte=horizon))


def ledger_long_enough(placements: QuerySet[Placement, Any], horizon: date) -> QuerySet[Placement, Any]:
    """Off while the ledger spans under 400 days; and the last occasion at most three years ago, two tries a year."""
    known = Purchase.objects.filter(withdrawn_at=None, day__lte=horizon).values_list("day", flat=True)
    first, last = known.order_by("day").first(), known.order_by("-day").first()
    if first is None or last is None or (last - first).days < LEDGER_SPANS:
        return placements.none()
    return without(placements, Scorecard.objects.filter(last_day__lt=days.number(horizon) - 1095))


def may_be_asked(placements: QuerySet[Placement, Any], horizon: date) -> QuerySet[Placement, Any]:
    """No warning, not asked for 180 days, delivered, and not just recommended (then we thank instead)."""
    asked_since = days.start_of(horizon - timedelta(days=180))
    asked = Action.objects.filter(step__gate="may_be_asked").filter(
        Q(state=State.DONE, finished_at__gte=asked_since) | Q(state__in=OPEN)
    )
    undelivered = Purchase.objects.filter(withdrawn_at=None, fulfilled__gt=horizon)
    by_hand = Ask.objects.standing().filter(day__gte=horizon - timedelta(days=180), day__lte=horizon)
    told = Recommendation.objects.standing().filter(day__gte=horizon - timedelta(days=30), day__lte=horizon)
    others: tuple[QuerySet[Any, Any], ...] = (warned(horizon), asked, by_hand, undelivered, told)
    return reduce(without, others, placements)


def not_soured(placements: QuerySet[Placement, Any], horizon: date) -> QuerySet[Placement, Any]:
    return without(placements, warned(horizon))


GATES = {
    "open": Gate("no further condition", lambda placements, horizon: placements),
    "no_return": Gate("nothing was returned", no_return),
    "ledger_long_enough": Gate("purchases are known for 400 days or more; last bought at most 3 years ago", ledger_long_enough),
    "may_be_asked": Gate("no warning, not asked for 180 days, delivered, not recommended within 30 days", may_be_asked),
    "not_soured": Gate("no warning", not_soured),
}
