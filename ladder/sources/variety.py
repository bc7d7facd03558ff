"""How various what they bought is: of how many categories, through how many channels. Read only where a rule asks for it.

Each thing bought of a kind lies in a window from its day until it leaves it or is taken back. Where such stretches of one kind
touch or overlap they are one, and the kind counts from its beginning to its end; so the sums of beginnings and ends say how many
kinds there are on every day on which that changes.
"""

from __future__ import annotations

from ladder.columns import COLUMNS
from ladder.sources.lately import summed
from ladder.sources.spans import Spans

YEAR = 365

# Lines that are not free, of products whose category is known, until all of the line or of its purchase was taken back.
CATEGORY = """
    SELECT l.customer_id, d.category_id, p.day, {least}(
        CASE WHEN l.ended <= {horizon} THEN l.ended ELSE {forever} END, CASE WHEN p.ended <= {horizon} THEN p.ended ELSE {forever} END
    )
    FROM customers_purchaseline l JOIN life_customer c ON c.customer_id = l.customer_id {within:l}
    JOIN customers_purchase p ON p.id = l.purchase_id AND p.withdrawn_at IS NULL AND p.day <= {horizon}
    JOIN customers_product d ON d.id = l.product_id AND d.category_id IS NOT NULL
    WHERE NOT l.free
"""
CHANNEL = """
    SELECT p.customer_id, p.channel, p.day, CASE WHEN p.ended <= {horizon} THEN p.ended ELSE {forever} END
    FROM customers_purchase p JOIN life_customer c ON c.customer_id = p.customer_id {within:p}
    WHERE p.withdrawn_at IS NULL AND p.priced AND p.channel <> '' AND p.day <= {horizon}
"""


def counted(bought: str, name: str) -> str:
    """How many kinds stand on each day: ever, and within a year."""
    windows = {name: "ended", f"{name}_{YEAR}": f"{{least}}(ended, day + {YEAR + 1})"}
    spans = [f"SELECT customer_id, kind, {i}, day, {out} FROM bought WHERE day < {out}" for i, out in enumerate(windows.values())]
    which = ", ".join(f"CASE WHEN place = {i} THEN {{by}} ELSE 0 END" for i in range(len(windows)))
    names = ", ".join(windows)
    event = f"""bought (customer_id, kind, day, ended) AS ({bought}),
        lying (customer_id, kind, place, since, until) AS ({" UNION ALL ".join(spans)}),
        marked AS (
            SELECT customer_id, kind, place, since, until, CASE WHEN since <= MAX(until) OVER (
                PARTITION BY customer_id, kind, place ORDER BY since, until ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
            ) THEN 0 ELSE 1 END AS begins FROM lying
        ), numbered AS (
            SELECT customer_id, kind, place, since, until,
                SUM(begins) OVER (PARTITION BY customer_id, kind, place ORDER BY since, until ROWS UNBOUNDED PRECEDING) AS stretch FROM marked
        ), stretch AS (
            SELECT customer_id, place, MIN(since) AS since, MAX(until) AS until FROM numbered GROUP BY customer_id, kind, place, stretch
        ), event (customer_id, day, {names}) AS (
            SELECT customer_id, since, {which.replace("{by}", "1")} FROM stretch
            UNION ALL SELECT customer_id, until, {which.replace("{by}", "-1")} FROM stretch
        )"""
    return summed(event, names, [f"{name}_{YEAR}"])


def variety(name: str, changes: str, bought: str) -> Spans:
    """Of kinds that were ever bought too, whether or not how many is a fact: a rule that names one asks until when it stands."""
    windowed = f"{name}_{YEAR}"
    facts = [column for column in (name, windowed, f"{windowed}_then") if column in COLUMNS]
    return Spans(
        name=name,
        table=f"life_{name}",
        columns=f"{name}, {windowed}, changes, {windowed}_then",
        select=counted(bought, name),
        facts={column: f"COALESCE({{t}}.{column}, 0)" for column in facts} | {changes: "{t}.changes"},
    )


CATEGORIES = variety("categories", "categories_change", CATEGORY)
CHANNELS = variety("channels", "channels_change", CHANNEL)
