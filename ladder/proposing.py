"""What the purchases propose for two numbers of an edition. Nothing takes a proposal over by itself: a person does, into a draft.

Both are of customers who are ranked as of the end of a day, by their occasions that stand then, all of the ledger counted.

U, the typical gap: the median of the usual gaps of those with 3 occasions or more, each (last - first) / (occasions - 1), nothing rounded
but the proposal, half a day up. With the interval of the median by order statistics (Campbell and Gardner 1988, BMJ 296, 1454-1456).
Of fewer than 30 customers nothing is proposed.

Inactivity: the least of 60, 90 … 720 days after which so few come back that the Wilson interval of their share ends at 20 % or below,
else 365. A silence begins the day after the later of the last occasion and the last day a purchase covers. It reached N days if they had
bought nothing by the end of its Nth day, and they came back if they bought on one of the 180 days after that. Asked are silences whose
180 days the ledger has seen whole, that is, up to the day of its last purchase. n counts customers, so of each the first silence is asked
that reached N days: a later one is no second witness, and the last one never ends. Shares of fewer than 30 customers support nothing.
Of a ledger of fewer than 400 days, first and last purchase included, the proposal is provisional.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import floor, sqrt
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Max, Min

from customers import days
from customers.intervals import ENOUGH, Share, Z
from customers.models import Purchase
from ladder import sql

if TYPE_CHECKING:
    from datetime import date

    from ladder.facts import Numbers

LIMITS = tuple(range(60, 721, 30))
RETURNS_WITHIN = 180
FEW_ENOUGH = 0.2  # of those so long silent come back
OTHERWISE = 365
LONG_ENOUGH = 400  # days of ledger


@dataclass(frozen=True)
class TypicalGap:
    """U: the median of n usual gaps with its interval, in days; None where n does not support it."""

    n: int
    median: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def days(self) -> int | None:
        return None if self.median is None else max(1, floor(self.median + 0.5))


@dataclass(frozen=True)
class Inactivity:
    """Per limit, how many of those silent for so long came back; and how many days the ledger spans."""

    returned: dict[int, Share]
    ledger_days: int

    @property
    def supported(self) -> int | None:
        """The least limit after which few enough come back, if there is one."""
        shares = ((limit, share.high) for limit, share in sorted(self.returned.items()))
        return next((limit for limit, high in shares if high is not None and high <= FEW_ENOUGH), None)

    @property
    def days(self) -> int:
        return self.supported or OTHERWISE

    @property
    def share(self) -> Share:
        """Of the limit that is proposed."""
        return self.returned.get(self.days) or Share(0, 0)

    @property
    def provisional(self) -> bool:
        return self.ledger_days < LONG_ENOUGH


@dataclass(frozen=True)
class Proposals:
    at: date
    typical_gap: TypicalGap
    inactive_after: Inactivity


def told(found: Proposals, numbers: Numbers) -> dict[str, Any]:
    """As it travels, beside the numbers in force."""
    gap, silent = found.typical_gap, found.inactive_after
    return {
        "typical_gap": {
            "now": numbers.typical_gap, "proposed": gap.days, "n": gap.n, "median": gap.median, "low": gap.low, "high": gap.high,
        },
        "inactive_after": {
            "now": numbers.inactive_after, "proposed": silent.days, "supported": silent.supported is not None,
            "provisional": silent.provisional, "ledger_days": silent.ledger_days,
            "limits": {str(limit): _share(share) for limit, share in silent.returned.items()},
        },
    }  # fmt: skip


def _share(of: Share) -> dict[str, Any]:
    return {"n": of.n, "returned": of.count, "share": of.share, "low": of.low, "high": of.high}


@transaction.atomic
def propose(at: date) -> Proposals:
    """What the purchases up to the end of a day propose. Stores nothing."""
    _occasions(days.number(at))
    ledger = Purchase.objects.standing().filter(day__lte=at).aggregate(first=Min("day"), last=Max("day"))
    first, last = ledger["first"], ledger["last"]
    returned = _returned(days.number(last)) if last else {}
    return Proposals(at, _typical_gap(), Inactivity(returned, (last - first).days + 1 if last else 0))


def _occasions(at: int) -> None:
    """Every occasion of ranked customers that stands at a day's end, with the last day that its purchases cover."""
    sql.fresh({"proposing_occasion": "customer_id BIGINT, day INTEGER, covered INTEGER, PRIMARY KEY (customer_id, day)"})
    sql.run(
        "INSERT INTO proposing_occasion (customer_id, day, covered)"
        f" SELECT p.customer_id, p.day, {sql.words()['greatest']}(p.day, MAX(COALESCE(p.covers_until, p.day))) FROM customers_purchase p"
        " WHERE p.withdrawn_at IS NULL AND p.priced AND p.day <= %s AND (p.ended IS NULL OR p.ended > %s)"
        " AND NOT EXISTS (SELECT 1 FROM customers_notranked n WHERE n.customer_id = p.customer_id AND n.since <= %s"
        " AND (n.until IS NULL OR n.until > %s))"
        " GROUP BY p.customer_id, p.day",
        [at] * 4,
    )
    sql.analyze("proposing_occasion")


GAPS = """
    SELECT (MAX(day) - MIN(day)) * 1.0 / (COUNT(*) - 1) AS gap FROM proposing_occasion GROUP BY customer_id HAVING COUNT(*) >= 3
"""


def _typical_gap() -> TypicalGap:
    n = sql.rows(f"SELECT COUNT(*) FROM ({GAPS}) gaps")[0][0]
    if n < ENOUGH:
        return TypicalGap(n)
    reach = Z * sqrt(n) / 2
    places = [(n + 1) // 2, n // 2 + 1, max(1, round(n / 2 - reach)), min(n, round(1 + n / 2 + reach))]
    found = sql.rows(
        f"SELECT place, gap FROM (SELECT gap, ROW_NUMBER() OVER (ORDER BY gap) AS place FROM ({GAPS}) gaps) placed"
        f" WHERE place IN ({', '.join(map(str, sorted(set(places))))})"
    )
    gaps = {place: float(gap) for place, gap in found}
    lower, upper, low, high = (gaps[place] for place in places)
    return TypicalGap(n, (lower + upper) / 2, low, high)


# Only a silence longer than every one before it can be the first to reach some limit, and then it is for every limit between the two.
RETURNED = """
    WITH quiet AS (
        SELECT customer_id, MAX(covered) OVER life AS since, LEAD(day) OVER life AS bought
        FROM proposing_occasion WINDOW life AS (PARTITION BY customer_id ORDER BY day)
    ), silence AS (
        SELECT customer_id, since, bought, COALESCE(bought - since - 1, {forever}) AS lasted FROM quiet
    ), longest AS (
        SELECT since, bought, lasted, COALESCE(MAX(lasted) OVER (PARTITION BY customer_id ORDER BY since, lasted
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
        FROM silence WHERE lasted >= {least}
    )
    SELECT l.days, COUNT(*), SUM(CASE WHEN bought <= since + l.days + {within} THEN 1 ELSE 0 END)
    FROM longest JOIN ({limits}) l ON l.days <= lasted AND l.days > before
    WHERE since + l.days + {within} <= {last} GROUP BY l.days
"""


def _returned(last: int) -> dict[int, Share]:
    limits = " UNION ALL ".join(f"SELECT {days} AS days" for days in LIMITS)
    said = {"limits": limits, "least": LIMITS[0], "within": RETURNS_WITHIN, "last": last, "forever": sql.FOREVER}
    found = {limit: Share(int(came), n) for limit, n, came in sql.rows(RETURNED.format(**said))}
    return {limit: found.get(limit, Share(0, 0)) for limit in LIMITS}
