"""What customers' purchases add up to, as pages and exports show it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Max, Min, Q, Sum

from customers.days import from_number
from customers.models import Customer, Purchase

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

YEAR = timedelta(days=365)


@dataclass
class Figures:
    """One customer's buying. Amounts are net of refunds, by currency; a purchase wholly taken back counts for nothing."""

    purchases: int = 0
    first: date | None = None
    last: date | None = None
    total: dict[str, Decimal] = field(default_factory=dict)
    year: dict[str, Decimal] = field(default_factory=dict)


def figures(customers: Iterable[Customer], on: date) -> dict[int, Figures]:
    """The figures of these customers as of a day, by primary key, in one query."""
    kept = Q(ended=None) | Q(ended__gt=on)
    net = F("amount") - F("returned")
    rows = (
        Purchase.objects.standing()
        .filter(customer__in=[c.pk for c in customers], day__lte=on)
        .order_by()
        .values("customer_id", "currency")
        .annotate(
            kept=Count("pk", filter=kept),
            first=Min("day", filter=kept),
            last=Max("day", filter=kept),
            total=Sum(net),
            year=Sum(net, filter=Q(day__gt=on - YEAR)),
        )
    )
    found: dict[int, Figures] = defaultdict(Figures)
    for row in rows:
        _add(found[row["customer_id"]], row)
    return found


def _add(to: Figures, row: Mapping[str, Any]) -> None:
    to.purchases += row["kept"]
    to.first = min(filter(None, (to.first, _day(row["first"]))), default=None)
    to.last = max(filter(None, (to.last, _day(row["last"]))), default=None)
    for name, amounts in (("total", to.total), ("year", to.year)):
        if row[name]:
            amounts[row["currency"]] = Decimal(row[name])


def _day(value: object) -> date | None:
    """Min and Max of a day come as the stored number on some databases, as a day on others."""
    return from_number(value) if isinstance(value, int) else value if isinstance(value, date) else None
