"""Behaviour within windows of days, and what it is worth. Read only where a rule asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Case, F, When
from django.db.models.lookups import GreaterThanOrEqual

from ladder.columns import WINDOWS
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
        Fact(
            f"margin_{days}", "money", f"Margin within {days} days", until("margin_changes", f"margin_{days}"),
            f"earned us {{}} within {days} days", f"no cost of what they bought within {days} days is known", **purchases,
            needs="margin", flips=lambda numbers: [F("margin_changes")], lifts=("", "{} more margin"),
        ),
    )  # fmt: skip


MORE_CATEGORIES = ("a purchase of one more category", "purchases of {} more categories")
FACTS = (
    *(fact for days in WINDOWS for fact in windowed(days)),
    Fact(
        "spend", "money", "Spend", column("spend"), "spent {} in all", evidence=("purchases",), needs="spend",
        exactly={0: "spent nothing so far"}, lifts=("", "{} more spent"),
    ),
    Fact(
        "margin", "money", "Margin", column("margin"), "earned us {} in all", "no cost of what they bought is known", evidence=("purchases",),
        needs="margin", lifts=("", "{} more margin"),
    ),
    Fact(
        "categories", "count", "Categories bought", column("categories"), "bought of {} categories", evidence=("purchases",),
        needs="categories", exactly={0: "bought of no category", 1: "bought of one category"}, lifts=MORE_CATEGORIES,
    ),
    Fact(
        "categories_365", "count", "Categories bought within 365 days", until("categories_change", "categories_365"),
        "bought of {} categories within 365 days", evidence=("purchases",), needs="categories", keeps="they buy",
        flips=lambda numbers: [F("categories_change")], lifts=MORE_CATEGORIES,
        exactly={0: "bought of no category within 365 days", 1: "bought of one category within 365 days"},
    ),
    Fact(
        "channels_365", "count", "Channels they bought through within 365 days", until("channels_change", "channels_365"),
        "bought through {} channels within 365 days", evidence=("purchases",), needs="channels", keeps="they buy",
        flips=lambda numbers: [F("channels_change")],
        lifts=("a purchase through one more channel", "purchases through {} more channels"),
        exactly={0: "bought through no channel we know of within 365 days", 1: "bought through one channel within 365 days"},
    ),
)  # fmt: skip
