"""What a trial of a draft found, read back for pages, API and the command."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from accounts.models import User

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    def slugs(self) -> dict[str, dict[str, int]]:
        found: dict[str, dict[str, int]] = {}
        for (before, after), n in self.matrix.items():
            found.setdefault(before.slug if before else "nowhere", {})[after.slug if after else "nowhere"] = n
        return found


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


def _pair(rungs: Mapping[int, Rung], cell: str) -> tuple[Rung | None, Rung | None]:
    before, after = cell.split(">")
    return rungs.get(int(before or 0)), rungs.get(int(after or 0))
