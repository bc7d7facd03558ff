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
from django.db.models.lookups import Exact, GreaterThan, GreaterThanOrEqual, LessThanOrEqual

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
    recent: int = 180
    """How long a hostile act, a notice of leaving and a competitor considered count."""

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
    "unasked_day": anchor("day of the latest unprompted recommendation or converted unprompted referral"),
    "reference_day": anchor("day of the latest reference given when asked"),
    "referral_day": anchor("day of the latest converted referral"),
    "prompted_referral_day": anchor("of those that were prompted"),
    "involved_days": count("days within a year on which they took part by own act"),
    "involved_fades": anchor("the day on which the earliest of them is more than a year ago"),
    "open_complaints": count("complaints that wait for an answer"),
    "complaint_due": anchor("the earliest day by which one of them is to be answered"),
    "hostile_day": anchor("day of the latest confirmed hostile act"),
    "hostile_widely": count("1 once two of them differed in both day and audience"),
    "joint_plans": count("joint plans that both accepted and that are current"),
    "joint_plan_changes": anchor("the next day on which one begins or ends"),
    "leaving_day": anchor("day of the latest notice of leaving"),
    "competitor_day": anchor("day on which they last considered a competitor"),
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


def within(anchor: str, day: Expression, span: Expression) -> Q:
    """At most `span` days ago; not so where it never was."""
    return Q(LessThanOrEqual(day - F(anchor), span))


def recently(anchor: str) -> Callable[[Expression, Numbers], Expression]:
    return lambda day, numbers: flag(within(anchor, day, whole(numbers.recent)))


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


def active(day: Expression, numbers: Numbers) -> Expression:
    """Bought, and not silent for longer than is usual for them."""
    return flag(Q(occasions__gte=1) & Q(LessThanOrEqual(silence(day, numbers), silence_limit(day, numbers))))


def unasked(day: Expression, numbers: Numbers) -> Expression:
    return flag(within("unasked_day", day, advocacy_window(day, numbers)))


def encourages(day: Expression, numbers: Numbers) -> Expression:
    window = advocacy_window(day, numbers)
    return flag(within("unasked_day", day, window) | within("referral_day", day, window))


def willing(day: Expression, numbers: Numbers) -> Expression:
    """Would recommend if asked: a fresh 9 or 10, a reference and no fresh low score, or a prompted referral that was converted."""
    window = advocacy_window(day, numbers)
    happy = Q(GreaterThanOrEqual(Coalesce(fresh_score(day, numbers), whole(0)), whole(9)))
    lent = within("reference_day", day, window) & ~low_score(day, numbers)
    return flag(happy | lent | within("prompted_referral_day", day, window))


def hostile(day: Expression, numbers: Numbers) -> Expression:
    return flag(Q(hostile_widely=1) & within("hostile_day", day, whole(numbers.recent)))


def involved(day: Expression, numbers: Numbers) -> Expression:
    """Up to the first day that is more than a year ago; the fold knows the days after it."""
    return F("involved_days") - flag(Q(GreaterThanOrEqual(day, F("involved_fades"))))


def column(name: str) -> Callable[[Expression, Numbers], Expression]:
    return lambda day, numbers: F(name)


# --- when time alone changes them ------------------------------------------------------------------


def when_score_goes_stale(numbers: Numbers) -> list[Expression]:
    return [F("score_day") + whole(numbers.fresh + 1)]


def when_overdue(numbers: Numbers) -> list[Expression]:
    return [F("quiet_since") + overdue_limit(None, numbers) + whole(1)]


def when_fading(*anchors: str) -> Callable[[Numbers], list[Expression]]:
    """When what was told is further back than the advocacy window."""
    return lambda numbers: [F(anchor) + advocacy_window(None, numbers) + whole(1) for anchor in anchors]


def when_no_longer_recent(anchor: str) -> Callable[[Numbers], list[Expression]]:
    return lambda numbers: [F(anchor) + whole(numbers.recent + 1)]


def when_complaint_is_late(numbers: Numbers) -> list[Expression]:
    return [F("complaint_due") + whole(1)]


def when_silent(numbers: Numbers) -> list[Expression]:
    return [F("quiet_since") + silence_limit(None, numbers) + whole(1)]


def of_each(*whens: Callable[[Numbers], list[Expression]]) -> Callable[[Numbers], list[Expression]]:
    return lambda numbers: [flip for when in whens for flip in when(numbers)]


when_soured_ends = of_each(when_score_goes_stale, when_no_longer_recent("hostile_day"))


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
    evidence: tuple[str, ...] = ()
    """Which ledgers it comes from."""
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


BUYING: dict[str, Any] = {"evidence": ("purchases",), "keeps": "they buy"}
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
        lambda day, numbers: Least(whole(3), F("categories_sold")), "{} usable categories must be known",
        flips=lambda numbers: [F("coverage_changes")], evidence=("catalogue",), exactly={1: "one usable category must be known"},
    ),
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
    ),
    Fact(
        "active", "flag", "Active", active, "active", "silent for longer than is usual for them", flips=when_silent, **BUYING,
        lifts=("a purchase", ""),
    ),
    Fact(
        "unasked", "flag", "Recommends us unasked", unasked, "recommended us unasked", "has not recommended us unasked lately",
        flips=when_fading("unasked_day"), evidence=("recommendations", "referrals"), lifts=("an unasked recommendation", ""),
        keeps="they recommend us again",
    ),
    Fact(
        "encourages", "flag", "Brings others", encourages, "recommended us or brought somebody", "has not recommended us unasked lately",
        flips=when_fading("unasked_day", "referral_day"), evidence=("recommendations", "referrals"),
        lifts=("an unasked recommendation", ""), keeps="they recommend us again",
    ),
    Fact(
        "willing", "flag", "Would recommend if asked", willing, "would recommend us if asked", "not known to recommend us if asked",
        flips=of_each(when_score_goes_stale, when_fading("reference_day", "prompted_referral_day")), evidence=("responses", "recommendations", "referrals"),
        lifts=("a score of 9 or 10, or a reference", ""), keeps="they answer again",
    ),
    Fact(
        "involved_days", "count", "Days they took part within a year", involved, "took part on {} days within a year",
        flips=lambda numbers: [F("involved_fades")], evidence=("involvements",), keeps="they take part again",
        exactly={0: "took part in nothing within a year", 1: "took part on one day within a year"},
        lifts=("taking part on one more day", "taking part on {} more days"),
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
        "joint_plans", "count", "Joint plans", column("joint_plans"), "has {} joint plans with us", evidence=("joint_plans",),
        flips=lambda numbers: [F("joint_plan_changes")], keeps="the plan is renewed",
        exactly={0: "no joint plan is current", 1: "has a joint plan with us"}, lifts=("a joint plan accepted by both", "{} joint plans"),
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
