"""Within how many days complaints are answered, by how severe they are."""

from __future__ import annotations

from datetime import date, timedelta

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from customers import remembering


class Severity(models.TextChoices):
    MINOR = "minor", "minor"
    SERIOUS = "serious", "serious"
    GRAVE = "grave", "grave"


class ServiceLevel(models.Model):
    """Within how many days a complaint of a severity is answered. What was promised stands on each complaint, so another
    number here moves none that was received."""

    severity = models.CharField(max_length=7, choices=Severity.choices, unique=True)
    answer_days = models.PositiveSmallIntegerField(
        validators=[MinValueValidator(0), MaxValueValidator(365)],
        help_text="So many days after it was received; 0 is the same day.",
    )

    UNSAID = 14  # days, for a severity of which nothing is said

    class Meta:
        ordering = ["-answer_days"]

    def __str__(self) -> str:
        return f"{self.get_severity_display()}: within {self.answer_days} days"

    @classmethod
    def due(cls, severity: str, since: date) -> date:
        """The last day on which an answer is in time, counted from a day."""
        levels = remembering.once(cls, lambda: dict(cls.objects.values_list("severity", "answer_days")))
        within = timedelta(days=levels.get(severity, cls.UNSAID))
        return min(since, date.max - within) + within
