"""Groups beside each other: each one's figure, and whether its share of promoters differs from everybody else's.

Differences are said with Newcombe's interval, and only those that hold together for the whole page (Holm); see `customers.intervals`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

from customers.intervals import ENOUGH, holm, newcombe
from feedback import figures
from feedback.figures import PROMOTERS, Figure
from feedback.models import Response

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from feedback.figures import Asked


class Score(NamedTuple):
    customer: int
    day: date
    score: int
    team: str


@dataclass(frozen=True)
class Group:
    name: str
    figure: Figure
    apart: tuple[float, float, float] | None = None
    """How far the share of promoters lies from that of everybody else, in points: value, low and high. None where too few say."""
    differs: bool = False


def nps(asked: Asked, group: Callable[[Score], str], order: Sequence[str] = ()) -> list[Group]:
    """The score of every group, in an order or by its name: somebody's latest answer within it, once. Answers without one are left out."""
    latest: dict[str, dict[int, Score]] = defaultdict(dict)
    rows = asked.among(Response.objects.all()).values_list("customer", "day", "score", "customer__team__name")
    for row in rows.order_by("day", "-score", "pk"):
        answer = Score(*row)
        if name := group(answer):
            latest[name][answer.customer] = answer
    found = {name: Counter(each.score for each in of.values()) for name, of in latest.items()}
    names = [name for name in order if name in found] or sorted(found)
    return _compared({name: figures.nps_of(found[name]) for name in names})


def by_month(score: Score) -> str:
    return f"{score.day:%Y-%m}"


def by_team(score: Score) -> str:
    return score.team


def _compared(groups: Mapping[str, Figure]) -> list[Group]:
    apart, chances = {}, {}
    for name, figure in groups.items():
        rest = [other for key, other in groups.items() if key != name]
        others = sum(map(_promoters, rest)), sum(other.n for other in rest)
        if figure.shown and others[1] >= ENOUGH:
            mine = _promoters(figure), figure.n
            low, high = newcombe(mine, others)
            apart[name] = (100 * (mine[0] / mine[1] - others[0] / others[1]), 100 * low, 100 * high)
            chances[name] = _chance(mine, others)
    differing = holm(chances)
    return [Group(name, figure, apart.get(name), name in differing) for name, figure in groups.items()]


def _promoters(figure: Figure) -> int:
    return sum(figure.distribution[score] for score in PROMOTERS)


def _chance(first: tuple[int, int], second: tuple[int, int]) -> float:
    """Two-sided, that shares so far apart come by chance: the score test with the pooled share."""
    pooled = (first[0] + second[0]) / (first[1] + second[1])
    spread = sqrt(pooled * (1 - pooled) * (1 / first[1] + 1 / second[1]))
    z = abs(first[0] / first[1] - second[0] / second[1]) / spread if spread else 0.0
    return 2 * (1 - NormalDist().cdf(z))
