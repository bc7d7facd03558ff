"""Working a complaint: who sees to it, how severe it is, and whether the customer is content with the answer.

These steps are taken now; what is told of the past is answered and reopened, see `feedback.answering`.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q

from accounts.models import Role, Team, User
from customers.days import day_of
from customers.models import Customer
from customers.recording import Contradicted
from feedback.answering import step
from feedback.models import Complaint, ComplaintStep, ServiceLevel, Severity

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import ApiKey

    By = User | ApiKey | None


SAME_CLICK = timedelta(minutes=10)  # within it the same again is a double click, or a request sent once more


@transaction.atomic
def give(complaint: Complaint, to: User, *, at: datetime, words: str = "", by: By = None) -> ComplaintStep | None:
    """Somebody sees to it from now on: whoever takes it, or to whom it is handed. None if they do already.

    Raises Contradicted if it is withdrawn, ValidationError if they may not see the customer or change nothing.
    """
    held = _held(complaint)
    if not (to.may_write and to.is_active and Customer.objects.visible_to(to).filter(pk=held.customer_id).exists()):
        raise ValidationError({"to": f"{to} may not work on {held.customer.name}."})
    if held.owner == to and held.state(day_of(at)) != Complaint.State.RECEIVED:
        return None
    return _now(held, ComplaintStep.Kind.TAKEN, at, words, by, to=to)


def givable(complaint: Complaint) -> list[User]:
    """Who may be given it: those who may see the customer and change things, by name."""
    of = complaint.customer
    leading = Team.objects.filter(pk__in=[part for part in of.team.path.split("/") if part])
    near = User.objects.filter(is_active=True).exclude(role=Role.READER).order_by("first_name", "username")
    found = list(near.filter(Q(role=Role.ADMINISTRATOR) | Q(team__in=leading) | Q(pk=of.owner_id)).select_related("team"))
    sees = {str(user.pk): Count("pk", filter=Q(pk=of.pk) & user.reach()) for user in found}
    seeing = Customer.objects.filter(pk=of.pk).aggregate(**sees)  # of all at once
    return [user for user in found if seeing[str(user.pk)]]


@transaction.atomic
def regrade(complaint: Complaint, severity: str, *, at: datetime, words: str = "", by: By = None) -> ComplaintStep | None:
    """It is more or less severe than was thought; None if it is graded so already.

    What was promised stands: of the earlier promise and the one of the new grade, counted from today, the earlier holds.
    Raises Contradicted if it is withdrawn or waits for no answer.
    """
    held = _held(complaint)
    if not held.is_open():
        raise Contradicted("It is answered; reopen it first.")
    if severity not in Severity.values:
        raise ValidationError({"severity": f"It is one of {', '.join(Severity.values)}."})
    if held.graded == severity:
        return None
    due = ServiceLevel.due(severity, day_of(at))
    return _now(held, ComplaintStep.Kind.REGRADED, at, words, by, severity=severity, due_day=due)


@transaction.atomic
def check(complaint: Complaint, *, content: bool, at: datetime, words: str = "", by: By = None) -> ComplaintStep | None:
    """The customer was asked whether all is well again; if it is not, the complaint is open again. None if that was the last word already.

    Raises Contradicted if it is withdrawn or waits for an answer.
    """
    held, kind = _held(complaint), ComplaintStep.Kind.CHECKED if content else ComplaintStep.Kind.DISCONTENT
    if _said_last(held, kind, words, at):
        return None
    if held.is_open():
        raise Contradicted("It waits for an answer; there is nothing to check yet.")
    checked = _now(held, kind, at, words, by)
    if not content:
        _now(held, ComplaintStep.Kind.REOPENED, at, words, by)
    return checked


def _held(complaint: Complaint) -> Complaint:
    """The complaint as it is, and nobody else's to change until this is done."""
    return Complaint.objects.select_for_update(of=("self",)).select_related("customer__owner").get(pk=complaint.pk)


def _said_last(held: Complaint, kind: ComplaintStep.Kind, words: str, at: datetime) -> bool:
    """Whether they said just that a moment ago and nothing has happened since; to discontent belongs that it was reopened then."""
    if held.withdrawn_at:
        return False
    steps = held.steps.filter(occurred_at__gt=at - SAME_CLICK)
    last = max((step.occurred_at for step in steps), default=None)
    return any(step.kind == kind and step.words == words and step.occurred_at == last for step in steps)


def _now(held: Complaint, kind: ComplaintStep.Kind, at: datetime, words: str, by: By, **more: Any) -> ComplaintStep:
    """A step taken at this moment; of a complaint received at this moment, right after."""
    occurred = max(at, held.occurred_at + timedelta(microseconds=1))
    return step(held, kind, occurred, at, words, by, **more)
