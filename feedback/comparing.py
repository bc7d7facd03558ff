"""Groups beside each other: each one's figure, and whether its share of promoters differs from everybody else's.

Differences are said with Newcombe's interval, and only those that hold together for the whole page (Holm); see `customers.intervals`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import ExpressionWrapper, F, IntegerField, Q, Value
from django.db.models.functions import Coalesce, NullIf

from customers.intervals import ENOUGH, holm, newcombe
from feedback import figures
from feedback.figures import PROMOTERS, Figure
from feedback.models import Response, Satisfaction

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from feedback.figures import Asked


class Score(NamedTuple):
    customer: int
    day: date
    score: int
    invited: int | None = None
    promise: str | None = None


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
    rows = asked.among(Response.objects.all()).values_list("customer", "day", "score", "invitation", "invitation__promise")
    for row in rows.order_by("day", "-score", "pk"):
        answer = Score(*row)
        if name := group(answer):
            latest[name][answer.customer] = answer
    found = {name: Counter(each.score for each in of.values()) for name, of in latest.items()}
    names = [name for name in order if name in found] or sorted(found)
    return compared({name: figures.nps_of(found[name]) for name in names})


REWARDED, UNREWARDED = "Rewarded", "Not rewarded"


def by_reward(score: Score) -> str:
    """Whether a reward was promised for the answer; of answers to invitations alone."""
    if score.invited is None:
        return ""
    return REWARDED if score.promise else UNREWARDED


BOUGHT_WITHIN = 365  # days
PRODUCTS = {"product": "purchase__lines__product", "category": "purchase__lines__product__category"}


def satisfaction(asked: Asked, by: str, subject: str = Satisfaction.Subject.OVERALL) -> list[Group]:
    """Satisfaction with purchases, by the products or categories bought; one of several products counts for each, the most people first."""
    about = PRODUCTS[by]
    answers: Any = asked.among(Satisfaction.objects.filter(subject=subject, **{f"{about}__isnull": False}))
    rows = answers.order_by().values_list(about, _named(about, by), "customer", "score", "pk").distinct()
    found: dict[tuple[int, str], dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for key, name, customer, score, _ in rows:
        found[key, name][customer].append(score)
    groups = [Group(name, figures.mean(people)) for (_, name), people in found.items()]
    return sorted(groups, key=lambda group: (-group.figure.n, group.name))


def nps_of_buyers(asked: Asked, by: str) -> list[Group]:
    """The score by the products or categories that people had bought within a year before they answered, and not given back by then.

    Who bought several counts for each, so groups are not held against each other; the most people first. Of somebody the latest answer counts
    of those for which they had bought it.
    """
    about = f"customer__purchases__{PRODUCTS[by].removeprefix('purchase__')}"
    year_before = ExpressionWrapper(F("day") - BOUGHT_WITHIN, output_field=IntegerField())
    bought = {"withdrawn_at": None, "priced": True, "lines__free": False, "day__lte": F("day"), "day__gte": year_before}
    answers: Any = asked.among(Response.objects.all()).filter(
        _kept(""),
        _kept("lines__"),
        **{f"customer__purchases__{name}": value for name, value in bought.items()},
        **{f"{about}__isnull": False},
    )
    rows = (
        answers.order_by("day", "-score", "pk").values_list(about, _named(about, by), "customer", "score", "day", "pk").distinct()
    )
    found: dict[tuple[int, str], dict[int, int]] = defaultdict(dict)
    for key, name, customer, score, *_ in rows:
        found[key, name][customer] = score
    groups = [Group(name, figures.nps_of(Counter(scores.values()))) for (_, name), scores in found.items()]
    return sorted(groups, key=lambda group: (-group.figure.n, group.name))


def _kept(of: str) -> Q:
    """A purchase, or a line of it, was not given back by the day of the answer."""
    ended = f"customer__purchases__{of}ended"
    return Q(**{ended: None}) | Q(**{f"{ended}__gt": F("day")})


def _named(about: str, by: str) -> Any:
    """The name of a product, or its code if it has none; the name of a category."""
    return Coalesce(NullIf(f"{about}__name", Value("")), f"{about}__code") if by == "product" else F(f"{about}__name")


def compared(groups: Mapping[str, Figure], counted: Callable[[Figure], int] | None = None) -> list[Group]:
    """Groups of figures that hold a share: how many of the people of each are `counted`, promoters if nothing is said."""
    of = counted or _promoters
    apart, chances = {}, {}
    for name, figure in groups.items():
        rest = [other for key, other in groups.items() if key != name]
        others = sum(map(of, rest)), sum(other.n for other in rest)
        if figure.shown and others[1] >= ENOUGH:
            mine = of(figure), figure.n
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
