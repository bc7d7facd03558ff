"""The four ladders of the domain document, read a second time in plain Python, a day at a time.

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
    asks: list[int] = field(default_factory=list)
    scores: list[tuple[int, int]] = field(default_factory=list)
    usable: list[tuple[str, int, int | None]] = field(default_factory=list)
    not_ranked: list[tuple[int, int | None]] = field(default_factory=list)
    sold: dict[str, int] = field(default_factory=dict)
    references: list[int] = field(default_factory=list)
    referrals: list[tuple[int, bool, int, int | None]] = field(default_factory=list)
    """(made, prompted, the day the friend bought, the day it was taken back or None)"""
    complaints: list[tuple[int, int, list[tuple[int, str]]]] = field(default_factory=list)
    """(received, due, [(day, answered or reopened)])"""
    hostile: list[tuple[int, str]] = field(default_factory=list)
    involved: list[int] = field(default_factory=list)
    enrolled: list[int] = field(default_factory=list)
    plans: list[tuple[int, int | None]] = field(default_factory=list)
    leaving: list[int] = field(default_factory=list)
    competitors: list[int] = field(default_factory=list)
    overrides: list[tuple[int, int, str, str, str, str]] = field(default_factory=list)
    """(first day, the first day after, fix or at least or at most, ladder, rung, reason)"""
    editions: list[tuple[int, int]] = field(default_factory=list)
    """Later editions of christopher in the order of their numbers: (first day, the occasions that client asks for)"""

    def first_day(self, today: int) -> int:
        days = [p[0] for p in self.purchases] + [d for d, _ in self.need + self.ability + self.scores]
        days += self.unprompted + self.prompted + [since for _, since, _ in self.usable] + [since for since, _ in self.not_ranked]
        days += self.references + [made for made, *_ in self.referrals] + [received for received, *_ in self.complaints]
        days += [day for day, _ in self.hostile] + self.involved + self.enrolled + [since for since, _ in self.plans]
        days += self.leaving + self.competitors + self.asks
        seen = [d for d in days if d <= today]
        return min(seen) if seen else self.recorded


def latest(rows: list[tuple[int, str]], today: int) -> str:
    seen = [(day, answer) for day, answer in rows if day <= today]
    if not seen:
        return "unknown"
    last = max(day for day, _ in seen)
    said = {answer for day, answer in seen if day == last}
    return next(answer for answer in ("no", "unknown", "yes") if answer in said)


def rungs(life: Life, today: int) -> dict[str, str] | None:
    """The rung on every ladder at the end of a day; None for who is not ranked."""
    if any(since <= today and (until is None or until > today) for since, until in life.not_ranked):
        return None
    alive = [p for p in life.purchases if p[0] <= today and (p[1] is None or p[1] > today)]
    occasions = sorted({day for day, *_ in alive})
    n = len(occasions)
    covers = [c for _, _, c, _ in alive if c is not None]
    silence = max(0, today - max([occasions[-1], *covers])) if n else 0
    gaps = [(b, b - a) for a, b in pairwise(occasions)]
    usual = Fraction(occasions[-1] - occasions[0], n - 1) if n >= 3 else None
    active = n > 0 and silence <= silence_limit(gaps, usual, occasions[-1])
    late = n > 0 and overdue(gaps, usual, occasions[-1], silence)
    window = min(max(365, 4 * (usual if usual is not None else U)), 1095)

    def lately(days: list[int], span: Fraction | int) -> bool:
        return any(day <= today and today - day <= span for day in days)

    def prompted_by_us(told: int) -> bool:
        return any(0 <= told - day <= 30 for day in life.asks)

    kept = [
        (made, prompted or prompted_by_us(made), max(made, d))
        for made, prompted, d, ended in life.referrals
        if ended is None or ended > today
    ]
    score = fresh_score(life, today)
    unasked = lately(
        [d for d in life.unprompted if not prompted_by_us(d)] + [d for _, prompted, d in kept if not prompted], window
    )
    encourages = unasked or lately([d for *_, d in kept], window)
    low = score is not None and score <= 6
    soured = low or lately([day for day, _ in life.hostile], 180)
    willing = (
        (score is not None and score >= 9)
        or (lately(life.references, window) and not low)
        or lately([d for _, prompted, d in kept if prompted], window)
    )
    waiting = [due for received, due, steps in life.complaints if is_open(received, steps, today)]
    warning = late or soured or any(today > due for due in waiting) or len(waiting) >= 2 or lately(life.leaving, 180)
    client = n >= 4 and not late and covered(life, alive, gaps, today)
    return {
        "griffin": griffin(life, today, n, active=active, client=client, encourages=encourages),
        "christopher": highest(
            "prospect",
            customer=n >= 1,
            client=n >= client_at(life, today),
            supporter=n >= 2 and willing and not soured,
            advocate=n >= 2 and unasked and not soured,
            partner=n >= 1 and not soured and any(s <= today and (u is None or u > today) for s, u in life.plans),
        ),
        "raving-fans": highest(
            "newcomer",
            purchaser=n >= 1,
            customer=n >= 2,
            member=n >= 2 and not soured and len({d for d in life.involved if 0 <= today - d <= 365}) >= 2,
            advocate=n >= 1 and willing and not soured,
            raving_fan=n >= 1 and unasked and not soured,
        ),
        "attitude": "terrorist"
        if terrorist(life, today)
        else highest(
            "unknown",
            risky=n >= 1,
            moveable=active and not warning and (n >= 2 or encourages or (score is not None and score >= 7)),
            ambassador=active
            and not warning
            and not lately(life.competitors, 180)
            and (unasked or (n >= 2 and (willing or encourages))),
        ),
    }


def client_at(life: Life, today: int) -> int:
    """The edition that began last is in force; of two from one day the later one."""
    begun = [(first, number, asked) for number, (first, asked) in enumerate(life.editions) if first <= today]
    return max(begun)[2] if begun else 2


def highest(ground: str, **steps: bool) -> str:
    return ([ground] + [name.replace("_", "-") for name, so in steps.items() if so])[-1]


def griffin(life: Life, today: int, n: int, *, active: bool, client: bool, encourages: bool) -> str:
    need, ability = latest(life.need, today), latest(life.ability, today)
    if n == 0:
        if "no" in (need, ability):
            return "disqualified"
        return "prospect" if need == ability == "yes" else "suspect"
    if not active:
        return "inactive"
    if client:
        return "advocate" if encourages else "client"
    return "repeat" if n >= 2 else "first-time"


def fresh_score(life: Life, today: int) -> int | None:
    seen = [(day, value) for day, value in life.scores if day <= today]
    last = max((day for day, _ in seen), default=None)
    if last is None or today - last > 365:
        return None
    return min(value for day, value in seen if day == last)


def is_open(received: int, steps: list[tuple[int, str]], today: int) -> bool:
    if received > today:
        return False
    seen = [(day, kind) for day, kind in steps if day <= today]
    last = max((day for day, _ in seen), default=None)
    return last is None or "reopened" in {kind for day, kind in seen if day == last}


def terrorist(life: Life, today: int) -> bool:
    acts = [(day, audience) for day, audience in life.hostile if day <= today]
    two = any(a[0] != b[0] and a[1] != b[1] for a in acts for b in acts)
    return two and today - max(day for day, _ in acts) <= 180


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


# From the ground up; what is not here stands beside its ladder.
CLIMBS = {
    "griffin": ("suspect", "prospect", "first-time", "repeat", "client", "advocate"),
    "christopher": ("prospect", "customer", "client", "supporter", "advocate", "partner"),
    "raving-fans": ("newcomer", "purchaser", "customer", "member", "advocate", "raving-fan"),
    "attitude": ("unknown", "risky", "moveable", "ambassador"),
}
LADDERS = tuple(CLIMBS)


def masked(life: Life, today: int) -> dict[str, str] | None:
    """The rungs that the rules give, under whatever overrides hold that day."""
    earned = rungs(life, today)
    return earned and {ladder: over(life, ladder, rung, today) for ladder, rung in earned.items()}


def over(life: Life, ladder: str, earned: str, today: int) -> str:
    climb = CLIMBS[ladder]
    here = [o for o in life.overrides if o[3] == ladder and o[0] <= today < o[1] and (o[2] == "fix" or o[4] in climb)]
    if not here:
        return earned
    latest = max(since for since, *_ in here)
    _, how, rung, _ = min((0, how, rung, reason) for since, _, how, _, rung, reason in here if since == latest)
    if how == "fix":
        return rung
    if earned not in climb:
        return earned
    higher = {"at_least": max, "at_most": min}[how]
    return higher(earned, rung, key=climb.index)


def histories(life: Life, today: int) -> dict[str, list[tuple[str, int, int | None]]]:
    """Of every ladder (rung, since, until) from the first day to today; the last until is None."""
    found: dict[str, list[tuple[str, int, int | None]]] = {ladder: [] for ladder in LADDERS}
    before: dict[str, str] | None = None
    for day in range(life.first_day(today), today + 1):
        now = masked(life, day)
        for ladder, rows in found.items():
            was, becomes = before and before[ladder], now and now[ladder]
            if becomes != was:
                if was is not None:
                    rows[-1] = (*rows[-1][:2], day)
                if becomes is not None:
                    rows.append((becomes, day, None))
        before = now
    return found
