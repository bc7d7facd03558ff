"""Laying overrides over what the rules say: a mask of days and rungs, which the fold itself never sees.

Works on life_rung, for whatever ladders, editions and days are in it. Not ranked stays not ranked. Of several overrides on one
day the one that began last decides, then its content; never the order in which they were made. One whose rung the edition in
force that day does not know, or holds from below or above a side state, is not there on that day.
"""

from __future__ import annotations

from ladder import sql

# A day without a rung joins no step, and so is never masked.
DECIDING = """
    SELECT r.customer_id, r.ladder_id, r.day, o.id AS override_id,
        CASE WHEN o.how = 'fix'
                OR (o.how = 'at_least' AND earned.kind <> 'side' AND earned.position < bound.position)
                OR (o.how = 'at_most' AND earned.kind <> 'side' AND earned.position > bound.position)
            THEN o.rung_id ELSE r.rung_id END AS rung_id,
        ROW_NUMBER() OVER (PARTITION BY r.customer_id, r.ladder_id, r.day
            ORDER BY o.since DESC, o.how {bytewise}, g.slug {bytewise}, o.reason {bytewise}, o.until) AS place
    FROM ladder_override o
    JOIN life_customer c ON c.customer_id = o.customer_id
    JOIN ladder_rung g ON g.id = o.rung_id
    JOIN life_rung r ON r.customer_id = o.customer_id AND r.ladder_id = g.ladder_id AND r.day >= o.since AND r.day < o.until
    JOIN ladder_step bound ON bound.edition_id = r.edition_id AND bound.rung_id = o.rung_id
    JOIN ladder_step earned ON earned.edition_id = r.edition_id AND earned.rung_id = r.rung_id
    WHERE o.withdrawn_at IS NULL AND (o.how = 'fix' OR bound.kind <> 'side')
"""


def mask() -> int:
    """Write on life_rung the rungs that overrides put in the place of those earned; gives how many days one holds on."""
    return sql.run(
        "UPDATE life_rung SET earned_id = life_rung.rung_id, rung_id = m.rung_id, override_id = m.override_id"
        f" FROM ({DECIDING.format(**sql.words())}) m WHERE m.place = 1 AND m.customer_id = life_rung.customer_id"
        " AND m.ladder_id = life_rung.ladder_id AND m.day = life_rung.day"
    )


def name_overrides() -> None:
    """Write on life_placement the override that holds on its last day, for an open one as of the horizon."""
    sql.run(
        """
        UPDATE life_placement SET override_id = last.override_id FROM (
            SELECT customer_id, ladder_id, override_id, LEAD(day) OVER (PARTITION BY customer_id, ladder_id ORDER BY day) AS next_day
            FROM life_rung WHERE customer_id IN (SELECT customer_id FROM life_rung WHERE override_id IS NOT NULL)
        ) last
        WHERE last.override_id IS NOT NULL AND last.customer_id = life_placement.customer_id AND last.ladder_id = life_placement.ladder_id
        AND (last.next_day = life_placement.until OR (last.next_day IS NULL AND life_placement.until IS NULL))
        """
    )
