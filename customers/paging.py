"""Pages of a long list at constant cost: a page starts after a row, never at a number.

The list is ordered by name and id. A page's address holds the name and id of the row next to it.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Q

if TYPE_CHECKING:
    from collections.abc import Mapping

    from customers.models import Customer, CustomerQuerySet

SIZE = 50
COUNTED = 10_000  # beyond that a page says "more than": counting on would cost more than it tells


@dataclass(frozen=True)
class Page:
    """Some rows, and the addresses of the pages on either side, empty where there is none."""

    rows: list[Customer]
    before: str
    after: str


def mark(customer: Customer) -> str:
    return urlsafe_b64encode(json.dumps([customer.name, customer.pk]).encode()).decode().rstrip("=")


def read_mark(text: str) -> tuple[str, int] | None:
    """What a mark says; None for one that nobody here wrote."""
    try:
        name, pk = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, TypeError):
        return None
    good = isinstance(name, str) and isinstance(pk, int) and "\x00" not in name and abs(pk) < 2**63
    return (name, pk) if good else None


def page(customers: CustomerQuerySet, where: Mapping[str, str], *, descending: bool = False, size: int = SIZE) -> Page:
    """The page that `where` asks for by "after" or "before"; the first if it asks for none."""
    backward = bool(where.get("before"))
    start = read_mark(where.get("before") or where.get("after") or "")
    upward = descending is backward  # the direction in which rows are read
    found = customers.order_by(*(("name", "pk") if upward else ("-name", "-pk")))
    if start:
        found = found.filter(_beyond(*start, upward=upward))
    rows = list(found[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    if backward:
        rows.reverse()
    earlier, later = (more, bool(start)) if backward else (bool(start), more)
    return Page(rows, mark(rows[0]) if rows and earlier else "", mark(rows[-1]) if rows and later else "")


def _beyond(name: str, pk: int, *, upward: bool) -> Q:
    """Rows past (name, pk). The first term alone lets an index find the place."""
    if upward:
        return Q(name__gte=name) & (Q(name__gt=name) | Q(pk__gt=pk))
    return Q(name__lte=name) & (Q(name__lt=name) | Q(pk__lt=pk))


def count(customers: CustomerQuerySet, shown: Page) -> int:
    """How many, up to one more than COUNTED; not asked again where one page shows them all."""
    if not (shown.before or shown.after):
        return len(shown.rows)
    return customers.order_by()[: COUNTED + 1].count()
