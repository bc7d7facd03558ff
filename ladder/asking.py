"""Asking the compiled rules about one row of facts: the rung, what every condition says, and what time alone will do.

All ladders in one query: rules of different ladders share most of what they ask.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import IntegerField, Value

from customers import days
from ladder import facts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from django.db.models import QuerySet

    from ladder.facts import Expression
    from ladder.models import Edition, Step
    from ladder.rules import Condition

Verdict = tuple[int | None, int | None, bool]


@dataclass(frozen=True)
class Asked:
    """What one row of facts answers to an edition: the rung, every condition's value, what it is held against, whether it holds."""

    rung_id: int
    since: date | None
    verdicts: dict[Condition, Verdict]
    flips: dict[str, int]
    """The days to come on which time alone changes an answer, by the expression that says so."""


class Columns:
    """Expressions as columns of one query, each once however many ladders ask it."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.expressions: dict[str, Expression] = {}

    def add(self, expression: Expression, key: str) -> str:
        """The name of its column. The key says what it is: equal keys are one column."""
        if key not in self.names:
            self.names[key] = f"c{len(self.names)}"
            self.expressions[self.names[key]] = expression
        return self.names[key]


def since_on(edition: Edition) -> str:
    """The annotation of a row that says since when they stand on this edition's ladder."""
    return f"since_{edition.ladder_id}"


def conditions(edition: Edition) -> list[Condition]:
    return list(dict.fromkeys(c for step in edition.in_order_of_judgement() for c, _ in step.read_rule.asked()))


def ask(row: QuerySet[Any], editions: list[Edition], day: date) -> dict[Edition, Asked]:
    """What the row, annotated with `since_on` every edition, answers on a day; empty if there is no row. One query."""
    today, columns = Value(days.number(day), output_field=IntegerField()), Columns()
    rungs = {e: columns.add(e.earned(today), f"rung {e.pk}") for e in editions}
    flips = {e: {repr(f): columns.add(f, f"flip {f!r}") for f in e.flips()} for e in editions}
    verdicts = {e: {c: _verdict(columns, c, e, today) for c in conditions(e)} for e in editions}
    found = (
        row.annotate(**columns.expressions).values(*columns.expressions, *map(since_on, editions)).first() if editions else None
    )
    if found is None:
        return {}
    return {
        e: Asked(
            found[rungs[e]],
            found[since_on(e)],
            {c: (found[value], found[against], bool(found[holds])) for c, (value, against, holds) in verdicts[e].items()},
            {said: found[name] for said, name in flips[e].items() if (found[name] or 0) > days.number(day)},
        )
        for e in editions
    }


def _verdict(columns: Columns, condition: Condition, edition: Edition, today: Expression) -> tuple[str, str, str]:
    numbers = edition.read_numbers
    return (
        columns.add(condition.left(today, numbers), f"value {condition.fact.name} {numbers}"),
        columns.add(condition.right(today, numbers), f"against {condition.value} {numbers}"),
        columns.add(facts.flag(condition.q(today, numbers)), f"holds {condition} {numbers}"),
    )


def falls(row: QuerySet[Any], asked: Mapping[Edition, Asked]) -> dict[Edition, tuple[date, Step]]:
    """The first day on which time alone puts the customer on another rung, and which; only where there is one. One query."""
    columns = Columns()
    then = {
        e: {
            flip: columns.add(e.earned(Value(flip, output_field=IntegerField())), f"{e.pk} {flip}")
            for flip in sorted(set(a.flips.values()))
        }
        for e, a in asked.items()
    }
    found = row.annotate(**columns.expressions).values(*columns.expressions).first() if columns.expressions else None
    first = {}
    for e, rungs in then.items():
        on = next((flip for flip, name in rungs.items() if found and found[name] != asked[e].rung_id), None)
        step = next((s for s in e.all_steps if found and on is not None and s.rung_id == found[rungs[on]]), None)
        if on is not None and step:
            first[e] = days.from_number(on), step
    return first


def keepers(edition: Edition, asked: Asked, on: date | None) -> list[str]:
    """What the customer could do against what time does on that day."""
    flips = {expression for expression, flip in asked.flips.items() if on and flip == days.number(on)}
    found = [c.fact.keeps for c in conditions(edition) if flips & {repr(f) for f in c.flips(edition.read_numbers)}]
    return list(dict.fromkeys(filter(None, found)))
