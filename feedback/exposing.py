"""Whom a theme concerns: those who lived through it, whether they said so or not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from customers import voices
from customers.models import Customer, CustomerTag, Purchase
from feedback.models import Affected, Theme

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from typing import Any

    from django.db.models import QuerySet

    from customers.models import CustomerQuerySet


def affected(theme: Theme, on: date) -> QuerySet[Any, Any]:
    return Affected.objects.filter(failure__themes=theme).values("customer")


def buyers(theme: Theme, on: date) -> QuerySet[Any, Any]:
    """Who bought in the window, and did not take all of it back the same day."""
    found = Purchase.objects.standing()
    if theme.first_day:
        found = found.filter(day__gte=theme.first_day)
    if theme.last_day:
        found = found.filter(day__lte=theme.last_day)
    if theme.product_id:
        found = found.filter(lines__product=theme.product_id)
    if theme.category_id:
        found = found.filter(lines__product__category=theme.category_id)
    return found.values("customer")


def tagged(theme: Theme, on: date) -> QuerySet[Any, Any]:
    return CustomerTag.objects.on(on).filter(tag=theme.tag_id).values("customer")


BASES: dict[str, Callable[[Theme, date], QuerySet[Any, Any]]] = {
    Theme.Base.FAILURES: affected,
    Theme.Base.BUYERS: buyers,
    Theme.Base.TAGGED: tagged,
}


def exposed(theme: Theme, on: date) -> CustomerQuerySet | None:
    """Everyone whom the theme concerns, as of a day; None while nobody has said who that is."""
    if theme.base not in BASES or (theme.base == Theme.Base.FAILURES and not theme.failures.exists()):
        return None
    return voices.independent(on) & Customer.objects.filter(pk__in=BASES[theme.base](theme, on))
