"""What a fact is, and the expressions that facts are made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Case, F, IntegerField, Q, Value, When
from django.db.models.lookups import LessThanOrEqual

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ladder.facts.numbers import Numbers

    Expression = Any  # a Combinable; django-stubs has no one type that arithmetic and lookups both accept

YES, NO = 1, 2
CHOICES = {"yes": YES, "no": NO}


def whole(value: int) -> Value:
    return Value(value, output_field=IntegerField())


def flag(condition: Q) -> Expression:
    """A yes or no as 1 or 0: never unknown."""
    return Case(When(condition, then=whole(1)), default=whole(0), output_field=IntegerField())


def column(name: str) -> Callable[[Expression, Numbers], Expression]:
    return lambda day, numbers: F(name)


def within(anchor: str, day: Expression, span: Expression) -> Q:
    """At most `span` days ago; not so where it never was."""
    return Q(LessThanOrEqual(day - F(anchor), span))


def recently(anchor: str) -> Callable[[Expression, Numbers], Expression]:
    return lambda day, numbers: flag(within(anchor, day, whole(numbers.recent)))


def never(numbers: Numbers) -> list[Expression]:
    return []


def when_no_longer_recent(anchor: str) -> Callable[[Numbers], list[Expression]]:
    return lambda numbers: [F(anchor) + whole(numbers.recent + 1)]


def of_each(*whens: Callable[[Numbers], list[Expression]]) -> Callable[[Numbers], list[Expression]]:
    return lambda numbers: [flip for when in whens for flip in when(numbers)]


@dataclass(frozen=True)
class Fact:
    """One thing a rule may ask about.

    `value` gives the expression for a day (NULL means unknown); `flips` the days on which time alone
    changes it. A fact that counts days from an `anchor` changes every day: there the comparison
    knows the flip day.
    """

    name: str
    kind: str  # "count" · "days" · "percent" · "score" · "stars" (1 to 5) · "money" (cents) · "number" · "flag" · "choice" · "text" (known or not)
    label: str = field(compare=False)
    value: Callable[[Expression, Numbers], Expression]
    said: str = field(compare=False)
    """How a value of it is said of a customer; {} is the value. A choice or flag: when it is so."""
    unsaid: str = field(default="", compare=False)
    """How it is said that it is unknown, or for a flag that it is not so."""
    flips: Callable[[Numbers], list[Expression]] = never
    anchor: str = ""
    """The column of the day from which it counts days."""
    evidence: tuple[str, ...] = ()
    """Which ledgers it comes from."""
    exactly: Mapping[int, str] = field(default_factory=dict, compare=False)
    """How single values are said, where `said` would sound odd."""
    lifts: tuple[str, str] = field(default=("", ""), compare=False)
    """What raises it by one, and by {}; of a choice or flag, what makes it so and what makes it not so."""
    needs: str = ""
    """The source that is read only where a rule asks for this."""
    keeps: str = field(default="", compare=False)
    """What a customer does to hold up what time alone does to it."""
    parts: tuple[tuple[str, str, int], ...] = ()
    """Of a flag that is so where one of several things is: each as fact, comparison and number, to be able to say which."""
    choices: Mapping[str, int] = field(default_factory=lambda: CHOICES, compare=False)
    """Of a choice: its words, and the numbers that stand for them."""
    counts_from: Callable[[], Expression] | None = None
    """The day from which it counts days, where that is no column."""
    unsure: bool = False
    """A field of the business's own: even a yes or no may be unknown, so that "not yes" is something else than "no"."""
    archived: bool = field(default=False, compare=False)
    """Rules that are there go on asking for it; new ones may not."""

    @property
    def is_number(self) -> bool:
        return self.kind in {"count", "days", "percent", "score", "stars", "money", "number"}

    @property
    def since(self) -> Expression | None:
        """The day from which it counts days, of what changes every day."""
        return F(self.anchor) if self.anchor else self.counts_from() if self.counts_from else None
