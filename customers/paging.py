"""Pages of a long list: a page starts after a row, never at a number, so that by name the last costs what the first does.

The list is ordered by name, or by something else of every customer in it, and id. A page's address holds what it is ordered by and both
of the row next to it.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Q

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from customers.models import Customer, CustomerQuerySet

SIZE = 50
COUNTED = 10_000  # beyond that a page says "more than": counting on would cost more than it tells


@dataclass(frozen=True)
class Order:
    """By what a list is ordered: something that every row has, and how it is read from its text (a ValueError where it cannot)."""

    by: str = "name"
    read: Callable[[str], Any] = str
    descending: bool = False


BY_NAME = Order()


@dataclass(frozen=True)
class Page:
    """Some rows, and the addresses of the pages on either side, empty where there is none."""

    rows: list[Customer]
    before: str
    after: str


def mark(customer: Customer, order: Order = BY_NAME) -> str:
    return urlsafe_b64encode(json.dumps([order.by, str(getattr(customer, order.by)), customer.pk]).encode()).decode().rstrip("=")


def read_mark(text: str, order: Order = BY_NAME) -> tuple[Any, int] | None:
    """What a mark says; None for one that nobody here wrote, or that was written for another order."""
    try:
        by, said, pk = json.loads(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        good = by == order.by and isinstance(said, str) and isinstance(pk, int) and "\x00" not in said and abs(pk) < 2**63
        return (order.read(said), pk) if good else None
    except (ValueError, TypeError):
        return None


def page(customers: CustomerQuerySet, where: Mapping[str, str], order: Order = BY_NAME, *, size: int = SIZE) -> Page:
    """The page that `where` asks for by "after" or "before"; the first if it asks for none."""
    backward = bool(where.get("before"))
    start = read_mark(where.get("before") or where.get("after") or "", order)
    upward = order.descending is backward  # the direction in which rows are read
    found = customers.order_by(*((order.by, "pk") if upward else (f"-{order.by}", "-pk")))
    if start:
        found = found.filter(_beyond(order.by, *start, upward=upward))
    rows = list(found[: size + 1])
    more, rows = len(rows) > size, rows[:size]
    if backward:
        rows.reverse()
    earlier, later = (more, bool(start)) if backward else (bool(start), more)
    return Page(rows, mark(rows[0], order) if rows and earlier else "", mark(rows[-1], order) if rows and later else "")


def _beyond(by: str, value: Any, pk: int, *, upward: bool) -> Q:
    """Rows past (value, pk). The first term alone lets an index find the place."""
    if upward:
        return Q((f"{by}__gte", value)) & (Q((f"{by}__gt", value)) | Q(pk__gt=pk))
    return Q((f"{by}__lte", value)) & (Q((f"{by}__lt", value)) | Q(pk__lt=pk))


def count(customers: CustomerQuerySet, shown: Page) -> int:
    """How many, up to one more than COUNTED; not asked again where one page shows them all."""
    if not (shown.before or shown.after):
        return len(shown.rows)
    return customers.order_by()[: COUNTED + 1].count()
