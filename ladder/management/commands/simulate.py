"""Tries a ladder file on the whole base and says what it would do. Nothing is stored."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from ladder import editions, simulated, simulating
from ladder.management.commands._answering import AnsweringCommand, ladder_in, refusing

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from ladder.models import Simulation


class Command(AnsweringCommand):
    help = (
        "Try the rules in a file on everybody, as if they judged from the last ranked day: who would move, what it would queue."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        started, now = time.monotonic(), timezone.now()
        document = ladder_in(options["file"])
        with refusing(options["file"].name):
            draft = editions.draft(document)
        try:
            tried = simulating.begin(draft, at=now)
            simulating.simulate(tried, now=now, progress=self.tell)
            found = simulated.report(tried)
        finally:
            editions.discard(draft)
        answer = {
            "ladder": document["ladder"], "day": tried.day.isoformat(), "moved": found.moved, "matrix": found.slugs,
            "actions": found.actions, "cancelled": found.cancelled, "held_back": found.held_back, "steps": found.steps,
            "seconds": round(time.monotonic() - started, 2),
        }  # fmt: skip
        self.reply(
            options, answer,
            f"{found.moved:,} of {found.people:,} customers would stand on another rung on {tried.day}; {found.actions:,} actions"
            f" would be queued, {found.cancelled:,} cancelled. {answer['seconds']} s.",
            *(f"{n:>10,}  {before} > {after}" for before, row in found.slugs.items() for after, n in row.items() if before != after),
            *(f"{n:>10,}  held back: {why}" for why, n in found.held_back.items()),
        )  # fmt: skip

    def tell(self, of: Simulation) -> None:
        self.stderr.write(f"chunk {of.done:,} of {of.chunks:,}")
