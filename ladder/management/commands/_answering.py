"""What the ladder's commands share: one JSON object or sentences on stdout, progress on stderr, exit codes."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.utils import timezone

from accounts.answering import FAILED, USAGE, AnsweringCommand, day_given, refuse_empty
from customers import days
from customers.models import Customer
from ladder import believing
from ladder.models import Ladder

__all__ = [
    "FAILED",
    "USAGE",
    "AnsweringCommand",
    "add_known_at",
    "customer_called",
    "day_at",
    "day_given",
    "instant",
    "known_at",
    "ladder_called",
    "ladder_in",
    "on_record",
    "refusing",
]

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterator, Mapping
    from datetime import date, datetime
    from pathlib import Path

    from django.core.management.base import BaseCommand


def instant(text: str, option: str = "--at") -> datetime:
    """An ISO date or instant from the command line."""
    refuse_empty(option, text)
    try:
        return days.parse(text)
    except ValueError as error:
        raise CommandError(f"{option}: {error}", returncode=USAGE) from None


def day_at(command: BaseCommand, options: Mapping[str, Any]) -> date | None:
    """The day of --at, if it was given. A moment means the whole of its day, and that is said."""
    if options["at"] is None:
        return None
    day = days.day_of(instant(options["at"]))
    if len(options["at"]) > len("2026-01-31"):
        command.stderr.write(f"--at {options['at']} means the whole of {day}: whole days are judged.")
    return day


def add_known_at(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--known-at", metavar="T", help="An ISO date, which means its end, or an instant: as it was believed then."
    )


def known_at(options: Mapping[str, Any]) -> datetime | None:
    """The instant of --known-at, if it was given: a past one, or some time of today."""
    if options["known_at"] is None:
        return None
    at = instant(options["known_at"], "--known-at")
    if days.day_of(at) > days.day_of(timezone.now()):
        raise CommandError(
            f"--known-at: {options['known_at']} lies ahead; what will be known then nobody knows.", returncode=USAGE
        )
    return at


@contextmanager
def on_record() -> Iterator[None]:
    """What was never written down is said, and exit code 1."""
    try:
        yield
    except believing.Unrecorded as error:
        raise CommandError(" ".join(error.messages), returncode=FAILED) from None


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
        raise CommandError(f"There is no customer {name}.", returncode=USAGE)
    return found


def ladder_in(path: Path) -> Any:
    """The JSON document in a file."""
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.", returncode=USAGE) from None
    except RecursionError:
        raise CommandError(
            f"{path.name} holds lists and objects that are nested too deep to be read.", returncode=FAILED
        ) from None
    except ValueError as error:  # not JSON, not UTF-8, or a number of thousands of digits
        raise CommandError(f"{path.name} is not JSON: {error}", returncode=FAILED) from None


@contextmanager
def refusing(name: str) -> Iterator[None]:
    """What is wrong with a document is said with the file's name, and exit code 1."""
    try:
        yield
    except ValidationError as error:
        raise CommandError(f"{name}: {' '.join(error.messages)}", returncode=FAILED) from None
