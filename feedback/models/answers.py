"""What customers answer when they are asked, each on the scale of its own question."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from customers.ledgers import Ledger
from customers.models import Entry
from customers.models.ledger import once_per_source


def _from(least: int, most: int) -> list[MinValueValidator | MaxValueValidator]:
    outside = f"A score is a whole number from {least} to {most}."
    return [MinValueValidator(least, outside), MaxValueValidator(most, outside)]


class Response(Entry):
    """An answer to "how likely are you to recommend us", 0 to 10, with words."""

    score = models.PositiveSmallIntegerField(
        help_text="0 to 10",
        validators=_from(0, 10),
    )
    words = models.TextField(blank=True, max_length=5000)
    invitation = models.ForeignKey(
        "feedback.Invitation", on_delete=models.PROTECT, null=True, editable=False, related_name="responses"
    )

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
        kept=("thememessages",),
        only={"scale": ("10", "0-10", "0 to 10", "nps")},
    )

    def __str__(self) -> str:
        return f"{self.score} of 10"


class Satisfaction(Entry):
    """How satisfied somebody is, 1 to 5: on the whole, or with one subject. Never taken for an answer from 0 to 10.

    With a purchase it is about that purchase.
    """

    class Subject(models.TextChoices):
        OVERALL = "overall", "on the whole"
        PRODUCT = "product", "the product"
        SERVICE = "service", "the service"
        AFTER_SALES = "after-sales", "after-sales care"

    score = models.PositiveSmallIntegerField(help_text="1 to 5", validators=_from(1, 5))
    subject = models.CharField(max_length=11, choices=Subject.choices, default=Subject.OVERALL)
    purchase = models.ForeignKey(
        "customers.Purchase", on_delete=models.PROTECT, null=True, blank=True, related_name="satisfactions"
    )
    words = models.TextField(blank=True, max_length=5000)
    invitation = models.ForeignKey(
        "feedback.Invitation", on_delete=models.PROTECT, null=True, editable=False, related_name="satisfactions"
    )

    class Meta:
        ordering = ["-occurred_at", "-id"]
        constraints = [
            once_per_source("satisfaction"),
            models.CheckConstraint(condition=Q(score__gte=1, score__lte=5), name="satisfaction_score_1_to_5"),
        ]
        indexes = [models.Index(fields=["customer", "day"], name="satisfaction_by_customer")]
        verbose_name_plural = "satisfaction"

    brought_in = Ledger(
        "satisfaction",
        "Satisfaction, 1 to 5",
        fields=("score", "subject", "words"),
        demanded=("score",),
        scale=5,
        kept=("thememessages",),
        only={"scale": ("5", "1-5", "1 to 5")},
        about="purchase",
    )

    def __str__(self) -> str:
        return f"{self.score} of 5 for {self.get_subject_display()}"

    def clean(self) -> None:
        if self.purchase and self.purchase.customer_id != self.customer_id:
            raise ValidationError({"purchase": "This is not a purchase of this customer."})
