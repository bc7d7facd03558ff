"""Fills the demo business."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from loyaltycrm import demo

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(BaseCommand):
    help = "Fill a demo business of invented customers; --clear removes it, and only it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--clear", action="store_true")
        parser.add_argument("--customers", type=int, default=demo.CUSTOMERS)

    def handle(self, *args: Any, **options: Any) -> None:
        if options["clear"]:
            self.stdout.write(f"{demo.clear():,} demo rows removed.")
            return
        if demo.is_there():
            raise CommandError("The demo business is there already; --clear removes it.")
        demo.fill(now=timezone.now(), customers=options["customers"])
        self.stdout.write(f"{options['customers']:,} demo customers made and ranked.")
