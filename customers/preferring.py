"""What customers wish for themselves: by which ways they are reached, in which language, how they are addressed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db import transaction

from accounts.auditing import note
from customers import describing, returns
from customers.models import ContactPoint, RefusedWay, Stop

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

    from accounts.models import ApiKey, User
    from customers.models import Customer


@dataclass(frozen=True)
class Wishes:
    """What a customer wishes: language and form of address as on the customer, the ways that are free, no contact at all."""

    language: str
    form_of_address: str
    ways: frozenset[str]
    stopped: bool


def wishes(customer: Customer, on: date) -> Wishes:
    """As they are on a day."""
    stopped = customer.stops.on(on).filter(reason=Stop.Reason.DO_NOT_CONTACT).exists()
    free = frozenset(ContactPoint.Kind.values) - refused(customer, on)
    return Wishes(customer.language, customer.form_of_address, free, stopped)


def refused(customer: Customer, on: date) -> set[str]:
    """The ways by which they do not want to be reached on a day."""
    return set(customer.refusedways.on(on).values_list("way", flat=True))


KINDS = {ContactPoint.Kind.EMAIL: "e-mail", ContactPoint.Kind.PHONE: "the phone", ContactPoint.Kind.POST: "post"}


def instead(customers: Collection[int], on: date) -> dict[int, str]:
    """Of those who refuse a way, by key, for whoever is to reach them: which, and which others are free and known. Two queries."""
    no: dict[int, set[str]] = defaultdict(set)
    points: dict[int, dict[str, str]] = defaultdict(dict)
    for customer, way in RefusedWay.objects.on(on).filter(customer__in=customers).values_list("customer", "way"):
        no[customer].add(way)
    for point in ContactPoint.objects.filter(customer__in=no.keys()).order_by("preferred", "-pk"):
        points[point.customer_id][point.kind] = point.value
    return {customer: another_way(refused, points[customer]) for customer, refused in no.items()}


def another_way(refused: Collection[str], points: Mapping[str, str]) -> str:
    """In words, of the ways that are refused and the contact points by way; empty if none is refused."""
    if not refused:
        return ""
    unwanted = " or ".join(name for kind, name in KINDS.items() if kind in refused)
    if len(refused) == len(KINDS):
        return "They want to be reached by no way of ours: wait until they come."
    free = ", ".join(
        f"{name.removeprefix('the ')} {points[kind]}" for kind, name in KINDS.items() if kind not in refused and kind in points
    )
    return f"Not by {unwanted}. Instead: {free or 'no other way is known, ask for one when they come'}."


@transaction.atomic
def refuse(customer: Customer, way: str, *, since: date, by: User | ApiKey | None = None) -> bool:
    """From `since` on not by this way, the others as they are; whether that is new."""
    returns.lock([customer.pk])
    if customer.refusedways.on(since).filter(way=way, until=None).exists():
        return False
    describing.set_refused(customer, {way}, among={way}, since=since, by=by)
    return True


@transaction.atomic
def prefer(customer: Customer, wished: Wishes, *, shown: Wishes, since: date, by: User | ApiKey | None = None) -> None:
    """From `since` on what they wish otherwise than they were shown is so; the rest stays, whoever changed it in between."""
    returns.lock([customer.pk])
    changed = _describe(customer, wished, shown)
    if ways := wished.ways ^ shown.ways:
        describing.set_refused(customer, ways - wished.ways, among=ways, since=since, by=by)
    if wished.stopped != shown.stopped:
        stop = {Stop.Reason.DO_NOT_CONTACT.value}
        describing.set_stops(customer, stop if wished.stopped else set(), among=stop, since=since, by=by)
    note(by, "set preferences of", customer, **changed)


def _describe(customer: Customer, wished: Wishes, shown: Wishes) -> dict[str, dict[str, Any]]:
    """Set the language and the form of address that they wish otherwise; what each was, and is now."""
    names = [name for name in ("language", "form_of_address") if getattr(wished, name) != getattr(shown, name)]
    customer.refresh_from_db(fields=["language", "form_of_address"])
    changed = {name: {"old": getattr(customer, name), "new": getattr(wished, name)} for name in names}
    for name in names:
        setattr(customer, name, getattr(wished, name))
    customer.save(update_fields=names)
    return changed
