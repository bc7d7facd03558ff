"""Reads a ladder from a JSON file, as a draft or published."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime

from accounts.auditing import note
from ladder import choosing, editions
from ladder.management.commands._answering import USAGE, AnsweringCommand, day_given, ladder_in, refusing

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from datetime import date


class Command(AnsweringCommand):
    help = "Read a ladder's rungs and rules from a file as a new edition; a bad file is refused, naming the place."

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path)
        parser.add_argument("--publish", action="store_true", help="Let it judge.")
        parser.add_argument("--no-hold", action="store_true", help="Publish for good: it cannot be called back.")
        parser.add_argument(
            "--from", dest="first_day", help="Its first day (ISO date). A past day: the days from it on are judged again."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        first_day = self.first_day(options)
        document = ladder_in(options["file"])
        with refusing(options["file"].name), transaction.atomic():
            edition = editions.draft(document)
            note(None, "drafted", edition, edition=str(edition))
            if options["publish"]:
                first = not edition.ladder.editions.published().exists()
                hold = timedelta(0) if first or options["no_hold"] else timedelta(hours=edition.ladder.hold_hours)
                editions.publish(edition, at=timezone.now(), first_day=first_day, hold=hold)
                note(None, "published", edition, edition=str(edition), first_day=str(edition.first_day or ""))
        state = f"published, judging from {edition.first_day or 'the first fact'}" if edition.published_at else "a draft"
        held, page, call_back = (
            edition.held_until,
            edition.get_absolute_url(),
            reverse("api:edition_call_back", args=[edition.pk]),
        )
        answer: dict[str, Any] = {
            "ladder": edition.ladder.slug, "edition": edition.number, "published": bool(edition.published_at),
            "from": edition.first_day.isoformat() if edition.first_day else None,
            "warnings": choosing.warnings(edition),
            "held_until": held.isoformat() if held else None, "call_back": call_back if held else None, "page": page,
        }  # fmt: skip
        self.reply(
            options, answer, f"{edition.ladder.slug} edition {edition.number}: {state}.",
            *(f"warning: {what}" for what in answer["warnings"]),
            *([f"Until {localtime(held):%Y-%m-%d %H:%M} it can be called back: on its page {page}, or over REST by POST {call_back}."] if held else []),
        )  # fmt: skip

    def first_day(self, options: dict[str, Any]) -> date | None:
        if options["no_hold"] and not options["publish"]:
            raise CommandError("--no-hold goes with --publish.", returncode=USAGE)
        if options["first_day"] is None:
            return None
        if not options["publish"]:
            raise CommandError("--from goes with --publish.", returncode=USAGE)
        return day_given("--from", options["first_day"])
