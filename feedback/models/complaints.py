"""What went wrong for customers, until it is answered."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from customers.days import DayField, day_of, zone
from customers.ledgers import Ledger
from customers.models import Entry
from customers.models.ledger import once_per_source

if TYPE_CHECKING:
    from customers.models import Import


class Complaint(Entry):
    """Something went wrong for a customer. Open until it is answered, and again from when it is reopened."""

    ANSWER_WITHIN = timedelta(days=14)
    """For a complaint of which nothing else was promised. Written on each, so changing it here moves no history."""

    due_day = DayField(
        blank=True,
        help_text="The last day on which an answer is in time, written when the complaint is received; in 14 days if left out.",
    )
    words = models.TextField(blank=True, max_length=5000)

    class Meta:
        ordering = ["-occurred_at", "-id"]
        constraints = [once_per_source("complaint")]
        indexes = [models.Index(fields=["customer", "day"], name="complaint_by_customer")]

    brought_in = Ledger(
        "complaints",
        "Complaints",
        fields=("words", "due_day"),
        steps=("answered", "answer"),
        followed_by="steps",
        kept=("steps__recorded_by", "thememessages"),
    )

    def __str__(self) -> str:
        return "complaint"

    def complete(self) -> None:
        super().complete()
        if self.due_day is None:
            self.due_day = self.due_by_default(self.day or day_of(self.occurred_at))

    @classmethod
    def due_by_default(cls, received: date) -> date:
        return min(received, date.max - cls.ANSWER_WITHIN) + cls.ANSWER_WITHIN

    def clean(self) -> None:
        if self.due_day and self.occurred_at and self.due_day < day_of(self.occurred_at):
            raise ValidationError({"due_day": "An answer cannot be due before the complaint was received."})

    def follow(self, steps: dict[str, str], *, of: Import, at: datetime) -> bool:
        """A file says when it was answered, and how; whether that is new. On the day it was received, after that."""
        answered = max(datetime.fromisoformat(steps["answered"]), self.occurred_at + timedelta(microseconds=1))
        said = {"words": steps["answer"][:5000], "recorded_at": at, "brought_by": of}
        _, new = self.steps.get_or_create(kind=ComplaintStep.Kind.ANSWERED, occurred_at=answered, defaults=said)
        return new

    def is_open(self) -> bool:
        """Whether it waits for an answer, by all that is known of it."""
        last = max(self.steps.all(), key=lambda step: (step.day, step.occurred_at, step.kind == step.Kind.REOPENED), default=None)
        return last is None or last.kind == last.Kind.REOPENED


class ComplaintStep(models.Model):
    """A complaint was answered, or reopened. Of several on one day the latest counts; of several at one instant, that it is open."""

    class Kind(models.TextChoices):
        ANSWERED = "answered", "answered"
        REOPENED = "reopened", "reopened"

    complaint = models.ForeignKey(Complaint, on_delete=models.CASCADE, related_name="steps")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+", editable=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    occurred_at = models.DateTimeField(help_text="When it happened.")
    day = DayField(editable=False)
    words = models.TextField(blank=True, max_length=5000)
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    brought_by = models.ForeignKey("customers.Import", on_delete=models.PROTECT, null=True, editable=False, related_name="+")

    class Meta:
        ordering = ["complaint", "occurred_at", "kind", "id"]
        indexes = [models.Index(fields=["customer", "day"], name="complaint_step_by_customer")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} on {self.day:%Y-%m-%d}"

    def save(self, *args: object, **kwargs: object) -> None:
        self.customer_id = self.complaint.customer_id
        if self.day is None:
            self.day = day_of(self.occurred_at)
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def clean(self) -> None:
        received = self.complaint.occurred_at
        if self.occurred_at and self.occurred_at <= received:  # it would count for nothing
            when = f"{received.astimezone(zone()):%Y-%m-%d %H:%M}"
            raise ValidationError({"occurred_at": f"This is not after the complaint was received, on {when}."})
