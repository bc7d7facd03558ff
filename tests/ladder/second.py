"""What proposals are made of, computed a second time in plain Python. Imports nothing of the product."""

from __future__ import annotations

from itertools import pairwise
from math import sqrt
from statistics import median

LIMITS = range(60, 721, 30)


def typical_gap(lives: list[list[int]]) -> tuple[int, float | None]:
    """n and the median of the usual gaps; each life is the sorted days on which somebody bought."""
    gaps = [(days[-1] - days[0]) / (len(days) - 1) for days in lives if len(days) >= 3]
    return len(gaps), median(gaps) if len(gaps) >= 30 else None


def inactivity(lives: list[list[int]]) -> tuple[int, dict[int, tuple[int, int]]]:
    """The proposed days, and per limit how many came back of how many."""
    end = max(day for days in lives for day in days)
    told = {limit: _returned(lives, limit, end) for limit in LIMITS}
    few = [limit for limit, (came, n) in told.items() if n >= 30 and _upper(came, n) <= 0.2]
    return (min(few) if few else 365), told


def _returned(lives: list[list[int]], limit: int, end: int) -> tuple[int, int]:
    came = n = 0
    for days in lives:
        for day, following in pairwise([*days, 10**9]):
            if following <= day + limit:
                continue
            if day + limit + 180 <= end:
                n += 1
                came += following <= day + limit + 180
            break
    return came, n


def _upper(came: int, n: int) -> float:
    z, p = 1.959964, came / n
    return (p + z * z / (2 * n) + z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n)
