"""How facts, rungs and movements are said to people. The same words in browser, API and export."""

from __future__ import annotations

from typing import TYPE_CHECKING

from customers.models import Purchase

if TYPE_CHECKING:
    from datetime import date

    from ladder.models import Placement, ProgrammeStep


def day(value: date) -> str:
    """18 May 2011."""
    return f"{value.day} {value:%B %Y}"


def count(number: int, one: str, many: str) -> str:
    return f"1 {one}" if number == 1 else f"{number:,} {many}"


def movement_reason(step: ProgrammeStep, placement: Placement, order: Purchase | None) -> str:
    """Why an action is there, as a sentence."""
    if step.starts == step.Starts.LEAVES_BUYING:
        return f"Bought again on {day(placement.since)} after having been {step.rung.name.lower()}."
    if order and order.fulfilled:
        return f"{placement.rung.name} since {day(placement.since)}; delivered on {day(order.fulfilled)}."
    return f"{placement.rung.name} since {day(placement.since)}."
