"""What customers tell others about us, for or against."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from customers.ledgers import Ledger
from customers.models import Entry
from customers.models.ledger import once_per_source


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
