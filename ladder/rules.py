"""Rules as data: read from JSON, checked at one place, compiled to conditions over scorecards.

There is no second evaluator. Ranking, explanation and simulation all ask the database the same
compiled conditions. A comparison with an unknown is never true, and `not` is the plain complement:
a missing score is not a low score, an unknown need is not a no.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import F, Q
from django.db.models.lookups import Exact, GreaterThan, GreaterThanOrEqual, IsNull, LessThan, LessThanOrEqual

from ladder.facts import FACTS, Fact, find, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ladder.facts import Numbers
    from ladder.facts.fact import Expression

COMPARISONS: dict[str, tuple[Any, str]] = {
    "at_least": (GreaterThanOrEqual, "≥"),
    "above": (GreaterThan, ">"),
    "at_most": (LessThanOrEqual, "≤"),
    "below": (LessThan, "<"),
    "equal": (Exact, "="),
}
DEEPEST, MOST_CONDITIONS, MOST_SAID = 8, 100, 10_000
MOST_CENTS, MOST_NUMBER = 100_000_000_000_000, 1_000_000_000_000
DAY = F("day")


@dataclass(frozen=True)
class Condition:
    """One comparison of a fact: with a number, with a choice, with another fact, or known / unknown."""

    fact: Fact
    how: str
    value: int | Fact | None

    @property
    def parts(self) -> list[Condition]:
        """What its fact is made of, where it is a flag made of others."""
        return [Condition(FACTS[name], how, value) for name, how, value in self.fact.parts]

    def left(self, day: Expression, numbers: Numbers) -> Expression:
        return self.fact.value(day, numbers)

    def right(self, day: Expression, numbers: Numbers) -> Expression:
        return self.value.value(day, numbers) if isinstance(self.value, Fact) else whole(self.value or 0)

    def q(self, day: Expression, numbers: Numbers, *, exact: bool = False) -> Q:
        """True where it holds. Elsewhere false, or NULL where something is unknown, which no CASE and no WHERE takes for true.

        `exact`: false there too, so that its complement is exact; asked only where there is one, for it takes the databases longer.
        """
        left = self.left(day, numbers)
        if self.how in {"known", "unknown"}:
            return Q(IsNull(left, self.how == "unknown"))
        right = self.right(day, numbers)
        compared = Q(COMPARISONS[self.how][0](left, right))
        return Q(IsNull(left, False)) & Q(IsNull(right, False)) & compared if exact else compared  # noqa: FBT003 (Django's own)

    def flips(self, numbers: Numbers) -> Iterator[Expression]:
        """The days on which time alone may change the answer, as expressions over a scorecard."""
        yield from self.fact.flips(numbers)
        if isinstance(self.value, Fact):
            yield from self.value.flips(numbers)
        since = self.fact.since
        if since is not None and self.value is not None:
            reached = since + self.right(None, numbers)
            if self.how in {"at_least", "below", "equal"}:
                yield reached
            if self.how in {"above", "at_most", "equal"}:
                yield reached + whole(1)

    def needs(self) -> set[str]:
        """The sources that are read only because of this."""
        asked = [self.fact, *([self.value] if isinstance(self.value, Fact) else [])]
        return {fact.needs for fact in asked if fact.needs}

    def asked(self, *, so: bool = True) -> Iterator[tuple[Condition, bool]]:
        """Every condition, and whether the rule wants it so or not so."""
        yield self, so

    def document(self) -> dict[str, Any]:
        if self.how in {"known", "unknown"}:
            return {"fact": self.fact.name, "is": self.how}
        if isinstance(self.value, Fact):
            return {"fact": self.fact.name, "is": self.how, "value": {"fact": self.value.name}}
        value: Any = self.value
        if self.fact.kind == "flag":
            value = bool(value)
        if self.fact.kind == "choice":
            value = next(word for word, number in self.fact.choices.items() if number == value)
        return {"fact": self.fact.name, "is": self.how, "value": value}


@dataclass(frozen=True)
class Combination:
    """All of, or any of."""

    how: str
    rules: tuple[Rule, ...]

    def q(self, day: Expression, numbers: Numbers, *, exact: bool = False) -> Q:
        """What is soonest worked out is asked first: where that decides, the databases ask no further."""
        parts = sorted(
            (rule.q(day, numbers, exact=exact) for rule in self.rules), key=lambda part: sum(1 for _ in part.flatten())
        )
        return reduce(and_ if self.how == "all" else or_, parts)

    def flips(self, numbers: Numbers) -> Iterator[Expression]:
        for rule in self.rules:
            yield from rule.flips(numbers)

    def asked(self, *, so: bool = True) -> Iterator[tuple[Condition, bool]]:
        for rule in self.rules:
            yield from rule.asked(so=so)

    def document(self) -> dict[str, Any]:
        return {self.how: [rule.document() for rule in self.rules]}


@dataclass(frozen=True)
class Negation:
    rule: Rule

    def q(self, day: Expression, numbers: Numbers, *, exact: bool = True) -> Q:
        return ~self.rule.q(day, numbers, exact=True)

    def flips(self, numbers: Numbers) -> Iterator[Expression]:
        return self.rule.flips(numbers)

    def asked(self, *, so: bool = True) -> Iterator[tuple[Condition, bool]]:
        return self.rule.asked(so=not so)

    def document(self) -> dict[str, Any]:
        return {"not": self.rule.document()}


Rule = Condition | Combination | Negation
Way = tuple[tuple[Condition, bool], ...]
"""Conditions that would have to come out so (or not so)."""
MOST_WAYS = 50


def ways(rule: Rule, holds: Callable[[Condition], bool], *, so: bool = True) -> list[Way]:
    """The smallest sets of conditions that would have to change for the rule to hold; one empty set if it holds.

    No set contains another. Of rules with very many alternatives the first MOST_WAYS are looked at.
    """
    match rule:
        case Negation():
            return ways(rule.rule, holds, so=not so)
        case Condition():
            return [() if holds(rule) == so else ((rule, so),)]
    parts = [ways(part, holds, so=so) for part in rule.rules]
    if (rule.how == "all") != so:
        return _smallest([way for part in parts for way in part])
    found: list[Way] = [()]
    for part in parts:
        found = _smallest([tuple(dict.fromkeys(way + more)) for way in found for more in part])
    return found


def _smallest(found: list[Way]) -> list[Way]:
    kept: list[Way] = []
    for way in sorted(found, key=len)[:MOST_WAYS]:
        if not any(set(smaller) <= set(way) for smaller in kept):
            kept.append(way)
    return kept


def read(document: Any, place: str = "rule", *, kept: bool = False) -> Rule:
    """A rule from JSON. Whatever is not one is a ValidationError that names the place.

    One that is `kept` already goes on asking for fields that were archived since.
    """
    rule = _parse(document, place, DEEPEST)
    if sum(1 for _ in rule.asked()) > MOST_CONDITIONS:
        raise ValidationError(f"{place}: has more than {MOST_CONDITIONS} conditions.")
    for where, fact in () if kept else _named(rule, place):
        if fact.archived:
            raise ValidationError(f"{where}: {fact.name} is archived; new rules may not ask for it.")
    return rule


def _named(rule: Rule, place: str) -> Iterator[tuple[str, Fact]]:
    """Every fact the rule names, and where."""
    match rule:
        case Combination(how, parts):
            for i, part in enumerate(parts):
                yield from _named(part, f"{place}.{how}[{i}]")
        case Negation(part):
            yield from _named(part, f"{place}.not")
        case Condition(fact, _, value):
            yield f"{place}.fact", fact
            if isinstance(value, Fact):
                yield f"{place}.value.fact", value


def _parse(document: Any, place: str, depth: int) -> Rule:
    if depth == 0:
        raise ValidationError(f"{place}: is nested more than {DEEPEST} deep.")
    match document:
        case {"all": [_, *_] as parts} if len(document) == 1:
            return Combination("all", tuple(_parse(p, f"{place}.all[{i}]", depth - 1) for i, p in enumerate(parts)))
        case {"any": [_, *_] as parts} if len(document) == 1:
            return Combination("any", tuple(_parse(p, f"{place}.any[{i}]", depth - 1) for i, p in enumerate(parts)))
        case {"not": part} if len(document) == 1:
            return Negation(_parse(part, f"{place}.not", depth - 1))
        case {"fact": str(name), "is": str(how), **rest} if not set(rest) - {"value"}:
            return _condition(_fact(name, f"{place}.fact"), how, {str(k): v for k, v in rest.items()}, place)
    raise ValidationError(
        f'{place}: must be {{"all": [rules]}}, {{"any": [rules]}}, {{"not": rule}} or {{"fact": name, "is": comparison, "value": value}}.'
    )


def _fact(name: str, place: str) -> Fact:
    fact = find(name)
    if fact is None:
        raise ValidationError(
            f"{place}: “{_legible(name)}” is not a fact; there are {', '.join(sorted(FACTS))}, tag: with the name of a tag,"
            " channel: with the name of a channel, and field: with the slug of a field of your own."
        )
    return fact


def _legible(text: str) -> str:
    """Of whatever was sent, what can be shown and stored."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[:60])


def _condition(fact: Fact, how: str, rest: dict[str, Any], place: str) -> Condition:
    if how in {"known", "unknown"}:
        if rest:
            raise ValidationError(f"{place}.value: “{how}” takes no value.")
        return Condition(fact, how, None)
    allowed = set(COMPARISONS) if fact.is_number else set() if fact.kind == "text" else {"equal"}
    if how not in allowed:
        raise ValidationError(
            f"{place}.is: “{_legible(how)}” does not fit {fact.name}; there are {', '.join(sorted(allowed | {'known', 'unknown'}))}."
        )
    if "value" not in rest:
        raise ValidationError(f"{place}.value: is missing.")
    return Condition(fact, how, _value(fact, rest["value"], f"{place}.value"))


def most_said(fact: Fact) -> int:
    return {"money": MOST_CENTS, "number": MOST_NUMBER, "percent": 100, "score": 10, "stars": 5}.get(fact.kind, MOST_SAID)


def least_said(fact: Fact) -> int:
    return -MOST_NUMBER if fact.kind == "number" else 0


def _value(fact: Fact, value: Any, place: str) -> int | Fact:
    match value:
        case {"fact": str(name)} if len(value) == 1 and fact.is_number:
            other = _fact(name, f"{place}.fact")
            if other.kind != fact.kind or other.since is not None:
                raise ValidationError(f"{place}.fact: {other.name} cannot be compared with {fact.name}.")
            return other
        case bool() if fact.kind == "flag":
            return int(value)
        case str() if fact.kind == "choice" and value in fact.choices:
            return fact.choices[value]
        case int() if fact.is_number and not isinstance(value, bool) and least_said(fact) <= value <= most_said(fact):
            return value
    words = " or ".join(f'"{word}"' for word in fact.choices)
    cents = " of cents" if fact.kind == "money" else ""
    number = f"a whole number{cents} from {least_said(fact):,} to {most_said(fact):,}"
    if cents:
        number += f", as 12550 for 125.50 {settings.BUSINESS_CURRENCY}"
    wanted = {"flag": "true or false", "choice": words}.get(fact.kind, number)
    raise ValidationError(f"{place}: must be {wanted}.")
