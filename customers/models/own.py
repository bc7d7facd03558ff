"""What is the customer's own: the link to their page, the ways they do not want to be reached by, what they say is not right."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from customers.days import DayField
from customers.models.people import ContactPoint, Customer, Span

if TYPE_CHECKING:
    from datetime import date, datetime
    from typing import Self

    from accounts.models import Viewer


Row = TypeVar("Row", bound=models.Model)


class LinkQuerySet(models.QuerySet[Row]):
    def holding(self, token: str) -> Self:
        """Whose link holds this token."""
        return self.filter(token_hash=Link.hash(token))


class Link(models.Model):
    """A link that opens something of a customer's to whoever holds it, until it expires. Of its token only the hash is kept."""

    expires_at = models.DateTimeField()
    token_hash = models.CharField(max_length=64, unique=True)

    class Meta:
        abstract = True

    @staticmethod
    def hash(token: str) -> str:
        """SHA-256 in hex. Tokens are 192 random bits, so no salt or slow hash is called for."""
        return hashlib.sha256(token.encode()).hexdigest()

    def renew(self) -> str:
        """Give this row a new token and return it, the only time it can be read. Unsaved."""
        token = secrets.token_urlsafe(24)
        self.token_hash = self.hash(token)
        return token


class OwnLink(Link):
    """Opens a customer's own page, as often as they like. There is one at a time; another closes it."""

    LASTS = 30  # days, unless said otherwise

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="own_links")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True, help_text="From then on it opens nothing.")

    objects = LinkQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.UniqueConstraint("customer", condition=Q(closed_at=None), name="own_link_one_at_a_time"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="own_link_expires_after_it_was_made"),
        ]

    def __str__(self) -> str:
        return f"link to their own page, made on {self.made_at:%Y-%m-%d}"

    def opens(self, at: datetime) -> bool:
        return self.closed_at is None and at < self.expires_at


class RefusedWay(Span):
    """They do not want to be reached this way; every other way is free, unless a stop holds."""

    way = models.CharField(max_length=5, choices=ContactPoint.Kind.choices)

    class Meta:
        ordering = ["customer", "since"]

    def __str__(self) -> str:
        return f"not by {self.get_way_display().lower()}"


class CorrectionQuerySet(models.QuerySet["Correction"]):
    def visible_to(self, viewer: Viewer) -> CorrectionQuerySet:
        return self.filter(viewer.reach("customer__owner", "customer__team"))

    def open(self) -> CorrectionQuerySet:
        return self.filter(answered_at=None)

    def by_urgency(self) -> CorrectionQuerySet:
        """Those that wait, the late and the soonest due first; then the others, the latest answered first."""
        return self.order_by(F("answered_at").desc(nulls_first=True), "due_day", "-pk")


class Correction(models.Model):
    """A customer says on their own page that something shown there is not right; we owe an answer by a day."""

    ANSWER_WITHIN = timedelta(days=30)  # a month: GDPR, Article 12(3)
    MOST_OPEN = 20
    LONGEST = 2000

    class Outcome(models.TextChoices):
        CORRECTED = "corrected", "Put right"
        KEPT = "kept", "Left as it is"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="corrections")
    about = models.CharField(max_length=60, editable=False, help_text="What it is about, as their page calls it.")
    shown = models.CharField(max_length=300, editable=False, help_text="What their page said.")
    words = models.TextField(max_length=LONGEST, editable=False)
    received_at = models.DateTimeField(editable=False)
    due_day = DayField(editable=False, help_text="The last day on which an answer is in time.")
    answered_at = models.DateTimeField(null=True, editable=False)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    outcome = models.CharField(max_length=9, choices=Outcome.choices, blank=True)
    answer = models.TextField(max_length=2000, blank=True, help_text="The customer reads it on their page.")

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        ordering = ["-received_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at=None, outcome="") | Q(answered_at__isnull=False, outcome__in=["corrected", "kept"]),
                name="correction_answered_with_an_outcome",
            )
        ]
        indexes = [
            models.Index(fields=["due_day", "id"], condition=Q(answered_at=None), name="correction_waiting"),
            models.Index(fields=["customer", "received_at"], name="correction_by_customer"),
        ]

    def __str__(self) -> str:
        return f"“{self.shown[:60]}” is not right"

    def is_late(self, on: date) -> bool:
        return self.answered_at is None and on > self.due_day
