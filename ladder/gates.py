"""Gates: the further condition a programme step may have, beside the rung that starts it, as the hurdles it is made of."""

from __future__ import annotations

from datetime import timedelta
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
    from collections.abc import Callable, Iterable
    from datetime import date

    from django.db.models import QuerySet

    Past = Callable[[QuerySet[Placement, Any]], QuerySet[Placement, Any]]
    Hurdle = tuple[str, Past]

LEDGER_SPANS = 400  # below so many days nobody knows what a usual silence is


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


def nobody_of(others: QuerySet[Any, Any]) -> Past:
    return lambda placements: without(placements, others)


def no_return(horizon: date) -> Iterable[Hurdle]:
    yield "something was returned", nobody_of(Refund.objects.standing().filter(day__lte=horizon))


def ledger_long_enough(horizon: date) -> Iterable[Hurdle]:
    """Off while the ledger spans under 400 days; and the last occasion at most three years ago, two tries a year."""
    known = Purchase.objects.filter(withdrawn_at=None, day__lte=horizon).values_list("day", flat=True)
    first, last = known.order_by("day").first(), known.order_by("-day").first()
    if first is None or last is None or (last - first).days < LEDGER_SPANS:
        yield f"purchases are known for less than {LEDGER_SPANS} days", lambda placements: placements.none()
    yield "last bought more than 3 years ago", nobody_of(Scorecard.objects.filter(last_day__lt=days.number(horizon) - 1095))


def may_be_asked(horizon: date) -> Iterable[Hurdle]:
    """No warning, not asked for 180 days, delivered, and not just recommended (then we thank instead)."""
    asked_since = days.start_of(horizon - timedelta(days=180))
    asked = Action.objects.filter(step__gate="may_be_asked").filter(
        Q(state=State.DONE, finished_at__gte=asked_since) | Q(state__in=OPEN)
    )
    undelivered = Purchase.objects.filter(withdrawn_at=None, fulfilled__gt=horizon)
    by_hand = Ask.objects.standing().filter(day__gte=horizon - timedelta(days=180), day__lte=horizon)
    told = Recommendation.objects.standing().filter(day__gte=horizon - timedelta(days=30), day__lte=horizon)
    yield from not_soured(horizon)
    yield "asked by an action within 180 days, or one waits to", nobody_of(asked)
    yield "asked within 180 days", nobody_of(by_hand)
    yield "not delivered yet", nobody_of(undelivered)
    yield "recommended us within 30 days", nobody_of(told)


def not_soured(horizon: date) -> Iterable[Hurdle]:
    yield "overdue or dissatisfied", nobody_of(warned(horizon))


GATES: dict[str, Callable[[date], Iterable[Hurdle]]] = {
    "open": lambda horizon: (),
    "no_return": no_return,
    "ledger_long_enough": ledger_long_enough,
    "may_be_asked": may_be_asked,
    "not_soured": not_soured,
}
