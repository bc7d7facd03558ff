"""Two ladders over the same customers: who stands where on both, and of whom they disagree.

A rung is always (ladder, slug): "customer", "client" and "advocate" mean different things on different ladders, and this shows it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Count, OuterRef, Subquery

from ladder import standings
from ladder.models import Placement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accounts.models import Viewer
    from ladder.models import Edition
    from ladder.standings import Level, Stand


@dataclass(frozen=True)
class Cell:
    """How many stand on both rungs. They are at odds where one ladder counts them as loyal and the other does not."""

    count: int
    at_odds: bool


@dataclass(frozen=True)
class Crosswalk:
    """Rows are the rungs of one ladder, columns those of another; tops first, side states last."""

    columns: list[Stand]
    rows: list[tuple[Stand, list[Cell]]]

    @property
    def at_odds(self) -> int:
        return sum(cell.count for _, cells in self.rows for cell in cells if cell.at_odds)

    @property
    def people(self) -> int:
        return sum(cell.count for _, cells in self.rows for cell in cells)


def crosswalk(one: Edition, other: Edition, viewer: Viewer) -> Crosswalk:
    """Of the viewer's customers, as they stand now. One query."""
    there = Placement.objects.current().filter(customer=OuterRef("customer"), ladder=other.ladder_id)
    current = Placement.objects.current().filter(ladder=one.ladder_id).filter(viewer.reach("customer__owner", "customer__team"))
    pairs: Any = (
        current.annotate(there=Subquery(there.values("rung"))).values_list("rung", "there").annotate(n=Count("pk")).order_by()
    )
    counts = {(here, beyond): n for here, beyond, n in pairs}
    columns = _topmost_first(other)
    rows = [
        (row, [Cell(counts.get((here, beyond), 0), row.loyal != column.loyal) for beyond, column in columns])
        for here, row in _topmost_first(one)
    ]
    return Crosswalk([column for _, column in columns], rows)


def _topmost_first(edition: Edition) -> list[tuple[int, Stand]]:
    return sorted(standings.stands(edition).items(), key=lambda found: (found[1].side, -found[1].position))


@dataclass(frozen=True)
class Loyal:
    """How many stand on a rung that counts as loyal, of how many who stand on the ladder or beside it."""

    count: int
    people: int

    @property
    def percent(self) -> int:
        return round(100 * self.count / self.people) if self.people else 0


def loyal(levels: Sequence[Level]) -> Loyal:
    return Loyal(sum(level.count for level in levels if level.stand.loyal), sum(level.count for level in levels))


ENOUGH_BUYERS = 100


def shape_alarm(levels: Sequence[Level]) -> list[str]:
    """What is odd about the shape of the ladder from prospect to partner; nothing of other ladders, or below a hundred buyers.

    Expected are few at the top, somewhat more supporters, most buyers in the middle.
    """
    counts = {level.stand.slug: level.count for level in levels if level.stand.ladder == "christopher"}
    buyers = sum(counts.values()) - counts.get("prospect", 0)
    if buyers < ENOUGH_BUYERS:
        return []
    top = counts.get("advocate", 0) + counts.get("partner", 0)
    supporters, middle = counts.get("supporter", 0), counts.get("customer", 0) + counts.get("client", 0)
    odd = {
        f"More advocates and partners ({top:,}) than supporters ({supporters:,}): are recommendations recorded as unasked that we asked for?": top
        > supporters,
        f"Advocates and partners are {round(100 * top / buyers)} % of buyers; more than 10 % is rarely so.": 10 * top > buyers,
        f"Customers and clients are only {round(100 * middle / buyers)} % of buyers: most should stand there.": 2 * middle
        < buyers,
    }
    return [words for words, is_so in odd.items() if is_so]
