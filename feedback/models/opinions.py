"""What customers think, in their own words."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q

from customers import remembering
from customers.ledgers import Ledger
from customers.models import Entry
from customers.models.ledger import once_per_source
from feedback.models.questions import Question

if TYPE_CHECKING:
    from datetime import date


class Opinion(Entry):
    """What a customer said to one of the opinion questions, or without being asked one."""

    question = models.CharField(max_length=10, choices=Question.Topic.choices, default=Question.Topic.OTHER)
    words = models.TextField(max_length=5000)
    invitation = models.ForeignKey(
        "feedback.Invitation", on_delete=models.PROTECT, null=True, editable=False, related_name="opinions"
    )

    class Meta:
        ordering = ["-occurred_at", "-id"]
        constraints = [once_per_source("opinion")]
        indexes = [models.Index(fields=["customer", "day"], name="opinion_by_customer")]

    brought_in = Ledger("opinions", "Opinions", fields=("question", "words"), demanded=("words",))

    def __str__(self) -> str:
        return f"opinion on {self.get_question_display()}"


class Matter(models.Model):
    """Something that may matter to customers, as price or delivery: rows of data."""

    slug = models.SlugField(max_length=30, unique=True)
    name = models.CharField(max_length=60)
    active = models.BooleanField(default=True, help_text="Off: it is asked no more. What was said of it stays.")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name


class Importance(Entry):
    """How much something matters to a customer, in their own estimation. It goes stale: what mattered then may not matter now."""

    STALE_AFTER = 365  # days

    matter = models.SlugField(max_length=30, help_text="The short name of what matters, as in “price”.")
    importance = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(1), MaxValueValidator(5)], help_text="1, not at all, to 5, decisive."
    )
    words = models.TextField(blank=True, max_length=5000)

    class Meta:
        ordering = ["-occurred_at", "-id"]
        constraints = [
            once_per_source("importance"),
            models.CheckConstraint(condition=Q(importance__gte=1, importance__lte=5), name="importance_1_to_5"),
        ]
        indexes = [models.Index(fields=["customer", "day"], name="importance_by_customer")]

    brought_in = Ledger(
        "importances",
        "What matters to them",
        fields=("matter", "importance", "words"),
        demanded=("matter", "importance"),
        scale=5,
    )

    def __str__(self) -> str:
        return f"{self.matter}: {self.importance} of 5"

    def clean(self) -> None:
        if self.matter and self.matter not in remembering.once(
            Matter, lambda: set(Matter.objects.values_list("slug", flat=True))
        ):
            raise ValidationError({"matter": f"“{self.matter}” is nothing that is asked about."})

    def is_stale(self, on: date) -> bool:
        return bool(on > self.day + timedelta(days=self.STALE_AFTER))
