"""Fields of the business's own, each a fact typed by its definition. They are no columns: a rule asks the rows themselves."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Case, IntegerField, OuterRef, Subquery, Value, When
from django.db.models.lookups import LessThanOrEqual

from customers.models import CustomField, FieldValue
from ladder.facts.fact import Fact, never
from ladder.facts.tagging import on_day

if TYPE_CHECKING:
    from collections.abc import Callable

    from ladder.facts.fact import Expression
    from ladder.facts.numbers import Numbers

PREFIX = "field:"
NAME = re.compile(r"field:([a-z0-9][a-z0-9_-]{0,39})")


class Latest(Subquery):
    """The number of what is said of a field on a day; NULL while nothing is. Equal ones are called alike, so that each is asked once."""

    def __init__(self, field: int, on: Expression) -> None:
        rows = FieldValue.objects.deciding().filter(customer=OuterRef("customer_id"), field=field, since__lte=on)
        super().__init__(rows.values("number")[:1], output_field=IntegerField())
        self.called = f"Latest({field}, {on!r})"

    def __repr__(self) -> str:
        return self.called


class Asks(NamedTuple):
    value: Callable[[Expression, Numbers], Expression]
    flips: Callable[[Numbers], list[Expression]] = never
    counts_from: Callable[[], Expression] | None = None


@lru_cache(maxsize=4096)  # the same each time, so that conditions on a field are equal whatever its label is by now
def _asks(field: int, kind: str) -> Asks:
    def told(day: Expression, numbers: Numbers) -> Expression:
        return Latest(field, on_day(day))

    def that_day() -> Expression:
        return Latest(field, OuterRef("day"))

    def since(day: Expression, numbers: Numbers) -> Expression:
        """Unknown while that day has not come."""
        then = told(day, numbers)
        return Case(When(LessThanOrEqual(then, day), then=day - then), default=Value(None), output_field=IntegerField())

    return Asks(since, lambda numbers: [that_day()], that_day) if kind == CustomField.Kind.DATE else Asks(told)


def fact(name: str) -> Fact | None:
    """The fact "field:size", as the administrator defined it; nothing if there is no such field. One query."""
    named = NAME.fullmatch(name)
    defined = CustomField.objects.filter(slug=named[1]).first() if named else None
    return of(defined) if defined else None


def of(defined: CustomField) -> Fact:
    asks, label = _asks(defined.pk, defined.kind), defined.label
    common: dict[str, Any] = {
        "name": f"{PREFIX}{defined.slug}", "label": label, "value": asks.value, "flips": asks.flips, "counts_from": asks.counts_from,
        "unsaid": f"{label}: unknown", "needs": "fields", "evidence": (f"{PREFIX}{defined.slug}",),
        "archived": defined.archived_at is not None, "unsure": True,
    }  # fmt: skip
    match defined.kind:
        case CustomField.Kind.NUMBER:
            return Fact(kind="number", said=f"{label}: {{}}", exactly={0: f"{label}: 0"}, **common)
        case CustomField.Kind.CHOICE:
            words = {word: place for place, word in enumerate(defined.choices, 1)}
            return Fact(
                kind="choice", said=label, choices=words, exactly={n: f"{label}: {word}" for word, n in words.items()}, **common
            )
        case CustomField.Kind.FLAG:
            return Fact(kind="flag", said=f"{label}: yes", exactly={0: f"{label}: no"}, **common)
        case CustomField.Kind.DATE:
            return Fact(
                kind="days", said=f"{label}: {{}} days ago", exactly={0: f"{label}: today", 1: f"{label}: yesterday"}, **common
            )
    return Fact(kind="text", said=f"{label}: known", **common)
