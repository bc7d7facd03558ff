"""What the ladder's commands share: one JSON object or sentences on stdout, progress on stderr, exit codes."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError

from accounts.answering import FAILED, USAGE, AnsweringCommand
from customers import days
from customers.models import Customer
from ladder.models import Ladder

__all__ = ["FAILED", "USAGE", "AnsweringCommand", "customer_called", "instant", "ladder_called", "ladder_in", "refusing"]

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path


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


def ladder_in(path: Path) -> Any:
    """The JSON document in a file."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.", returncode=USAGE) from None
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise CommandError(f"{path.name} is not JSON: {error}", returncode=FAILED) from None


@contextmanager
def refusing(name: str) -> Iterator[None]:
    """What is wrong with a document is said with the file's name, and exit code 1."""
    try:
        yield
    except ValidationError as error:
        raise CommandError(f"{name}: {' '.join(error.messages)}", returncode=FAILED) from None
