"""What the ladder's commands share: one JSON object or sentences on stdout, progress on stderr, exit codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.management.base import CommandError

from accounts.answering import FAILED, USAGE, AnsweringCommand
from customers import days
from ladder.models import Ladder

__all__ = ["FAILED", "USAGE", "AnsweringCommand", "instant", "ladder_called"]

if TYPE_CHECKING:
    from datetime import datetime


def instant(text: str) -> datetime:
    """An ISO date or instant from the command line."""
    try:
        return days.parse(text)
    except ValueError as error:
        raise CommandError(f"--at: {error}", returncode=USAGE) from None


def ladder_called(slug: str) -> Ladder:
    found = Ladder.objects.filter(slug=slug).first()
    if found is None:
        there = ", ".join(Ladder.objects.values_list("slug", flat=True))
        raise CommandError(f"There is no ladder “{slug}”; there are {there}.", returncode=USAGE)
    return found
