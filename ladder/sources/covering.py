"""Coverage: how much of what they can use they buy of us."""

from __future__ import annotations

from ladder.sources.spans import Prepared, Spans

# Coverage: only for customers of whom a usable category is known. `life_bought_category` and
# `life_coverage_day` are filled first: what they bought of it, and the days on which the answer may change.

BOUGHT_CATEGORY = """
    SELECT l.customer_id, d.category_id, p.day, MAX({least}(COALESCE(l.ended, {forever}), COALESCE(p.ended, {forever})))
    FROM customers_purchaseline l
    JOIN customers_purchase p ON p.id = l.purchase_id
    JOIN customers_product d ON d.id = l.product_id
    JOIN (SELECT DISTINCT u.customer_id, u.category_id FROM customers_usablecategory u
          JOIN life_customer c ON c.customer_id = u.customer_id {within:u}) u
        ON u.customer_id = l.customer_id AND u.category_id = d.category_id
    WHERE p.withdrawn_at IS NULL AND NOT l.free AND p.day <= {horizon}
    GROUP BY l.customer_id, d.category_id, p.day
"""

# Once bought, a category is covered for max(730 days, twice the longest gap), as the gap is known at the time.
COVERAGE_DAY = """
    SELECT customer_id, day FROM (
        SELECT u.customer_id, u.since AS day FROM customers_usablecategory u JOIN life_customer c ON c.customer_id = u.customer_id {within:u}
        UNION SELECT u.customer_id, u.until FROM customers_usablecategory u JOIN life_customer c ON c.customer_id = u.customer_id {within:u}
            WHERE u.until IS NOT NULL
        UNION SELECT u.customer_id, k.first_sold + {year_old} FROM customers_category k,
            (SELECT DISTINCT x.customer_id FROM customers_usablecategory x JOIN life_customer c ON c.customer_id = x.customer_id {within:x}) u
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
    before=(
        Prepared(
            "life_bought_category", "customer_id, category_id, day, ended", BOUGHT_CATEGORY, key="customer_id, category_id, day"
        ),
        Prepared("life_coverage_day", "customer_id, day", COVERAGE_DAY, key="customer_id, day"),
    ),
    table="life_coverage",
    columns="usable, covered, changes",
    select="""
        SELECT d.customer_id, d.day,
            (SELECT COUNT(DISTINCT u.category_id) FROM customers_usablecategory u
             JOIN customers_category k ON k.id = u.category_id AND k.first_sold + {year_old} <= d.day
             WHERE u.customer_id = d.customer_id AND u.since <= d.day AND (u.until IS NULL OR u.until > d.day)),
            (SELECT COUNT(DISTINCT u.category_id) FROM customers_usablecategory u
             JOIN customers_category k ON k.id = u.category_id AND k.first_sold + {year_old} <= d.day
             JOIN life_bought_category l ON l.customer_id = u.customer_id AND l.category_id = u.category_id
                AND l.day <= d.day AND l.ended > d.day AND l.day >= d.day - {greatest}(730, 2 * COALESCE(b.longest_gap, 0))
             WHERE u.customer_id = d.customer_id AND u.since <= d.day AND (u.until IS NULL OR u.until > d.day)),
            (SELECT MIN(later.day) FROM life_coverage_day later WHERE later.customer_id = d.customer_id AND later.day > {horizon})
        FROM life_coverage_day d
        LEFT JOIN life_behaviour b ON b.customer_id = d.customer_id AND b.since <= d.day AND d.day < b.until
        WHERE d.day <= {horizon}
    """,
    facts={
        "usable_categories": "COALESCE({t}.usable, 0)",
        "covered_categories": "COALESCE({t}.covered, 0)",
        "coverage_changes": "{t}.changes",
    },
)
