"""Commands that others script: with --json stdout holds exactly one object, whatever happens."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError

if TYPE_CHECKING:
    from argparse import ArgumentParser

FAILED, USAGE = 1, 2


class AnsweringCommand(BaseCommand):
    """Answers with an object (for --json) or with lines for a person; a failure is an object too."""

    answered = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="One JSON object on stdout.")

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            return super().execute(*args, **options)
        except CommandError as error:
            if options.get("json") and not self.answered:
                (options.get("stdout") or self.stdout).write(json.dumps({"error": str(error)}, ensure_ascii=False) + "\n")
            raise

    def reply(self, options: dict[str, Any], answer: dict[str, Any], *lines: str) -> None:
        self.answered = True
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
        else:
            for line in lines:
                self.stdout.write(line)
