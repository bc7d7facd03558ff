"""Figures of what customers answered: value, n and interval together, and nothing said where n does not support it.

n counts people. Who is not ranked is in no figure's base. Of a recommendation score somebody has one, their latest of the
period, and of several on one day the lowest: a loud voice is one voice. Satisfaction is with a purchase or a subject, so each answer
counts, and the interval knows whose answers they are.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from django.db.models import Count, F, Q, Sum, Window
from django.db.models.functions import RowNumber
from django.utils import timezone

from customers.days import day_of, start_of
from customers.intervals import ENOUGH, mean_of_people, net_promoters, wilson
from customers.models import NotRanked, Source
from feedback.models import Importance, Invitation, Matter, Response, Satisfaction, Survey

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.db.models import QuerySet

    from accounts.models import Viewer
    from customers.models import Entry

Row = TypeVar("Row", bound="Entry")
EARLIEST, LATEST = date(1900, 1, 1), date(9000, 1, 1)  # past these an instant cannot be reckoned, and nobody was invited
PROMOTERS, DETRACTORS = range(9, 11), range(7)


@dataclass(frozen=True)
class Asked:
    """Whose answers a figure is of: of a source or survey, from a day to a day (both included), within what somebody sees."""

    survey: str = ""
    since: date | None = None
    until: date | None = None
    viewer: Viewer | None = None
    today: date = field(default_factory=lambda: day_of(timezone.now()))

    def among(self, answers: QuerySet[Row]) -> QuerySet[Row]:
        found: QuerySet[Row] = self.seen(answers.filter(withdrawn_at=None))
        if self.survey:
            found = found.filter(Q(source__slug=self.survey) | Q(invitation__survey__slug=self.survey))
        return found.filter(self.dated())

    def seen(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Of rows that have a customer, those of whom is ranked and within reach."""
        unranked = NotRanked.objects.on(self.until or self.today)
        found = rows.exclude(customer__in=unranked.values("customer"))
        return found.filter(self.viewer.reach("customer__owner", "customer__team")) if self.viewer else found

    def dated(self) -> Q:
        """Of rows that have a day, those of the period."""
        found = Q()
        if self.since:
            found &= Q(day__gte=self.since)
        if self.until:
            found &= Q(day__lte=self.until)
        return found


def is_known(survey: str) -> bool:
    """Whether answers may be asked for by this name."""
    return survey in dict(surveys())


def surveys() -> list[tuple[str, str]]:
    """By what name answers may be asked for: surveys, and the sources that brought any. [(slug, name)]"""
    asked = Q(pk__in=Response.objects.values("source")) | Q(pk__in=Satisfaction.objects.values("source"))
    ours = [(survey.slug, survey.name) for survey in Survey.objects.order_by("name")]
    return [*ours, *((source.slug, str(source)) for source in Source.objects.filter(asked).order_by("name", "slug"))]


@dataclass(frozen=True)
class Figure:
    """A figure of so many people. What n does not support is None."""

    n: int
    distribution: Mapping[int, int]
    """{score: answers}, of every score there is; {days: people}; of a share {1: so many, 0: the others}."""
    said: tuple[float, float, float] | None
    """Value, low and high; none of nobody."""

    @property
    def shown(self) -> bool:
        return self.n >= ENOUGH

    @property
    def rows(self) -> list[tuple[int, int, float]]:
        """(score, answers, percent of the commonest), from the best down."""
        most = max(self.distribution.values(), default=0) or 1
        return [(score, count, 100 * count / most) for score, count in sorted(self.distribution.items(), reverse=True)]

    @property
    def value(self) -> float | None:
        return self.said[0] if self.said and self.shown else None

    @property
    def low(self) -> float | None:
        return self.said[1] if self.said and self.shown else None

    @property
    def high(self) -> float | None:
        return self.said[2] if self.said and self.shown else None


def nps_of(distribution: Mapping[int, int]) -> Figure:
    """The net promoter score of so many people by their score, -100 to 100.

    Reichheld, F. (2003), The one number you need to grow, Harvard Business Review 81 (12): 9 and 10 promote, 0 to 6 detract. The value
    is raw, its interval adjusted; see `net_promoters`.
    """
    if outside := [score for score in distribution if score not in range(11)]:
        raise ValueError(f"{outside[0]} is no score from 0 to 10.")
    n = sum(distribution.values())
    more = sum(distribution.get(score, 0) for score in PROMOTERS)
    fewer = sum(distribution.get(score, 0) for score in DETRACTORS)
    every = {score: distribution.get(score, 0) for score in range(11)}
    if not n:
        return Figure(0, every, None)
    low, high = net_promoters(more, fewer, n)
    return Figure(n, every, (100 * (more - fewer) / n, 100 * low, 100 * high))


def share_of(count: int, n: int) -> Figure:
    """So many of n people, in percent; see `wilson`."""
    said = (100 * count / n, *(100 * end for end in wilson(count, n))) if n else None
    return Figure(n, {1: count, 0: n - count}, said)  # type: ignore[arg-type]


def response_rate(asked: Asked) -> Figure:
    """Of the people who were invited in the period and whose invitation did not come back, how many answered one, in percent.

    Answered / (invited - bounced), of people instead of invitations: who was asked twice and answered once did answer.
    """
    answered = Count("customer", distinct=True, filter=Q(answered_at__isnull=False))
    counted = invited(asked).aggregate(people=Count("customer", distinct=True), answered=answered)
    return share_of(counted["answered"], counted["people"])


def invited(asked: Asked) -> QuerySet[Invitation]:
    """The invitations of the period that did not come back."""
    rows: QuerySet[Invitation] = asked.seen(Invitation.objects.arrived())
    if asked.survey:
        rows = rows.filter(survey__slug=asked.survey)
    if asked.since and asked.since > EARLIEST:
        rows = rows.filter(invited_at__gte=start_of(asked.since))
    if asked.until and asked.until < LATEST:
        rows = rows.filter(invited_at__lt=start_of(asked.until + timedelta(days=1)))
    return rows


def nps(asked: Asked) -> Figure:
    latest = Window(RowNumber(), partition_by=[F("customer")], order_by=[F("day").desc(), F("score"), F("pk")])
    scores = asked.among(Response.objects.all()).annotate(place=latest).filter(place=1).values_list("score", flat=True)
    return nps_of(Counter(scores))


def satisfaction(asked: Asked, subject: str = Satisfaction.Subject.OVERALL) -> Figure:
    """The mean of the answers on a subject, 1 to 5."""
    answers = asked.among(Satisfaction.objects.filter(subject=subject)).order_by()
    people = list(answers.values("customer").annotate(total=Sum("score"), count=Count("pk")).values_list("total", "count"))
    distribution = dict(answers.values_list("score").annotate(Count("pk")))
    said = mean_of_people(people) if len(people) > 1 else None
    return Figure(len(people), {score: distribution.get(score, 0) for score in range(1, 6)}, said)


def importance(asked: Asked) -> list[tuple[Matter, Figure]]:
    """How much each thing matters, the mean of what people said of it last and within a year, 1 to 5; what matters most first.

    Everybody has one answer a matter, of several on one day the lowest.
    """
    since = asked.today - timedelta(days=Importance.STALE_AFTER)
    latest = Window(
        RowNumber(), partition_by=[F("customer"), F("matter")], order_by=[F("day").desc(), F("importance").asc(), F("pk").asc()]
    )
    said = asked.among(Importance.objects.filter(day__gte=since)).annotate(place=latest).filter(place=1)
    found: dict[str, dict[int, list[int]]] = defaultdict(dict)
    for matter, customer, number in said.values_list("matter", "customer", "importance"):
        found[matter][customer] = [number]
    figures = [(matter, mean(found[matter.slug])) for matter in Matter.objects.all() if matter.active or found[matter.slug]]
    return sorted(figures, key=lambda pair: (pair[1].value is None, -(pair[1].value or 0), pair[0].position))


def mean(people: Mapping[int, Sequence[int]]) -> Figure:
    """The mean of what people said, 1 to 5, each of them once or more."""
    counts = Counter(score for scores in people.values() for score in scores)
    said = mean_of_people([(sum(scores), len(scores)) for scores in people.values()]) if len(people) > 1 else None
    return Figure(len(people), {score: counts[score] for score in range(1, 6)}, said)
