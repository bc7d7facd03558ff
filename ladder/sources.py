"""Where facts come from: each ledger read as spans of days over which it says the same.

A span is (customer_id, since, until, …): from `since` to the day before `until` these columns
hold. Spans of one source never overlap for one customer. Whatever a customer's life is, it is the
meeting of these spans; no source knows another, but that coverage reads behaviour.

Every statement reads only customers listed in life_customer, and facts of days up to {horizon}.
A refund counts from its own day, so a purchase lives from its day to the day it `ended`. Between
two such ends lies an era, in which the set of occasions is fixed: gaps and counts are plain
windows there. A customer without refunds has one era.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Spans:
    """One source: the temporary table it fills, how, and what it contributes to a scorecard."""

    table: str
    columns: str
    """Of the table, beside customer_id, since and until."""
    select: str
    facts: Mapping[str, str]
    """Scorecard column -> expression over this table, {t} its alias."""


# Tables of their own, not parts of one statement: PostgreSQL knows nothing of the size of a part, and then
# joined every purchase with every era (40 s for 18,500 purchases; 0.1 s with their sizes known).
BOUGHT = """
    SELECT p.customer_id, p.day, p.ended, COALESCE(p.covers_until, {always})
    FROM customers_purchase p JOIN life_customer c ON c.customer_id = p.customer_id
    WHERE p.withdrawn_at IS NULL AND p.priced AND p.day <= {horizon} AND (p.ended IS NULL OR p.ended > p.day)
"""
ERA = """
    SELECT customer_id, start, COALESCE(LEAD(start) OVER (PARTITION BY customer_id ORDER BY start), {forever}) FROM (
        SELECT customer_id, {always} AS start FROM life_bought
        UNION SELECT customer_id, ended FROM life_bought WHERE ended <= {horizon}
    ) starts
"""

BEHAVIOUR = Spans(
    table="life_behaviour",
    columns="occasions, invoices, first_day, last_day, covers_until, longest_gap, longest_gap_3y, longest_gap_400d",
    select="""
        WITH occasion AS (
            SELECT b.customer_id, e.start, e.finish, b.day, COUNT(*) AS invoices, MAX(b.covers_until) AS covers_until
            FROM life_bought b JOIN life_era e
                ON e.customer_id = b.customer_id AND b.day < e.finish AND (b.ended IS NULL OR b.ended > e.start)
            GROUP BY b.customer_id, e.start, e.finish, b.day
        ), spaced AS (
            SELECT o.*, day - LAG(day) OVER era AS gap, LEAD(day) OVER era AS following
            FROM occasion o WINDOW era AS (PARTITION BY customer_id, start ORDER BY day)
        ), told AS (
            SELECT customer_id, {greatest}(day, start) AS since, {least}(COALESCE(following, finish), finish) AS until,
                COUNT(*) OVER era AS occasions, SUM(invoices) OVER era AS invoices, MIN(day) OVER era AS first_day,
                day AS last_day, MAX(covers_until) OVER era AS covers_until,
                MAX(gap) OVER era AS longest_gap,
                MAX(gap) OVER (PARTITION BY customer_id, start ORDER BY day RANGE BETWEEN 1095 PRECEDING AND CURRENT ROW)
                    AS longest_gap_3y,
                MAX(gap) OVER (PARTITION BY customer_id, start ORDER BY day RANGE BETWEEN 400 PRECEDING AND CURRENT ROW)
                    AS longest_gap_400d
            FROM spaced WINDOW era AS (PARTITION BY customer_id, start ORDER BY day)
        )
        SELECT customer_id, since, until, occasions, invoices, first_day, last_day, covers_until,
            COALESCE(longest_gap, 0), COALESCE(longest_gap_3y, 0), COALESCE(longest_gap_400d, 0)
        FROM told WHERE since < until
    """,
    facts={
        "occasions": "COALESCE({t}.occasions, 0)",
        "invoices": "COALESCE({t}.invoices, 0)",
        "first_day": "{t}.first_day",
        "last_day": "{t}.last_day",
        "quiet_since": "{greatest}({t}.last_day, {t}.covers_until)",
        "longest_gap": "COALESCE({t}.longest_gap, 0)",
        "longest_gap_3y": "COALESCE({t}.longest_gap_3y, 0)",
        "longest_gap_400d": "COALESCE({t}.longest_gap_400d, 0)",
    },
)


def qualification(subject: str) -> Spans:
    """The latest row of a subject counts; of several on one day the most cautious (no, unknown, yes)."""
    return Spans(
        table=f"life_{subject}",
        columns="answer",
        select=f"""
            SELECT q.customer_id, q.since,
                COALESCE(LEAD(q.since) OVER (PARTITION BY q.customer_id ORDER BY q.since), {{forever}}),
                CASE MIN(q.answer) WHEN 'yes' THEN 1 WHEN 'no' THEN 2 ELSE 0 END
            FROM customers_qualification q JOIN life_customer c ON c.customer_id = q.customer_id
            WHERE q.subject = '{subject}' AND q.since <= {{horizon}}
            GROUP BY q.customer_id, q.since
        """,
        facts={subject: "COALESCE({t}.answer, 0)"},
    )


SCORES = Spans(
    table="life_score",
    columns="score",
    select="""
        SELECT r.customer_id, r.day, COALESCE(LEAD(r.day) OVER (PARTITION BY r.customer_id ORDER BY r.day), {forever}), MIN(r.score)
        FROM feedback_response r JOIN life_customer c ON c.customer_id = r.customer_id
        WHERE r.withdrawn_at IS NULL AND r.day <= {horizon}
        GROUP BY r.customer_id, r.day
    """,
    facts={"score": "{t}.score", "score_day": "{t}.since"},
)

UNASKED = Spans(
    table="life_unasked",
    columns="told",
    select="""
        SELECT r.customer_id, r.day, COALESCE(LEAD(r.day) OVER (PARTITION BY r.customer_id ORDER BY r.day), {forever}), COUNT(*)
        FROM feedback_recommendation r JOIN life_customer c ON c.customer_id = r.customer_id
        WHERE r.withdrawn_at IS NULL AND NOT r.prompted AND r.day <= {horizon}
        GROUP BY r.customer_id, r.day
    """,
    facts={"unasked_day": "{t}.since"},
)

# Coverage: only for customers of whom a usable category is known. `life_bought_category` and
# `life_coverage_day` are filled first: what they bought of it, and the days on which the answer may change.
YEAR_OLD = 365  # a category counts from so many days after it was first sold

BOUGHT_CATEGORY = """
    SELECT l.customer_id, d.category_id, p.day, MAX({least}(COALESCE(l.ended, {forever}), COALESCE(p.ended, {forever})))
    FROM customers_purchaseline l
    JOIN customers_purchase p ON p.id = l.purchase_id
    JOIN customers_product d ON d.id = l.product_id
    JOIN (SELECT DISTINCT u.customer_id, u.category_id FROM customers_usablecategory u
          JOIN life_customer c ON c.customer_id = u.customer_id) u
        ON u.customer_id = l.customer_id AND u.category_id = d.category_id
    WHERE p.withdrawn_at IS NULL AND NOT l.free AND p.day <= {horizon}
    GROUP BY l.customer_id, d.category_id, p.day
"""

# Once bought, a category is covered for max(730 days, twice the longest gap), as the gap is known at the time.
COVERAGE_DAY = """
    SELECT customer_id, day FROM (
        SELECT u.customer_id, u.since AS day FROM customers_usablecategory u JOIN life_customer c ON c.customer_id = u.customer_id
        UNION SELECT u.customer_id, u.until FROM customers_usablecategory u JOIN life_customer c ON c.customer_id = u.customer_id
            WHERE u.until IS NOT NULL
        UNION SELECT u.customer_id, k.first_sold + {year_old} FROM customers_category k,
            (SELECT DISTINCT x.customer_id FROM customers_usablecategory x JOIN life_customer c ON c.customer_id = x.customer_id) u
        UNION SELECT customer_id, day FROM life_bought_category
        UNION SELECT customer_id, ended FROM life_bought_category
        UNION SELECT b.customer_id, b.since FROM life_behaviour b
            WHERE b.customer_id IN (SELECT customer_id FROM life_bought_category)
        UNION SELECT l.customer_id, l.day + {greatest}(730, 2 * b.longest_gap) + 1
            FROM life_bought_category l JOIN life_behaviour b ON b.customer_id = l.customer_id AND b.since >= l.day AND b.since < l.ended
            WHERE l.day + {greatest}(730, 2 * b.longest_gap) + 1 BETWEEN b.since + 1 AND b.until - 1
    ) days WHERE day < {forever}
"""

COVERAGE = Spans(
    table="life_coverage",
    columns="usable, covered, sold, changes",
    select="""
        SELECT d.customer_id, d.day,
            COALESCE(LEAD(d.day) OVER (PARTITION BY d.customer_id ORDER BY d.day), {forever}),
            (SELECT COUNT(DISTINCT u.category_id) FROM customers_usablecategory u
             JOIN customers_category k ON k.id = u.category_id AND k.first_sold + {year_old} <= d.day
             WHERE u.customer_id = d.customer_id AND u.since <= d.day AND (u.until IS NULL OR u.until > d.day)),
            (SELECT COUNT(DISTINCT u.category_id) FROM customers_usablecategory u
             JOIN customers_category k ON k.id = u.category_id AND k.first_sold + {year_old} <= d.day
             JOIN life_bought_category l ON l.customer_id = u.customer_id AND l.category_id = u.category_id
                AND l.day <= d.day AND l.ended > d.day AND l.day >= d.day - {greatest}(730, 2 * COALESCE(b.longest_gap, 0))
             WHERE u.customer_id = d.customer_id AND u.since <= d.day AND (u.until IS NULL OR u.until > d.day)),
            (SELECT COUNT(*) FROM customers_category k WHERE k.first_sold + {year_old} <= d.day),
            (SELECT MIN(later.day) FROM life_coverage_day later WHERE later.customer_id = d.customer_id AND later.day > {horizon})
        FROM life_coverage_day d
        LEFT JOIN life_behaviour b ON b.customer_id = d.customer_id AND b.since <= d.day AND d.day < b.until
        WHERE d.day <= {horizon}
    """,
    facts={
        "usable_categories": "COALESCE({t}.usable, 0)",
        "covered_categories": "COALESCE({t}.covered, 0)",
        "categories_sold": "COALESCE({t}.sold, 0)",
        "coverage_changes": "{t}.changes",
    },
)

SPANS = (BEHAVIOUR, qualification("need"), qualification("ability"), SCORES, UNASKED, COVERAGE)

NOT_RANKED = """
    CASE WHEN EXISTS (SELECT 1 FROM customers_notranked n WHERE n.customer_id = d.customer_id AND n.since <= d.day
                      AND (n.until IS NULL OR n.until > d.day)) THEN 1 ELSE 0 END
"""

# The ledgers whose rows are facts: table and the column of the day. A life begins with the first of them.
FIRST_FACTS = (
    ("customers_purchase", "day", "withdrawn_at IS NULL"),
    ("customers_refund", "day", "withdrawn_at IS NULL"),
    ("feedback_response", "day", "withdrawn_at IS NULL"),
    ("feedback_recommendation", "day", "withdrawn_at IS NULL"),
    ("customers_qualification", "since", "1 = 1"),
    ("customers_usablecategory", "since", "1 = 1"),
    ("customers_notranked", "since", "1 = 1"),
    ("customers_customertag", "since", "1 = 1"),
)
