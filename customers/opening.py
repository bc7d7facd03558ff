"""Opening a customer's own page to them by a link, and closing it again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from accounts.auditing import note
from customers import returns
from customers.models import OwnLink

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User
    from customers.models import Customer


@dataclass(frozen=True)
class Opened:
    """A link and its token, which is nowhere else and cannot be read again."""

    link: OwnLink
    token: str

    @property
    def path(self) -> str:
        return f"/me/{self.token}/"


@transaction.atomic
def open_to(customer: Customer, *, at: datetime, by: User | None = None, days: int = OwnLink.LASTS) -> Opened:
    """Make the link that opens their page for so many days; the one before opens nothing any more."""
    returns.lock([customer.pk])
    customer.own_links.filter(closed_at=None).update(closed_at=at)
    link = OwnLink(customer=customer, made_at=at, made_by=by, expires_at=at + timedelta(days=days))
    token = link.renew()
    link.save()
    note(by, "opened their own page to", customer, days=days)
    return Opened(link, token)


@transaction.atomic
def close(customer: Customer, *, at: datetime, by: User | None = None) -> bool:
    """Their link opens nothing from now on; whether there was one."""
    closed = bool(customer.own_links.filter(closed_at=None).update(closed_at=at))
    if closed:
        note(by, "closed their own page to", customer)
    return closed
