"""What the ladder's commands share: one JSON object or sentences on stdout, progress on stderr, exit codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.management.base import CommandError

from accounts.answering import FAILED, USAGE, AnsweringCommand
from customers import days
from customers.models import Customer
from ladder.models import Ladder

__all__ = ["FAILED", "USAGE", "AnsweringCommand", "customer_called", "instant", "ladder_called"]

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


def customer_called(name: str) -> Customer:
    source, colon, external_id = name.partition(":")
    if not colon:
        raise CommandError("Name the customer as SOURCE:EXTERNAL_ID, as in online-retail:16446.", returncode=USAGE)
    found = Customer.objects.filter(external_ids__source__slug=source, external_ids__external_id=external_id).first()
    if found is None:
        raise CommandError(f"There is no customer {name}.", returncode=FAILED)
    return found
