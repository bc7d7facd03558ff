"""Says a figure of what customers answered, with n and interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandError

from accounts.answering import USAGE, AnsweringCommand, day_given
from customers.intervals import ENOUGH
from feedback import figures, naming
from feedback.models import Satisfaction

if TYPE_CHECKING:
    from argparse import ArgumentParser

NAMES = {name: one.label for name, one in naming.NAMED.items()}


class Command(AnsweringCommand):
    help = "Say a figure of what customers told us, with the number of people and the interval that they support."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("figure", choices=NAMES)
        parser.add_argument("--survey", default="", metavar="SLUG", help="Only answers to this survey, or of this source.")
        parser.add_argument("--subject", choices=Satisfaction.Subject.values, help="Of satisfaction; on the whole if left out.")
        parser.add_argument("--from", dest="since", metavar="DATE", help="The first day of the answers.")
        parser.add_argument("--to", dest="until", metavar="DATE", help="The last day of the answers.")

    def handle(self, *args: Any, **options: Any) -> None:
        since, until = (
            None if options[name] is None else day_given(f"--{option}", options[name])
            for name, option in (("since", "from"), ("until", "to"))
        )
        asked = figures.Asked(options["survey"], since, until)
        if asked.since and asked.until and asked.since > asked.until:
            raise CommandError("--from is after --to.", returncode=USAGE)
        if options["figure"] != "satisfaction" and options["subject"]:
            raise CommandError("--subject goes with satisfaction.", returncode=USAGE)
        if asked.survey and not naming.NAMED[options["figure"]].of_answers:
            raise CommandError("--survey goes with what surveys ask, and complaints are none.", returncode=USAGE)
        if asked.survey and not figures.is_known(asked.survey):
            raise CommandError(f"There is no survey and no source “{asked.survey}”.", returncode=USAGE)
        subject = options["subject"] or Satisfaction.Subject.OVERALL
        found = naming.NAMED[options["figure"]].of(asked, subject)
        self.reply(options, answer(found), f"{NAMES[options['figure']]}: {told(found)}")


def answer(found: figures.Figure) -> dict[str, Any]:
    return {
        "n": found.n,
        "distribution": {str(score): count for score, count in found.distribution.items()},
        "value": rounded(found.value),
        "low": rounded(found.low),
        "high": rounded(found.high),
        "shown": found.shown,
    }


def told(found: figures.Figure) -> str:
    if not found.shown or found.value is None:
        return f"{found.n} people answered; fewer than {ENOUGH} support no figure."
    return f"{found.value:.2f} (95 % {found.low:.2f} to {found.high:.2f}), n {found.n:,}."


def rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
