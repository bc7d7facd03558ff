"""What a reason rests on: one comparison of a rule, as one customer stands to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import Model

    from ladder.rules import Condition


@dataclass(frozen=True)
class Origin:
    """A row behind a value: how a table names it, and which one it is."""

    words: str
    row: Model

    @property
    def day(self) -> date | None:
        """The day of the row, or the first on which it holds."""
        found: date | None = getattr(self.row, "day", None) or getattr(self.row, "since", None)
        return found


@dataclass(frozen=True)
class Evidence:
    """One comparison, with the customer's value, what it is held against, and the rows behind it.

    `opposite`: it is wanted not to be so, as what would put them beside the ladder. Then `holds` says that it is not so.
    """

    condition: Condition
    value: int | None
    against: int | None
    holds: bool
    origins: list[Origin]
    opposite: bool = False
    beside: bool = False
    """It keeps them from a side state; their own rung does not ask for it."""

    @property
    def sources(self) -> list[str]:
        return [origin.words for origin in self.origins]
