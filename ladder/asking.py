"""Asking the compiled rules about one row of facts: the rung, what every condition says, and what time alone will do.

All ladders in one query: rules of different ladders share most of what they ask. To compile them takes longer than to answer
them, so the statements are kept, by what the editions say; only the day and the row differ from one customer to the next.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db.models import F

from customers import days
from ladder import facts, sql
from ladder.compiled import Compiled, Said, the_day
from ladder.models import Scorecard

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from ladder.facts.fact import Expression
    from ladder.models import Edition, Override, Step
    from ladder.rules import Condition

Verdict = tuple[int | None, int | None, bool]
CHANGING = {repr(F(column)) for column in facts.CHANGES}


@dataclass(frozen=True)
class Asked:
    """What one row of facts answers to an edition: the rung, every condition's value, what it is held against, whether it holds."""

    rung_id: int
    verdicts: dict[Condition, Verdict]
    flips: dict[str, int]
    """The days to come on which time alone changes an answer, by the expression that says so."""
    inactive: bool = False

    @property
    def changes_on(self) -> int | None:
        """The first day on which a column of the row is no longer so; None where time changes none of those asked for."""
        return min((day for said, day in self.flips.items() if said in CHANGING), default=None)


@dataclass(frozen=True)
class Row:
    """Which row of facts: the model, and the column and value that name the row in its table."""

    model: Any  # Scorecard or Point; a class that the type checker does not take for a key of a cache
    column: str
    value: int


class Columns:
    """Expressions as columns of one statement, each once however many ladders ask it."""

    def __init__(self) -> None:
        self.places: dict[str, int] = {}
        self.expressions: dict[str, Expression] = {}

    def add(self, expression: Expression, key: str) -> int:
        """The place of its column. The key says what it is: equal keys are one column."""
        if key not in self.places:
            self.places[key] = len(self.places)
            self.expressions[f"c{self.places[key]}"] = expression
        return self.places[key]

    def of(self, model: Any) -> Compiled:
        """Of all rows of a table of facts; which, is still to be said."""
        return Compiled.of(model.objects.order_by().annotate(**self.expressions).values_list(*self.expressions))


def _of(row: Row, statement: Compiled, day: int) -> tuple[str, list[Any]]:
    select, said = statement.on(day)
    return f"{select} WHERE {row.column} = %s", [*said, row.value]


def _of_each(customers: Sequence[int], statement: Compiled, day: int) -> tuple[str, list[Any]]:
    select, said = statement.on(day)
    return f"{select} WHERE customer_id IN ({', '.join(['%s'] * len(customers))})", [*said, *customers]


@dataclass(frozen=True)
class Questions:
    """Everything that some editions ask: two statements, and in which columns the answers stand."""

    asks: Compiled
    who: int
    rungs: list[int]
    inactive: list[int]
    flips: list[dict[str, int]]
    verdicts: list[dict[Condition, tuple[int, int, int]]]
    stands: Compiled
    """The day and the rung on it of every edition."""


@lru_cache(maxsize=64)
def _questions(model: Any, panel: Said) -> Questions:
    day, columns, stands = the_day(), Columns(), Columns()
    stands.add(day, "day")
    for e in panel.editions:
        stands.add(e.earned(day), f"rung {e.pk}")
    return Questions(
        who=columns.add(F("pk"), "who"),
        rungs=[columns.add(e.earned(day), f"rung {e.pk}") for e in panel.editions],
        inactive=[columns.add(facts.inactive(day, e.read_numbers), f"inactive {e.read_numbers}") for e in panel.editions],
        flips=[{repr(f): columns.add(f, f"flip {f!r}") for f in e.flips()} for e in panel.editions],
        verdicts=[{c: _verdict(columns, c, e, day) for c in conditions(e)} for e in panel.editions],
        asks=columns.of(model),
        stands=stands.of(model),
    )


def _verdict(columns: Columns, condition: Condition, edition: Edition, day: Expression) -> tuple[int, int, int]:
    numbers = edition.read_numbers
    return (
        columns.add(condition.left(day, numbers), f"value {condition.fact.name} {numbers}"),
        columns.add(condition.right(day, numbers), f"against {condition.value} {numbers}"),
        columns.add(facts.flag(condition.q(day, numbers)), f"holds {condition} {numbers}"),
    )


def conditions(edition: Edition) -> list[Condition]:
    """Of all its rules, each once, and what their facts are made of."""
    asked = [c for rule in edition.rules() for c, _ in rule.asked()]
    return list(dict.fromkeys([*asked, *(part for c in asked for part in c.parts)]))


def ask(row: Row, editions: Sequence[Edition], day: date) -> dict[Edition, Asked]:
    """What the row answers on a day; empty if there is no such row. One query."""
    if not editions:
        return {}
    questions, today = _questions(row.model, Said(editions)), days.number(day)
    answers = sql.rows(*_of(row, questions.asks, today))
    return _answers(questions, editions, answers[0], today) if answers else {}


def ask_each(customers: Sequence[int], editions: Sequence[Edition], day: date) -> dict[int, dict[Edition, Asked]]:
    """What the stored scorecards of several customers answer on a day. {customer id: answers}. One query for every 5,000."""
    questions, today = _questions(Scorecard, Said(editions)), days.number(day)
    found = {}
    for part in range(0, len(customers), 5_000):
        for answer in sql.rows(*_of_each(customers[part : part + 5_000], questions.asks, today)):
            found[answer[questions.who]] = _answers(questions, editions, answer, today)
    return found


def _answers(questions: Questions, editions: Sequence[Edition], answer: Sequence[Any], today: int) -> dict[Edition, Asked]:
    return {
        e: Asked(
            answer[questions.rungs[i]],
            {
                c: (answer[value], answer[against], bool(answer[holds]))
                for c, (value, against, holds) in questions.verdicts[i].items()
            },
            {
                said: answer[place]
                for said, place in questions.flips[i].items()
                if answer[place] is not None and answer[place] > today
            },
            bool(answer[questions.inactive[i]]),
        )
        for i, e in enumerate(editions)
    }


def falls(
    row: Row, editions: Sequence[Edition], asked: Mapping[Edition, Asked], held: Mapping[Edition, Override]
) -> dict[Edition, tuple[date, Step]]:
    """The first day on which time alone puts the customer on another rung, and which; only where there is one. One query.

    Time ends an override too: `held` are those that hold on the day asked about.
    """
    flips = {e: {*asked[e].flips.values(), *([days.number(held[e].until)] if e in held else [])} for e in editions if e in asked}
    later = sorted(set().union(*flips.values()))
    if not later:
        return {}
    stands = _questions(row.model, Said(editions)).stands
    parts = [_of(row, stands, day) for day in later]
    found = sql.rows(" UNION ALL ".join(select for select, _ in parts), [p for _, parameters in parts for p in parameters])
    then = {answer[0]: answer[1:] for answer in found}
    first = {}
    for i, e in enumerate(editions):
        for day in sorted(flips.get(e, ())):
            step = stood_on(e, then[day][i], held.get(e), days.from_number(day))
            if step != stood_on(e, asked[e].rung_id, held.get(e)):
                first[e] = days.from_number(day), step
                break
    return first


def stood_on(edition: Edition, earned: int, held: Override | None, day: date | None = None) -> Step:
    """The step that a rung earned puts somebody on, under an override that may have ended by a day."""
    step = next(s for s in edition.all_steps if s.rung_id == earned)
    return held.over(edition.all_steps, step) if held and (day is None or day < held.until) else step


def keepers(edition: Edition, asked: Asked, on: date | None) -> list[str]:
    """What the customer could do against what time does on that day."""
    flips = {expression for expression, flip in asked.flips.items() if on and flip == days.number(on)}
    found = [c.fact.keeps for c in conditions(edition) if flips & {repr(f) for f in c.flips(edition.read_numbers)}]
    return list(dict.fromkeys(filter(None, found)))
