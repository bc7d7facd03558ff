"""Statements compiled once for what editions say, and kept: to compile one takes longer than to run it for a few customers.

The day that a statement is about is a number no fact has, and is replaced in the parameters.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import IntegerField, Value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet

    from ladder.models import Edition

THE_DAY = -1_234_567_891


def the_day() -> Value:
    """Stands in a kept statement for the day asked about."""
    return Value(THE_DAY, output_field=IntegerField())


class Said:
    """Editions as a key: equal where they say the same, so that a draft is never answered with what it said before."""

    def __init__(self, editions: Sequence[Edition]) -> None:
        self.editions = editions
        # The rules as they are read, not as they are written: a field of one's own may be another one of the same name.
        self.key = tuple(
            (
                e.pk, e.first_day, json.dumps(e.numbers, sort_keys=True), e.ground.rung_id, *(
                    (s.rung_id, s.kind, s.position, s.read_rule, s.read_stay, s.grace_days) for s in e.in_order_of_judgement()
                ),
            )
            for e in editions
        )  # fmt: skip

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Said) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)


@dataclass(frozen=True)
class Compiled:
    """A SELECT for a day still to be said."""

    select: str
    parameters: tuple[Any, ...]

    @classmethod
    def of(cls, query: QuerySet[Any, Any]) -> Compiled:
        select, parameters = query.query.sql_with_params()
        return cls(select, tuple(parameters))

    def on(self, day: int) -> tuple[str, list[Any]]:
        """The statement and its parameters."""
        return self.select, [day if parameter == THE_DAY else parameter for parameter in self.parameters]
