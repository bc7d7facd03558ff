"""A figure's groups side by side: by month, team, rung, reward, product or category. The page and REST say the same."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from django.utils import timezone

from customers.days import day_of
from feedback import comparing, cutting
from ladder import reigns
from ladder.models import Placement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from feedback.comparing import Group
    from feedback.cutting import Grouping
    from feedback.figures import Asked

BY = {
    "month": "By month",
    "team": "By team",
    "rung": "By rung",
    "reward": "Rewarded or not",
    "product": "By product",
    "category": "By category",
}
EVERY = ("month", "team", "rung")
OFFERED: dict[str, Sequence[str]] = {
    **dict.fromkeys(cutting.CUTS, EVERY),
    "nps": tuple(BY),
    "satisfaction": (*EVERY, *comparing.PRODUCTS),
}
"""By what each figure may be cut."""


@dataclass(frozen=True)
class Beside:
    asked: Asked
    by: str

    def groups(self, name: str, subject: str = "") -> list[Group]:
        """The groups of a figure; of one that is not offered by this, none."""
        if self.by not in OFFERED[name]:
            return []
        if self.by in comparing.PRODUCTS:
            of_products = comparing.nps_of_buyers if name == "nps" else comparing.satisfaction
            return of_products(self.asked, self.by, *([subject] if subject and name != "nps" else []))
        if self.by == "reward":
            return comparing.nps(self.asked, comparing.by_reward)
        place, order = self.placing
        if name == "nps":
            return comparing.nps(self.asked, lambda score: place(score.customer, score.day), order)
        return cutting.groups(name, self.asked, place, order, subject=subject)

    @cached_property
    def placing(self) -> tuple[Grouping, list[str]]:
        """The group of each customer on a day, and the order of groups if it is not that of their names."""
        if self.by == "rung":
            rungs, order = standing()
            return lambda customer, day: rungs.get(customer, ""), order
        return cutting.by_team() if self.by == "team" else cutting.by_month, []


def standing() -> tuple[dict[int, str], list[str]]:
    """The rung of everybody now, on the first ladder; and its rungs from the ground up."""
    reign = reigns.reigning(day_of(timezone.now()))
    primary = reign.editions[0] if reign.editions else None
    current = Placement.objects.current().filter(ladder=primary.ladder_id if primary else None)
    rungs = dict(current.filter(customer__in=cutting.concerned()).values_list("customer", "rung__name"))
    return rungs, [step.rung.name for step in primary.all_steps] if primary else []
