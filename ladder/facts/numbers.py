"""The numbers of an edition that facts are computed with."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from django.core.exceptions import ValidationError


@dataclass(frozen=True)
class Numbers:
    """The numbers of an edition that facts are computed with. Days, unless said."""

    typical_gap: int = 90
    """U, the typical gap between two occasions."""
    inactive_after: int = 180
    """The least silence limit."""
    inactive_at_most: int = 1095
    """The largest silence limit of a customer whose habit is known."""
    overdue_after: int = 30
    """The least silence that is overdue."""
    fresh: int = 365
    """How long an answer counts."""
    advocacy_at_least: int = 365
    advocacy_at_most: int = 1095
    """Between them lies W, the advocacy window."""
    recent: int = 180
    """How long a hostile act, a notice of leaving and a competitor considered count."""

    @classmethod
    def read(cls, document: Any) -> Numbers:
        """From an edition's JSON; raises ValidationError naming the place."""
        if not isinstance(document, dict):
            raise ValidationError("numbers: must be an object of names and whole numbers.")
        known = {f.name for f in fields(cls)}
        for name, value in document.items():
            if name not in known:
                raise ValidationError(f"numbers.{name}: is not a number of an edition; there are {', '.join(sorted(known))}.")
            if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 10_000:
                raise ValidationError(f"numbers.{name}: must be a whole number from 1 to 10,000.")
        return cls(**document)
