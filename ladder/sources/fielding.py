"""Fields of the business's own: the days on which something was said of one. What, a rule asks the rows themselves."""

from __future__ import annotations

from ladder.sources.spans import Spans

FIELDS = Spans(
    name="fields",
    table="life_fields",
    columns="told",
    select="""
        SELECT DISTINCT v.customer_id, v.since, 1 FROM customers_fieldvalue v JOIN life_customer c ON c.customer_id = v.customer_id {within:v}
        WHERE v.withdrawn_at IS NULL AND v.since <= {horizon}
    """,
    facts={},
)
