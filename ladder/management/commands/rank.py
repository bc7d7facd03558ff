"""Brings where everybody stands up to date."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandError
from django.utils import timezone

from customers import days
from ladder import foreseeing, offers, ranking
from ladder.management.commands._answering import USAGE, AnsweringCommand, day_at

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from ladder.models import Run

log = logging.getLogger(__name__)


class Command(AnsweringCommand):
    help = "Bring the stored history up to the end of a day. It never goes back."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--at", help="An ISO date, or an instant, which means the whole of its day. Without it: today.")
        parser.add_argument(
            "--full", nargs="?", type=ranking.Full, const=ranking.Full.LIVES, choices=list(ranking.Full), metavar="FROM",
            help="Judge everybody, not only who is stale or due: from their whole lives (lives, the default), from their facts as of"
            " the day (ledgers) or from their stored scorecards (cards).",
        )  # fmt: skip
        parser.add_argument(
            "--queue", action="store_true", help="Queue also for movements of the last 14 days that came in quietly."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        started, now = time.monotonic(), timezone.now()
        day = day_at(self, options)
        if day and day > days.day_of(now):
            raise CommandError(f"--at: {day} has not come yet; the stored history never goes back.", returncode=USAGE)
        queue = options["queue"] or options["at"] is None
        run = ranking.rank(now=now, day=day, full=options["full"], queue=queue, progress=self.tell)
        queued = run.actions + (offers.queue_offered(now=now, horizon=run.day) if options["queue"] else 0)
        answer = {
            "judged": run.judged,
            "moved": run.moved,
            "actions": queued,
            "quarantined": run.quarantined,
            "seconds": round(time.monotonic() - started, 2),
        }
        self.look_ahead()
        if run.failed:
            raise CommandError(f"{run.failed} of {run.chunks} chunks could not be ranked, their marks stay. {run.error}")
        for one in run.quarantines.select_related("customer"):
            self.stderr.write(f"quarantined: {one}")
        self.reply(
            options, answer,
            f"Up to the end of {run.day}: {run.judged:,} customers judged, {run.moved:,} placements opened,"
            f" {queued:,} actions queued. {answer['seconds']} s.",
        )  # fmt: skip

    def look_ahead(self) -> None:
        """What is ranked is ranked: a failure here is told, and fails nothing."""
        try:
            while foreseeing.look_ahead():
                pass
        except Exception as error:
            log.exception("Looking ahead failed.")
            self.stderr.write(f"Not of everybody could be foretold whether they fall: {error}")

    def tell(self, run: Run) -> None:
        self.stderr.write(f"chunk {run.done:,} of {run.chunks:,}: {run.judged:,} judged, {run.moved:,} moved")
