"""Asks how well a ladder foretold who would buy again."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandError
from django.utils import timezone

from customers import days
from ladder import backtesting, reigns
from ladder.management.commands._answering import FAILED, USAGE, AnsweringCommand, day_at, ladder_called

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from datetime import date

    from customers.intervals import Share
    from ladder.backtesting import Foretold, Score
    from ladder.models import Edition, Ladder
    from ladder.scoring import Comparison

UNKNOWN = "-"


class Command(AnsweringCommand):
    help = (
        "How many of those who stood on each rung on a past day bought again, lapsed or referred within so many days, and whether "
        "the ladder told it better than recency and count do. Nothing is stored."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("slug")
        parser.add_argument("--at", required=True, help="An ISO date: what is known by its end.")
        parser.add_argument("--horizon", required=True, type=int, metavar="DAYS", help="How many days after it to look at.")

        parser.add_argument(
            "--edition",
            type=int,
            metavar="N",
            help="A draft or any other edition, beside the one in force then; without it, that one.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        started, ladder, at = time.monotonic(), ladder_called(options["slug"]), day_at(self, options)
        assert at, "it is required"
        try:
            backtesting.check(at, options["horizon"], days.day_of(timezone.now()))
        except backtesting.Unaskable as error:
            told = (f"--{option}: {' '.join(messages)}" for option, messages in error.message_dict.items())
            raise CommandError(" ".join(told), returncode=USAGE) from None
        edition, beside = editions_asked(ladder, at, options["edition"])
        found = backtesting.backtest(edition, at=at, horizon=options["horizon"], beside=beside, progress=self.tell)
        answer = {
            "ladder": ladder.slug, "edition": edition.number, **({"beside": beside.number} if beside else {}), "at": at.isoformat(), "horizon": options["horizon"],
            **backtesting.report(found),
            "seconds": round(time.monotonic() - started, 2),
        }  # fmt: skip
        self.reply(options, answer, f"{ladder.name}, {edition}", *lines(found))

    def tell(self, done: int, of: int) -> None:
        self.stderr.write(f"chunk {done:,} of {of:,}")


def editions_asked(ladder: Ladder, at: date, number: int | None) -> tuple[Edition, Edition | None]:
    """The edition to ask about, and the one beside which it stands."""
    live = reigns.in_force(ladder, at)
    if live is None:
        raise CommandError(f"No edition of {ladder.slug} is in force then: publish one.", returncode=FAILED)
    if number is None or number == live.number:
        return live, None
    found = ladder.editions.select_related("ladder").filter(number=number).first()
    if found is None:
        raise CommandError(f"--edition: {ladder.slug} has no edition {number}.", returncode=USAGE)
    return found, live


def lines(found: Foretold) -> list[str]:
    """The report for a person, the top rung first."""
    told = [
        f"Known by the end of {found.at}: {found.people:,} people, of whom {found.bought:,} bought after it, by {found.until}.",
        "",
        f"{'':<14}{'n':>8}{'repeat':>25}{'referral':>25}{'active':>9}{'lapse of the active':>25}",
        *(
            f"{r.slug:<14}{r.n:>8,}{cell(r.repeat):>25}{cell(r.referral):>25}{r.lapse.n:>9,}{cell(r.lapse):>25}"
            for r in reversed(found.rungs)
        ),
        "",
        f"{'':<14}{'AUC':>8}{'Brier':>8}",
        scored("the ladder", found.score),
        *(f"{scored(name, score)}   {compared(than)}" for name, (score, than) in found.baselines.items()),
    ]
    if found.last_purchase is None or found.last_purchase < found.until:
        told.append(
            f"The last purchase known is of {found.last_purchase or 'no day'}: if the ledger ends there, rates are too low."
        )
    return told


def cell(of: Share) -> str:
    if of.share is None or of.low is None or of.high is None:
        return f"too few ({of.count} of {of.n})" if of.n else UNKNOWN
    return f"{of.share:.1%} ({of.low:.1%} to {of.high:.1%})"


def scored(name: str, score: Score) -> str:
    return f"{name:<14}" + "".join(f"{UNKNOWN if x is None else f'{x:.4f}':>8}" for x in (score.auc, score.brier))


def compared(than: Comparison) -> str:
    if than.low is None:
        return than.verdict
    return f"the ladder: {than.difference:+.4f} ({than.low:+.4f} to {than.high:+.4f}), {than.verdict}"
