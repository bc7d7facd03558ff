"""Inviting customers to a survey: who may be asked, and who not and why.

Between two surveys of a customer lie `RESURVEY_DAYS`, whichever surveys they are; what is asked about a
purchase is asked once for each, however lately they were asked something else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.auditing import note, note_each
from customers import returns
from customers.days import day_of
from customers.models import ContactPoint, Customer, NotRanked, Purchase, RefusedWay, Stop
from customers.recording import user_of
from feedback import languages
from feedback.models import Complaint, Invitation, Letter

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from django.db.models import QuerySet

    from accounts.models import ApiKey, User
    from feedback.models import Survey

REASONS = {
    "closed": "the survey is closed",
    "sending-off": "sending e-mail is switched off",
    "not-ranked": "not ranked: staff, a supplier, a test record or the like",
    "stopped": "no contact: they do not want it, or there is another stop",
    "complaint": "a complaint of theirs waits for an answer",
    "refused": "they do not want e-mail",
    "no-address": "no e-mail address is known",
    "no-purchase": "there is no purchase to ask about",
    "asked-about-it": "asked about this purchase already",
    "asked-lately": "asked something else too lately",
}
"""Why somebody is not invited, in the order in which it is asked; the first that holds is the reason."""


@dataclass(frozen=True)
class Invited:
    """An invitation and its token, which is nowhere else and cannot be read again."""

    invitation: Invitation
    token: str

    @property
    def path(self) -> str:
        return f"/s/{self.token}/"


@dataclass(frozen=True)
class Outcome:
    made: list[Invited] = field(default_factory=list)
    refused: list[tuple[Customer, str]] = field(default_factory=list)
    """With a name of REASONS."""

    def told(self) -> dict[str, int]:
        """How many were not invited, by reason."""
        names = [name for _, name in self.refused]
        return {REASONS[name]: names.count(name) for name in REASONS if name in names}


@transaction.atomic
def invite(
    survey: Survey,
    customers: Sequence[Customer],
    *,
    way: str,
    at: datetime,
    by: User | ApiKey | None = None,
    purchases: Mapping[int, Purchase] | None = None,
) -> Outcome:
    """Invite whom there is no reason not to; with a survey per purchase about the one given for a customer, else their latest.

    What goes by e-mail waits, once this is committed, for `feedback.posting`.
    """
    returns.lock(customer.pk for customer in customers)  # two who ask at once: the second sees that the first did
    about = {**_latest(customers), **(purchases or {})} if survey.per_purchase else {}
    if any(purchase.customer_id != of for of, purchase in about.items()):
        raise ValidationError({"purchase": "This is not a purchase of this customer."})
    why = refusals(survey, customers, way=way, at=at, about=about)
    refused = [(customer, why[customer.pk]) for customer in customers if customer.pk in why]
    free = {customer.pk: customer for customer in customers if customer.pk not in why}
    spoken = survey.version.languages()
    made = [_invitation(survey, c, way=way, at=at, by=by, spoken=spoken, purchase=about.get(c.pk)) for c in free.values()]
    Invitation.objects.bulk_create([one.invitation for one in made])
    if way == Invitation.Way.EMAIL:
        Letter.objects.bulk_create([Letter(invitation=one.invitation, since=at, due_at=at) for one in made])
    note_each(by, "invited to a survey", [one.invitation.customer for one in made], [{"survey": survey.slug}] * len(made))
    return Outcome(made, refused)


def refusals(
    survey: Survey, customers: Collection[Customer], *, way: str, at: datetime, about: Mapping[int, Purchase]
) -> dict[int, str]:
    """Of customers by key, why they are not invited: a name of REASONS."""
    if name := shut(survey, way, at):
        return dict.fromkeys((c.pk for c in customers), name)
    found: dict[int, str] = {}
    everybody = {customer.pk for customer in customers}
    for name, rows in _hindered(survey, everybody, way=way, at=at, about=about):
        found |= dict.fromkeys(rows - found.keys(), name)
    return found


def shut(survey: Survey, way: str, at: datetime) -> str:
    """Why nobody at all is invited: a name of REASONS, or empty."""
    if survey.closed_at and survey.closed_at <= at:
        return "closed"
    return "sending-off" if way == Invitation.Way.EMAIL and not settings.SEND_EMAIL else ""


def _hindered(survey: Survey, keys: set[int], *, way: str, at: datetime, about: Mapping[int, Purchase]) -> Any:
    """Each reason with the customers of whom it holds."""
    yield from _unwelcome(keys, way=way, at=at)
    asked = Invitation.objects.arrived()
    if survey.per_purchase:
        yield "no-purchase", keys - about.keys()
        yield "asked-about-it", _of(asked.filter(survey=survey, purchase__in=about.values()), keys)
    else:
        yield "asked-lately", _of(asked.filter(invited_at__gt=at - timedelta(days=settings.RESURVEY_DAYS)), keys)


def _unwelcome(keys: set[int], *, way: str, at: datetime) -> Any:
    """What speaks against asking them anything."""
    day = day_of(at)
    yield "not-ranked", _of(NotRanked.objects.on(day), keys)
    yield "stopped", _of(Stop.objects.on(day), keys)
    yield "complaint", _of(Complaint.objects.standing().told().waiting(), keys)
    if way == Invitation.Way.EMAIL:
        yield "refused", _of(RefusedWay.objects.on(day).filter(way=ContactPoint.Kind.EMAIL), keys)
        yield "no-address", keys - _of(ContactPoint.objects.filter(kind=ContactPoint.Kind.EMAIL), keys)


def hindrance(invitation: Invitation, at: datetime) -> str:
    """Why somebody who was invited is not written to after all: a name of REASONS; empty where nothing speaks against it."""
    if invitation.survey.closed_at and invitation.survey.closed_at <= at:
        return "closed"
    found = _unwelcome({invitation.customer_id}, way=invitation.way, at=at)
    return next((name for name, rows in found if rows), "")


def _of(rows: QuerySet[Any], keys: set[int]) -> set[int]:
    return set(rows.order_by().filter(customer__in=keys).values_list("customer", flat=True))


def _latest(customers: Collection[Customer]) -> dict[int, Purchase]:
    """What each bought last and has not given back whole."""
    bought = Purchase.objects.standing().filter(customer__in=customers, priced=True, ended=None)
    return {purchase.customer_id: purchase for purchase in bought.order_by("occurred_at", "pk")}


def _invitation(
    survey: Survey, customer: Customer, *, way: str, at: datetime, by: Any, spoken: Collection[str], purchase: Purchase | None
) -> Invited:
    made = Invitation(
        survey=survey, version=survey.version, customer=customer, purchase=purchase, way=way, invited_at=at, recorded_by=user_of(by),
        language=languages.known(customer.language, spoken), form_of_address=customer.form_of_address,
        expires_at=at + timedelta(days=survey.link_days), promise=survey.promise, promise_amount=survey.promise_amount,
    )  # fmt: skip
    return Invited(made, token=made.renew())


@transaction.atomic
def bounce(invitation: Invitation, *, at: datetime, by: User | ApiKey | None = None) -> bool:
    """It came back: it counts as if nobody had been asked. Again changes nothing; whether this was the first time."""
    first = bool(Invitation.objects.filter(pk=invitation.pk, bounced_at=None).update(bounced_at=at))
    if first:
        invitation.bounced_at = at
        note(by, "noted a bounce of", invitation)
    return first
