"""The columns of a scorecard: what does not change between two facts of a customer.

Counts, and the days that matter (anchors). What depends on the day of judging is an expression over those and that
day, so that the same columns serve a stored scorecard and every day of a whole life.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


def count(help_text: str) -> Callable[[], models.Field[Any, Any]]:
    return lambda: models.IntegerField(default=0, help_text=help_text)


def anchor(help_text: str) -> Callable[[], models.Field[Any, Any]]:
    return lambda: models.IntegerField(null=True, help_text=help_text)


def lately(help_text: str, *, money: bool = False) -> Callable[[], models.Field[Any, Any]]:
    """Of a source that is read only where a rule asks for it: empty where none did."""
    return lambda: (models.BigIntegerField if money else models.IntegerField)(null=True, help_text=help_text)


WINDOWS = (90, 365)
# The fact of each subject of an answer from 1 to 5.
SATISFACTION = {
    "satisfaction": "overall",
    "satisfaction_product": "product",
    "satisfaction_service": "service",
    "satisfaction_after_sales": "after-sales",
}
COLUMNS: Mapping[str, Callable[[], models.Field[Any, Any]]] = {
    "not_ranked": count("1 while a reason not to rank holds"),
    "occasions": count("distinct days with a purchase that was not taken back"),
    "invoices": count("distinct purchases that were not taken back"),
    "first_day": anchor("day of the first occasion"),
    "last_day": anchor("day of the last occasion"),
    "quiet_since": anchor("the later of the last occasion and the last day a purchase covers"),
    "longest_gap": count("days of the longest gap between occasions"),
    "longest_gap_3y": count("of the gaps that ended in the 3 years up to the last occasion"),
    "longest_gap_400d": count("of the gaps that ended in the 400 days up to the last occasion"),
    "need": count("0 unknown, 1 yes, 2 no"),
    "ability": count("0 unknown, 1 yes, 2 no"),
    "usable_categories": count("categories known to be usable"),
    "covered_categories": count("of those, bought within the coverage window"),
    "coverage_changes": anchor("the next day on which time alone changes coverage"),
    "score": anchor("the latest score, 0 to 10"),
    "score_day": anchor("the day it was given"),
    "unasked_day": anchor("day of the latest unprompted recommendation or converted unprompted referral"),
    "reference_day": anchor("day of the latest reference given when asked"),
    "referral_day": anchor("day of the latest converted referral"),
    "prompted_referral_day": anchor("of those that were prompted"),
    "involved_days": count("days within a year on which they took part by own act"),
    "involved_fades": anchor("the day on which the earliest of them is more than a year ago"),
    "open_complaints": count("complaints that wait for an answer"),
    "complaint_due": anchor("the earliest day by which one of them is to be answered"),
    "hostile_day": anchor("day of the latest confirmed hostile act"),
    "hostile_widely": count("1 once two of them differed in both day and audience"),
    "joint_plans": count("joint plans that both accepted and that are current"),
    "joint_plan_changes": anchor("the next day on which one begins or ends"),
    "leaving_day": anchor("day of the latest notice of leaving"),
    "competitor_day": anchor("day on which they last considered a competitor"),
    **{f"occasions_{days}": lately(f"occasions within {days} days") for days in WINDOWS},
    **{f"occasions_{days}_then": lately("the same, once that changes") for days in WINDOWS},
    **{f"invoices_{days}": lately(f"purchases within {days} days") for days in WINDOWS},
    **{f"invoices_{days}_then": lately("the same, once that changes") for days in WINDOWS},
    "visits_change": lately("the next day on which one of these changes by time alone"),
    "spend": lately("cents, net of what was taken back, in the business's currency", money=True),
    **{f"spend_{days}": lately(f"cents within {days} days", money=True) for days in WINDOWS},
    **{f"spend_{days}_then": lately("the same, once that changes", money=True) for days in WINDOWS},
    "spend_changes": lately("the next day on which one of these changes by time alone"),
    "margin": lately("cents of spend less cost, of what stands and has a known cost; empty where nothing has", money=True),
    **{f"margin_{days}": lately(f"cents within {days} days", money=True) for days in WINDOWS},
    **{f"margin_{days}_then": lately("the same, once that changes", money=True) for days in WINDOWS},
    "margin_changes": lately("the next day on which one of these changes by time alone"),
    "categories": lately("distinct categories bought and not taken back"),
    "categories_365": lately("distinct categories bought within 365 days"),
    "categories_365_then": lately("the same, once that changes"),
    "categories_change": lately("the next day on which that changes by time alone"),
    "channels_365": lately("distinct channels bought through within 365 days"),
    "channels_365_then": lately("the same, once that changes"),
    "channels_change": lately("the next day on which that changes by time alone"),
    **{name: lately(f"the latest answer, 1 to 5, about {subject}") for name, subject in SATISFACTION.items()},
    **{f"{name}_day": lately("the day it was given") for name in SATISFACTION},
}

# Those that say when time alone changes others: from that day on the others must be read from the ledgers anew.
CHANGES = (
    "coverage_changes", "involved_fades", "joint_plan_changes", "visits_change", "spend_changes", "margin_changes", "categories_change",
    "channels_change",
)  # fmt: skip
