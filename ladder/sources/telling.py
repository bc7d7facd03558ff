"""What they tell others, where they take part, what they plan with us."""

from __future__ import annotations

from feedback.models import PROMPTS_FOR
from ladder.sources.spans import Prepared, Spans

YEAR = 365  # "within a year" is within so many days

# Telling others. A referral is converted while the referred has an occasion, and counts from the later of the day it was made and
# the day of their first occasion. That may end with a refund, so life_told holds spans: what was told, when, from when until when
# it stands. `how`: 1 unprompted recommendation, 2 reference, 3 unprompted referral, 4 prompted referral.


def asked(row: str) -> str:
    """Whether an ask of ours lies in the days before: that prompts, whatever was recorded."""
    window = f"a.day BETWEEN {row}.day - {PROMPTS_FOR} AND {row}.day"
    return (
        f"EXISTS (SELECT 1 FROM feedback_ask a WHERE a.customer_id = {row}.customer_id AND a.withdrawn_at IS NULL AND {window})"
    )


# What is told in public counts once it is known to be in our favour.
TOLD = f"""
    SELECT r.customer_id, r.day, r.day, {{forever}}, CASE WHEN r.kind = 'reference' THEN 2 ELSE 1 END
    FROM feedback_recommendation r JOIN life_customer c ON c.customer_id = r.customer_id {{within:r}}
    WHERE r.withdrawn_at IS NULL AND r.day <= {{horizon}} AND (r.kind = 'reference' OR (NOT r.prompted
        AND (r.kind IN ('recommendation', 'testimonial') OR r.favourable) AND NOT {asked("r")}))
"""
CONVERTED = f"""
    WITH made AS (
        SELECT f.id, f.customer_id, f.referred_id, f.day, CASE WHEN f.prompted OR {asked("f")} THEN 4 ELSE 3 END AS how
        FROM customers_referral f JOIN life_customer c ON c.customer_id = f.customer_id {{within:f}}
        WHERE f.withdrawn_at IS NULL AND f.referred_id IS NOT NULL AND f.day <= {{horizon}}
    ), bought AS (
        SELECT m.id, p.day, COALESCE(p.ended, {{forever}}) AS ended
        FROM made m JOIN customers_purchase p ON p.customer_id = m.referred_id
        WHERE p.withdrawn_at IS NULL AND p.priced AND p.day <= {{horizon}} AND (p.ended IS NULL OR p.ended > p.day)
    ), point AS (
        SELECT id, day FROM made UNION SELECT id, day FROM bought UNION SELECT id, ended FROM bought WHERE ended <= {{horizon}}
    ), told AS (
        SELECT t.id, t.day AS since, COALESCE(LEAD(t.day) OVER (PARTITION BY t.id ORDER BY t.day), {{forever}}) AS until, MIN(b.day) AS first
        FROM point t LEFT JOIN bought b ON b.id = t.id AND b.day <= t.day AND b.ended > t.day
        GROUP BY t.id, t.day
    )
    SELECT m.customer_id, {{greatest}}(m.day, t.first), t.since, t.until, m.how
    FROM told t JOIN made m ON m.id = t.id WHERE t.first IS NOT NULL AND t.since >= m.day
"""

TELLING = Spans(
    before=(
        Prepared("life_told", "customer_id, day, since, until, how", TOLD),
        Prepared("life_told", "customer_id, day, since, until, how", CONVERTED),
    ),
    table="life_telling",
    columns="unasked, reference, referral, prompted",
    select="""
        SELECT d.customer_id, d.day,
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
    SELECT DISTINCT i.customer_id, i.day FROM customers_involvement i JOIN life_customer c ON c.customer_id = i.customer_id {within:i}
    WHERE i.withdrawn_at IS NULL AND i.kind <> 'enrolled' AND i.day <= {horizon}
"""
INVOLVEMENT = Spans(
    before=(Prepared("life_involved_day", "customer_id, day", INVOLVED_DAY),),
    table="life_involvement",
    columns="days, fades",
    select="""
        SELECT d.customer_id, d.day,
            COUNT(i.day), MIN(i.day) + {year} + 1
        FROM (SELECT customer_id, day FROM life_involved_day
              UNION SELECT customer_id, day + {year} + 1 FROM life_involved_day WHERE day + {year} + 1 <= {horizon}) d
        LEFT JOIN life_involved_day i ON i.customer_id = d.customer_id AND i.day <= d.day AND i.day >= d.day - {year}
        GROUP BY d.customer_id, d.day
    """,
    facts={"involved_days": "COALESCE({t}.days, 0)", "involved_fades": "{t}.fades"},
)

# A joint plan is current from the later of its first day and both acceptances.
PLAN = """
    SELECT p.customer_id, {greatest}(p.since, p.accepted_by_us, p.accepted_by_them), COALESCE(p.until, {forever})
    FROM customers_jointplan p JOIN life_customer c ON c.customer_id = p.customer_id {within:p}
    WHERE p.accepted_by_us IS NOT NULL AND p.accepted_by_them IS NOT NULL
"""
PLANS = Spans(
    before=(Prepared("life_plan", "customer_id, since, until", PLAN),),
    table="life_plans",
    columns="plans, changes",
    # From always on: of a plan that is yet to begin it is known when.
    select="""
        SELECT d.customer_id, d.day, COUNT(p.since), (
            SELECT MIN(x.day) FROM (SELECT customer_id, since AS day FROM life_plan UNION SELECT customer_id, until FROM life_plan) x
            WHERE x.customer_id = d.customer_id AND x.day > {horizon} AND x.day < {forever}
        )
        FROM (
            SELECT customer_id, {always} AS day FROM life_plan UNION SELECT customer_id, since FROM life_plan
            UNION SELECT customer_id, until FROM life_plan
        ) d
        LEFT JOIN life_plan p ON p.customer_id = d.customer_id AND p.since <= d.day AND p.until > d.day
        WHERE d.day <= {horizon}
        GROUP BY d.customer_id, d.day
    """,
    facts={"joint_plans": "COALESCE({t}.plans, 0)", "joint_plan_changes": "{t}.changes"},
)
