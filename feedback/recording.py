"""Writing down what customers say, once per source and external id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from accounts.auditing import note
from feedback.models import Recommendation, Response

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User
    from customers.models import Customer, Source


@transaction.atomic
def record_recommendation(
    *,
    customer: Customer,
    source: Source,
    external_id: str,
    occurred_at: datetime,
    prompted: bool,
    to_whom: str = "",
    words: str = "",
    recorded_by: User | None = None,
) -> tuple[Recommendation, bool]:
    """The recommendation, and whether it is new."""
    said = {"prompted": prompted, "to_whom": to_whom, "words": words}
    row, new = Recommendation.objects.get_or_create(
        source=source,
        external_id=external_id,
        withdrawn_at=None,
        defaults={"customer": customer, "occurred_at": occurred_at, "recorded_by": recorded_by, **said},
    )
    if new:
        note(recorded_by, "recorded a recommendation of", customer)
    return row, new


@transaction.atomic
def record_response(
    *,
    customer: Customer,
    source: Source,
    external_id: str,
    occurred_at: datetime,
    score: int,
    words: str = "",
    recorded_by: User | None = None,
) -> tuple[Response, bool]:
    """The answer, and whether it is new. The score is 0 to 10."""
    row, new = Response.objects.get_or_create(
        source=source,
        external_id=external_id,
        withdrawn_at=None,
        defaults={"customer": customer, "occurred_at": occurred_at, "recorded_by": recorded_by, "score": score, "words": words},
    )
    if new:
        note(recorded_by, "recorded an answer of", customer)
    return row, new
