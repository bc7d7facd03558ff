"""Advocacy and partnership: what they tell others, where they take part, what they plan with us."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Case, F, IntegerField, Q, When
from django.db.models.functions import Coalesce, Greatest, Least
from django.db.models.lookups import GreaterThanOrEqual

from ladder.facts.buying import usual_gap
from ladder.facts.fact import Fact, column, flag, of_each, whole, within
from ladder.facts.saying import fresh_score, low_score, when_score_goes_stale

if TYPE_CHECKING:
    from collections.abc import Callable

    from ladder.facts.fact import Expression
    from ladder.facts.numbers import Numbers


def advocacy_window(day: Expression, numbers: Numbers) -> Expression:
    """W."""
    return Least(
        Greatest(
            whole(numbers.advocacy_at_least),
            Case(When(occasions__gte=3, then=usual_gap(4)), default=whole(4 * numbers.typical_gap), output_field=IntegerField()),
        ),
        whole(numbers.advocacy_at_most),
    )


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


def involved(day: Expression, numbers: Numbers) -> Expression:
    """Up to the first day that is more than a year ago; the fold knows the days after it."""
    return F("involved_days") - flag(Q(GreaterThanOrEqual(day, F("involved_fades"))))


def when_fading(*anchors: str) -> Callable[[Numbers], list[Expression]]:
    """When what was told is further back than the advocacy window."""
    return lambda numbers: [F(anchor) + advocacy_window(None, numbers) + whole(1) for anchor in anchors]


FACTS = (
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
        "joint_plans", "count", "Joint plans", column("joint_plans"), "has {} joint plans with us", evidence=("joint_plans",),
        flips=lambda numbers: [F("joint_plan_changes")], keeps="the plan is renewed",
        exactly={0: "no joint plan is current", 1: "has a joint plan with us"}, lifts=("a joint plan accepted by both", "{} joint plans"),
    ),
)  # fmt: skip
