"""Who speaks independently of whom: an organisation with all its people is one voice, and so is a household.

A voice is the top organisation, else the household, else the person. A loud voice is one voice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from customers.models import Customer, NotRanked

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from customers.models import CustomerQuerySet

AT_A_TIME = 10_000
ORGANISATION, HOUSEHOLD, PERSON = "organisation", "household", "person"
Voice = tuple[str, int]
"""What speaks, and its primary key."""


def independent(on: date) -> CustomerQuerySet:
    """Those who count: staff, suppliers, competitors and the like are in no figure's base."""
    return Customer.objects.exclude(pk__in=NotRanked.objects.on(on).values("customer"))


def voices(customers: CustomerQuerySet) -> dict[int, Voice]:
    """The voice of each of these customers, by primary key."""
    rows = list(customers.order_by().values_list("pk", "organisation_id", "household_id", "kind"))
    top = tops({organisation for _, organisation, _, _ in rows if organisation})
    return {pk: _voice(pk, organisation and top[organisation], household, kind) for pk, organisation, household, kind in rows}


def _voice(pk: int, top: int | None, household: int | None, kind: str) -> Voice:
    if top or kind == Customer.Kind.ORGANISATION:
        return ORGANISATION, top or pk
    return (HOUSEHOLD, household) if household else (PERSON, pk)


def count(customers: CustomerQuerySet) -> int:
    """How many voices these customers are, without reading each of them."""
    customers = customers.order_by()
    top = set(tops(customers.exclude(organisation=None).values_list("organisation_id", flat=True).distinct()).values())
    free = customers.filter(organisation=None)
    single = free.filter(Q(household=None) | Q(kind=Customer.Kind.ORGANISATION))
    homes = free.filter(kind=Customer.Kind.PERSON).exclude(household=None).values("household").distinct().count()
    counted_twice = sum(single.filter(kind=Customer.Kind.ORGANISATION, pk__in=part).count() for part in _parts([*top]))
    return len(top) + homes + single.count() - counted_twice


def tops(organisations: Iterable[int]) -> dict[int, int]:
    """The highest organisation above each of these. Where they stand above each other in a ring, the oldest record of it."""
    above: dict[int, int | None] = {}
    asked = set(organisations)
    while asked:
        for part in _parts([*asked]):
            above |= Customer.objects.filter(pk__in=part).values_list("pk", "organisation_id")
        asked = {up for up in above.values() if up} - above.keys()
    return {one: _climb(one, above) for one in above}


def _climb(one: int, above: dict[int, int | None]) -> int:
    way = [one]
    while up := above.get(way[-1]):
        if up in way:
            return min(way[way.index(up) :])
        way.append(up)
    return way[-1]


def _parts(keys: list[int]) -> Iterable[list[int]]:
    return (keys[i : i + AT_A_TIME] for i in range(0, len(keys), AT_A_TIME))
