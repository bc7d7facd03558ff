"""What they bought within windows of days, and for how much: read only where a rule asks for it.

A window of N days holds what lies 0 to N days back. So each thing comes in on its day and goes out N + 1 days later, or when it is
taken back; sums over that coming and going say what is in a window on every day on which that changes. The last day asked about
also carries when that is next, and what it will be then, for time goes on after it.
"""

from __future__ import annotations

from ladder.columns import WINDOWS
from ladder.sources.buying import BOUGHT_TABLE
from ladder.sources.spans import Prepared, Spans

FINE = 10_000  # parts of a unit of money in which it is added up, so that what was taken back in parts adds up to nothing

# What counts: on its `day` in which window it lies, from `since` and until `ended`. An occasion lasts until all of that day was taken back.
VISIT = """
    SELECT customer_id, day, day, MAX(CASE WHEN ended <= {horizon} THEN ended ELSE {forever} END), 1, 0
    FROM life_bought GROUP BY customer_id, day
    UNION ALL
    SELECT customer_id, day, day, CASE WHEN ended <= {horizon} THEN ended ELSE {forever} END, 0, 1 FROM life_bought
"""
# Purchases in the business's currency until all was taken back, and what was taken back of them in parts.
ENDED = "CASE WHEN p.ended <= {horizon} THEN p.ended ELSE {forever} END"
PAID = f"""
    SELECT p.customer_id, p.day, p.day, {ENDED}, CAST(ROUND(p.amount * {FINE}) AS BIGINT)
    FROM customers_purchase p JOIN life_customer c ON c.customer_id = p.customer_id {{within:p}}
    WHERE p.withdrawn_at IS NULL AND p.currency = '{{currency}}' AND p.day <= {{horizon}}
    UNION ALL
    SELECT p.customer_id, p.day, m.day, {ENDED}, -CAST(ROUND(m.quantity * l.unit_price * {FINE}) AS BIGINT)
    FROM customers_returnmatch m JOIN life_customer c ON c.customer_id = m.customer_id {{within:m}}
    JOIN customers_purchaseline l ON l.id = m.purchase_line_id AND NOT l.free
    JOIN customers_purchase p ON p.id = l.purchase_id AND p.withdrawn_at IS NULL AND p.currency = '{{currency}}'
    WHERE m.day <= {{horizon}} AND p.day <= {{horizon}}
"""

# Of the lines of which a cost is known what was earned, until all of the line or of its purchase was taken back; a free line costs too.
LINE_ENDED = """
    {least}(CASE WHEN l.ended <= {horizon} THEN l.ended ELSE {forever} END, CASE WHEN p.ended <= {horizon} THEN p.ended ELSE {forever} END)
"""
EACH = "CASE WHEN l.free THEN -l.unit_cost ELSE l.unit_price - l.unit_cost END"
EARNED = f"""
    SELECT p.customer_id, p.day, p.day, {LINE_ENDED}, CAST(ROUND(l.quantity * ({EACH}) * {FINE}) AS BIGINT), 1
    FROM customers_purchaseline l JOIN life_customer c ON c.customer_id = l.customer_id {{within:l}}
    JOIN customers_purchase p ON p.id = l.purchase_id AND p.withdrawn_at IS NULL AND p.currency = '{{currency}}'
    WHERE l.unit_cost IS NOT NULL AND p.day <= {{horizon}}
    UNION ALL
    SELECT p.customer_id, p.day, m.day, {LINE_ENDED}, -CAST(ROUND(m.quantity * ({EACH}) * {FINE}) AS BIGINT), 0
    FROM customers_returnmatch m JOIN life_customer c ON c.customer_id = m.customer_id {{within:m}}
    JOIN customers_purchaseline l ON l.id = m.purchase_line_id AND l.unit_cost IS NOT NULL
    JOIN customers_purchase p ON p.id = l.purchase_id AND p.withdrawn_at IS NULL AND p.currency = '{{currency}}'
    WHERE m.day <= {{horizon}} AND p.day <= {{horizon}}
"""


def within(names: tuple[str, ...]) -> list[str]:
    return [f"{name}_{days}" for days in WINDOWS for name in names]


def going(table: str, counted: dict[str, str], ever: dict[str, str]) -> str:
    """The sums of what is in each window, and of what ever came; {name: column of the table} each."""
    columns = [*((name, value, "ended") for name, value in ever.items())]
    columns += [(f"{name}_{n}", value, f"{{least}}(ended, day + {n + 1})") for n in WINDOWS for name, value in counted.items()]
    names = ", ".join(name for name, *_ in columns)
    coming = ", ".join(f"CASE WHEN since < {out} THEN {value} ELSE 0 END" for _, value, out in columns)
    events = [f"SELECT customer_id, since, {coming} FROM {table}"]
    for leaves in dict.fromkeys(out for *_, out in columns):
        going = ", ".join(f"-{value}" if out == leaves else "0" for _, value, out in columns)
        events.append(f"SELECT customer_id, {leaves}, {going} FROM {table} WHERE since < {leaves}")
    return summed(f"event (customer_id, day, {names}) AS ({' UNION ALL '.join(events)})", names, within(tuple(counted)))


def summed(event: str, names: str, windowed: list[str]) -> str:
    """The sums of the events, with when they next change and what those in windows will be then.

    `event` is a part of a WITH that ends in "event": customer_id, day, and by how much each of the names changes.
    """
    sums = ", ".join(f"SUM(SUM({name})) OVER life AS {name}" for name in names.split(", "))
    then = ", ".join(f"LEAD({name}) OVER life" for name in windowed)
    life = "WINDOW life AS (PARTITION BY customer_id ORDER BY day)"
    return f"""
        WITH {event},
        told AS (SELECT customer_id, day, {sums} FROM event WHERE day < {{forever}} GROUP BY customer_id, day {life})
        SELECT * FROM (SELECT customer_id, day, {names}, LEAD(day) OVER life, {then} FROM told {life}) foretold WHERE day <= {{horizon}}
    """


def columns(names: tuple[str, ...], ever: tuple[str, ...] = ()) -> str:
    return ", ".join([*ever, *within(names), "changes", *(f"{name}_then" for name in within(names))])


def in_cents(name: str) -> str:
    """Rounded half away from nothing: a loss as a gain."""
    parts = f"COALESCE({{t}}.{name}, 0)"
    half = f"CASE WHEN {parts} < 0 THEN {-FINE // 200} ELSE {FINE // 200} END"
    return f"(({parts} + {half}) / {FINE // 100})"


def margin(name: str) -> str:
    """Unknown while nothing stands of which a cost is known; `costed` counts beside it."""
    return f"CASE WHEN COALESCE({{t}}.{name.replace('margin', 'costed')}, 0) > 0 THEN {in_cents(name)} END"


def both(names: tuple[str, ...]) -> list[str]:
    """What is, and what will be."""
    return [each for name in within(names) for each in (name, f"{name}_then")]


VISITS = Spans(
    name="visits",
    before=(
        BOUGHT_TABLE,
        Prepared("life_visit", "customer_id, day, since, ended, occasion, invoice", VISIT),
    ),
    table="life_visits",
    columns=columns(("occasions", "invoices")),
    select=going("life_visit", {"occasions": "occasion", "invoices": "invoice"}, {}),
    facts={name: f"COALESCE({{t}}.{name}, 0)" for name in both(("occasions", "invoices"))} | {"visits_change": "{t}.changes"},
)
SPEND = Spans(
    name="spend",
    before=(Prepared("life_paid", "customer_id, day, since, ended, parts", PAID),),
    table="life_spend",
    columns=columns(("spend",), ("spend",)),
    select=going("life_paid", {"spend": "parts"}, {"spend": "parts"}),
    facts={name: in_cents(name) for name in ("spend", *both(("spend",)))} | {"spend_changes": "{t}.changes"},
)
MARGIN = Spans(
    name="margin",
    before=(Prepared("life_earned", "customer_id, day, since, ended, parts, costed", EARNED),),
    table="life_margin",
    columns=columns(("margin", "costed"), ("margin", "costed")),
    select=going("life_earned", {"margin": "parts", "costed": "costed"}, {"margin": "parts", "costed": "costed"}),
    facts={name: margin(name) for name in ("margin", *both(("margin",)))} | {"margin_changes": "{t}.changes"},
)
