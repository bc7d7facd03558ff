"""Commands that others script: with --json stdout holds exactly one object, whatever happens."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, ProgrammingError, connection

if TYPE_CHECKING:
    from argparse import ArgumentParser

FAILED, USAGE = 1, 2
MIGRATIONS = "django_migrations"


class AnsweringCommand(BaseCommand):
    """Answers with an object (for --json) or with lines for a person; a failure is an object too."""

    answered = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="One JSON object on stdout.")

    def run_from_argv(self, argv: list[str]) -> None:
        """What is asked for wrongly is an object too: argparse by itself would print how it is used, and nothing else."""
        if "--json" in argv:
            try:
                self.create_parser(argv[0], argv[1]).parse_args(argv[2:])  # off the command line it raises
            except CommandError as error:
                self.stdout.write(json.dumps({"error": str(error)}, ensure_ascii=False))
        super().run_from_argv(argv)

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            return self.executed(*args, **options)
        except CommandError as error:
            if options.get("json") and not self.answered:
                (options.get("stdout") or self.stdout).write(json.dumps({"error": str(error)}, ensure_ascii=False) + "\n")
            raise

    def executed(self, *args: Any, **options: Any) -> str | None:
        """A database that was never migrated is the operator's next step, not a traceback."""
        try:
            return super().execute(*args, **options)
        except (OperationalError, ProgrammingError) as error:
            try:
                empty = MIGRATIONS not in connection.introspection.table_names()
            except OperationalError:
                said = str(error).strip().splitlines()
                raise CommandError(
                    f"The database cannot be reached: {said[0] if said else 'no reason given'}", returncode=FAILED
                ) from None
            if not empty:
                raise
            raise CommandError("The database is empty: run manage.py migrate first.", returncode=FAILED) from error

    def reply(self, options: dict[str, Any], answer: dict[str, Any], *lines: str) -> None:
        self.answered = True
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
        else:
            for line in lines:
                self.stdout.write(line)


def refuse_empty(option: str, text: str) -> None:
    """An option that is given, but empty, as by a script whose variable is, must not mean what leaving it out means."""
    if not text.strip():
        raise CommandError(f"{option}: it is empty; give a date like 2026-01-31.", returncode=USAGE)


def day_given(option: str, text: str) -> date:
    """An ISO date from the command line."""
    refuse_empty(option, text)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{option}: “{text}” is not a date like 2026-01-31.", returncode=USAGE) from None
