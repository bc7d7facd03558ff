"""Who looks after whom: giving customers an owner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from accounts.auditing import note_each

if TYPE_CHECKING:
    from accounts.models import ApiKey, User
    from customers.models import Customer, CustomerQuerySet


@transaction.atomic
def assign(customers: CustomerQuerySet, owner: User | None, *, by: User | ApiKey | None) -> list[Customer]:
    """Give these customers an owner, or none; those who had another are returned.

    They move to the new owner's team, so that whoever leads it sees them; without an owner they stay where they are.
    """
    moving = [c for c in customers.select_for_update().only("pk", "owner_id") if c.owner_id != (owner.pk if owner else None)]
    note_each(by, "set owner of", moving, [{"was": c.owner_id, "is": owner.pk if owner else None} for c in moving])
    for customer in moving:
        customer.owner = owner
    team = {"team_id": owner.team_id} if owner else {}
    customers.model._default_manager.filter(pk__in=[c.pk for c in moving]).update(owner=owner, **team)
    return moving
