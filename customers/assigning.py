"""Who looks after whom: giving customers an owner, and taking that back."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction

from accounts.auditing import note_each
from customers.models import Customer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accounts.models import ApiKey, User
    from customers.models import CustomerQuerySet


class Before(NamedTuple):
    """With whom a customer was before a change, and with whom it put them."""

    customer: int
    owner: int | None
    team: int
    given: int | None = None


class Back(NamedTuple):
    """How many were put back, and how many were left as they are, since somebody else has changed them meanwhile."""

    moved: int
    left: int

    def __str__(self) -> str:
        return f"{self.moved}; {self.left} left with whom they were given since" if self.left else str(self.moved)


@transaction.atomic
def assign(customers: CustomerQuerySet, owner: User | None, *, by: User | ApiKey | None) -> list[Before]:
    """Give these customers an owner, or none; answers how it was with those who had another.

    They move to the new owner's team, so that whoever leads it sees them; without an owner they stay where they are.
    """
    new = owner.pk if owner else None
    moving = [c for c in held(customers) if c.owner_id != new]
    note_each(by, "set owner of", moving, [{"was": c.owner_id, "is": new} for c in moving])
    team = {"team_id": owner.team_id} if owner else {}
    Customer.objects.filter(pk__in=[c.pk for c in moving]).update(owner=owner, **team)
    return [Before(c.pk, c.owner_id, c.team_id, new) for c in moving]


@transaction.atomic
def put_back(customers: CustomerQuerySet, before: Sequence[Before], *, by: User | ApiKey | None) -> Back:
    """Give those of these customers who are still with whom the change put them their former owner and team again."""
    places = {was.customer: was for was in before}
    moving = [c for c in held(customers.filter(pk__in=places)) if c.owner_id == places[c.pk].given]
    note_each(by, "put back owner of", moving, [{"was": c.owner_id, "is": places[c.pk].owner} for c in moving])
    for customer in moving:
        was = places[customer.pk]
        customer.owner_id, customer.team_id = was.owner, was.team
    Customer.objects.bulk_update(moving, ["owner", "team"], batch_size=200)
    return Back(len(moving), len(places) - len(moving))


def held(customers: CustomerQuerySet) -> CustomerQuerySet:
    """These customers, locked in the one order in which everybody locks them; see `returns.lock`."""
    return customers.order_by("pk").select_for_update(of=("self",), no_key=True)
