"""What a customer is given to put a complaint right, and how much of it somebody may decide alone."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import Role
from customers.models.ledger import MONEY
from feedback.models.complaints import Complaint

if TYPE_CHECKING:
    from decimal import Decimal

    from accounts.models import Viewer


class Discretion(models.Model):
    """Up to what amount a role decides alone, in the business's currency, for all remedies of one complaint together."""

    role = models.CharField(max_length=20, choices=[each for each in Role.choices if each[0] != Role.READER], unique=True)
    amount = models.DecimalField(
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text="In the business's currency, for one complaint; empty is without limit.",
    )

    class Meta:
        ordering = ["role"]
        verbose_name_plural = "discretion"

    def __str__(self) -> str:
        return f"{self.get_role_display()}: {'without limit' if self.amount is None else self.amount}"

    def covers(self, amount: Decimal) -> bool:
        return self.amount is None or amount <= self.amount


class RemedyQuerySet(models.QuerySet["Remedy"]):
    def visible_to(self, viewer: Viewer) -> RemedyQuerySet:
        return self.filter(viewer.reach("complaint__customer__owner", "complaint__customer__team"))

    def waiting(self) -> RemedyQuerySet:
        """Asked for, and neither granted nor declined; on complaints that stand."""
        return self.filter(state=Remedy.State.ASKED, complaint__withdrawn_at=None)


class Remedy(models.Model):
    """Something that puts a complaint right: granted at once within discretion, else asked for."""

    class Kind(models.TextChoices):
        APOLOGY = "apology", "apology"
        REPLACEMENT = "replacement", "replacement"
        REFUND = "refund", "refund, promised"
        CREDIT = "credit", "credit"
        GIFT = "gift", "gift"
        OTHER = "other", "something else"

    class State(models.TextChoices):
        ASKED = "asked", "asked for"
        GRANTED = "granted", "granted"
        DECLINED = "declined", "declined"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    complaint = models.ForeignKey(Complaint, on_delete=models.CASCADE, related_name="remedies")
    kind = models.CharField(max_length=11, choices=Kind.choices)
    amount = models.DecimalField(**MONEY, default=0, help_text="What it costs us.")  # type: ignore[arg-type]
    currency = models.CharField(max_length=3, validators=[RegexValidator("^[A-Z]{3}$", "Three capital letters, as in EUR.")])
    words = models.TextField(blank=True, max_length=2000)
    state = models.CharField(max_length=8, choices=State.choices, default=State.ASKED)
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    why = models.TextField(blank=True, max_length=2000)

    objects = RemedyQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at", "id"]
        verbose_name_plural = "remedies"
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="remedy_amount_not_negative"),
            models.CheckConstraint(
                condition=Q(state="asked", decided_at=None) | ~Q(state="asked") & Q(decided_at__isnull=False),
                name="remedy_decided_once_it_is",
            ),
        ]
        indexes = [models.Index(fields=["asked_at"], condition=Q(state="asked"), name="remedy_waiting")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.get_state_display()}"

    def clean(self) -> None:
        if self.amount is not None and self.amount < 0:
            raise ValidationError({"amount": "An amount is not below 0."})
