"""What customers say: recommendations and answers."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from customers.models import Entry
from customers.models.ledger import once_per_source


class Recommendation(Entry):
    """Somebody told others about us.

    Prompted means our code, link or form, a promised reward, or one of us asked in the 30 days before.
    """

    prompted = models.BooleanField(default=False)
    to_whom = models.CharField(max_length=200, blank=True)
    words = models.TextField(blank=True, max_length=5000)

    class Meta:
        ordering = ["-occurred_at", "-id"]
        constraints = [once_per_source("recommendation")]
        indexes = [models.Index(fields=["customer", "day"], name="recommendation_by_customer")]

    def __str__(self) -> str:
        return f"{'prompted' if self.prompted else 'unprompted'} recommendation"


class Response(Entry):
    """An answer to "how likely are you to recommend us", 0 to 10, with words."""

    score = models.PositiveSmallIntegerField(help_text="0 to 10")
    words = models.TextField(blank=True, max_length=5000)

    class Meta:
        ordering = ["-occurred_at", "-id"]
        constraints = [
            once_per_source("response"),
            models.CheckConstraint(condition=Q(score__gte=0, score__lte=10), name="response_score_0_to_10"),
        ]
        indexes = [models.Index(fields=["customer", "day"], name="response_by_customer")]

    def __str__(self) -> str:
        return f"{self.score} of 10"
