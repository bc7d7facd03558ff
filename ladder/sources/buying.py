"""What they buy: occasions, gaps, what purchases cover; and whether they need it and can pay."""

from __future__ import annotations

from ladder.sources.spans import Prepared, Spans
from ladder.spacing import number

# Tables of their own, not parts of one statement: PostgreSQL knows nothing of the size of a part, and then
# joined every purchase with every era (40 s for 18,500 purchases; 0.1 s with their sizes known).
BOUGHT = """
    SELECT p.customer_id, p.day, p.ended, COALESCE(p.covers_until, {always})
    FROM customers_purchase p JOIN life_customer c ON c.customer_id = p.customer_id {within:p}
    WHERE p.withdrawn_at IS NULL AND p.priced AND p.day <= {horizon} AND (p.ended IS NULL OR p.ended > p.day)
"""
BOUGHT_TABLE = Prepared("life_bought", "customer_id, day, ended, covers_until", BOUGHT)
ERA = """
    SELECT customer_id, start, COALESCE(LEAD(start) OVER (PARTITION BY customer_id ORDER BY start), {forever}) FROM (
        SELECT customer_id, {always} AS start FROM life_bought
        UNION SELECT customer_id, ended FROM life_bought WHERE ended <= {horizon}
    ) starts
"""

# What holds on the horizon alone: the purchases that stand then, in one era. As cheap as it can be, for every night asks it of
# whomever anything reached; that it says what the last of all spans says is tested. One pass in the order of the index: several
# purchases of a day have no gap between them, and are one occasion.
PRESENTLY = """
    SELECT t.customer_id, {greatest}(t.last_day, COALESCE(t.last_ended, {always})), {forever}, occasions, invoices, first_day, last_day,
        covers_until, longest_gap, longest_gap_3y, longest_gap_400d
    FROM (%s) t
"""
BY_SPACING = f"""
        SELECT customer_id, (
                SELECT MAX(e.ended) FROM customers_purchase e WHERE e.customer_id = bought.customer_id
                AND e.withdrawn_at IS NULL AND e.ended IS NOT NULL AND e.priced AND e.ended <= {{horizon}} AND e.ended > e.day
            ) AS last_ended, {number(0)} AS occasions, invoices, first_day, last_day, covers_until,
            {number(1)} AS longest_gap, {number(2)} AS longest_gap_3y, {number(3)} AS longest_gap_400d
        FROM (
            SELECT c.customer_id, COUNT(*) AS invoices, MIN(p.day) AS first_day, MAX(p.day) AS last_day,
                MAX(COALESCE(p.covers_until, {{always}})) AS covers_until, SPACING(p.day) AS spacing
            FROM life_customer c JOIN customers_purchase p ON p.customer_id = c.customer_id
            WHERE p.withdrawn_at IS NULL AND p.priced AND p.day <= {{horizon}} AND (p.ended IS NULL OR p.ended > {{horizon}})
            GROUP BY c.customer_id
        ) bought
"""
# Windows carry every purchase from hand to hand; an array of their days is walked in half the time.
BY_ARRAYS = """
        SELECT customer_id, occasions, invoices, first_day, last_day, last_ended, covers_until, COALESCE(longest_gap, 0) AS longest_gap,
            COALESCE(longest_gap_3y, 0) AS longest_gap_3y, COALESCE(longest_gap_400d, 0) AS longest_gap_400d
        FROM (
            SELECT customer_id, days, last_ended, COALESCE(covers_until, {always}) AS covers_until,
                CARDINALITY(days) AS invoices, days[1] AS first_day, days[CARDINALITY(days)] AS last_day
            FROM (
                SELECT p.customer_id, ARRAY_AGG(p.day ORDER BY p.day) FILTER (WHERE p.ended IS NULL OR p.ended > {horizon}) AS days,
                    MAX(p.covers_until) FILTER (WHERE p.ended IS NULL OR p.ended > {horizon}) AS covers_until,
                    MAX(p.ended) FILTER (WHERE p.ended <= {horizon} AND p.ended > p.day) AS last_ended
                FROM customers_purchase p JOIN life_customer c ON c.customer_id = p.customer_id {within:p}
                WHERE p.withdrawn_at IS NULL AND p.priced AND p.day <= {horizon}
                GROUP BY p.customer_id
            ) each WHERE days IS NOT NULL
        ) bought, LATERAL (
            SELECT 1 + COUNT(CASE WHEN gap > 0 THEN 1 END) AS occasions, MAX(gap) AS longest_gap,
                MAX(CASE WHEN day >= last_day - {years_3} THEN gap END) AS longest_gap_3y,
                MAX(CASE WHEN day >= last_day - {days_400} THEN gap END) AS longest_gap_400d
            FROM (SELECT days[n] AS day, days[n] - days[n - 1] AS gap FROM GENERATE_SERIES(2, invoices) n) spaced
        ) gaps
"""

BEHAVIOUR = Spans(
    present=PRESENTLY % BY_SPACING,
    present_on_postgresql=PRESENTLY % BY_ARRAYS,
    before=(
        BOUGHT_TABLE,
        Prepared("life_era", "customer_id, start, finish", ERA, key="customer_id, start"),
    ),
    table="life_behaviour",
    says_until=True,
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
                MAX(gap) OVER (PARTITION BY customer_id, start ORDER BY day RANGE BETWEEN {years_3} PRECEDING AND CURRENT ROW)
                    AS longest_gap_3y,
                MAX(gap) OVER (PARTITION BY customer_id, start ORDER BY day RANGE BETWEEN {days_400} PRECEDING AND CURRENT ROW)
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
                CASE MIN(q.answer) WHEN 'yes' THEN 1 WHEN 'no' THEN 2 ELSE 0 END
            FROM customers_qualification q JOIN life_customer c ON c.customer_id = q.customer_id {{within:q}}
            WHERE q.subject = '{subject}' AND q.since <= {{horizon}}
            GROUP BY q.customer_id, q.since
        """,
        facts={subject: "COALESCE({t}.answer, 0)"},
    )
