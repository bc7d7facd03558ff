"""Which edition judges on which day, for every ladder."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Max, Q, Subquery

from customers import days
from ladder import sql
from ladder.models import Edition, Ladder, Run, Step

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet


@dataclass(frozen=True)
class Judges:
    """A ladder with its published editions, in order."""

    ladder: Ladder
    editions: list[Edition]

    def on(self, day: date) -> Edition | None:
        """The edition in force on a day."""
        return next((e for e in reversed(self.editions) if e.first_day is None or e.first_day <= day), None)

    @cached_property
    def is_soft(self) -> bool:
        """Yesterday's rung and today's facts do not tell today's rung."""
        return any(edition.soft_steps for edition in self.editions)


class Watch:
    """The judges for whoever asks again and again: read anew where other editions are published than when they were read last.

    What was published never changes, so that nothing else need be looked at.
    """

    def __init__(self) -> None:
        self._published: list[tuple[int, datetime | None, date | None]] | None = None
        self._judges: list[Judges] = []

    def judges(self) -> list[Judges]:
        published = list(Edition.objects.published().order_by("pk").values_list("pk", "begun_at", "first_day"))
        if published != self._published:
            self._published, self._judges = published, judges()
        return self._judges


def judges() -> list[Judges]:
    """Of every ladder that judges, in their order. Two queries, which make half as many objects as one."""
    published = Edition.objects.published().select_related("ladder")
    known = {edition.pk: edition for edition in published.order_by("ladder__position", "ladder_id")}
    for step in Step.objects.filter(edition__in=known).select_related("rung").order_by("position"):
        _let_know(known[step.edition_id], step)
    found: dict[int, list[Edition]] = {}
    for edition in known.values():
        found.setdefault(edition.ladder_id, []).append(edition)
    return [Judges(editions[0].ladder, sorted(editions, key=_order)) for editions in found.values()]


STATES = ("draft", "simulated", "to_come", "published", "superseded", "called_back")
"""Of an edition: being written, tried as it is, waiting for its first day, judging, judging no more or never, taken back."""


@dataclass(frozen=True)
class Reign:
    """The last ranked day, and the edition in force of every ladder then, the primary ladder first; and when a run last finished."""

    day: date
    editions: list[Edition]
    ranked_at: datetime | None = None


def reigning(today: date) -> Reign:
    """With all their steps and rungs, in one query; `today` where nobody was ranked yet."""
    ranked = Run.objects.order_by(F("day").desc()).values("day")[:1]
    finished = Run.objects.exclude(finished_at=None).order_by("-pk").values("finished_at")[:1]
    rows = list(_steps().annotate(ranked=Subquery(ranked), ranked_at=Subquery(finished)))
    day = next((row.ranked for row in rows if row.ranked), today)
    published = _published(rows)
    latest: dict[int, Edition] = {}
    for edition in sorted(published, key=_order):
        if edition.first_day is None or edition.first_day <= day:
            latest[edition.ladder_id] = edition
    order = list(dict.fromkeys(edition.ladder_id for edition in published))
    ranked_at = rows[0].ranked_at if rows else None
    return Reign(day, [latest[ladder] for ladder in order if ladder in latest], ranked_at)


def _steps() -> QuerySet[Step]:
    """Of the published editions, with those and their rungs, the primary ladder's first."""
    steps = Step.objects.filter(edition__in=Edition.objects.published()).select_related("edition__ladder", "rung")
    return steps.order_by("edition__ladder__position", "edition__ladder_id", "position")


def _published(steps: Iterable[Step]) -> list[Edition]:
    """The editions of these steps, that know them all by then."""
    found: dict[int, Edition] = {}
    for step in steps:
        _let_know(found.setdefault(step.edition_id, step.edition), step)
    return list(found.values())


def _let_know(edition: Edition, step: Step) -> None:
    """Both of each other, in the order of the steps."""
    step.edition = edition
    edition.__dict__.setdefault("all_steps", []).append(step)


def in_force(ladder: Ladder, day: date | None) -> Edition | None:
    """The edition that judges on a day; without one, the latest."""
    published = list(ladder.editions.published())
    reigning = [e for e in published if day is None or e.first_day is None or e.first_day <= day]
    return reigning[-1] if reigning else None


def begun_last() -> dict[int, Edition]:
    """Of each ladder the edition that judges since the last one began. {ladder id: edition}. One query."""
    return {edition.ladder_id: edition for edition in Edition.objects.published().exclude(begun_at=None)}


def state(edition: Edition, live: Edition | None) -> str:
    """One of STATES; `live` is the edition of its ladder that judges now."""
    if edition.is_draft:
        return "simulated" if any(trial.is_completed for trial in edition.simulations.defer("report")) else "draft"
    if edition.called_back_at:
        return "called_back"
    if edition == live:
        return "published"
    judges_then = edition.is_to_come and edition == in_force(edition.ladder, edition.first_day)
    return "to_come" if judges_then else "superseded"


def before(edition: Edition) -> Edition | None:
    """Of one that was published, the edition that judged before it, or will have."""
    others = edition.ladder.editions.published().exclude(pk=edition.pk)
    mine = _order(edition)
    return next((other for other in reversed(others) if _order(other) < mine), None)


def _order(edition: Edition) -> tuple[date, int]:
    return (edition.first_day or date.min, edition.number)


@transaction.atomic
def begin(day: date, *, at: datetime) -> None:
    """Let the editions judge whose first day has come by `day`: once, whoever of many says so, before anybody is ranked through it."""
    come = Edition.objects.to_come().filter(Q(first_day=None) | Q(first_day__lte=day))
    for edition in come:
        if Edition.objects.to_come().filter(pk=edition.pk).order_by().update(begun_at=at):
            mark_everybody(edition)


def begun_through() -> date | None:
    """The latest first day of the editions that have begun. Who is ranked is ranked through it at least: all who were there when it
    began were marked for it, and whoever comes later is judged by it from the start.
    """
    begun = Edition.objects.published().exclude(begun_at=None)
    found: date | None = begun.aggregate(day=Max("first_day"))["day"]
    return found


def mark_everybody(edition: Edition) -> None:
    """From the edition's first day on; what that moves is no customer's doing, so it comes in quietly."""
    day = days.number(edition.first_day) if edition.first_day else 0
    sql.run(
        f"INSERT INTO ladder_stalemark (customer_id, day, imported) SELECT id, %s, {sql.words()['true']} FROM customers_customer",
        [day],
    )
