"""Where a file's lines wait between being read and being stored, and which import named what.

Staged rows live as long as their import works on them. Mentions stay: they say which other import
also brought a fact, so that undoing one leaves what another still vouches for.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from customers.days import DayField
from customers.models.ledger import MONEY


class StagedLine(models.Model):
    """A line of a file that reads as a purchase or a return, not stored yet."""

    brought_by = models.ForeignKey(
        "customers.Import", on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    line = models.PositiveIntegerField()
    document = models.CharField(max_length=200)
    refund = models.BooleanField()
    customer = models.CharField(max_length=200, help_text="As the source calls them.")
    product = models.CharField(max_length=100, help_text="The source's code; empty means none.")
    description = models.CharField(max_length=200)
    quantity = models.DecimalField(max_digits=14, decimal_places=4)
    unit_price = models.DecimalField(**MONEY)  # type: ignore[arg-type]
    unit_cost = models.DecimalField(**MONEY, null=True)  # type: ignore[arg-type]
    free = models.BooleanField()
    occurred_at = models.DateTimeField()
    day = DayField()
    names = models.CharField(max_length=200, help_text="The purchase a return names.")
    channel = models.CharField(max_length=40, default="")
    fulfilled = DayField(null=True)
    promised = DayField(null=True)
    content = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["brought_by", "document"], name="staged_by_document")]

    def __str__(self) -> str:
        return f"line {self.line}"


class StagedCustomer(models.Model):
    """What a file says of a customer, not stored yet."""

    brought_by = models.ForeignKey(
        "customers.Import", on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )
    line = models.PositiveIntegerField()
    external_id = models.CharField(max_length=200)
    also = models.CharField(max_length=200, default="", help_text="Another id of theirs at the source.")
    name = models.CharField(max_length=200)
    email = models.CharField(max_length=300)
    phone = models.CharField(max_length=300)
    country = models.CharField(max_length=60)
    language = models.CharField(max_length=10)
    owner = models.CharField(max_length=150)
    need = models.CharField(max_length=7)
    ability = models.CharField(max_length=7)
    fields = models.TextField(default="", help_text="Fields of our own that the file fills, as JSON.")
    content = models.TextField()

    class Meta:
        indexes = [models.Index(fields=["brought_by", "external_id"], name="staged_by_customer")]

    def __str__(self) -> str:
        return f"line {self.line}"


class StagedEvidence(models.Model):
    """A row of a file that reads as evidence of a customer, not stored yet; `waits` for somebody or a purchase nobody knows yet."""

    brought_by = models.ForeignKey("customers.Import", on_delete=models.CASCADE, related_name="+")
    line = models.PositiveIntegerField()
    external_id = models.CharField(max_length=200, help_text="Its id, or customer, day, content and number among equals.")
    customer = models.CharField(max_length=200, help_text="As the source calls them.")
    name = models.CharField(max_length=200, default="", help_text="Of the customer, should they have to be made.")
    other = models.CharField(max_length=200, help_text="Another customer whom it names.")
    purchase = models.CharField(max_length=200, default="", help_text="The purchase it is about, as the source calls it.")
    occurred_at = models.DateTimeField()
    day = DayField()
    said = models.JSONField(help_text="The ledger's fields.")
    steps = models.JSONField(help_text="What came after.")
    content = models.TextField()
    waits = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(fields=["brought_by", "external_id"], name="staged_by_evidence")]

    def __str__(self) -> str:
        return f"line {self.line}"


class Bringing(models.Model):
    """There while, and seen only by, a transaction in which an import stores: what it changes of what was known is its doing too."""

    brought_by = models.ForeignKey(
        "customers.Import", on_delete=models.CASCADE, related_name="+", db_index=False, db_constraint=False
    )

    def __str__(self) -> str:
        return f"import {self.brought_by_id}"


class Vouch(models.Model):
    """An import named this row of a ledger, which was there before; with a field, it filled that."""

    brought_by = models.ForeignKey("customers.Import", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=20)
    row = models.BigIntegerField()
    field = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint("kind", "row", "brought_by", "field", name="vouched_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.row} in import {self.brought_by_id}"


def one_of(first: str, second: str) -> Q:
    return Q(**{f"{first}__isnull": True, f"{second}__isnull": False}) | Q(
        **{f"{first}__isnull": False, f"{second}__isnull": True}
    )


class Mention(models.Model):
    """An import named this document, and this was the earliest of its lines' times there. Without an import: its own time."""

    brought_by = models.ForeignKey("customers.Import", on_delete=models.CASCADE, null=True, related_name="+")
    purchase = models.ForeignKey("customers.Purchase", on_delete=models.CASCADE, null=True, related_name="mentions")
    refund = models.ForeignKey("customers.Refund", on_delete=models.CASCADE, null=True, related_name="mentions")
    occurred_at = models.DateTimeField()
    day = DayField()

    class Meta:
        constraints = [models.CheckConstraint(condition=one_of("purchase", "refund"), name="mention_of_one_document")]

    def __str__(self) -> str:
        return f"{self.purchase or self.refund} in import {self.brought_by_id}"


class LineMention(models.Model):
    """An import named this line, which another had brought before."""

    brought_by = models.ForeignKey("customers.Import", on_delete=models.CASCADE, related_name="+")
    purchase_line = models.ForeignKey("customers.PurchaseLine", on_delete=models.CASCADE, null=True, related_name="mentions")
    refund_line = models.ForeignKey("customers.RefundLine", on_delete=models.CASCADE, null=True, related_name="mentions")

    class Meta:
        constraints = [models.CheckConstraint(condition=one_of("purchase_line", "refund_line"), name="mention_of_one_line")]

    def __str__(self) -> str:
        return f"{self.purchase_line or self.refund_line} in import {self.brought_by_id}"


class Filling(models.Model):
    """An import filled an empty field of a customer it did not make; undoing it empties it again."""

    brought_by = models.ForeignKey("customers.Import", on_delete=models.CASCADE, related_name="+")
    customer = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="+")
    field = models.CharField(max_length=20)
    before = models.CharField(max_length=200, blank=True)
    after = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint("brought_by", "customer", "field", name="filled_once")]

    def __str__(self) -> str:
        return f"{self.field} of customer {self.customer_id}"
