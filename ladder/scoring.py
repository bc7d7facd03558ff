"""How well classes of people, in an order, foretell who does something: AUC, Brier score, and one order beside another.

A class is a whole number; a higher one is expected to do it more. Tables are {key: people}.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from random import Random
from statistics import quantiles
from typing import TYPE_CHECKING

from customers.intervals import ENOUGH
from ladder.resampling import multinomial

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

DRAWS, SEED = 1_000, 1927
# With fewer who did (or did not) the same few are drawn again and again, and the interval comes out too narrow to be believed.
FEWEST = 10


def auc(table: Iterable[tuple[tuple[int, bool], int]]) -> float | None:
    """Of somebody who did it and somebody who did not: how likely the first is in the higher class; in the same class counts half.

    Mann-Whitney's statistic with mean ranks. Takes ((class, did), people); None where all did or nobody.
    """
    did, did_not = Counter[int](), Counter[int]()
    for (place, yes), n in table:
        (did if yes else did_not)[place] += n
    below = twice = 0
    for place in sorted(did.keys() | did_not.keys()):
        twice += did[place] * (2 * below + did_not[place])
        below += did_not[place]
    pairs = did.total() * below
    return twice / (2 * pairs) if pairs else None


def brier(table: Mapping[tuple[int, int, bool], int]) -> float | None:
    """The mean squared distance between what happened (0 or 1) and the rate foretold for one's class, out of sample.

    Takes {(half, class, did): people}. Either half, 0 and 1, is foretold the rates of the other; a class that the other half does
    not have, the other's rate over all. None where a half is empty.
    """
    people = Counter[tuple[int, int | None, bool]]()
    for (half, place, did), n in table.items():
        people[half, place, did] += n
        people[half, None, did] += n
    halves = [people[half, None, True] + people[half, None, False] for half in (0, 1)]
    if not all(halves):
        return None

    def rate(half: int, place: int | None) -> float:
        did = people[half, place, True]
        n = did + people[half, place, False]
        return did / n if n else rate(half, None)

    return sum(n * (did - rate(1 - half, place)) ** 2 for (half, place, did), n in table.items()) / sum(halves)


@dataclass(frozen=True)
class Comparison:
    """One order's AUC less another's on the same people, with the interval of 1,000 draws; None where they are too few."""

    difference: float | None
    low: float | None
    high: float | None

    @property
    def verdict(self) -> str:
        if self.low is None or self.high is None:
            return "too few to judge"
        return "better" if self.low > 0 else "worse" if self.high < 0 else "no difference shown"


def compare(table: Mapping[tuple[int, int, bool], int]) -> Comparison:
    """Takes {(our class, their class, did): people}. The interval is from the 2.5th to the 97.5th percentile of draws by person."""
    did = sum(n for (_, _, yes), n in table.items() if yes)
    n = sum(table.values())
    if n < ENOUGH or min(did, n - did) < FEWEST:
        return Comparison(None, None, None)
    cells, chance = sorted(table), Random(SEED)  # noqa: S311 - the same answer every time is wanted
    counts = [table[cell] for cell in cells]
    drawn = (_difference(dict(zip(cells, multinomial(chance, counts), strict=True))) for _ in range(DRAWS))
    parts = quantiles((d for d in drawn if d is not None), n=40)
    return Comparison(_difference(table), parts[0], parts[-1])


def _difference(table: Mapping[tuple[int, int, bool], int]) -> float | None:
    ours = auc(((our, did), n) for (our, _, did), n in table.items())
    theirs = auc(((their, did), n) for (_, their, did), n in table.items())
    return None if ours is None or theirs is None else ours - theirs
