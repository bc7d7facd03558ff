"""What went wrong on our side, and everyone it affected."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from customers.days import DayField


class Failure(models.Model):
    """Something that we did wrong: late, wrong, an outage. Everyone affected is told."""

    class Kind(models.TextChoices):
        LATE = "late", "Late"
        WRONG = "wrong", "Wrong"
        OUTAGE = "outage", "Outage"
        OTHER = "other", "Something else"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=6, choices=Kind.choices)
    what = models.CharField(max_length=300, help_text="What happened, as those affected will be told.")
    first_day = DayField(help_text="The first day of it.")
    last_day = DayField(help_text="The last day of it.")
    tell = models.BooleanField(
        default=True, help_text="Everyone affected is to be told. Off for one from long ago, that only a theme needs."
    )
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )

    class Meta:
        ordering = ["-first_day", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(last_day__gte=models.F("first_day")), name="failure_ends_after_it_began")
        ]

    def __str__(self) -> str:
        return self.what

    def get_absolute_url(self) -> str:
        return reverse("listening:failure", args=[self.uuid])

    def clean(self) -> None:
        if self.first_day and self.last_day and self.last_day < self.first_day:
            raise ValidationError({"last_day": "It cannot end before it begins."})


class Affected(models.Model):
    """A customer was affected by a failure, through a purchase if it is known."""

    failure = models.ForeignKey(Failure, on_delete=models.CASCADE, related_name="affected")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="failures")
    purchase = models.ForeignKey("customers.Purchase", on_delete=models.CASCADE, null=True, related_name="failures")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["failure", "customer", "id"]
        constraints = [
            models.UniqueConstraint("failure", "customer", "purchase", name="affected_once_per_purchase"),
            models.UniqueConstraint("failure", "customer", condition=Q(purchase=None), name="affected_once"),
        ]
        indexes = [models.Index(fields=["recorded_at"], name="affected_lately")]
        verbose_name_plural = "affected"

    def __str__(self) -> str:
        return f"{self.customer} by {self.failure}"
