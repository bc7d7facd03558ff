"""From where to where customers moved between two days."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandError

from customers import days
from ladder import believing
from ladder.management.commands._answering import (
    USAGE,
    AnsweringCommand,
    add_known_at,
    instant,
    known_at,
    ladder_called,
    on_record,
)

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from datetime import date

    from ladder.believing import Movements


class Command(AnsweringCommand):
    help = (
        "How many moved from each rung to each other between the ends of two days. The rows add up to the standing on the first"
        " day, the columns to that on the second; who is nowhere was not known yet, or not ranked."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("slug")
        parser.add_argument("--from", dest="since", required=True, metavar="DATE", help="The end of this day.")
        parser.add_argument("--to", dest="until", required=True, metavar="DATE", help="The end of this one, not before.")
        add_known_at(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        ladder, known = ladder_called(options["slug"]), known_at(options)
        since, until = (day(options[name], option) for name, option in (("since", "--from"), ("until", "--to")))
        if until < since:
            raise CommandError(f"--to: {until} is before {since}.", returncode=USAGE)
        with on_record():
            found = believing.movements(ladder, since=since, until=until, known_at=known)
        answer = found.document() | {"known_at": known and known.isoformat()}
        told = f", as known at {believing.instant(known)}" if known else ""
        self.reply(options, answer, f"{ladder.name} from the end of {since} to the end of {until}{told}", *lines(found))


def day(text: str, option: str) -> date:
    return days.day_of(instant(text, option))


def lines(found: Movements) -> list[str]:
    """Who changed place, a line each way, and what became of each rung."""
    matrix = found.document()["matrix"]
    ways = [(n, before, after) for before, row in matrix.items() for after, n in row.items() if before != after]
    return [
        *(f"{n:>10,}  {before} -> {after}" for n, before, after in sorted(ways, reverse=True)),
        "",
        *(f"{n:>10,} -> {found.after[slug]:<10,}  {slug}" for slug, n in reversed(found.before.items())),
    ]
