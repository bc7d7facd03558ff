"""The suspect-to-advocate ladder of the domain document, read a second time in plain Python, a day at a time.

Imports nothing of the product. Slow and obvious on purpose: what it says is what the engine must store.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise

U, FLOOR = 90, 180


@dataclass
class Life:
    """Facts by day, days as whole numbers. A purchase is (day, ended or None, covers_until or None, category or None)."""

    recorded: int = 0
    purchases: list[tuple[int, int | None, int | None, str | None]] = field(default_factory=list)
    need: list[tuple[int, str]] = field(default_factory=list)
    ability: list[tuple[int, str]] = field(default_factory=list)
    unprompted: list[int] = field(default_factory=list)
    prompted: list[int] = field(default_factory=list)
    scores: list[tuple[int, int]] = field(default_factory=list)
    usable: list[tuple[str, int, int | None]] = field(default_factory=list)
    not_ranked: list[tuple[int, int | None]] = field(default_factory=list)
    sold: dict[str, int] = field(default_factory=dict)

    def first_day(self, today: int) -> int:
        days = [p[0] for p in self.purchases] + [d for d, _ in self.need + self.ability + self.scores]
        days += self.unprompted + self.prompted + [since for _, since, _ in self.usable] + [since for since, _ in self.not_ranked]
        seen = [d for d in days if d <= today]
        return min(seen) if seen else self.recorded


def latest(rows: list[tuple[int, str]], today: int) -> str:
    seen = [(day, answer) for day, answer in rows if day <= today]
    if not seen:
        return "unknown"
    last = max(day for day, _ in seen)
    said = {answer for day, answer in seen if day == last}
    return next(answer for answer in ("no", "unknown", "yes") if answer in said)


def rung(life: Life, today: int) -> str | None:
    if any(since <= today and (until is None or until > today) for since, until in life.not_ranked):
        return None
    alive = [p for p in life.purchases if p[0] <= today and (p[1] is None or p[1] > today)]
    occasions = sorted({day for day, *_ in alive})
    need, ability = latest(life.need, today), latest(life.ability, today)
    n = len(occasions)
    if n == 0:
        if "no" in (need, ability):
            return "disqualified"
        return "prospect" if need == ability == "yes" else "suspect"
    covers = [c for _, _, c, _ in alive if c is not None]
    silence = max(0, today - max([occasions[-1], *covers]))
    gaps = [(b, b - a) for a, b in pairwise(occasions)]
    usual = Fraction(occasions[-1] - occasions[0], n - 1) if n >= 3 else None
    if silence > silence_limit(gaps, usual, occasions[-1]):
        return "inactive"
    if n >= 4 and not overdue(gaps, usual, occasions[-1], silence) and covered(life, alive, gaps, today):
        window = min(max(365, 4 * (usual if usual is not None else U)), 1095)
        told = [d for d in life.unprompted if d <= today and today - d <= window]
        return "advocate" if told else "client"
    return "repeat" if n >= 2 else "first-time"


def silence_limit(gaps: list[tuple[int, int]], usual: Fraction | None, last: int) -> Fraction:
    if not gaps:
        return Fraction(max(2 * U, FLOOR))
    if len(gaps) == 1:
        return max(Fraction(2 * U), Fraction(5, 4) * gaps[0][1], Fraction(FLOOR))
    recent = [gap for ended, gap in gaps if last - ended <= 1095]
    assert usual is not None
    return min(max([2 * usual, Fraction(FLOOR)] + [Fraction(5, 4) * max(recent)] * bool(recent)), Fraction(1095))


def overdue(gaps: list[tuple[int, int]], usual: Fraction | None, last: int, silence: int) -> bool:
    if usual is None:
        return False
    recent = [gap for ended, gap in gaps if last - ended <= 400]
    return silence > max([2 * usual, Fraction(30), *map(Fraction, recent)])


def covered(
    life: Life, alive: list[tuple[int, int | None, int | None, str | None]], gaps: list[tuple[int, int]], today: int
) -> bool:
    counting = {c for c, first in life.sold.items() if first + 365 <= today}
    usable = {c for c, since, until in life.usable if since <= today and (until is None or until > today)} & counting
    if not usable or len(usable) < min(3, len(counting)):
        return False
    window = max(730, 2 * max((gap for _, gap in gaps), default=0))
    bought = {category for day, _, _, category in alive if category in usable and today - day <= window}
    return Fraction(len(bought), len(usable)) >= Fraction(4, 5)


def history(life: Life, today: int) -> list[tuple[str, int, int | None]]:
    """(rung, since, until) from the first day to today; the last until is None."""
    found: list[tuple[str, int, int | None]] = []
    before: str | None = None
    for day in range(life.first_day(today), today + 1):
        now = rung(life, day)
        if now != before:
            if before is not None:
                name, since, _ = found[-1]
                found[-1] = (name, since, day)
            if now is not None:
                found.append((now, day, None))
        before = now
    return found
