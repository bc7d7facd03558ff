"""Attitude: what they say of us, to us and against us."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Case, F, IntegerField, Q, Value, When
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact, GreaterThan, LessThanOrEqual

from ladder.columns import SATISFACTION
from ladder.facts.buying import overdue, when_overdue
from ladder.facts.fact import Fact, column, flag, of_each, recently, when_no_longer_recent, whole, within

if TYPE_CHECKING:
    from ladder.facts.fact import Expression
    from ladder.facts.numbers import Numbers


def fresh_score(day: Expression, numbers: Numbers) -> Expression:
    fresh = Q(LessThanOrEqual(day - F("score_day"), whole(numbers.fresh)))
    return Case(When(fresh, then=F("score")), default=Value(None), output_field=IntegerField())


def low_score(day: Expression, numbers: Numbers) -> Q:
    return Q(LessThanOrEqual(Coalesce(fresh_score(day, numbers), whole(10)), whole(6)))


def soured(day: Expression, numbers: Numbers) -> Expression:
    return flag(low_score(day, numbers) | within("hostile_day", day, whole(numbers.recent)))


def complaint_late(day: Expression, numbers: Numbers) -> Expression:
    return flag(Q(GreaterThan(day, F("complaint_due"))))


def warning(day: Expression, numbers: Numbers) -> Expression:
    """Overdue, soured, a complaint past its due day, two or more open, or a notice of leaving."""
    return flag(
        Q(Exact(overdue(day, numbers), whole(1)))
        | Q(Exact(soured(day, numbers), whole(1)))
        | Q(GreaterThan(day, F("complaint_due")))
        | Q(open_complaints__gte=2)
        | within("leaving_day", day, whole(numbers.recent))
    )


def hostile(day: Expression, numbers: Numbers) -> Expression:
    return flag(Q(hostile_widely=1) & within("hostile_day", day, whole(numbers.recent)))


def when_score_goes_stale(numbers: Numbers) -> list[Expression]:
    return [F("score_day") + whole(numbers.fresh + 1)]


def when_complaint_is_late(numbers: Numbers) -> list[Expression]:
    return [F("complaint_due") + whole(1)]


when_soured_ends = of_each(when_score_goes_stale, when_no_longer_recent("hostile_day"))


def satisfaction(name: str, about: str) -> Fact:
    """The latest answer from 1 to 5 while it is fresh; of several on one day the lowest."""

    def value(day: Expression, numbers: Numbers) -> Expression:
        fresh = Q(LessThanOrEqual(day - F(f"{name}_day"), whole(numbers.fresh)))
        return Case(When(fresh, then=F(name)), default=Value(None), output_field=IntegerField())

    return Fact(
        name, "stars", f"Satisfaction with {about}", value, f"satisfied with {about}: {{}} of 5",
        f"no fresh answer on {about}", flips=lambda numbers: [F(f"{name}_day") + whole(numbers.fresh + 1)], evidence=("satisfaction",),
        needs=name, keeps="they answer again",
    )  # fmt: skip


ABOUT = ("us on the whole", "the product", "the service", "after-sales care")
FACTS = (
    *(satisfaction(name, about) for name, about in zip(SATISFACTION, ABOUT, strict=True)),
    Fact(
        "score", "score", "Fresh score", fresh_score, "gave a score of {}", "no fresh score", flips=when_score_goes_stale,
        evidence=("responses",), keeps="they answer again",
    ),
    Fact(
        "soured", "flag", "Soured", soured, "dissatisfied", "not dissatisfied", flips=when_soured_ends, evidence=("responses", "hostile_acts"),
        keeps="they answer again", lifts=("", "a better score"),
    ),
    Fact(
        "warning", "flag", "Warning", warning, "shows a warning", "shows no warning", keeps="they buy",
        evidence=("purchases", "responses", "complaints", "leaving_notices", "hostile_acts"),
        flips=of_each(when_overdue, when_soured_ends, when_complaint_is_late, when_no_longer_recent("leaving_day")),
        lifts=("", "an end to the warning"),
        parts=(
            ("overdue", "equal", 1), ("soured", "equal", 1), ("complaint_late", "equal", 1), ("open_complaints", "at_least", 2),
            ("leaving", "equal", 1),
        ),
    ),
    Fact(
        "open_complaints", "count", "Open complaints", column("open_complaints"), "has {} open complaints", evidence=("complaints",),
        exactly={0: "no open complaint", 1: "one open complaint"},
    ),
    Fact(
        "complaint_late", "flag", "A complaint is late", complaint_late, "a complaint waits longer than it should",
        "no complaint is late", flips=when_complaint_is_late, evidence=("complaints",), lifts=("", "an answer to the complaint"),
    ),
    Fact(
        "hostile", "flag", "Turns others against us", hostile, "turned others against us more than once",
        "has not turned others against us", flips=when_no_longer_recent("hostile_day"), evidence=("hostile_acts",), lifts=("", "peace"),
    ),
    Fact(
        "leaving", "flag", "Gave notice of leaving", recently("leaving_day"), "gave notice of leaving", "gave no notice of leaving",
        flips=when_no_longer_recent("leaving_day"), evidence=("leaving_notices",), lifts=("", "taking the notice back"),
    ),
    Fact(
        "considers_competitor", "flag", "Considers a competitor", recently("competitor_day"), "considers a competitor",
        "considers no competitor as far as we know", flips=when_no_longer_recent("competitor_day"),
        evidence=("competitors_considered",), lifts=("", "an end to looking at a competitor"),
    ),
)  # fmt: skip
