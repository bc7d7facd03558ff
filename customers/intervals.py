"""What a count out of so many people supports: a share with its interval, or the word that they are too few."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

ENOUGH = 30  # people; below it a share is not said
Z = 1.959964  # 95 %, two-sided


def wilson(count: int, n: int) -> tuple[float, float]:
    """The 95 % score interval of a share, without continuity correction: low and high, within 0 and 1. n is at least 1.

    Wilson, E. B. (1927), Probable inference, the law of succession, and statistical inference, JASA 22, 209-212.
    """
    share = count / n
    middle = (share + Z * Z / (2 * n)) / (1 + Z * Z / n)
    reach = Z / (1 + Z * Z / n) * sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    return (max(0.0, middle - reach) if count else 0.0), (min(1.0, middle + reach) if count < n else 1.0)


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
