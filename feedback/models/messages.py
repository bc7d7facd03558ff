"""What somebody said that is no fact of a ledger, by whichever channel; and what they suggest."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, TypeVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from customers.days import DayField, day_of

if TYPE_CHECKING:
    from typing import Self

    from accounts.models import Viewer


Row = TypeVar("Row", bound=models.Model)


def spoken_within_reach(viewer: Viewer) -> Q:
    """Of rows that have a customer or nobody. Who sees everything has an empty reach, which "or" would drop."""
    reach = viewer.reach("customer__owner", "customer__team")
    return Q(customer=None) | reach if reach else Q()


class SpokenQuerySet(models.QuerySet[Row]):
    def visible_to(self, viewer: Viewer) -> Self:
        """Those of customers within reach. What nobody put their name to, everybody of ours may read."""
        return self.filter(spoken_within_reach(viewer))


class Spoken(models.Model):
    """Something said, by a customer or by nobody we know: anonymous words rank nobody and are no voice."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, null=True, blank=True, related_name="%(class)ss")
    channel = models.ForeignKey("feedback.Channel", on_delete=models.PROTECT, related_name="+")
    occurred_at = models.DateTimeField(default=timezone.now, help_text="When it was said.")
    day = DayField(editable=False)
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )

    objects = SpokenQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: object, **kwargs: object) -> None:
        if self.day is None:
            self.day = day_of(self.occurred_at)
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class Message(Spoken):
    """A note, a contact report, what was said in an interview."""

    words = models.TextField(max_length=5000)

    class Meta:
        ordering = ["-occurred_at", "-id"]

    def __str__(self) -> str:
        return self.words[:60]


class Suggestion(Spoken):
    """An idea of a customer's: who else wants it, what becomes of it, what we answered."""

    class State(models.TextChoices):
        HEARD = "heard", "Heard"
        CONSIDERED = "considered", "Considered"
        PLANNED = "planned", "Planned"
        BUILT = "built", "Built"
        DECLINED = "declined", "Declined"

    title = models.CharField(max_length=120)
    words = models.TextField(max_length=5000, blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.HEARD)
    answer = models.TextField(max_length=2000, blank=True, help_text="What those who want it are told.")
    settled_at = models.DateTimeField(null=True, editable=False, help_text="When it was built or declined.")

    class Meta:
        ordering = ["-occurred_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["built", "declined"], settled_at__isnull=False)
                | (~Q(state__in=["built", "declined"]) & Q(settled_at=None)),
                name="suggestion_settled_once_it_is",
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("listening:suggestion", args=[self.uuid])

    def clean(self) -> None:
        if self.state == self.State.DECLINED and not self.answer.strip():
            raise ValidationError({"answer": "Say why not: those who want it are told."})


class Supporter(models.Model):
    """A customer wants what is suggested; whoever suggested it is one."""

    suggestion = models.ForeignKey(Suggestion, on_delete=models.CASCADE, related_name="support")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="supports")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["suggestion", "id"]
        constraints = [models.UniqueConstraint("suggestion", "customer", name="supports_once")]

    def __str__(self) -> str:
        return f"{self.customer} wants {self.suggestion}"
