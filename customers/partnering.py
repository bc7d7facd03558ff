"""What customers do with us beside buying: whom they send, what they take part in, what we plan together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Unpack

from django.db import IntegrityError, transaction

from accounts.auditing import note
from customers.entering import Fact, enter
from customers.models import Involvement, JointPlan, Referral
from customers.recording import Contradicted, Recorded, user_of

if TYPE_CHECKING:
    from datetime import date, datetime

    from accounts.models import ApiKey, User
    from customers.models import Customer, Source

Side = Literal["us", "them"]


def record_referral(*, prompted: bool, name: str = "", referred: Customer | None = None, **fact: Unpack[Fact]) -> Recorded:
    """Record that a customer named somebody, once. Raises Contradicted, ValidationError.

    Who that is may be said later (`name_referred`); sending the referral again without it then contradicts nothing.
    """
    return enter(Referral, fact, later=["referred"], prompted=prompted, name=name, referred=referred)


@transaction.atomic
def name_referred(referral: Referral, customer: Customer, *, by: User | ApiKey | None = None) -> None:
    """The one they named is this customer; the same again changes nothing. Raises Contradicted, ValidationError."""
    held = Referral.objects.select_for_update().get(pk=referral.pk)
    if held.withdrawn_at:
        raise Contradicted("This referral has been withdrawn.")
    if held.referred_id not in (None, customer.pk):
        raise Contradicted("This referral names another customer already.")
    if held.referred_id is None:
        held.referred = customer
        held.clean()
        held.save(update_fields=["referred"])
        note(by, "named who was referred by", held.customer, referred=customer.pk)
    referral.referred = customer


def record_involvement(*, kind: str, what: str = "", **fact: Unpack[Fact]) -> Recorded:
    """Record that a customer took part in something of ours, once. Raises Contradicted, ValidationError."""
    return enter(Involvement, fact, kind=kind, what=what)


@transaction.atomic
def record_plan(
    *,
    customer: Customer,
    source: Source,
    at: datetime,
    name: str,
    since: date,
    until: date | None = None,
    accepted_by_us: date | None = None,
    accepted_by_them: date | None = None,
    external_id: str = "",
    by: User | ApiKey | None = None,
) -> Recorded:
    """Record a joint plan, once per source and external id. `at` is when we learn of it. Raises Contradicted, ValidationError.

    Who accepted it, and when it ended, may be said later (`accept`, `end`); the plan sent again without that contradicts nothing.
    """
    plan = JointPlan(
        customer=customer, source=source, external_id=external_id, recorded_at=at, recorded_by=user_of(by), name=name, since=since,
        until=until, accepted_by_us=accepted_by_us, accepted_by_them=accepted_by_them,
    )  # fmt: skip
    plan.full_clean(exclude=["external_id"], validate_unique=False, validate_constraints=False)
    try:
        with transaction.atomic():
            plan.save()
    except IntegrityError:
        known = JointPlan.objects.filter(source=source, external_id=external_id).first()
        if known is None:
            raise
        return Recorded(_same(known, plan), created=False)
    note(by, "recorded a joint plan of", customer)
    return Recorded(plan)


def _same(known: JointPlan, plan: JointPlan) -> JointPlan:
    """What is known, if what is said now does not contradict it."""
    said = ["customer", "name", "since"]
    said += [each for each in ("until", "accepted_by_us", "accepted_by_them") if getattr(plan, each) is not None]
    if differing := [each for each in said if getattr(known, each) != getattr(plan, each)]:
        slug = plan.source and plan.source.slug
        raise Contradicted(f"Under {slug}:{plan.external_id} something else is recorded: {', '.join(differing)}.")
    return known


def accept(plan: JointPlan, side: Side, *, on: date, by: User | ApiKey | None = None) -> None:
    """One side accepts the plan from a day on; the same again changes nothing. Raises Contradicted, ValidationError."""
    _settle(plan, f"accepted_by_{side}", on, f"accepted for {side} a joint plan of", by)


def end(plan: JointPlan, *, on: date, by: User | ApiKey | None = None) -> None:
    """From `on` the plan no longer holds; the same again changes nothing. Raises Contradicted, ValidationError."""
    _settle(plan, "until", on, "ended a joint plan of", by)


@transaction.atomic
def settle(
    plan: JointPlan,
    *,
    accepted_by_us: date | None = None,
    accepted_by_them: date | None = None,
    until: date | None = None,
    by: User | ApiKey | None = None,
) -> None:
    """All that is said of the plan, or nothing. Raises Contradicted, ValidationError."""
    if accepted_by_us:
        accept(plan, "us", on=accepted_by_us, by=by)
    if accepted_by_them:
        accept(plan, "them", on=accepted_by_them, by=by)
    if until:
        end(plan, on=until, by=by)


@transaction.atomic
def _settle(plan: JointPlan, name: str, on: date, verb: str, by: User | ApiKey | None) -> None:
    """Fill a day of the plan that was open."""
    held = JointPlan.objects.select_for_update().get(pk=plan.pk)
    known = getattr(held, name)
    if known not in (None, on):
        raise Contradicted(f"This has been said already, of {known:%Y-%m-%d}.")
    if known is None:
        setattr(held, name, on)
        held.clean()
        held.save(update_fields=[name])
        note(by, verb, held.customer, plan=held.name, on=str(on))
    setattr(plan, name, on)
