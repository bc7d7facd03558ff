"""Answering complaints, and taking them up again.

Each step is dated, and steps may be learned of in any order: what counts on a day is the latest step up to it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.auditing import note
from customers.recording import Contradicted, user_of
from feedback.models import Complaint, ComplaintStep

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import ApiKey, User

AHEAD = timedelta(days=1)  # clocks differ; what is dated later has not happened


def answer(
    complaint: Complaint, *, occurred_at: datetime, at: datetime, words: str = "", by: User | ApiKey | None = None
) -> ComplaintStep:
    """The complaint was answered; the same again changes nothing. `at` is when we learn of it.

    Raises Contradicted if it is withdrawn or was answered then in other words, ValidationError if it was not received yet.
    """
    return step(complaint, ComplaintStep.Kind.ANSWERED, occurred_at, at, words, by)


def reopen(
    complaint: Complaint, *, occurred_at: datetime, at: datetime, words: str = "", by: User | ApiKey | None = None
) -> ComplaintStep:
    """The complaint is open again from then on, due when it was; raises as `answer` does."""
    return step(complaint, ComplaintStep.Kind.REOPENED, occurred_at, at, words, by)


@transaction.atomic
def step(
    complaint: Complaint,
    kind: ComplaintStep.Kind,
    occurred_at: datetime,
    at: datetime,
    words: str,
    by: User | ApiKey | None,
    **more: Any,
) -> ComplaintStep:
    """Write a step down, once, in the caller's transaction and the trail; raises as `answer` does."""
    held = Complaint.objects.select_for_update().get(pk=complaint.pk)  # the same step sent twice at once is still one
    if held.withdrawn_at:
        raise Contradicted("This complaint has been withdrawn.")
    if occurred_at > at + AHEAD:
        raise ValidationError({"occurred_at": "This has not happened yet."})
    if known := held.steps.filter(kind=kind, occurred_at=occurred_at).first():
        if known.words != words:
            raise Contradicted(f"It was {known.get_kind_display()} then in other words.")
        return known
    taken = ComplaintStep(
        complaint=held, kind=kind, occurred_at=occurred_at, words=words, recorded_at=at, recorded_by=user_of(by), **more
    )
    taken.full_clean(exclude=["customer"])
    taken.save()
    note(by, f"{kind.value} a complaint of", held.customer, complaint=held.external_id)
    return taken
