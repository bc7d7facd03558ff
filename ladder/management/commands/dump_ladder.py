"""Writes a ladder as a JSON file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from customers import days
from ladder import editions, reigns
from ladder.management.commands._answering import FAILED, ladder_called

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Write a ladder with its rungs and rules, in the edition in force, to stdout."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")

    def handle(self, *args: Any, **options: Any) -> None:
        ladder = ladder_called(options["slug"])
        edition = reigns.in_force(ladder, days.day_of(timezone.now())) or ladder.editions.published().last()
        if edition is None:
            raise CommandError(f"{ladder.slug} has no published edition.", returncode=FAILED)
        self.stdout.write(json.dumps(editions.document(edition), ensure_ascii=False, indent=2))
