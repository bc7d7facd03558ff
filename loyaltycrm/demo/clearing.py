"""Whether the demo business is there, and taking it away whole."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django.db import transaction
from django.db.models import Exists, ProtectedError

from accounts.models import Job, Team, User
from customers.models import (
    Category,
    Customer,
    Involvement,
    JointPlan,
    Product,
    Purchase,
    PurchaseLine,
    Referral,
    Refund,
    RefundLine,
    ReturnMatch,
    Source,
    UsableCategory,
)
from feedback.models import (
    Affected,
    Ask,
    CompetitorConsidered,
    Complaint,
    ComplaintStep,
    HostileAct,
    Importance,
    Invitation,
    LeavingNotice,
    Message,
    Opinion,
    Recommendation,
    Response,
    SampleMember,
    Satisfaction,
    Suggestion,
    Supporter,
)
from ladder.models import Action, Override, Placement, Scorecard
from loyaltycrm.demo import hearing
from loyaltycrm.demo.business import SLUG
from loyaltycrm.demo.names import STOCK


def is_there() -> bool:
    return Customer.objects.filter(source__slug=SLUG).exists()


def job() -> Job | None:
    """The filling, while it goes on and as long as what it made is there."""
    found = Job.objects.filter(kind=SLUG).annotate(is_there=Exists(Customer.objects.filter(source__slug=SLUG))).first()
    return found if found and (found.finished_at is None or found.is_there) else None


# What hangs on a customer, in an order in which nothing is missed by what is still there.
THEIRS: tuple[Any, ...] = (
    Affected, SampleMember, Supporter, Suggestion, Message,
    Action, Placement, Override, Scorecard, ReturnMatch, RefundLine, Refund, PurchaseLine, Response, Satisfaction, Opinion, Invitation,
    Purchase, Recommendation, Ask, Importance,
    ComplaintStep, Complaint, HostileAct, LeavingNotice, CompetitorConsidered, Involvement, JointPlan, Referral,
)  # fmt: skip


@transaction.atomic
def clear() -> int:
    """Remove the demo's rows and nothing else; gives how many customers went. Facts that others added to them go along."""
    theirs = Customer.objects.filter(source__slug=SLUG).values("pk")
    for model in THEIRS:
        model.objects.filter(customer__in=theirs).delete()
    hearing.forget()
    Referral.objects.filter(referred__in=theirs).update(referred=None)
    gone, _ = Customer.objects.filter(source__slug=SLUG).delete()
    for user in User.objects.filter(username__in=("tomas", "grace", "mira"), last_login=None):
        if not user.customers.exists():
            user.delete()
    Team.objects.filter(name__in=("North", "South"), users=None, customers=None, api_keys=None, children=None).delete()
    Product.objects.filter(source__slug=SLUG, lines=None).delete()
    Category.objects.filter(name__in=STOCK, products=None).exclude(pk__in=UsableCategory.objects.values("category")).delete()
    with suppress(ProtectedError):  # while an id or a product of it is somebody else's by now
        Source.objects.filter(slug=SLUG).delete()
    return gone
