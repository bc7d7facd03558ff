"""What customers did: purchases, refunds and what each refund takes back.

Ledgers are corrected, never edited. A correction withdraws a row and writes another in its place.
What is derived from a ledger (`ended`, `returned`, ReturnMatch) says so and is always recomputed.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from customers.days import DayField, day_of
from customers.models.indexes import CoveringIndex

if TYPE_CHECKING:
    from typing import Self

MONEY = {"max_digits": 16, "decimal_places": 4}


Row = TypeVar("Row", bound=models.Model)


class EntryQuerySet(models.QuerySet[Row]):
    def standing(self) -> Self:
        """Not withdrawn by a correction or by the undoing of an import."""
        return self.filter(withdrawn_at=None)


class Entry(models.Model):
    """A row of a ledger: somebody's dated fact, from a source, under an id unique there."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="%(class)ss")
    source = models.ForeignKey("customers.Source", on_delete=models.PROTECT, related_name="+")
    external_id = models.CharField(max_length=200)
    occurred_at = models.DateTimeField(help_text="When it happened.")
    day = DayField(editable=False, help_text="The business's day on which it happened.")
    recorded_at = models.DateTimeField(default=timezone.now, editable=False, help_text="When we learned of it.")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    brought_by = models.ForeignKey(
        "customers.Import", on_delete=models.PROTECT, null=True, editable=False, related_name="%(class)ss"
    )
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    corrects = models.OneToOneField("self", on_delete=models.PROTECT, null=True, editable=False, related_name="corrected_by")

    objects = EntryQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: object, **kwargs: object) -> None:
        self.complete()
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def complete(self) -> None:
        """Fill what follows from what is said; whoever stores many at once calls it for each."""
        if self.day is None:
            self.day = day_of(self.occurred_at)
        if not self.external_id:
            self.external_id = str(self.uuid)


def once_per_source(name: str) -> models.UniqueConstraint:
    return models.UniqueConstraint("source", "external_id", condition=Q(withdrawn_at=None), name=f"{name}_once_per_source")


def withdrawn(name: str) -> models.Index:
    """For an import, which may not bring back what was withdrawn, and asks for it range by range: seldom is there any."""
    return models.Index(fields=["source", "external_id"], condition=Q(withdrawn_at__isnull=False), name=f"{name}_withdrawn")


class Purchase(Entry):
    """One document of buying: an invoice, a receipt.

    `amount` is the sum of its priced lines. Whatever changes the lines or takes them back changes
    this row in the same transaction, so that whoever watches purchases has seen it all.
    """

    currency = models.CharField(max_length=3)
    amount = models.DecimalField(**MONEY, default=0)  # type: ignore[arg-type]
    channel = models.CharField(max_length=40, blank=True)
    fulfilled = DayField(null=True, blank=True, help_text="The day it was delivered.")
    promised = DayField(null=True, blank=True, help_text="The last day on which it was promised to be there.")
    covers_until = DayField(null=True, blank=True, help_text="The last day a contract, a subscription or a stock covers.")
    priced = models.BooleanField(default=True, help_text="It has a priced line, so its day is an occasion.")
    # derived from refunds:
    ended = DayField(null=True, editable=False, help_text="The day on which all of it had been taken back.")
    returned = models.DecimalField(**MONEY, default=0, editable=False)  # type: ignore[arg-type]

    class Meta:
        ordering = ["-occurred_at", "-id"]
        constraints = [once_per_source("purchase")]
        indexes = [
            CoveringIndex(
                fields=["customer", "day"],
                include=["ended", "priced", "amount", "covers_until"],
                condition=Q(withdrawn_at=None),
                name="purchase_covering",
            ),
            models.Index(fields=["day"], condition=Q(withdrawn_at=None), name="purchase_by_day"),
            models.Index(
                fields=["customer", "ended"], condition=Q(withdrawn_at=None, ended__isnull=False), name="purchase_taken_back"
            ),
            withdrawn("purchase"),
        ]

    def __str__(self) -> str:
        return f"purchase {self.external_id}"


class PurchaseLine(models.Model):
    """So many of a product at a price. `copy` tells equal lines of one purchase apart, from 1."""

    purchase = models.ForeignKey(
        Purchase, on_delete=models.CASCADE, related_name="lines", db_index=False
    )  # `purchase_line_once` serves
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.PROTECT, related_name="+", db_index=False
    )  # and `_matching`
    product = models.ForeignKey("customers.Product", on_delete=models.PROTECT, null=True, blank=True, related_name="lines")
    quantity = models.DecimalField(max_digits=14, decimal_places=4, default=1)
    unit_price = models.DecimalField(**MONEY)  # type: ignore[arg-type]
    unit_cost = models.DecimalField(**MONEY, null=True, blank=True, help_text="What one cost us; empty where nobody knows.")  # type: ignore[arg-type]
    free = models.BooleanField(default=False, help_text="A sample, gift, replacement or trial: a fact, but no occasion.")
    copy = models.PositiveIntegerField(default=1)
    brought_by = models.ForeignKey("customers.Import", on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    # derived from refunds:
    returned = models.DecimalField(max_digits=14, decimal_places=4, default=0, editable=False, help_text="Quantity taken back.")
    ended = DayField(null=True, editable=False, help_text="The day on which all of it had been taken back.")

    class Meta:
        ordering = ["purchase", "id"]
        constraints = [
            models.UniqueConstraint("purchase", "product", "quantity", "unit_price", "copy", name="purchase_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="purchase_line_quantity_above_zero"),
            models.CheckConstraint(condition=Q(unit_price__gte=0), name="purchase_line_price_not_negative"),
            models.CheckConstraint(condition=Q(unit_cost=None) | Q(unit_cost__gte=0), name="purchase_line_cost_not_negative"),
        ]
        indexes = [models.Index(fields=["customer", "product", "unit_price"], name="purchase_line_matching")]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.product or 'something'}"


class Refund(Entry):
    """One document of taking back. It may name its purchase, wholly or by line, or none.

    One that names none is matched by product and price; one that finds nothing waits. `names` keeps
    the external id of a purchase that has not arrived yet.
    """

    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, null=True, blank=True, related_name="refunds")
    names = models.CharField(
        max_length=200, blank=True, editable=False, help_text="The purchase it names, while that has not arrived."
    )
    whole = models.BooleanField(default=False, help_text="All of the named purchase is taken back.")
    currency = models.CharField(max_length=3)
    amount = models.DecimalField(**MONEY, default=0)  # type: ignore[arg-type]
    reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-occurred_at", "-id"]
        constraints = [once_per_source("refund")]
        indexes = [
            models.Index(fields=["customer", "day"], name="refund_by_customer"),
            models.Index(fields=["source", "names"], condition=~Q(names=""), name="refund_waiting_for_purchase"),
            withdrawn("refund"),
        ]

    def __str__(self) -> str:
        return f"refund {self.external_id}"


class RefundLineQuerySet(models.QuerySet["RefundLine"]):
    def waiting(self) -> RefundLineQuerySet:
        """Lines of standing refunds that have found no purchase to take back."""
        return self.filter(refund__withdrawn_at=None, refund__whole=False, matched=0)


class RefundLine(models.Model):
    """So many of a product at a price, taken back."""

    refund = models.ForeignKey(
        Refund, on_delete=models.CASCADE, related_name="lines", db_index=False
    )  # `refund_line_once` serves
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.PROTECT, related_name="+", db_index=False
    )  # and `_matching`
    product = models.ForeignKey("customers.Product", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    quantity = models.DecimalField(max_digits=14, decimal_places=4, default=1)
    unit_price = models.DecimalField(**MONEY)  # type: ignore[arg-type]
    copy = models.PositiveIntegerField(default=1)
    purchase_line = models.ForeignKey(PurchaseLine, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    brought_by = models.ForeignKey("customers.Import", on_delete=models.PROTECT, null=True, editable=False, related_name="+")
    # derived from purchases:
    matched = models.DecimalField(
        max_digits=14, decimal_places=4, default=0, editable=False, help_text="Quantity that found its purchase."
    )

    objects = RefundLineQuerySet.as_manager()

    class Meta:
        ordering = ["refund", "id"]
        constraints = [
            models.UniqueConstraint("refund", "product", "quantity", "unit_price", "copy", name="refund_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="refund_line_quantity_above_zero"),
        ]
        indexes = [models.Index(fields=["customer", "product", "unit_price"], name="refund_line_matching")]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.product or 'something'} back"


class ReturnMatch(models.Model):
    """How much of which bought line a returned line takes back. Derived; see `customers.returns`."""

    refund_line = models.ForeignKey(RefundLine, on_delete=models.CASCADE, related_name="matches")
    purchase_line = models.ForeignKey(PurchaseLine, on_delete=models.CASCADE, related_name="matches")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    quantity = models.DecimalField(max_digits=14, decimal_places=4)
    day = DayField(help_text="From when it counts: the later of the refund's day and the purchase's.")

    class Meta:
        constraints = [models.UniqueConstraint("refund_line", "purchase_line", name="match_once")]

    def __str__(self) -> str:
        return f"{self.quantity} of line {self.purchase_line_id}"
