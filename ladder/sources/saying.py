"""What they say: scores, complaints, hostile acts, notices of leaving, competitors considered."""

from __future__ import annotations

from ladder.columns import SATISFACTION
from ladder.sources.spans import Prepared, Spans, latest

SCORES = latest("score", "feedback_response", "MIN(r.score)")

SATISFACTIONS = tuple(
    latest(name, "feedback_satisfaction", "MIN(r.score)", only=f"r.subject = '{subject}'", asked=name)
    for name, subject in SATISFACTION.items()
)

# When complaints were open: from the day received, and again from when they were reopened. Of what was promised the earliest
# holds; a promise made later is counted from the day it was made, so it turns no day before that.
OPEN_COMPLAINT = """
    WITH turn AS (
        SELECT k.id, k.day, k.occurred_at, 1 AS is_open FROM feedback_complaint k
        JOIN life_customer c ON c.customer_id = k.customer_id {within:k} WHERE k.withdrawn_at IS NULL AND k.day <= {horizon}
        UNION ALL
        SELECT s.complaint_id, s.day, s.occurred_at, CASE WHEN s.kind = 'reopened' THEN 1 ELSE 0 END FROM feedback_complaintstep s
        JOIN life_customer c ON c.customer_id = s.customer_id {within:s} WHERE s.day <= {horizon} AND s.kind IN ('answered', 'reopened')
    ), last AS (
        SELECT id, day, is_open, ROW_NUMBER() OVER (PARTITION BY id, day ORDER BY occurred_at DESC, is_open DESC) AS place FROM turn
    ), spans AS (
        SELECT id, day AS since, is_open, COALESCE(LEAD(day) OVER (PARTITION BY id ORDER BY day), {forever}) AS until
        FROM last WHERE place = 1
    )
    SELECT k.customer_id, k.id, s.since, s.until, COALESCE(
        (SELECT MIN(g.due_day) FROM feedback_complaintstep g WHERE g.complaint_id = k.id AND g.day <= {horizon} AND g.due_day < k.due_day),
        k.due_day)
    FROM spans s JOIN feedback_complaint k ON k.id = s.id AND k.withdrawn_at IS NULL
    WHERE s.is_open = 1 AND s.since >= k.day
"""
COMPLAINTS = Spans(
    before=(Prepared("life_open_complaint", "customer_id, id, since, until, due", OPEN_COMPLAINT),),
    table="life_complaints",
    columns="waiting, due",
    select="""
        SELECT d.customer_id, d.day,
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
            JOIN life_customer c ON c.customer_id = h.customer_id {within:h}
            WHERE h.withdrawn_at IS NULL AND h.confirmed AND h.day <= {horizon}
        )
        SELECT d.customer_id, d.day,
            CASE WHEN EXISTS (SELECT 1 FROM act a JOIN act b ON b.customer_id = a.customer_id AND b.day > a.day
                AND b.audience <> a.audience WHERE a.customer_id = d.customer_id AND b.day <= d.day) THEN 1 ELSE 0 END
        FROM (SELECT DISTINCT customer_id, day FROM act) d
    """,
    facts={"hostile_day": "{t}.since", "hostile_widely": "COALESCE({t}.widely, 0)"},
)

LEAVING = latest("leaving", "feedback_leavingnotice")
COMPETITOR = latest("competitor", "feedback_competitorconsidered")
