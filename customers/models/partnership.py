"""What customers do with us beside buying: people they send, what they take part in, what we plan together."""

from __future__ import annotations

import uuid

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from customers.days import DayField
from customers.ledgers import Ledger
from customers.models.ledger import Entry, once_per_source
from customers.models.people import Span


class Referral(Entry):
    """A customer named somebody to us. It is converted while the referred customer has an occasion.

    Nothing of the conversion is stored: whoever ranks the referrer reads the purchases of the referred, and those mark the referrer.
    """

    referred = models.ForeignKey(
        "customers.Customer",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="referred_by",
        help_text="Once they are a customer record of their own.",
    )
    name = models.CharField(max_length=200, blank=True, help_text="Whom they named, as far as the referrer allowed.")
    prompted = models.BooleanField(
        default=False,
        help_text="By our code, link or form, a promised reward, or somebody of ours who asked in the 30 days before.",
    )

    class Meta:
        ordering = ["-occurred_at", "-id"]
        constraints = [
            once_per_source("referral"),
            models.CheckConstraint(condition=Q(referred=None) | ~Q(referred=F("customer")), name="referral_not_of_oneself"),
        ]
        indexes = [
            models.Index(fields=["customer", "day"], name="referral_by_customer"),
            models.Index(fields=["referred"], condition=Q(withdrawn_at=None), name="referral_by_referred"),
        ]

    brought_in = Ledger(
        "referrals",
        "Referrals",
        fields=("prompted", "name", "referred"),
        demanded=("prompted",),
        names="referred",
        later=("referred",),
    )

    def __str__(self) -> str:
        return f"{'prompted' if self.prompted else 'unprompted'} referral"

    def clean(self) -> None:
        if self.referred_id is not None and self.referred_id == self.customer_id:
            raise ValidationError({"referred": "Nobody refers themselves."})


class Involvement(Entry):
    """A customer took part in something of ours."""

    class Kind(models.TextChoices):
        ATTENDED = "attended", "came to something"
        SERVED = "served", "served on something"
        ANSWERED = "answered", "answered again"
        ENROLLED = "enrolled", "was enrolled automatically"

    kind = models.CharField(max_length=8, choices=Kind.choices)
    what = models.CharField(max_length=200, blank=True, help_text="The forum, council, party or programme.")

    class Meta:
        ordering = ["-occurred_at", "-id"]
        constraints = [once_per_source("involvement")]
        indexes = [models.Index(fields=["customer", "day"], name="involvement_by_customer")]

    brought_in = Ledger("involvements", "Taking part", fields=("kind", "what"), demanded=("kind",))

    def __str__(self) -> str:
        return f"{self.get_kind_display()}{f': {self.what}' if self.what else ''}"


class JointPlan(Span):
    """A plan of theirs and ours. It is current from the day on which the later of the two accepted it."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    source = models.ForeignKey(
        "customers.Source",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="None for one typed in by hand.",
    )
    external_id = models.CharField(max_length=200, blank=True)
    name = models.CharField(max_length=200)
    accepted_by_us = DayField(null=True, blank=True)
    accepted_by_them = DayField(null=True, blank=True)

    class Meta:
        ordering = ["customer", "since"]
        constraints = [models.UniqueConstraint("source", "external_id", name="joint_plan_once_per_source")]
        indexes = [models.Index(fields=["customer", "since"], name="joint_plan_by_customer")]

    brought_in = Ledger(
        "joint_plans",
        "Joint plans",
        fields=("name", "until", "accepted_by_us", "accepted_by_them"),
        demanded=("name",),
        dated="since",
        later=("until", "accepted_by_us", "accepted_by_them"),
    )

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        self.complete()
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def complete(self) -> None:
        """Fill what follows from what is said."""
        self.external_id = self.external_id or str(self.uuid)

    def clean(self) -> None:
        if self.until and self.since and self.until < self.since:
            raise ValidationError({"until": "It cannot end before it begins."})

    @property
    def is_open(self) -> bool:
        """Whether something may still be said of it."""
        return None in (self.accepted_by_us, self.accepted_by_them, self.until)
