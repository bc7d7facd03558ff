"""Holds what is stored against every invariant."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError

from ladder import checking
from ladder.management.commands._answering import FAILED, AnsweringCommand


class Command(AnsweringCommand):
    help = "Check every invariant as of the last ranked day; exits 1 with the offenders if there are any."

    def handle(self, *args: Any, **options: Any) -> None:
        checked, offenders = checking.check()
        answer = {"checked": checked, "offenders": offenders}
        lines = [*(f"checked: {name}" for name in checked), *(f"OFFENDS: {o['invariant']}: {o['what']}" for o in offenders)]
        self.reply(options, answer, *lines)
        if offenders:
            raise CommandError(f"{len(offenders)} offenders.", returncode=FAILED)
