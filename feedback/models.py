"""What customers say: recommendations, answers, complaints, hostile acts, and signs that they may leave."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone

from customers.days import DayField, day_of, zone
from customers.ledgers import Ledger
from customers.models import Entry
from customers.models.ledger import once_per_source

if TYPE_CHECKING:
    from customers.models import Import

OUTSIDE = "A score is a whole number from 0 to 10."


class Recommendation(Entry):
    """Somebody told others about us, or lent us their name when a prospect asked for a reference.

    Prompted means our code, link or form, a promised reward, or one of us asked in the 30 days before.
    """

    class Kind(models.TextChoices):
        RECOMMENDATION = "recommendation", "recommendation"
        REFERENCE = "reference", "reference given when asked"

    kind = models.CharField(max_length=14, choices=Kind.choices, default=Kind.RECOMMENDATION)
    prompted = models.BooleanField(default=False)
    to_whom = models.CharField(max_length=200, blank=True)
    words = models.TextField(blank=True, max_length=5000)

    class Meta:
        ordering = ["-occurred_at", "-id"]
        constraints = [once_per_source("recommendation")]
        indexes = [models.Index(fields=["customer", "day"], name="recommendation_by_customer")]

    brought_in = Ledger(
        "recommendations",
        "Recommendations and references",
        fields=("kind", "prompted", "to_whom", "words"),
        demanded=("prompted",),
    )

    def __str__(self) -> str:
        if self.kind == self.Kind.REFERENCE:
            return "reference"
        return f"{'prompted' if self.prompted else 'unprompted'} recommendation"


class Response(Entry):
    """An answer to "how likely are you to recommend us", 0 to 10, with words."""

    score = models.PositiveSmallIntegerField(
        help_text="0 to 10",
        validators=[validate(limit, OUTSIDE) for validate, limit in ((MinValueValidator, 0), (MaxValueValidator, 10))],
    )
    words = models.TextField(blank=True, max_length=5000)

    class Meta:
        ordering = ["-occurred_at", "-id"]
        constraints = [
            once_per_source("response"),
            models.CheckConstraint(condition=Q(score__gte=0, score__lte=10), name="response_score_0_to_10"),
        ]
        indexes = [models.Index(fields=["customer", "day"], name="response_by_customer")]

    brought_in = Ledger(
        "responses",
        "Answers, 0 to 10",
        fields=("score", "words"),
        demanded=("score",),
        scale=10,
        only={"scale": ("10", "0-10", "0 to 10", "nps")},
    )

    def __str__(self) -> str:
        return f"{self.score} of 10"


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
        kept=("steps__recorded_by",),
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


class HostileAct(Entry):
    """An attempt to turn others against us, with evidence. It counts, from its own day, once two people confirmed it.

    Never a complaint, a low score, a return, a legal claim, or a word to a regulator or ombudsman.
    """

    audience = models.CharField(max_length=100, help_text="Before whom, as in “the trade fair” or “a review site”.")
    evidence = models.TextField(max_length=5000, help_text="What shows it: words, a link, who heard it.")
    # derived from confirmations:
    confirmed = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ["-occurred_at", "-id"]
        constraints = [once_per_source("hostile_act")]
        indexes = [models.Index(fields=["customer", "day"], name="hostile_act_by_customer")]

    brought_in = Ledger(
        "hostile_acts",
        "Hostile acts, to be confirmed by two people",
        fields=("audience", "evidence"),
        demanded=("audience", "evidence"),
        kept=("confirmations",),
    )

    def __str__(self) -> str:
        return f"hostile act before {self.audience}"


class Confirmation(models.Model):
    """Somebody of ours has seen the evidence and says that it was a hostile act."""

    act = models.ForeignKey(HostileAct, on_delete=models.CASCADE, related_name="confirmations")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["act", "at"]
        constraints = [models.UniqueConstraint("act", "by", name="confirmation_once_per_person")]

    def __str__(self) -> str:
        return f"confirmed by {self.by}"


class LeavingNotice(Entry):
    """A customer said that they mean to leave: a contract given notice of, an account to be closed."""

    words = models.TextField(blank=True, max_length=5000)

    class Meta:
        ordering = ["-occurred_at", "-id"]
        constraints = [once_per_source("leaving_notice")]
        indexes = [models.Index(fields=["customer", "day"], name="leaving_notice_by_customer")]

    brought_in = Ledger("leaving_notices", "Notices of leaving", fields=("words",))

    def __str__(self) -> str:
        return "notice of leaving"


class CompetitorConsidered(Entry):
    """A customer is looking at a competitor."""

    competitor = models.CharField(max_length=200)
    words = models.TextField(blank=True, max_length=5000)

    class Meta:
        ordering = ["-occurred_at", "-id"]
        constraints = [once_per_source("competitor_considered")]
        indexes = [models.Index(fields=["customer", "day"], name="competitor_by_customer")]
        verbose_name_plural = "competitors considered"

    brought_in = Ledger("competitors", "Competitors considered", fields=("competitor", "words"), demanded=("competitor",))

    def __str__(self) -> str:
        return f"considers {self.competitor}"
