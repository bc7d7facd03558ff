"""Takes an import back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.management.base import CommandError

from accounts.answering import AnsweringCommand
from customers.models import Import
from customers.undoing import Undone, undo

if TYPE_CHECKING:
    from argparse import ArgumentParser


class Command(AnsweringCommand):
    help = "Take back what an import brought."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("uuid", type=UUID)
        super().add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        of = Import.objects.filter(uuid=options["uuid"]).first()
        if of is None:
            raise CommandError(f"There is no import {options['uuid']}.", returncode=2)
        try:
            gone = undo(of)
        except Undone as error:
            raise CommandError(str(error)) from None
        words = f"Taken back: {gone['lines']:,} lines, {gone['documents']:,} documents, {gone['customers']:,} customers."
        self.stdout.write(json.dumps(gone) if options["json"] else words)
