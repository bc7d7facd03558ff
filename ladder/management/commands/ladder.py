"""How many stand on each rung."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.management.base import CommandError
from django.db.models import Count
from django.utils import timezone

from customers import days
from ladder import believing, folding, reigns
from ladder.management.commands._answering import (
    FAILED,
    AnsweringCommand,
    add_known_at,
    day_at,
    known_at,
    ladder_called,
    on_record,
)
from ladder.models import Ladder, Placement, Run

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from datetime import date, datetime


class Command(AnsweringCommand):
    help = (
        "How many customers stand on each rung of a ladder: as stored, with --at the fold as of then, with --known-at what was"
        " believed at some instant."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("slug")
        parser.add_argument("--at", help="An ISO date, or an instant, which means the whole of its day. Nothing is stored.")
        add_known_at(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        ladder = ladder_called(options["slug"])
        known, asked = known_at(options), day_at(self, options)
        if known:
            with on_record():
                at = asked or believing.ranked_through(known)
                rungs = believed(ladder, at, known)
        elif asked:
            at, rungs = asked, counted_at(ladder, asked)
        else:
            at = Run.objects.ranked_through() or days.day_of(timezone.now())
            rungs = counted(ladder)
        answer = {"ladder": ladder.slug, "at": at.isoformat(), "rungs": rungs}
        if known:
            answer["known_at"] = known.isoformat()
        told = f", as known at {believing.instant(known)}" if known else ""
        shown = (f"{count:>10,}  {slug}" for slug, count in reversed(rungs.items()))
        self.reply(options, answer, f"{ladder.name}, end of {at}{told}", *shown)


def slugs(ladder: Ladder, at: date | None) -> dict[int, str]:
    """The rungs of the edition in force, side states first, then from the ground up. {rung id: slug}"""
    edition = reigns.in_force(ladder, at)
    if edition is None:
        raise CommandError(f"No edition of {ladder.slug} is in force then: publish one.", returncode=FAILED)
    return {step.rung_id: step.rung.slug for step in edition.all_steps}


def counted(ladder: Ladder) -> dict[str, int]:
    found = dict(Placement.objects.current().filter(ladder=ladder).values_list("rung").annotate(Count("pk")).order_by())
    return {slug: found.get(pk, 0) for pk, slug in slugs(ladder, Run.objects.ranked_through()).items()}


def believed(ladder: Ladder, at: date, known: datetime) -> dict[str, int]:
    """The stored rows as they were recorded by an instant."""
    found = believing.counts(ladder, at, known_at=known)
    return {step.rung.slug: found.get(pk, 0) for pk, step in believing.rungs(ladder, at, set(found)).items()}


def counted_at(ladder: Ladder, at: date) -> dict[str, int]:
    names = slugs(ladder, at)
    found = folding.counts(ladder, at)
    return {slug: found.get(pk, 0) for pk, slug in names.items()}
