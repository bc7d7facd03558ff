"""What so many people support: a share, a mean or a net promoter score with its interval, or the word that they are too few."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ENOUGH = 30  # people; below it a share is not said
Z = 1.959964  # 95 %, two-sided


def wilson(count: int, n: int, z: float = Z) -> tuple[float, float]:
    """The score interval of a share, 95 % as it stands, without continuity correction: low and high, within 0 and 1. n is at least 1.

    Wilson, E. B. (1927), Probable inference, the law of succession, and statistical inference, JASA 22, 209-212.
    """
    share = count / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    reach = z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return (max(0.0, middle - reach) if count else 0.0), (min(1.0, middle + reach) if count < n else 1.0)


def net_promoters(promoters: int, detractors: int, n: int) -> tuple[float, float]:
    """The 95 % interval of a net promoter score, adjusted Wald: low and high, within -1 and 1. n is at least 1.

    Three quarters of a promoter and of a detractor and one and a half passives are added to the sample. Rocks, B. (2016), Interval
    estimation for the net promoter score, The American Statistician 70, 365-372.
    """
    more, fewer = (promoters + 0.75) / (n + 3), (detractors + 0.75) / (n + 3)
    middle = more - fewer
    reach = Z * sqrt((more + fewer - middle * middle) / (n + 3))
    return max(-1.0, middle - reach), min(1.0, middle + reach)


def mean_of_people(answers: Sequence[tuple[float, int]]) -> tuple[float, float, float]:
    """The mean of what people answered, each their (sum, number of answers), with its 95 % interval: mean, low, high. Two people or more.

    An answer counts as one, and the interval knows that answers of one person are no new people: the ratio of totals with its
    linearised variance, Student's t with people - 1 degrees of freedom. Everybody answering once, this is the mean's usual interval.
    Cochran, W. G. (1977), Sampling Techniques, 3rd ed., 2.11 and 6.4.
    """
    from scipy.special import stdtrit  # noqa: PLC0415 - dear, and for figures alone

    people, number = len(answers), sum(count for _, count in answers)
    mean = sum(total for total, _ in answers) / number
    squares = sum((total - mean * count) ** 2 for total, count in answers)
    reach = float(stdtrit(people - 1, 0.975)) * sqrt(people / (people - 1) * squares) / number
    return mean, mean - reach, mean + reach


def median_of(values: Sequence[float]) -> tuple[float, float, float]:
    """The median of one value a person, with its 95 % interval by order statistics: median, low, high. One value or more.

    Campbell, M. J. and Gardner, M. J. (1988), Calculating confidence intervals for some non-parametric analyses, BMJ 296, 1454-1456.
    """
    found, n = sorted(values), len(values)
    reach = Z * sqrt(n) / 2
    low, high = max(1, round(n / 2 - reach)), min(n, round(1 + n / 2 + reach))
    return float(median(found)), float(found[low - 1]), float(found[high - 1])


def newcombe(first: tuple[int, int], second: tuple[int, int], z: float = Z) -> tuple[float, float]:
    """The interval of the difference of two shares, each (count, n): low and high of the first less the second.

    Hybrid score interval without continuity correction: method 10 of Newcombe, R. G. (1998), Interval estimation for the difference
    between independent proportions, Statistics in Medicine 17, 873-890.
    """
    (low1, high1), (low2, high2) = wilson(*first, z), wilson(*second, z)
    share1, share2 = first[0] / first[1], second[0] / second[1]
    return (
        share1 - share2 - sqrt((share1 - low1) ** 2 + (high2 - share2) ** 2),
        share1 - share2 + sqrt((high1 - share1) ** 2 + (share2 - low2) ** 2),
    )


def holm(values: Mapping[str, float], level: float = 0.05) -> set[str]:
    """Which of several findings of a page hold together, by their p-values.

    Holm, S. (1979), A simple sequentially rejective multiple test procedure, Scandinavian Journal of Statistics 6, 65-70.
    """
    held: set[str] = set()
    for tested, (name, p) in enumerate(sorted(values.items(), key=lambda each: each[1])):
        if p > level / (len(values) - tested):
            break
        held.add(name)
    return held


@dataclass(frozen=True)
class Share:
    """So many of n people. What n does not support is None."""

    count: int
    n: int

    @property
    def enough(self) -> bool:
        return self.n >= ENOUGH

    @property
    def share(self) -> float | None:
        return self.count / self.n if self.enough else None

    @property
    def low(self) -> float | None:
        return wilson(self.count, self.n)[0] if self.enough else None

    @property
    def high(self) -> float | None:
        return wilson(self.count, self.n)[1] if self.enough else None
