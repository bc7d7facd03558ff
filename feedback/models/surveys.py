"""Surveys: whom we asked what, by which link, and what came back so far."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Count, F, Q
from django.urls import reverse

from customers.models import Customer, Link, LinkQuerySet

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import Viewer


class Survey(models.Model):
    """A question set put to customers by a channel."""

    slug = models.SlugField(max_length=50, unique=True)
    name = models.CharField(max_length=100)
    version = models.ForeignKey("feedback.QuestionSetVersion", on_delete=models.PROTECT, related_name="surveys")
    channel = models.ForeignKey("feedback.Channel", on_delete=models.PROTECT, related_name="+")
    link_days = models.PositiveSmallIntegerField(
        default=30, validators=[MinValueValidator(1), MaxValueValidator(365)], help_text="So many days a link can be answered."
    )
    per_purchase = models.BooleanField(
        default=False, help_text="About a purchase: once for each, however lately they were asked something else."
    )
    promise = models.CharField(
        max_length=200,
        blank=True,
        help_text="A reward for answering, whatever is answered, in the customer's words; never for a public review.",
    )
    promise_amount = models.DecimalField(
        max_digits=16,
        decimal_places=4,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text="What it costs us, in the business's currency.",
    )
    closed_at = models.DateTimeField(null=True, blank=True, help_text="From then on nobody is invited, and no link is answered.")

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("surveys:survey", args=[self.slug])

    def clean(self) -> None:
        if self.version_id and not self.version.questions.exists():
            raise ValidationError({"version": "This version has no questions yet."})
        if self.promise_amount is not None and not self.promise:
            raise ValidationError({"promise": "Say what is promised, too."})


class InvitationQuerySet(LinkQuerySet["Invitation"]):
    def visible_to(self, viewer: Viewer) -> InvitationQuerySet:
        return self.filter(viewer.reach("customer__owner", "customer__team"))

    def arrived(self) -> InvitationQuerySet:
        """Those that did not come back; an answer shows that one had not."""
        return self.filter(Q(bounced_at=None) | Q(answered_at__isnull=False))

    def counted(self) -> dict[int, dict[str, int]]:
        """By survey: invited, bounced, answered; and of how many people the last two are, since a figure counts people."""
        bounced, answered = Q(bounced_at__isnull=False, answered_at=None), Q(answered_at__isnull=False)
        rows: Any = self.order_by().values("survey").annotate(
            invited=Count("pk"), bounced=Count("pk", filter=bounced), answered=Count("pk", filter=answered),
            people=Count("customer", distinct=True, filter=~bounced), answerers=Count("customer", distinct=True, filter=answered),
        )  # fmt: skip
        return {row["survey"]: {**row} for row in rows}


class Invitation(Link):
    """Somebody was asked: the denominator of every figure."""

    class Way(models.TextChoices):
        LINK = "link", "by a link"
        EMAIL = "email", "by e-mail"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    survey = models.ForeignKey(Survey, on_delete=models.PROTECT, related_name="invitations")
    version = models.ForeignKey("feedback.QuestionSetVersion", on_delete=models.PROTECT, related_name="invitations")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="invitations")
    purchase = models.ForeignKey(
        "customers.Purchase", on_delete=models.PROTECT, null=True, blank=True, related_name="invitations"
    )
    way = models.CharField(max_length=5, choices=Way.choices)
    language = models.CharField(max_length=10)
    form_of_address = models.CharField(max_length=10, choices=Customer.Address.choices, blank=True)
    invited_at = models.DateTimeField(db_index=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    sent_at = models.DateTimeField(null=True, help_text="When the mail server took it.")
    bounced_at = models.DateTimeField(null=True, help_text="It did not arrive, and counts as if nobody had been asked.")
    answered_at = models.DateTimeField(null=True)
    promise = models.CharField(
        max_length=200, blank=True, help_text="What the survey promised when they were asked; that stands."
    )
    promise_amount = models.DecimalField(max_digits=16, decimal_places=4, null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        ordering = ["-invited_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                "survey", "purchase", condition=Q(purchase__isnull=False, bounced_at=None), name="invitation_once_per_purchase"
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("invited_at")), name="invitation_expires_after_it_was_sent"),
        ]
        indexes = [models.Index(fields=["customer", "invited_at"], name="invitation_by_customer")]

    def __str__(self) -> str:
        return f"{self.survey} of {self.invited_at:%Y-%m-%d}"

    def ended(self, at: datetime) -> str:
        """Why it can be answered no more: used, closed, expired; empty while it can."""
        if self.answered_at:
            return "used"
        if self.survey.closed_at and self.survey.closed_at <= at:
            return "closed"
        return "expired" if self.expires_at <= at else ""


class Reward(models.Model):
    """An answer earned what was promised for it, good or bad alike: once for an invitation, and by nothing else."""

    invitation = models.OneToOneField(Invitation, on_delete=models.CASCADE, related_name="reward")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="rewards")
    earned_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["-earned_at", "-id"]

    def __str__(self) -> str:
        return self.invitation.promise


class GivenAnswer(models.Model):
    """What was said to one question: so far, until the invitation is answered, and then for good."""

    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, related_name="given")
    question = models.ForeignKey("feedback.Question", on_delete=models.PROTECT, related_name="given")
    number = models.PositiveSmallIntegerField(null=True)
    words = models.TextField(blank=True, max_length=5000)
    at = models.DateTimeField()

    class Meta:
        ordering = ["invitation", "question"]
        constraints = [
            models.UniqueConstraint("invitation", "question", name="given_once_per_question"),
            models.CheckConstraint(condition=Q(number=None) | Q(number__lte=10), name="given_number_0_to_10"),
        ]

    def __str__(self) -> str:
        return self.words[:60] if self.number is None else str(self.number)
