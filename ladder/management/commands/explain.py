"""Why a customer stands where they stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandError
from django.utils import timezone

from customers import days
from ladder import believing, explaining
from ladder.management.commands._answering import (
    FAILED,
    AnsweringCommand,
    add_known_at,
    customer_called,
    day_at,
    known_at,
    ladder_called,
    on_record,
)
from ladder.models import Ladder

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from datetime import date, datetime

    from customers.models import Customer


class Command(AnsweringCommand):
    help = "The rung of a customer, since when, why, on what evidence, and what would move them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("customer", metavar="SOURCE:EXTERNAL_ID")
        parser.add_argument("--ladder", help="A ladder's slug; without it the primary one.")
        parser.add_argument("--at", help="An ISO date, or an instant, which means the whole of its day: the fold as of its end.")
        add_known_at(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        customer = customer_called(options["customer"])
        asked = options["ladder"]
        ladder = ladder_called(Ladder.objects.values_list("slug", flat=True)[0] if asked is None else asked)
        day = day_at(self, options)
        if known := known_at(options):
            return self.believed(options, customer, ladder, day, known)
        if day:
            found = explaining.as_of(customer, ladder, day=day)
        else:
            found = explaining.current(customer, ladder, today=days.day_of(timezone.now()))
        if found is None:
            raise CommandError(
                f"{customer} stands on no rung of {ladder.slug} then: not ranked, or not known yet.", returncode=FAILED
            )
        falls = [f"Time alone: {found.falls}"] if found.falls else []
        near = [f"Position: {found.position.words}"] if found.position else []
        up = [f"Up: {lift}" for lift in found.lifts]
        lines = [f"{found.rung.name} since {found.since}", found.why, found.fresh, *near, *up, *falls]
        return self.reply(options, found.document(), *lines)

    def believed(self, options: dict[str, Any], customer: Customer, ladder: Ladder, day: date | None, known: datetime) -> None:
        """What was recorded of them by an instant, and how that stands to what we know now."""
        with on_record():
            found = next((b for b in believing.beliefs(customer, known_at=known, day=day) if b.placement.ladder == ladder), None)
        if found is None:
            raise CommandError(
                f"As known at {believing.instant(known)}, {customer} stood on no rung of {ladder.slug}: not ranked, or not known yet.",
                returncode=FAILED,
            )
        self.reply(options, found.document(), f"{found.placement.rung.name} since {found.placement.since}", found.why)
