"""Entering a dated fact that is one row: once per source and external id; what the pages and the API call.

The same again changes nothing, also when it has been withdrawn since; something else under the same id
is refused. Purchases and refunds, which have lines and take each other back, are for `customers.recording`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NotRequired, TypedDict

from django.db import IntegrityError, transaction

from accounts.auditing import note
from customers import days
from customers.recording import Recorded, recognised, take_out, user_of

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from accounts.models import ApiKey, User
    from customers.models import Customer, Source
    from customers.models.ledger import Entry


class Fact(TypedDict):
    """What every dated fact has. `at` is when we learn of it; without an external id each is a new one."""

    customer: Customer
    source: Source
    occurred_at: datetime
    at: datetime
    external_id: NotRequired[str]
    by: NotRequired[User | ApiKey | None]


def enter(model: type[Entry], fact: Fact, *, later: Collection[str] = (), corrects: Entry | None = None, **said: Any) -> Recorded:
    """Store a fact with what it says, unless it is known; in the place of one that was taken out, if it `corrects` it.

    What may be learned `later` contradicts nothing while it is left out. Raises Contradicted, ValidationError.
    """
    by = fact.get("by")
    row = model(
        customer=fact["customer"],
        source=fact["source"],
        external_id=fact.get("external_id", ""),
        occurred_at=fact["occurred_at"],
        day=days.day_of(fact["occurred_at"]),
        recorded_at=fact["at"],
        recorded_by=user_of(by),
        **{"corrects": corrects},
        **said,
    )
    row.full_clean(exclude=["external_id"], validate_unique=False, validate_constraints=False)
    external_id = row.external_id
    compared = ["customer", "occurred_at", *(name for name in said if not (name in later and said[name] is None))]

    def differing(found: Entry) -> str:
        return ", ".join(name for name in compared if getattr(found, name) != getattr(row, name))

    with transaction.atomic():
        if corrects is None and (known := recognised(row, external_id, differing)):
            return known
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError:  # somebody recorded it at this very moment, or something else is wrong
            known = None if corrects else recognised(row, external_id, differing)
            if known is None:
                raise
            return known
        note(by, f"recorded {called(row)} of", row.customer)
    return Recorded(row)


def withdraw(entry: Entry, *, at: datetime, by: User | ApiKey | None = None) -> None:
    """Take a fact out of what stands; it stays readable, and sent again stays out. Raises Contradicted if it is out already."""
    with transaction.atomic():
        take_out(entry, at=at)
        note(by, f"withdrew {called(entry)} of", entry.customer, external_id=entry.external_id)


def called(entry: Entry) -> str:
    """With its article: a complaint, an involvement."""
    name = str(entry._meta.verbose_name)
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
