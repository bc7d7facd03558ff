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

YEAR = 365  # "within a year" is within so many days


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


def latest(name: str, ledger: str) -> Spans:
    """The day of the latest row of a ledger that stands."""
    return Spans(
        table=f"life_{name}",
        columns="told",
        select=f"""
            SELECT r.customer_id, r.day, COALESCE(LEAD(r.day) OVER (PARTITION BY r.customer_id ORDER BY r.day), {{forever}}), COUNT(*)
            FROM {ledger} r JOIN life_customer c ON c.customer_id = r.customer_id
            WHERE r.withdrawn_at IS NULL AND r.day <= {{horizon}}
            GROUP BY r.customer_id, r.day
        """,
        facts={f"{name}_day": "{t}.since"},
    )


# Telling others. A referral is converted while the referred has an occasion, and counts from the later of the day it was made and
# the day of their first occasion. That may end with a refund, so life_told holds spans: what was told, when, from when until when
# it stands. `how`: 1 unprompted recommendation, 2 reference, 3 unprompted referral, 4 prompted referral.
TOLD = """
    SELECT r.customer_id, r.day, r.day, {forever}, CASE WHEN r.kind = 'reference' THEN 2 ELSE 1 END
    FROM feedback_recommendation r JOIN life_customer c ON c.customer_id = r.customer_id
    WHERE r.withdrawn_at IS NULL AND r.day <= {horizon} AND (r.kind = 'reference' OR NOT r.prompted)
"""
CONVERTED = """
    WITH made AS (
        SELECT f.id, f.customer_id, f.referred_id, f.day, CASE WHEN f.prompted THEN 4 ELSE 3 END AS how
        FROM customers_referral f JOIN life_customer c ON c.customer_id = f.customer_id
        WHERE f.withdrawn_at IS NULL AND f.referred_id IS NOT NULL AND f.day <= {horizon}
    ), bought AS (
        SELECT m.id, p.day, COALESCE(p.ended, {forever}) AS ended
        FROM made m JOIN customers_purchase p ON p.customer_id = m.referred_id
        WHERE p.withdrawn_at IS NULL AND p.priced AND p.day <= {horizon} AND (p.ended IS NULL OR p.ended > p.day)
    ), point AS (
        SELECT id, day FROM made UNION SELECT id, day FROM bought UNION SELECT id, ended FROM bought WHERE ended <= {horizon}
    ), told AS (
        SELECT t.id, t.day AS since, COALESCE(LEAD(t.day) OVER (PARTITION BY t.id ORDER BY t.day), {forever}) AS until, MIN(b.day) AS first
        FROM point t LEFT JOIN bought b ON b.id = t.id AND b.day <= t.day AND b.ended > t.day
        GROUP BY t.id, t.day
    )
    SELECT m.customer_id, {greatest}(m.day, t.first), t.since, t.until, m.how
    FROM told t JOIN made m ON m.id = t.id WHERE t.first IS NOT NULL AND t.since >= m.day
"""

TELLING = Spans(
    table="life_telling",
    columns="unasked, reference, referral, prompted",
    select="""
        SELECT d.customer_id, d.day, COALESCE(LEAD(d.day) OVER (PARTITION BY d.customer_id ORDER BY d.day), {forever}),
            MAX(CASE WHEN t.how IN (1, 3) THEN t.day END), MAX(CASE WHEN t.how = 2 THEN t.day END),
            MAX(CASE WHEN t.how IN (3, 4) THEN t.day END), MAX(CASE WHEN t.how = 4 THEN t.day END)
        FROM (SELECT customer_id, since AS day FROM life_told UNION SELECT customer_id, until FROM life_told WHERE until < {forever}) d
        LEFT JOIN life_told t ON t.customer_id = d.customer_id AND t.since <= d.day AND t.until > d.day
        GROUP BY d.customer_id, d.day
    """,
    facts={
        "unasked_day": "{t}.unasked",
        "reference_day": "{t}.reference",
        "referral_day": "{t}.referral",
        "prompted_referral_day": "{t}.prompted",
    },
)

# Taking part, by own act: days within a year. Being enrolled at the till is no act of theirs.
INVOLVED_DAY = """
    SELECT DISTINCT i.customer_id, i.day FROM customers_involvement i JOIN life_customer c ON c.customer_id = i.customer_id
    WHERE i.withdrawn_at IS NULL AND i.kind <> 'enrolled' AND i.day <= {horizon}
"""
INVOLVEMENT = Spans(
    table="life_involvement",
    columns="days, fades",
    select="""
        SELECT d.customer_id, d.day, COALESCE(LEAD(d.day) OVER (PARTITION BY d.customer_id ORDER BY d.day), {forever}),
            COUNT(i.day), MIN(i.day) + {year} + 1
        FROM (SELECT customer_id, day FROM life_involved_day
              UNION SELECT customer_id, day + {year} + 1 FROM life_involved_day WHERE day + {year} + 1 <= {horizon}) d
        LEFT JOIN life_involved_day i ON i.customer_id = d.customer_id AND i.day <= d.day AND i.day >= d.day - {year}
        GROUP BY d.customer_id, d.day
    """,
    facts={"involved_days": "COALESCE({t}.days, 0)", "involved_fades": "{t}.fades"},
)

# When complaints were open: from the day received, and again from when they were reopened.
OPEN_COMPLAINT = """
    WITH turn AS (
        SELECT k.id, k.day, k.occurred_at, 1 AS is_open FROM feedback_complaint k
        JOIN life_customer c ON c.customer_id = k.customer_id WHERE k.withdrawn_at IS NULL AND k.day <= {horizon}
        UNION ALL
        SELECT s.complaint_id, s.day, s.occurred_at, CASE WHEN s.kind = 'reopened' THEN 1 ELSE 0 END FROM feedback_complaintstep s
        JOIN life_customer c ON c.customer_id = s.customer_id WHERE s.day <= {horizon}
    ), last AS (
        SELECT id, day, is_open, ROW_NUMBER() OVER (PARTITION BY id, day ORDER BY occurred_at DESC, is_open DESC) AS place FROM turn
    ), spans AS (
        SELECT id, day AS since, is_open, COALESCE(LEAD(day) OVER (PARTITION BY id ORDER BY day), {forever}) AS until
        FROM last WHERE place = 1
    )
    SELECT k.customer_id, k.id, s.since, s.until, k.due_day
    FROM spans s JOIN feedback_complaint k ON k.id = s.id AND k.withdrawn_at IS NULL
    WHERE s.is_open = 1 AND s.since >= k.day
"""
COMPLAINTS = Spans(
    table="life_complaints",
    columns="waiting, due",
    select="""
        SELECT d.customer_id, d.day, COALESCE(LEAD(d.day) OVER (PARTITION BY d.customer_id ORDER BY d.day), {forever}),
            COUNT(k.id), MIN(k.due)
        FROM (SELECT customer_id, since AS day FROM life_open_complaint
              UNION SELECT customer_id, until FROM life_open_complaint WHERE until < {forever}) d
        LEFT JOIN life_open_complaint k ON k.customer_id = d.customer_id AND k.since <= d.day AND k.until > d.day
        GROUP BY d.customer_id, d.day
    """,
    facts={"open_complaints": "COALESCE({t}.waiting, 0)", "complaint_due": "{t}.due"},
)

# Hostile acts that two people confirmed; `widely` once two of them differ in both day and audience.
HOSTILITY = Spans(
    table="life_hostility",
    columns="widely",
    select="""
        WITH act AS (
            SELECT h.customer_id, h.day, LOWER(h.audience) AS audience FROM feedback_hostileact h
            JOIN life_customer c ON c.customer_id = h.customer_id
            WHERE h.withdrawn_at IS NULL AND h.confirmed AND h.day <= {horizon}
        )
        SELECT d.customer_id, d.day, COALESCE(LEAD(d.day) OVER (PARTITION BY d.customer_id ORDER BY d.day), {forever}),
            CASE WHEN EXISTS (SELECT 1 FROM act a JOIN act b ON b.customer_id = a.customer_id AND b.day > a.day
                AND b.audience <> a.audience WHERE a.customer_id = d.customer_id AND b.day <= d.day) THEN 1 ELSE 0 END
        FROM (SELECT DISTINCT customer_id, day FROM act) d
    """,
    facts={"hostile_day": "{t}.since", "hostile_widely": "COALESCE({t}.widely, 0)"},
)

# A joint plan is current from the later of its first day and both acceptances.
PLAN = """
    SELECT p.customer_id, {greatest}(p.since, p.accepted_by_us, p.accepted_by_them), COALESCE(p.until, {forever})
    FROM customers_jointplan p JOIN life_customer c ON c.customer_id = p.customer_id
    WHERE p.accepted_by_us IS NOT NULL AND p.accepted_by_them IS NOT NULL
"""
PLANS = Spans(
    table="life_plans",
    columns="plans",
    select="""
        SELECT d.customer_id, d.day, COALESCE(LEAD(d.day) OVER (PARTITION BY d.customer_id ORDER BY d.day), {forever}), COUNT(p.since)
        FROM (SELECT customer_id, since AS day FROM life_plan UNION SELECT customer_id, until FROM life_plan WHERE until < {forever}) d
        LEFT JOIN life_plan p ON p.customer_id = d.customer_id AND p.since <= d.day AND p.until > d.day
        WHERE d.day <= {horizon}
        GROUP BY d.customer_id, d.day
    """,
    facts={
        "joint_plans": "COALESCE({t}.plans, 0)",
        "joint_plan_changes": "(SELECT MIN(x.day) FROM (SELECT customer_id, since AS day FROM life_plan UNION SELECT customer_id, until FROM life_plan) x"
        " WHERE x.customer_id = d.customer_id AND x.day > {horizon} AND x.day < {forever})",
    },
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

SPANS = (
    BEHAVIOUR, qualification("need"), qualification("ability"), SCORES, TELLING, INVOLVEMENT, COMPLAINTS, HOSTILITY, PLANS,
    latest("leaving", "feedback_leavingnotice"), latest("competitor", "feedback_competitorconsidered"), COVERAGE,
)  # fmt: skip


@dataclass(frozen=True)
class Prepared:
    """A table that is filled before the spans that read it."""

    table: str
    columns: str
    select: str


PREPARED: Mapping[str, tuple[Prepared, ...]] = {
    TELLING.table: (
        Prepared("life_told", "customer_id, day, since, until, how", TOLD),
        Prepared("life_told", "customer_id, day, since, until, how", CONVERTED),
    ),
    INVOLVEMENT.table: (Prepared("life_involved_day", "customer_id, day", INVOLVED_DAY),),
    COMPLAINTS.table: (Prepared("life_open_complaint", "customer_id, id, since, until, due", OPEN_COMPLAINT),),
    PLANS.table: (Prepared("life_plan", "customer_id, since, until", PLAN),),
}

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
    ("feedback_complaint", "day", "withdrawn_at IS NULL"),
    ("feedback_hostileact", "day", "withdrawn_at IS NULL"),
    ("feedback_leavingnotice", "day", "withdrawn_at IS NULL"),
    ("feedback_competitorconsidered", "day", "withdrawn_at IS NULL"),
    ("customers_referral", "day", "withdrawn_at IS NULL"),
    ("customers_involvement", "day", "withdrawn_at IS NULL"),
    ("customers_jointplan", "since", "1 = 1"),
    ("customers_qualification", "since", "1 = 1"),
    ("customers_usablecategory", "since", "1 = 1"),
    ("customers_notranked", "since", "1 = 1"),
    ("customers_customertag", "since", "1 = 1"),
)
