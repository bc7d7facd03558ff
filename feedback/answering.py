"""Answering complaints, and taking them up again.

Each step is dated, and steps may be learned of in any order: what counts on a day is the latest step up to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from accounts.auditing import note
from customers.recording import Contradicted, user_of
from feedback.models import Complaint, ComplaintStep

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import ApiKey, User


def answer(
    complaint: Complaint, *, occurred_at: datetime, at: datetime, words: str = "", by: User | ApiKey | None = None
) -> ComplaintStep:
    """The complaint was answered; the same again changes nothing. `at` is when we learn of it.

    Raises Contradicted if it is withdrawn or was answered then in other words, ValidationError if it was not received yet.
    """
    return _step(complaint, ComplaintStep.Kind.ANSWERED, occurred_at, at, words, by)


def reopen(
    complaint: Complaint, *, occurred_at: datetime, at: datetime, words: str = "", by: User | ApiKey | None = None
) -> ComplaintStep:
    """The complaint is open again from then on, due when it was; raises as `answer` does."""
    return _step(complaint, ComplaintStep.Kind.REOPENED, occurred_at, at, words, by)


@transaction.atomic
def _step(
    complaint: Complaint, kind: ComplaintStep.Kind, occurred_at: datetime, at: datetime, words: str, by: User | ApiKey | None
) -> ComplaintStep:
    held = Complaint.objects.select_for_update().get(pk=complaint.pk)  # the same step sent twice at once is still one
    if held.withdrawn_at:
        raise Contradicted("This complaint has been withdrawn.")
    if known := held.steps.filter(kind=kind, occurred_at=occurred_at).first():
        if known.words != words:
            raise Contradicted(f"It was {known.get_kind_display()} then in other words.")
        return known
    step = ComplaintStep(complaint=held, kind=kind, occurred_at=occurred_at, words=words, recorded_at=at, recorded_by=user_of(by))
    step.full_clean(exclude=["customer"])
    step.save()
    note(by, f"{kind.value} a complaint of", held.customer, complaint=held.external_id)
    return step
