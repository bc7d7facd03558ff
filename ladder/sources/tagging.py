"""Tags: the days on which one is put on or taken off. Which, a rule asks the tags themselves."""

from __future__ import annotations

from ladder.sources.spans import Spans

TAGS = Spans(
    name="tags",
    table="life_tags",
    columns="told",
    select="""
        SELECT customer_id, day, 1 FROM (
            SELECT t.customer_id, t.since AS day FROM customers_customertag t JOIN life_customer c ON c.customer_id = t.customer_id {within:t}
            UNION SELECT t.customer_id, t.until FROM customers_customertag t JOIN life_customer c ON c.customer_id = t.customer_id {within:t}
            WHERE t.until IS NOT NULL
        ) days WHERE day <= {horizon}
    """,
    facts={},
)
