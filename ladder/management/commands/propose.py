"""Says what the purchases propose for the typical gap and the days of inactivity."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandError
from django.utils import timezone

from customers import days
from ladder import proposing, reigns
from ladder.management.commands._answering import FAILED, AnsweringCommand, day_at, ladder_called

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from customers.intervals import Share


class Command(AnsweringCommand):
    help = "What the purchases propose for two numbers of a ladder's rules, beside what is in force. Nothing is changed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("slug")
        parser.add_argument("--at", help="An ISO date: what is known by its end; today if left out.")

    def handle(self, *args: Any, **options: Any) -> None:
        ladder = ladder_called(options["slug"])
        at = day_at(self, options) or days.day_of(timezone.now())
        edition = reigns.in_force(ladder, at)
        if edition is None:
            raise CommandError(f"No edition of {ladder.slug} is in force then: publish one.", returncode=FAILED)
        found = proposing.propose(at)
        answer = {
            "ladder": ladder.slug, "edition": edition.number, "at": at.isoformat(),
            **proposing.told(found, edition.read_numbers),
        }  # fmt: skip
        self.reply(options, answer, *lines(found, answer))


def lines(found: proposing.Proposals, answer: dict[str, Any]) -> list[str]:
    gap, silent = found.typical_gap, found.inactive_after
    of = f"of {gap.n:,} customers who bought on three days or more"
    if gap.median is None:
        first = f"Typical gap: now {answer['typical_gap']['now']} days; too few to propose another ({of})."
    else:
        spread = f"the median {of} is {gap.median:.1f}, {gap.low:.1f} to {gap.high:.1f}"
        first = f"Typical gap: now {answer['typical_gap']['now']} days, proposed {gap.days} days: {spread}."
    second = f"Inactive after: now {answer['inactive_after']['now']} days, proposed {silent.days} days"
    judged = any(share.enough for share in silent.returned.values())
    why = "" if silent.supported else ": of no limit do so few come back" if judged else ": too few fell silent to tell"
    third = f"The ledger spans {silent.ledger_days:,} days{', so that is provisional' if silent.provisional else ''}."
    table = [f"{limit:>6} days {cell(share)}" for limit, share in silent.returned.items() if share.n]
    return [first, f"{second}{why}.", third, "", "Of those silent for so long, came back within 180 days:", *table]


def cell(of: Share) -> str:
    if of.share is None or of.low is None or of.high is None:
        return f"too few ({of.count} of {of.n})"
    return f"{of.share:>7.1%} ({of.low:.1%} to {of.high:.1%}) of {of.n:,}"
