"""What a trial of a draft found, read back for pages, API and the command."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from accounts.models import User

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ladder.models import Rung, Simulation

    Matrix = dict[tuple[Rung | None, Rung | None], int]


@dataclass(frozen=True)
class Report:
    """What a trial found, read for people."""

    people: int
    moved: int
    actions: int
    cancelled: int
    matrix: Matrix
    """From a rung, to a rung: how many, those who stay among them. None is no rung at all."""
    steps: dict[str, int]
    held_back: dict[str, int]
    load: list[tuple[User | None, int]]
    """Actions by owner, the most first."""
    money: dict[str, Decimal]
    """What those who move bought within a year. {currency: amount}"""

    @property
    def held_back_in_all(self) -> int:
        return sum(self.held_back.values())

    @property
    def loads(self) -> list[dict[str, str | int | None]]:
        """The load as it travels: whose work, by their user name, and how much of it; None is of customers without an owner."""
        return [{"owner": owner.username if owner else None, "actions": n} for owner, n in self.load]

    @property
    def slugs(self) -> dict[str, dict[str, int]]:
        found: dict[str, dict[str, int]] = {}
        for (before, after), n in self.matrix.items():
            found.setdefault(before.slug if before else "nowhere", {})[after.slug if after else "nowhere"] = n
        return found


@dataclass(frozen=True)
class Cell:
    """How many would go from a rung to a rung; None is no rung at all."""

    before: Rung | None
    after: Rung | None
    count: int

    @property
    def moved(self) -> bool:
        return self.before != self.after and self.count > 0


def table(found: Report, rungs: Iterable[Rung]) -> list[tuple[Rung | None, list[Cell]]]:
    """The matrix as rows and columns in the order of these rungs; no rung at all comes last, where somebody comes or goes there."""
    nowhere = [None] if any(None in pair for pair in found.matrix) else []
    order: list[Rung | None] = [*rungs, *nowhere]
    return [(row, [Cell(row, column, found.matrix.get((row, column), 0)) for column in order]) for row in order]


def report(of: Simulation) -> Report:
    told = of.report
    rungs = of.edition.ladder.rungs.in_bulk()
    owners = User.objects.in_bulk([int(pk) for pk in told.get("load", {}) if pk])
    pairs: Matrix = {_pair(rungs, cell): n for cell, n in told.get("matrix", {}).items()}
    stay: Matrix = {(rungs[int(pk)], rungs[int(pk)]): n for pk, n in told.get("stayed", {}).items()}
    load = sorted(((owners.get(int(pk or 0)), n) for pk, n in told.get("load", {}).items()), key=lambda row: -row[1])
    return Report(
        people=sum(stay.values()) + sum(pairs.values()), moved=sum(pairs.values()), actions=told.get("actions", 0),
        cancelled=told.get("cancelled", 0), matrix={**stay, **pairs}, steps=told.get("steps", {}),
        held_back=told.get("held_back", {}), load=load,
        money={currency: Decimal(amount) for currency, amount in told.get("money", {}).items()},
    )  # fmt: skip


def told(of: Simulation) -> list[dict[str, str | None]]:
    """Those who would move and are told the reason of, some of each pair of rungs, as they travel."""
    moves = of.moves.exclude(why="").select_related("customer", "before", "after")
    return [
        {
            "customer": f"cus_{m.customer.uuid.hex}", "name": m.customer.name, "before": m.before.slug if m.before else None,
            "after": m.after.slug if m.after else None, "since": m.since and m.since.isoformat(), "why": m.why,
        } for m in moves
    ]  # fmt: skip


def _pair(rungs: Mapping[int, Rung], cell: str) -> tuple[Rung | None, Rung | None]:
    before, after = cell.split(">")
    return rungs.get(int(before or 0)), rungs.get(int(after or 0))
