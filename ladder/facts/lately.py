"""Behaviour within windows of days, and what it is worth. Read only where a rule asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Case, F, When
from django.db.models.lookups import GreaterThanOrEqual

from ladder.facts.columns import WINDOWS
from ladder.facts.fact import Fact, column

if TYPE_CHECKING:
    from collections.abc import Callable

    from ladder.facts.fact import Expression
    from ladder.facts.numbers import Numbers


def until(changes: str, name: str) -> Callable[[Expression, Numbers], Expression]:
    """What is in a window up to the day on which that changes, and then what will be in it; the fold knows the days after that."""
    return lambda day, numbers: Case(When(GreaterThanOrEqual(day, F(changes)), then=F(f"{name}_then")), default=F(name))


def windowed(days: int) -> tuple[Fact, ...]:
    purchases: dict[str, Any] = {"evidence": ("purchases",), "keeps": "they buy"}
    visits: dict[str, Any] = {**purchases, "needs": "visits", "flips": lambda numbers: [F("visits_change")]}
    return (
        Fact(
            f"occasions_{days}", "count", f"Days on which they bought within {days} days", until("visits_change", f"occasions_{days}"),
            f"bought on {{}} days within {days} days", **visits,
            exactly={0: f"bought nothing within {days} days", 1: f"bought on one day within {days} days"},
            lifts=("one more purchase on another day", "{} more purchases on different days"),
        ),
        Fact(
            f"invoices_{days}", "count", f"Purchases within {days} days", until("visits_change", f"invoices_{days}"),
            f"made {{}} purchases within {days} days", **visits,
            exactly={0: f"made no purchase within {days} days", 1: f"made one purchase within {days} days"},
            lifts=("one more purchase", "{} more purchases"),
        ),
        Fact(
            f"spend_{days}", "money", f"Spend within {days} days", until("spend_changes", f"spend_{days}"),
            f"spent {{}} within {days} days", **purchases, needs="spend", flips=lambda numbers: [F("spend_changes")],
            exactly={0: f"spent nothing within {days} days"}, lifts=("", "{} more spent"),
        ),
    )  # fmt: skip


FACTS = (
    *(fact for days in WINDOWS for fact in windowed(days)),
    Fact(
        "spend", "money", "Spend", column("spend"), "spent {} in all", evidence=("purchases",), needs="spend",
        exactly={0: "spent nothing so far"}, lifts=("", "{} more spent"),
    ),
)  # fmt: skip
