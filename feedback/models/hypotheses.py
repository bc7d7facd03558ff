"""What we believe without knowing it, and how it turned out."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone


class Hypothesis(models.Model):
    """A claim, the test that could refute it, its result, and what was decided then."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    claim = models.TextField(max_length=1000, help_text="A sentence that may turn out wrong.")
    test = models.TextField(max_length=1000, help_text="What would show it wrong; said before looking.")
    result = models.TextField(max_length=2000, blank=True)
    decision = models.TextField(max_length=1000, blank=True)
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")
    settled_at = models.DateTimeField(null=True, editable=False)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )

    class Meta:
        ordering = ["-made_at", "-id"]
        verbose_name_plural = "hypotheses"
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_at=None) | (~Q(result="") & ~Q(decision="")), name="hypothesis_settled_with_a_result"
            )
        ]

    def __str__(self) -> str:
        return self.claim[:60]

    def clean(self) -> None:
        if bool(self.result.strip()) != bool(self.decision.strip()):
            missing = "decision" if self.result.strip() else "result"
            raise ValidationError({missing: "A result and what was decided on it belong together."})
