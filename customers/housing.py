"""Who lives together: set by hand, or proposed where several people have the same postal address."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from django.db import transaction

from accounts.auditing import note
from customers.folding import fold
from customers.models import ContactPoint, Customer, Household

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from accounts.models import ApiKey, User
    from customers.models import CustomerQuerySet

APART = re.compile(r"[\W_]+")


@transaction.atomic
def house(household: Household, members: Iterable[Customer], *, by: User | ApiKey | None = None) -> None:
    """These people, and nobody else, are the household."""
    keys = {one.pk for one in members}
    household.members.exclude(pk__in=keys).update(household=None)
    new = Customer.objects.filter(pk__in=keys).exclude(household=household).update(household=household)
    if new:
        note(by, "housed people in", household, members=len(keys))


def same_address(address: str) -> str:
    """What two ways of writing one address have in common: capitals, accents, points and spaces do not matter."""
    return APART.sub(" ", fold(address)).strip()


def proposed(among: CustomerQuerySet) -> list[tuple[str, list[Customer]]]:
    """People without a household who have one postal address, with that address; by their names."""
    points = ContactPoint.objects.filter(kind=ContactPoint.Kind.POST, customer__in=among).select_related("customer")
    free = points.filter(customer__kind=Customer.Kind.PERSON, customer__household=None, customer__organisation=None)
    found: dict[str, dict[int, Customer]] = {}
    written: dict[str, str] = {}
    for point in free.order_by("customer__name", "pk"):
        key = same_address(point.value)
        found.setdefault(key, {})[point.customer_id] = point.customer
        written.setdefault(key, point.value)
    return [(written[key], list(people.values())) for key, people in found.items() if key and len(people) > 1]


@transaction.atomic
def accept(address: str, among: CustomerQuerySet, *, at: datetime, by: User | ApiKey | None = None) -> Household | None:
    """Make a household of the people proposed for an address; None if nobody is any more."""
    for written, people in proposed(among):
        if same_address(written) == same_address(address):
            household = Household.objects.create(name=written[:200], recorded_at=at)
            house(household, people, by=by)
            return household
    return None
