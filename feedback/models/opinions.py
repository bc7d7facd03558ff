"""What customers think, in their own words."""

from __future__ import annotations

from django.db import models

from customers.models import Entry
from customers.models.ledger import once_per_source
from feedback.models.questions import Question


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

    def __str__(self) -> str:
        return f"opinion on {self.get_question_display()}"
