"""Every fact that a rule may name: what it is, how it is read off a scorecard, when time alone changes it.

A scorecard holds what does not change between two facts of a customer: counts, and the days that
matter (anchors). What depends on the day of judging is an expression over those and that day, so
that the same columns serve a stored scorecard and every day of a whole life.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, F, IntegerField, Q, Value, When
from django.db.models.functions import Coalesce, Greatest, Least
from django.db.models.lookups import GreaterThan, LessThanOrEqual

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Expression = Any  # a Combinable; django-stubs has no one type that arithmetic and lookups both accept

YES, NO = 1, 2
CHOICES = {"yes": YES, "no": NO}


@dataclass(frozen=True)
class Numbers:
    """The numbers of an edition that facts are computed with. Days, unless said."""

    typical_gap: int = 90
    """U, the typical gap between two occasions."""
    inactive_after: int = 180
    """The least silence limit."""
    inactive_at_most: int = 1095
    """The largest silence limit of a customer whose habit is known."""
    overdue_after: int = 30
    """The least silence that is overdue."""
    fresh: int = 365
    """How long an answer counts."""
    advocacy_at_least: int = 365
    advocacy_at_most: int = 1095
    """Between them lies W, the advocacy window."""

    @classmethod
    def read(cls, document: Any) -> Numbers:
        """From an edition's JSON; raises ValidationError naming the place."""
        if not isinstance(document, dict):
            raise ValidationError("numbers: must be an object of names and whole numbers.")
        known = {f.name for f in fields(cls)}
        for name, value in document.items():
            if name not in known:
                raise ValidationError(f"numbers.{name}: is not a number of an edition; there are {', '.join(sorted(known))}.")
            if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 10_000:
                raise ValidationError(f"numbers.{name}: must be a whole number from 1 to 10,000.")
        return cls(**document)


# --- the columns of a scorecard --------------------------------------------------------------------


def count(help_text: str) -> Callable[[], models.Field[Any, Any]]:
    return lambda: models.IntegerField(default=0, help_text=help_text)


def anchor(help_text: str) -> Callable[[], models.Field[Any, Any]]:
    return lambda: models.IntegerField(null=True, help_text=help_text)


COLUMNS: Mapping[str, Callable[[], models.Field[Any, Any]]] = {
    "not_ranked": count("1 while a reason not to rank holds"),
    "occasions": count("distinct days with a purchase that was not taken back"),
    "invoices": count("distinct purchases that were not taken back"),
    "first_day": anchor("day of the first occasion"),
    "last_day": anchor("day of the last occasion"),
    "quiet_since": anchor("the later of the last occasion and the last day a purchase covers"),
    "longest_gap": count("days of the longest gap between occasions"),
    "longest_gap_3y": count("of the gaps that ended in the 3 years up to the last occasion"),
    "longest_gap_400d": count("of the gaps that ended in the 400 days up to the last occasion"),
    "need": count("0 unknown, 1 yes, 2 no"),
    "ability": count("0 unknown, 1 yes, 2 no"),
    "usable_categories": count("categories known to be usable"),
    "covered_categories": count("of those, bought within the coverage window"),
    "categories_sold": count("categories sold for a year or more"),
    "coverage_changes": anchor("the next day on which time alone changes coverage"),
    "score": anchor("the latest score, 0 to 10"),
    "score_day": anchor("the day it was given"),
    "unasked_day": anchor("day of the latest unprompted recommendation"),
}

# --- what facts are made of ------------------------------------------------------------------------


def whole(value: int) -> Value:
    return Value(value, output_field=IntegerField())


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


def advocacy_window(day: Expression, numbers: Numbers) -> Expression:
    """W."""
    return Least(
        Greatest(
            whole(numbers.advocacy_at_least),
            Case(When(occasions__gte=3, then=usual_gap(4)), default=whole(4 * numbers.typical_gap), output_field=IntegerField()),
        ),
        whole(numbers.advocacy_at_most),
    )


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


def fresh_score(day: Expression, numbers: Numbers) -> Expression:
    fresh = Q(LessThanOrEqual(day - F("score_day"), whole(numbers.fresh)))
    return Case(When(fresh, then=F("score")), default=Value(None), output_field=IntegerField())


def flag(condition: Q) -> Expression:
    """A yes or no as 1 or 0: never unknown."""
    return Case(When(condition, then=whole(1)), default=whole(0), output_field=IntegerField())


def overdue(day: Expression, numbers: Numbers) -> Expression:
    return flag(Q(occasions__gte=3) & Q(GreaterThan(silence(day, numbers), overdue_limit(day, numbers))))


def soured(day: Expression, numbers: Numbers) -> Expression:
    return flag(Q(LessThanOrEqual(Coalesce(fresh_score(day, numbers), whole(10)), whole(6))))


def warning(day: Expression, numbers: Numbers) -> Expression:
    return Greatest(overdue(day, numbers), soured(day, numbers))


def encourages(day: Expression, numbers: Numbers) -> Expression:
    return flag(Q(LessThanOrEqual(day - F("unasked_day"), advocacy_window(day, numbers))))


def column(name: str) -> Callable[[Expression, Numbers], Expression]:
    return lambda day, numbers: F(name)


# --- when time alone changes them ------------------------------------------------------------------


def when_score_goes_stale(numbers: Numbers) -> list[Expression]:
    return [F("score_day") + whole(numbers.fresh + 1)]


def when_overdue(numbers: Numbers) -> list[Expression]:
    return [F("quiet_since") + overdue_limit(None, numbers) + whole(1)]


def when_advocacy_fades(numbers: Numbers) -> list[Expression]:
    return [F("unasked_day") + advocacy_window(None, numbers) + whole(1)]


def never(numbers: Numbers) -> list[Expression]:
    return []


@dataclass(frozen=True)
class Fact:
    """One thing a rule may ask about.

    `value` gives the expression for a day (NULL means unknown); `flips` the days on which time alone
    changes it. A fact that counts days from an `anchor` changes every day: there the comparison
    knows the flip day.
    """

    name: str
    kind: str  # "count" · "days" · "percent" · "score" · "flag" · "choice"
    label: str
    value: Callable[[Expression, Numbers], Expression]
    said: str
    """How a value of it is said of a customer; {} is the value. A choice or flag: when it is so."""
    unsaid: str = ""
    """How it is said that it is unknown, or for a flag that it is not so."""
    flips: Callable[[Numbers], list[Expression]] = never
    anchor: str = ""
    evidence: str = ""
    """Which ledger it comes from."""
    exactly: Mapping[int, str] = field(default_factory=dict, compare=False)
    """How single values are said, where `said` would sound odd."""
    lifts: tuple[str, str] = ("", "")
    """What raises it by one, and by {}; of a choice or flag, what makes it so and what makes it not so."""
    keeps: str = ""
    """What a customer does to hold up what time alone does to it."""

    @property
    def is_number(self) -> bool:
        return self.kind in {"count", "days", "percent", "score"}


def _registry(*facts: Fact) -> Mapping[str, Fact]:
    return {fact.name: fact for fact in facts}


BUYING: dict[str, Any] = {"evidence": "purchases", "keeps": "they buy"}
FACTS = _registry(
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
    Fact("longest_gap", "days", "Longest gap", column("longest_gap"), "once paused for {} days", **BUYING, exactly={0: "never paused"}),
    Fact("need", "choice", "Need", known_choice("need"), "has a need", "need unknown", evidence="qualifications", lifts=("a need", ""), exactly={NO: "no need"}),
    Fact(
        "ability", "choice", "Able to pay", known_choice("ability"), "able to pay", "ability to pay unknown",
        evidence="qualifications", lifts=("the ability to pay", ""), exactly={NO: "not able to pay"},
    ),
    Fact(
        "coverage", "percent", "Share of what they can use that they buy", coverage, "buys {} % of what they can use",
        "what they can use is unknown", flips=lambda numbers: [F("coverage_changes")], **BUYING, exactly={0: "buys nothing of what they can use"},
        lifts=("", "buying {} of what they can use"),
    ),
    Fact(
        "usable_categories", "count", "Categories they can use", column("usable_categories"), "can use {} categories",
        flips=lambda numbers: [F("coverage_changes")], evidence="usable_categories",
        exactly={0: "no category they can use is known", 1: "can use one category"},
        lifts=("one more category they can use", "{} more categories they can use"),
    ),
    Fact(
        "categories_asked", "count", "Usable categories that must be known",
        lambda day, numbers: Least(whole(3), F("categories_sold")), "{} usable categories must be known",
        flips=lambda numbers: [F("coverage_changes")], evidence="catalogue", exactly={1: "one usable category must be known"},
    ),
    Fact(
        "score", "score", "Fresh score", fresh_score, "gave a score of {}", "no fresh score", flips=when_score_goes_stale,
        evidence="responses", keeps="they answer again",
    ),
    Fact(
        "soured", "flag", "Soured", soured, "dissatisfied", "not dissatisfied", flips=when_score_goes_stale, evidence="responses",
        keeps="they answer again", lifts=("", "a better score"),
    ),
    Fact(
        "warning", "flag", "Warning", warning, "shows a warning", "shows no warning", **BUYING,
        flips=lambda numbers: when_overdue(numbers) + when_score_goes_stale(numbers), lifts=("", "an end to the warning"),
    ),
    Fact(
        "encourages", "flag", "Recommends us unasked", encourages, "recommended us unasked", "has not recommended us unasked lately",
        flips=when_advocacy_fades, evidence="recommendations", lifts=("an unasked recommendation", ""), keeps="they recommend us again",
    ),
)  # fmt: skip
