"""The gaps between days, for SQLite: PostgreSQL walks an array of them itself, SQLite would sort and carry every row three times."""

from __future__ import annotations

from bisect import bisect_left
from operator import sub
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

YEARS_3, DAYS_400 = 1095, 400
WIDTH = 8  # characters of each number
TOLD = f"{{:{WIDTH}}}" * 4


class Spacing(list[int]):
    """The aggregate `spacing(day)`: how many of a group's days are distinct, the longest gap, and the longest of those that ended within
    3 years and within 400 days of the last. As one text of numbers, each `WIDTH` characters wide.
    """

    step = list.append

    def finalize(self) -> str:
        self.sort()
        gaps = list(map(sub, self[1:], self))
        longest = max(gaps, default=0)
        lately = (self._lately(gaps, days) or longest for days in (YEARS_3, DAYS_400))
        return TOLD.format(len(self) - gaps.count(0), longest, *lately)

    def _lately(self, gaps: list[int], days: int) -> int:
        """The longest gap that ended within so many days of the last day; 0 if all of them did, for the first of others is longer."""
        first = bisect_left(self, self[-1] - days) - 1
        return max(gaps[first:]) if first > 0 else 0


def number(place: int) -> str:
    """One of the numbers of the text `spacing`, in SQL."""
    return f"CAST(SUBSTR(spacing, {place * WIDTH + 1}, {WIDTH}) AS INTEGER)"


def install(connection: BaseDatabaseWrapper) -> None:
    """Make the aggregate known to a connection that was just opened."""
    if connection.vendor == "sqlite":
        connection.connection.create_aggregate("spacing", 1, Spacing)
