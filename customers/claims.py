"""Which return takes back which bought line. Pure: it sees the facts, in any order, and no database.

A return that names its purchase has first claim. One that names none takes from what the same
customer bought of the same product at the same price, at or before the return, latest first.
Ties are settled by what the documents say, never by when they arrived.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING
from zlib import crc32

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    Group = tuple[int, int | None, Decimal]  # customer, product, unit price
    Key = tuple[str, str, int, Decimal, int]  # source, external id, and what tells equal lines of a document apart

NOTHING = Decimal(0)


def key(source: str, external_id: str, quantity: Decimal, copy: int) -> Key:
    """What orders lines of the same instant: what they say, never when they came.

    Within a document the checksum favours neither large lines nor small ones.
    """
    return source, external_id, crc32(f"{quantity.normalize():f}".encode()), quantity, copy


@dataclass(slots=True)
class Bought:
    """A purchase line, and how much of it is left."""

    id: int
    purchase: int
    group: Group
    key: Key
    occurred_at: datetime
    day: date
    quantity: Decimal
    left: Decimal
    ended: date | None = None

    @property
    def returned(self) -> Decimal:
        return self.quantity - self.left

    def take(self, wanted: Decimal, day: date) -> Decimal:
        """Take back up to so many from a day on; how many that were. All gone, it has ended."""
        taken = min(wanted, self.left)
        self.left -= taken
        self.ended = max(day, self.day, self.ended or self.day) if taken else self.ended
        return taken


@dataclass(slots=True)
class Returned:
    """A refund line, and how much of it has not found its purchase."""

    id: int
    group: Group
    key: Key
    occurred_at: datetime
    day: date
    quantity: Decimal
    open: Decimal
    purchase: int | None = None
    purchase_line: int | None = None

    @property
    def names_its_purchase(self) -> bool:
        return self.purchase is not None or self.purchase_line is not None


@dataclass(slots=True)
class Whole:
    """A refund of all of a purchase."""

    purchase: int
    key: Key
    occurred_at: datetime
    day: date


Matches = dict[tuple[int, int], tuple[Decimal, "date"]]  # (refund line, purchase line) -> quantity, from when


def settle(bought: Iterable[Bought], returned: Iterable[Returned], wholes: Iterable[Whole]) -> Matches:
    """Let every return take what it claims; changes what is left of the lines, gives the matches."""
    by_group: dict[Group, list[Bought]] = defaultdict(list)
    by_purchase: dict[int, list[Bought]] = defaultdict(list)
    by_id: dict[int, Bought] = {}
    for line in sorted(bought, key=lambda line: (line.occurred_at, line.key), reverse=True):
        by_id[line.id] = line
        by_group[line.group].append(line)
        by_purchase[line.purchase].append(line)
    matches: Matches = {}
    returned = sorted(returned, key=lambda line: (line.occurred_at, line.key))
    naming = [line for line in returned if line.names_its_purchase]
    first: list[Returned | Whole] = [*naming, *wholes]
    for claim in sorted(first, key=lambda claim: (claim.occurred_at, claim.key)):
        if isinstance(claim, Whole):
            for line in by_purchase[claim.purchase]:
                line.take(line.left, claim.day)
        else:
            match(claim, named(claim, by_group, by_id), matches)
    for back in returned:
        if not back.names_its_purchase:
            match(back, (line for line in by_group[back.group] if line.occurred_at <= back.occurred_at), matches)
    for line in by_id.values():
        line.ended = None if line.left else line.ended
    return matches


def named(claim: Returned, by_group: dict[Group, list[Bought]], by_id: dict[int, Bought]) -> Iterable[Bought]:
    """The very line a return names, or the lines of its purchase with that product and price."""
    if claim.purchase_line is not None:
        return [by_id[claim.purchase_line]] if claim.purchase_line in by_id else []
    return [line for line in by_group[claim.group] if line.purchase == claim.purchase]


def match(claim: Returned, lines: Iterable[Bought], matches: Matches) -> None:
    for line in lines:
        if not claim.open:
            return
        taken = line.take(claim.open, claim.day)
        if taken:
            claim.open -= taken
            matches[claim.id, line.id] = (taken, max(claim.day, line.day))
