"""Tries a ladder file on the whole base and says what it would do. Nothing is stored."""

from __future__ import annotations

import signal
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandError
from django.utils import timezone

from ladder import choosing, editions, simulated, simulating
from ladder.management.commands._answering import AnsweringCommand, ladder_in, refusing
from ladder.models import Ladder
from ladder.wording import count

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Iterator

    from ladder.models import Edition, Simulation


LINES, NOWHERE = 10, "nowhere"


class Terminated(KeyboardInterrupt):
    """SIGTERM; PostgreSQL's driver calls a statement off for a KeyboardInterrupt, and for nothing else."""


class Command(AnsweringCommand):
    help = "Try the rules in a file on everybody, as if they judged from the last ranked day: who would move, what could be queued then."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        started, now = time.monotonic(), timezone.now()
        document, there = ladder_in(options["file"]), list(Ladder.objects.values_list("slug", flat=True))
        with terminable() as ends, refusing(options["file"].name), drafted(document, ends) as draft:
            tried = simulating.begin(draft, at=now)
            simulating.simulate(tried, now=now, progress=self.tell)
            found, movers, warnings = simulated.report(tried), simulated.told(tried), choosing.warnings(draft)
        answer = {
            "ladder": document["ladder"], "new_ladder": document["ladder"] not in there, "day": tried.day.isoformat(),
            "warnings": warnings, "moved": found.moved, "movers_shown": len(movers), "matrix": found.slugs,
            "actions": found.actions, "cancelled": found.cancelled, "held_back": found.held_back, "steps": found.steps,
            "load": found.loads, "money": {currency: str(amount) for currency, amount in found.money.items()}, "movers": movers,
            "seconds": round(time.monotonic() - started, 2),
        }  # fmt: skip
        self.reply(
            options, answer,
            *([f"There is no ladder “{answer['ladder']}” yet, so a new one was tried; there are {', '.join(there)}."]
              if answer["new_ladder"] else []),
            *(f"warning: {what}" for what in warnings),
            f"{found.moved:,} of {found.people:,} customers would stand on another rung on {tried.day}. {answer['seconds']} s.",
            f"Publishing queues nothing by itself: {count(found.actions, 'action', 'actions')} could be queued then, by `rank --queue` or on"
            f" the ladder's page. {count(found.cancelled, 'waiting one', 'waiting ones')} would be cancelled.",
            *(f"{n:>10,}  {before} > {after}" for before, row in found.slugs.items() for after, n in row.items() if before != after),
            *(f"{n:>10,}  could be queued: {step}" for step, n in found.steps.items()),
            *(f"{n:>10,}  held back: {why}" for why, n in found.held_back.items()),
            *(f"{n:>10,}  for {owner or 'customers without an owner'}" for owner, n in found.load),
            *(f"Those who would move bought for {amount:,} {currency} within a year." for currency, amount in found.money.items()),
            *some_of(movers, found.moved),
        )  # fmt: skip

    def tell(self, of: Simulation) -> None:
        self.stderr.write(f"chunk {of.done:,} of {of.chunks:,}")


def some_of(movers: list[dict[str, str | None]], moved: int) -> list[str]:
    """The first who would move and why, as lines under a heading that says of how many."""
    shown = movers[:LINES]
    cut = f", {len(movers):,} of them with --json" if len(movers) > len(shown) else ""
    heading = (
        "Who would move, and why:"
        if len(shown) == moved
        else f"The first {len(shown)} of {moved:,} who would move, and why{cut}:"
    )
    told = (f"  {m['before'] or NOWHERE} > {m['after'] or NOWHERE} since {m['since'] or 'then'}: {m['why']}" for m in shown)
    return [heading, *told] if shown else []


class Ends:
    """SIGTERM ends the command as Ctrl-C does; while something is made or let go, either waits until that is done.

    Held back here and not by the process's mask of signals: with several threads another one takes the signal, and Python hands it on.
    """

    def __init__(self) -> None:
        self.held = False
        self.waiting: int | None = None

    def __call__(self, number: int, frame: object) -> None:
        self.waiting = self.waiting or number
        if not self.held:
            self.free()

    def hold(self) -> None:
        self.held = True

    def free(self) -> None:
        """From now on they end it at once; one that waits does so now."""
        self.held = self.waiting is not None  # whoever is on the way out is not disturbed again
        if self.waiting:
            raise Terminated if self.waiting == signal.SIGTERM else KeyboardInterrupt


@contextmanager
def terminable() -> Iterator[Ends]:
    ends = Ends()
    before = {number: signal.signal(number, ends) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield ends
    except Terminated:
        raise CommandError("Terminated before the end; nothing was stored.", returncode=128 + signal.SIGTERM) from None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def drafted(document: Any, ends: Ends) -> Iterator[Edition]:
    """A draft for as long as the block lasts, however that ends."""
    ends.hold()
    draft = editions.draft(document)
    try:
        ends.free()
        yield draft
    finally:
        try:
            ends.hold()
        finally:
            editions.discard(draft)
    ends.free()
