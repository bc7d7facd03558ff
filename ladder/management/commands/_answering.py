"""What the ladder's commands share: one JSON object or sentences on stdout, progress on stderr, exit codes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

from customers import days
from ladder.models import Ladder

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from datetime import datetime

FAILED, USAGE = 1, 2


class AnsweringCommand(BaseCommand):
    """A command that answers with `answer` (for --json) or with lines for a person."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="One JSON object on stdout.")

    def reply(self, options: dict[str, Any], answer: dict[str, Any], *lines: str) -> None:
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
        else:
            for line in lines:
                self.stdout.write(line)


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
