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

from typing import TYPE_CHECKING

from ladder import catalogue, spacing
from ladder.sources import buying, covering, fielding, lately, saying, tagging, telling, variety
from ladder.sources.spans import Prepared, Spans

if TYPE_CHECKING:
    from collections.abc import Container

SPANS: tuple[Spans, ...] = (
    buying.BEHAVIOUR, buying.qualification("need"), buying.qualification("ability"), saying.SCORES, telling.TELLING,
    telling.INVOLVEMENT, saying.COMPLAINTS, saying.HOSTILITY, telling.PLANS, saying.LEAVING, saying.COMPETITOR, covering.COVERAGE,
)  # fmt: skip
ON_DEMAND: tuple[Spans, ...] = (
    lately.VISITS, lately.SPEND, lately.MARGIN, variety.CATEGORIES, variety.CHANNELS, *saying.SATISFACTIONS, tagging.TAGS, fielding.FIELDS,
)  # fmt: skip
NUMBERS = {"year": telling.YEAR, "year_old": catalogue.YEAR_OLD, "years_3": spacing.YEARS_3, "days_400": spacing.DAYS_400}

NOT_RANKED = """
    CASE WHEN EXISTS (SELECT 1 FROM customers_notranked n WHERE n.customer_id = d.customer_id AND n.since <= d.day
                      AND (n.until IS NULL OR n.until > d.day)) THEN 1 ELSE 0 END
"""

# The ledgers whose rows are facts: table and the column of the day. A life begins with the first of them.
FIRST_FACTS = (
    ("customers_purchase", "day", "withdrawn_at IS NULL"),
    ("customers_refund", "day", "withdrawn_at IS NULL"),
    ("feedback_response", "day", "withdrawn_at IS NULL"),
    ("feedback_satisfaction", "day", "withdrawn_at IS NULL"),
    ("feedback_opinion", "day", "withdrawn_at IS NULL"),
    ("feedback_importance", "day", "withdrawn_at IS NULL"),
    ("feedback_recommendation", "day", "withdrawn_at IS NULL"),
    ("feedback_ask", "day", "withdrawn_at IS NULL"),
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
    ("customers_fieldvalue", "since", "withdrawn_at IS NULL"),
)


def read(asked: Container[str]) -> tuple[Spans, ...]:
    """The sources to read where those named are asked for."""
    return (*SPANS, *(spans for spans in ON_DEMAND if spans.name in asked))


__all__ = ["FIRST_FACTS", "NOT_RANKED", "NUMBERS", "ON_DEMAND", "SPANS", "Prepared", "Spans", "read"]
