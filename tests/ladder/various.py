"""Margin, categories, channels and fields of the business's own, read a second time in plain Python. Imports nothing of the product."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection


@dataclass
class Line:
    """Cents; `back` tells how many came back on which day."""

    category: str | None
    quantity: int
    price: int
    cost: int | None
    free: bool
    back: list[tuple[int, int]] = field(default_factory=list)

    def left(self, today: int) -> int:
        return self.quantity - sum(n for day, n in self.back if day <= today)

    @property
    def earned(self) -> int:
        return (0 if self.free else self.price) - (self.cost or 0)


@dataclass
class Bought:
    day: int
    channel: str
    home: bool
    """In the business's currency."""
    lines: list[Line]

    def stands(self, today: int) -> bool:
        """Until all that was paid for came back."""
        paid = [line for line in self.lines if not line.free]
        return self.day <= today and (not paid or any(line.left(today) for line in paid))

    @property
    def priced(self) -> bool:
        return any(not line.free for line in self.lines)


@dataclass
class Various:
    purchases: list[Bought] = field(default_factory=list)
    said: list[tuple[str, int, str]] = field(default_factory=list)
    """(field, day, value), in the order of telling; of one day the last counts."""
    refunds: list[int] = field(default_factory=list)
    """Their own days, be they before the purchase."""

    def known(self, until: int) -> Various:
        """What is known on a day: what comes later is not."""
        bought = [
            Bought(p.day, p.channel, p.home, [Line(*_what(line), [b for b in line.back if b[0] <= until]) for line in p.lines])
            for p in self.purchases
            if p.day <= until
        ]
        return Various(bought, [said for said in self.said if said[1] <= until])

    def facts(self, today: int) -> dict[str, int | None]:
        now = [p for p in self.purchases if p.stands(today)]
        year = [p for p in now if today - p.day <= 365]
        quarter = [p for p in now if today - p.day <= 90]
        return {
            "margin": margin(now, today),
            "margin_365": margin(year, today),
            "margin_90": margin(quarter, today),
            "categories": categories(now, today),
            "categories_365": categories(year, today),
            "channels_365": len({p.channel for p in year if p.priced} - {""}),
            "channel:shop": int(any(p.channel == "shop" and p.priced for p in now)),
            "field:size": {"": None, "small": 1, "large": 2}[self.latest("size", today)],
            "field:vip": {"": None, "no": 0, "yes": 1}[self.latest("vip", today)],
            "field:staff": whole(self.latest("staff", today)),
            "field:note": 1 if self.latest("note", today) else None,
            "field:joined": ago(whole(self.latest("joined", today)), today),
        }

    def latest(self, name: str, today: int) -> str:
        rows = [(day, i, value) for i, (which, day, value) in enumerate(self.said) if which == name and day <= today]
        return max(rows)[2] if rows else ""

    def first_day(self, last: int) -> int:
        """Of any fact until then; else they were recorded on day 0."""
        seen = [p.day for p in self.purchases] + [on for _, on, _ in self.said] + self.refunds
        return min([on for on in seen if on <= last], default=0)

    def rung(self, today: int, among: Collection[str]) -> str:
        """On a ladder that has these rungs of those that ask for all of this; from the top."""
        f = self.facts(today)
        earned = {
            "settled": f["field:joined"] is not None and f["field:joined"] >= 100,
            "large": f["field:size"] == 2 and f["field:vip"] != 1,
            "reached": f["channel:shop"] and (f["channels_365"] or 0) >= 2,
            "various": (f["categories_365"] or 0) >= 2 and f["categories"] != f["categories_365"],
            "shopper": f["channel:shop"],
            "worthy": f["margin_90"] is not None and f["margin_90"] >= 500,
            "costly": f["margin"] is not None and f["margin"] < 1,
        }
        return next((slug for slug, so in earned.items() if so and slug in among), "ground")


def _what(line: Line) -> tuple[str | None, int, int, int | None, bool]:
    return line.category, line.quantity, line.price, line.cost, line.free


def margin(purchases: list[Bought], today: int) -> int | None:
    known = [line for p in purchases if p.home for line in p.lines if line.cost is not None and line.left(today)]
    return sum(line.left(today) * line.earned for line in known) if known else None


def categories(purchases: list[Bought], today: int) -> int:
    return len({line.category for p in purchases for line in p.lines if not line.free and line.left(today)} - {None})


def whole(text: str) -> int | None:
    return int(text) if text else None


def ago(day: int | None, today: int) -> int | None:
    return None if day is None or day > today else today - day
