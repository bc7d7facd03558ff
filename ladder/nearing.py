"""How near somebody is to the next rung: the smallest way up, and how much of it is so already.

Read from the verdicts of the compiled conditions that explain the rung; nothing is judged a second time.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import TYPE_CHECKING, Any

from ladder import wording
from ladder.models import Step
from ladder.rules import Combination, Condition, Negation

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from ladder.asking import Verdict
    from ladder.models import Edition
    from ladder.rules import Rule

COUNTED = {"count", "money", "percent"}
"""Of facts of these kinds a part is worth something: 3 of 4 occasions."""


@dataclass(frozen=True)
class Leaf:
    """One condition on the way: how much of it is so, from 0 to 1, and what it has and wants where it is counted."""

    condition: Condition
    holds: bool
    part: Fraction
    has: int | None = None
    wanted: int | None = None

    @property
    def words(self) -> str:
        """ "3 of 4 occasions", of what is counted and not reached yet; else nothing."""
        if self.wanted is None or self.holds:
            return ""
        fact = self.condition.fact
        if self.has is None and fact.kind != "count":
            return f"{wording.lowered(fact.label)} not known yet"
        told = f"{wording.shown(fact, max(self.has or 0, 0))} of {wording.shown(fact, self.wanted)}"
        label = wording.lowered(fact.label)
        return f"{told} {label}" if fact.kind == "count" else f"{label}: {told}"


@dataclass(frozen=True)
class Position:
    """Where within their rung somebody is: at the top there is no way up."""

    to: Step | None
    way: list[Leaf]
    top: bool = False

    @property
    def holding(self) -> int:
        return sum(leaf.holds for leaf in self.way)

    @property
    def share(self) -> float:
        """From 0 to 1: the part of the conditions that is so. Rounded down, so that 1 is said of nothing that is not reached."""
        if not self.way:
            return 1.0
        return floor(10_000 * sum(leaf.part for leaf in self.way) / len(self.way)) / 10_000

    @property
    def percent(self) -> float:
        return 100 * self.share

    @property
    def words(self) -> str:
        """ "2 of 3 conditions for Client; 3 of 4 occasions"."""
        if self.top:
            return "At the top."
        whither = f"for {self.to.rung.name}" if self.to else "to be back on the ladder"
        met = f"{self.holding} of {wording.count(len(self.way), 'condition', 'conditions')} {whither}"
        return wording.sentence("; ".join([met, *filter(None, (leaf.words for leaf in self.way))]))

    def document(self) -> dict[str, Any]:
        return {
            "to": self.to.rung.slug if self.to else None,
            "share": self.share,
            "holding": self.holding,
            "conditions": len(self.way),
            "words": self.words,
        }


def position(edition: Edition, step: Step, verdicts: Mapping[Condition, Verdict]) -> Position:
    """On the way to the next step up; from the ground to the nearer of the first two; from a side state back onto the ladder."""
    if step.kind == Step.Kind.SIDE:
        return Position(None, way(step.read_rule, verdicts, so=False))
    higher = [s for s in edition.all_steps if s.kind != Step.Kind.SIDE and s.position > step.position]
    found = [Position(s, way(s.read_rule, verdicts)) for s in higher[: 2 if step.kind == Step.Kind.GROUND else 1]]
    return min(found, key=lambda p: _lacking(p.way), default=Position(None, [], top=True))


def way(rule: Rule, verdicts: Mapping[Condition, Verdict], *, so: bool = True) -> list[Leaf]:
    """The conditions of the smallest way to what is wanted: of alternatives the one that lacks least. Each condition once."""
    match rule:
        case Negation():
            return way(rule.rule, verdicts, so=not so)
        case Condition():
            return [_leaf(rule, verdicts[rule], so=so)]
    assert isinstance(rule, Combination)
    parts = [way(part, verdicts, so=so) for part in rule.rules]
    if (rule.how == "all") != so:
        return min(parts, key=_lacking)
    return list({(leaf.condition, leaf.holds): leaf for part in parts for leaf in part}.values())


def _lacking(leaves: list[Leaf]) -> tuple[int, Fraction]:
    return sum(not leaf.holds for leaf in leaves), sum((1 - leaf.part for leaf in leaves), Fraction(0))


def _leaf(condition: Condition, verdict: Verdict, *, so: bool) -> Leaf:
    has, against, verdict_holds = verdict
    holds = verdict_holds == so
    counted = so and condition.how in {"at_least", "above"} and condition.fact.kind in COUNTED and against is not None
    if not counted or against is None:
        return Leaf(condition, holds, Fraction(holds))
    wanted = against + (condition.how == "above")
    if wanted <= 0:
        return Leaf(condition, holds, Fraction(holds))
    part = Fraction(1) if holds else min(max(Fraction(has or 0, wanted), Fraction(0)), Fraction(1))
    return Leaf(condition, holds, part, has, wanted)


def fresh(last: date | None, day: date) -> str:
    """How fresh the evidence is: "Last evidence 12 days ago."."""
    if last is None:
        return "No evidence yet."
    ago = (day - last).days
    return f"Last evidence {'today' if ago == 0 else 'yesterday' if ago == 1 else f'{ago:,} days ago'}."
