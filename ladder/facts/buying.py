"""Behaviour: how often, how regularly and how lately they buy, what they could buy, and whether they could at all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Case, F, IntegerField, Q, Value, When
from django.db.models.functions import Greatest, Least
from django.db.models.lookups import GreaterThan, LessThanOrEqual

from ladder.facts import catalogue
from ladder.facts.fact import NO, Fact, column, flag, whole

if TYPE_CHECKING:
    from collections.abc import Callable

    from ladder.facts.fact import Expression
    from ladder.facts.numbers import Numbers


def gaps() -> Expression:
    return F("occasions") - whole(1)


def usual_gap(times: int) -> Expression:
    """`times` x the usual gap, whole days. Only where there are at least two gaps."""
    return (F("last_day") - F("first_day")) * whole(times) / gaps()


def silence(day: Expression, numbers: Numbers) -> Expression:
    """Unknown for who never bought. Said by CASE: GREATEST skips a NULL on PostgreSQL and not on SQLite."""
    since = Greatest(whole(0), day - F("quiet_since"))
    return Case(When(quiet_since__isnull=False, then=since), default=Value(None), output_field=IntegerField())


def silence_limit(day: Expression, numbers: Numbers) -> Expression:
    """Whole days; silence is whole too, so cutting the fraction off changes no comparison "above"."""
    floor = max(2 * numbers.typical_gap, numbers.inactive_after)

    def quarter_more(gap: str) -> Expression:
        return F(gap) * whole(5) / whole(4)

    return Case(
        When(occasions__lte=1, then=whole(floor)),
        When(occasions=2, then=Greatest(whole(floor), quarter_more("longest_gap"))),
        default=Least(
            Greatest(whole(numbers.inactive_after), usual_gap(2), quarter_more("longest_gap_3y")), whole(numbers.inactive_at_most)
        ),
        output_field=IntegerField(),
    )


def overdue_limit(day: Expression, numbers: Numbers) -> Expression:
    """Unknown below two gaps."""
    return Case(
        When(occasions__gte=3, then=Greatest(whole(numbers.overdue_after), usual_gap(2), F("longest_gap_400d"))),
        default=Value(None),
        output_field=IntegerField(),
    )


def overdue(day: Expression, numbers: Numbers) -> Expression:
    return flag(Q(occasions__gte=3) & Q(GreaterThan(silence(day, numbers), overdue_limit(day, numbers))))


def active(day: Expression, numbers: Numbers) -> Expression:
    """Bought, and not silent for longer than is usual for them."""
    return flag(Q(occasions__gte=1) & Q(LessThanOrEqual(silence(day, numbers), silence_limit(day, numbers))))


def inactive(day: Expression, numbers: Numbers) -> Expression:
    """Bought, and silent for longer: what the badge beside a rung says. Who never bought is neither."""
    return flag(Q(occasions__gte=1) & Q(GreaterThan(silence(day, numbers), silence_limit(day, numbers))))


def coverage(day: Expression, numbers: Numbers) -> Expression:
    """Per cent, unknown with no usable category."""
    return Case(
        When(usable_categories__gt=0, then=F("covered_categories") * whole(100) / F("usable_categories")),
        default=Value(None),
        output_field=IntegerField(),
    )


def known_choice(column: str) -> Callable[[Expression, Numbers], Expression]:
    return lambda day, numbers: Case(
        When(**{f"{column}__gt": 0}, then=F(column)), default=Value(None), output_field=IntegerField()
    )


def when_overdue(numbers: Numbers) -> list[Expression]:
    return [F("quiet_since") + overdue_limit(None, numbers) + whole(1)]


def when_silent(numbers: Numbers) -> list[Expression]:
    return [F("quiet_since") + silence_limit(None, numbers) + whole(1)]


BUYING: dict[str, Any] = {"evidence": ("purchases",), "keeps": "they buy"}
FACTS = (
    Fact(
        "occasions", "count", "Days on which they bought", column("occasions"), "bought on {} different days", **BUYING,
        exactly={0: "bought nothing so far", 1: "bought on one day"},
        lifts=("one more purchase on another day", "{} more purchases on different days"),
    ),
    Fact(
        "invoices", "count", "Purchases", column("invoices"), "made {} purchases", **BUYING,
        exactly={0: "made no purchase that stands", 1: "made one purchase"}, lifts=("one more purchase", "{} more purchases"),
    ),
    Fact(
        "silence", "days", "Days since they last bought", silence, "last bought {} days ago", "never bought", **BUYING,
        anchor="quiet_since", exactly={0: "bought today", 1: "last bought yesterday"},
    ),
    Fact("silence_limit", "days", "Days of silence that are usual for them", silence_limit, "may be silent for {} days", **BUYING),
    Fact("overdue", "flag", "Overdue", overdue, "overdue", "not overdue", flips=when_overdue, **BUYING, lifts=("", "a purchase")),
    Fact(
        "active", "flag", "Active", active, "active", "silent for longer than is usual for them", flips=when_silent, **BUYING,
        lifts=("a purchase", ""),
    ),
    Fact(
        "usual_gap", "days", "Usual gap between two days on which they buy",
        lambda day, numbers: Case(When(occasions__gte=3, then=usual_gap(1)), default=Value(None), output_field=IntegerField()),
        "usually pauses for {} days", "no usual pause is known", **BUYING, exactly={1: "usually pauses for one day"},
    ),
    Fact("longest_gap", "days", "Longest gap", column("longest_gap"), "once paused for {} days", **BUYING, exactly={0: "never paused"}),
    Fact("need", "choice", "Need", known_choice("need"), "has a need", "need unknown", evidence=("qualifications",), lifts=("a need", ""), exactly={NO: "no need"}),
    Fact(
        "ability", "choice", "Able to pay", known_choice("ability"), "able to pay", "ability to pay unknown",
        evidence=("qualifications",), lifts=("the ability to pay", ""), exactly={NO: "not able to pay"},
    ),
    Fact(
        "coverage", "percent", "Share of what they can use that they buy", coverage, "buys {} % of what they can use",
        "what they can use is unknown", flips=lambda numbers: [F("coverage_changes")], **BUYING, exactly={0: "buys nothing of what they can use"},
        lifts=("", "buying {} of what they can use"),
    ),
    Fact(
        "usable_categories", "count", "Categories they can use", column("usable_categories"), "can use {} categories",
        flips=lambda numbers: [F("coverage_changes")], evidence=("usable_categories",),
        exactly={0: "no category they can use is known", 1: "can use one category"},
        lifts=("one more category they can use", "{} more categories they can use"),
    ),
    Fact(
        "categories_asked", "count", "Usable categories that must be known",
        catalogue.asked, "{} usable categories must be known", flips=catalogue.flips, evidence=("catalogue",), exactly={1: "one usable category must be known"},
    ),
)  # fmt: skip
