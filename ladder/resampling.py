"""Drawing people again, with replacement, when all that matters of a person is the cell of a table they stand in.

n people drawn with replacement from n, each as likely as any other, fall into the cells as a multinomial does with the cells' own
shares: that is what a multinomial is. So the counts are drawn and never the people, and a draw costs the same for a hundred people
as for a million. Exact, not an approximation.
"""

from __future__ import annotations

from math import floor, lgamma, log, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random


def multinomial(chance: Random, counts: Sequence[int]) -> list[int]:
    """As many people as `counts` has, drawn with replacement: how many fall into each of its cells."""
    left = weight = sum(counts)
    drawn = []
    for count in counts:
        taken = binomial(chance, left, count / weight) if left else 0
        drawn.append(taken)
        left -= taken
        weight -= count
    return drawn


def binomial(chance: Random, n: int, p: float) -> int:
    """How many of n, each with the chance p, happen."""
    if p > 0.5:
        return n - binomial(chance, n, 1 - p)
    return _by_waiting(chance, n, p) if n * p < 10 else _by_rejection(chance, n, p)


def _by_waiting(chance: Random, n: int, p: float) -> int:
    """From one that happens to the next it takes a geometric number of tries; costs n x p steps."""
    miss, happened, tried = log(1 - p), 0, 0
    while miss:
        tried += floor(log(1 - chance.random()) / miss) + 1
        if tried > n:
            break
        happened += 1
    return happened


def _by_rejection(chance: Random, n: int, p: float) -> int:
    """For n x p >= 10 and p <= 1/2, some one and a half tries whatever n is.

    Algorithm BTRS of Hörmann, W. (1993), The generation of binomial random variates, J. Stat. Comput. Simul. 46, 101-110.
    """
    spread = sqrt(n * p * (1 - p))
    b = 1.15 + 2.53 * spread
    a, c, quick = -0.0873 + 0.0248 * b + 0.01 * p, n * p + 0.5, 0.92 - 4.2 / b
    while True:
        u, v = chance.random() - 0.5, chance.random()
        edge = 0.5 - abs(u)
        k = floor((2 * a / edge + b) * u + c) if edge else -1
        if not 0 <= k <= n:
            continue
        if edge >= 0.07 and v <= quick:
            return k
        height = v * (2.83 + 5.1 / b) * spread / (a / (edge * edge) + b)
        mode = floor((n + 1) * p)
        likelier = lgamma(mode + 1) + lgamma(n - mode + 1) - lgamma(k + 1) - lgamma(n - k + 1) + (k - mode) * log(p / (1 - p))
        if not height or log(height) <= likelier:
            return k
