"""Why a customer stands where they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandError
from django.utils import timezone

from customers import days
from ladder import explaining
from ladder.management.commands._answering import FAILED, AnsweringCommand, customer_called, instant, ladder_called
from ladder.models import Ladder

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(AnsweringCommand):
    help = "The rung of a customer, since when, why, on what evidence, and what would move them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("customer", metavar="SOURCE:EXTERNAL_ID")
        parser.add_argument("--ladder", help="A ladder's slug; without it the primary one.")
        parser.add_argument("--at", help="An ISO date, which means its end, or an instant: the fold as of then.")

    def handle(self, *args: Any, **options: Any) -> None:
        customer = customer_called(options["customer"])
        ladder = ladder_called(options["ladder"] or Ladder.objects.values_list("slug", flat=True)[0])
        if options["at"]:
            found = explaining.as_of(customer, ladder, day=days.day_of(instant(options["at"])))
        else:
            found = explaining.current(customer, ladder, today=days.day_of(timezone.now()))
        if found is None:
            raise CommandError(
                f"{customer} stands on no rung of {ladder.slug} then: not ranked, or not known yet.", returncode=FAILED
            )
        falls = [f"Time alone: {found.falls}"] if found.falls else []
        lines = [f"{found.rung.name} since {found.since}", found.why, *(f"Up: {up}" for up in found.lifts), *falls]
        self.reply(options, found.document(), *lines)
