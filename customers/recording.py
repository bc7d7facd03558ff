"""Writing purchases and refunds into the ledgers, each whole in one transaction and once per source and external id."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F

from customers.days import day_of
from customers.models import Customer, Purchase, PurchaseLine, Refund, RefundLine, Source

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from accounts.models import User


@transaction.atomic
def record_purchase(
    *,
    customer: Customer,
    source: Source,
    external_id: str,
    occurred_at: datetime,
    currency: str,
    lines: Sequence[dict[str, Any]],
    channel: str = "",
    fulfilled: date | None = None,
    covers_until: date | None = None,
    recorded_by: User | None = None,
) -> tuple[Purchase, bool]:
    """The purchase, and whether it is new. Lines: product, quantity, unit_price, free."""
    priced = [line for line in lines if not line.get("free")]
    purchase, new = Purchase.objects.get_or_create(
        source=source,
        external_id=external_id,
        withdrawn_at=None,
        defaults={
            "customer": customer,
            "occurred_at": occurred_at,
            "currency": currency,
            "amount": sum((line["quantity"] * line["unit_price"] for line in priced), Decimal(0)),
            "channel": channel,
            "fulfilled": fulfilled,
            "covers_until": covers_until,
            "priced": bool(priced),
            "recorded_by": recorded_by,
        },
    )
    if new:
        PurchaseLine.objects.bulk_create(
            PurchaseLine(purchase=purchase, customer=customer, copy=i, **line) for i, line in enumerate(lines, 1)
        )
    return purchase, new


@transaction.atomic
def record_refund(
    *,
    customer: Customer,
    source: Source,
    external_id: str,
    occurred_at: datetime,
    purchase: Purchase,
    whole: bool,
    lines: Sequence[dict[str, Any]] = (),
    reason: str = "",
    recorded_by: User | None = None,
) -> tuple[Refund, bool]:
    """The refund, and whether it is new. Lines: purchase_line, product, quantity, unit_price."""
    back = sum((line["quantity"] * line["unit_price"] for line in lines), Decimal(0))
    refund, new = Refund.objects.get_or_create(
        source=source,
        external_id=external_id,
        withdrawn_at=None,
        defaults={
            "customer": customer,
            "purchase": purchase,
            "whole": whole,
            "occurred_at": occurred_at,
            "currency": purchase.currency,
            "amount": purchase.amount - purchase.returned if whole else back,
            "reason": reason,
            "recorded_by": recorded_by,
        },
    )
    if new:
        RefundLine.objects.bulk_create(
            RefundLine(refund=refund, customer=customer, copy=i, **line) for i, line in enumerate(lines, 1)
        )
        for line in lines:
            PurchaseLine.objects.filter(pk=line["purchase_line"].pk).update(returned=F("returned") + line["quantity"])
        Purchase.objects.filter(pk=purchase.pk).update(
            returned=F("returned") + refund.amount, ended=day_of(occurred_at) if whole else purchase.ended
        )
    return refund, new
