"""Says where a customer stands, in the place of the rules, for some days."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.utils import timezone

from accounts.models import User
from customers import days
from ladder import overriding, wording
from ladder.management.commands._answering import FAILED, USAGE, AnsweringCommand, customer_called, day_given, ladder_called
from ladder.models import Override

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from ladder.models import Ladder, Rung


class Command(AnsweringCommand):
    help = "Fix a customer on a rung, or hold them from below or above, until a day. The same again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("customer", metavar="SOURCE:EXTERNAL_ID")
        parser.add_argument("--ladder", required=True, metavar="SLUG")
        how = parser.add_mutually_exclusive_group(required=True)
        how.add_argument("--fix", metavar="RUNG", help="They stand on it, whatever the rules say.")
        how.add_argument(
            "--at-least", metavar="RUNG", help="They stand on it or above; who stands beside the ladder stays there."
        )
        how.add_argument("--at-most", metavar="RUNG", help="They stand on it or below.")
        parser.add_argument("--until", required=True, metavar="DATE", help="The first day on which the rules decide again.")
        parser.add_argument("--reason", required=True, metavar="TEXT")
        parser.add_argument("--by", metavar="USERNAME", help="Who says so; somebody at the command line if left out.")
        parser.add_argument("--from", dest="since", metavar="DATE", help="The first day; today if left out. It may lie back.")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        how = next(name for name in Override.How.values if options[name])
        rung = rung_called(ladder_called(options["ladder"]), options[how])
        since = days.day_of(now) if options["since"] is None else day_given("--from", options["since"])
        by = None if options["by"] is None else user_called(options["by"])
        said = Override(
            customer=customer_called(options["customer"]), rung=rung, how=how, since=since,
            until=day_given("--until", options["until"]), reason=options["reason"],
        )  # fmt: skip
        try:
            recorded = overriding.record(said, at=now, by=by)
        except ValidationError as error:
            raise CommandError(refusal(error, how), returncode=FAILED) from None
        known = "" if recorded.created else " It was recorded already."
        line = (
            f"{said.customer.name}: {said} from {wording.day(since)} until {wording.day(said.until)}, by {recorded.entry.author}.{known}"
            " It shows after the next ranking."
        )
        self.reply(options, answer(recorded.entry, created=recorded.created), line)


def refusal(error: ValidationError, how: str) -> str:
    """What is wrong, each with the option that says it."""
    if not hasattr(error, "error_dict"):
        return " ".join(error.messages)
    options = {"since": "--from", "until": "--until", "reason": "--reason", "rung": f"--{how.replace('_', '-')}"}
    return " ".join(f"{options.get(field, field)}: {' '.join(messages)}" for field, messages in error.message_dict.items())


def answer(override: Override, *, created: bool) -> dict[str, Any]:
    return {
        "id": f"ovr_{override.uuid.hex}",
        "ladder": override.ladder.slug,
        "how": override.how,
        "rung": override.rung.slug,
        "reason": override.reason,
        "by": override.author,
        "since": override.since.isoformat(),
        "until": override.until.isoformat(),
        "created": created,
    }


def user_called(username: str) -> User:
    found = User.objects.filter(username=username, is_active=True).first()
    if found is None:
        raise CommandError(f"--by: there is no user “{username}” who may sign in.", returncode=USAGE)
    return found


def rung_called(ladder: Ladder, slug: str) -> Rung:
    found = ladder.rungs.filter(slug=slug).first()
    if found is None:
        there = ", ".join(ladder.rungs.values_list("slug", flat=True))
        raise CommandError(f"There is no rung “{slug}” on {ladder.slug}; there are {there}.", returncode=USAGE)
    return found
