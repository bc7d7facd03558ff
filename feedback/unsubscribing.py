"""The link in every letter by which a customer takes themselves off e-mail, whoever signed in or not.

It is signed, not stored: whoever has the letter may unsubscribe its reader, for as long as the letter lies there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.core.signing import BadSignature, Signer

from customers.models import ContactPoint, Customer
from customers.preferring import refuse

if TYPE_CHECKING:
    from datetime import date

SIGNER = Signer(salt="feedback.unsubscribing")


def path(customer: Customer) -> str:
    return f"/u/{SIGNER.sign(customer.uuid.hex)}/"


def holder(token: str) -> Customer | None:
    """Whom a link unsubscribes; nobody where it was not made here."""
    try:
        return Customer.objects.filter(uuid=UUID(SIGNER.unsign(token))).first()
    except (BadSignature, ValueError):
        return None


def unsubscribe(customer: Customer, *, since: date) -> bool:
    """No e-mail to them from now on; whether that is new."""
    return refuse(customer, ContactPoint.Kind.EMAIL, since=since)
