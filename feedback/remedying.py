"""Putting a complaint right: granted at once by whoever may decide it alone, else asked of somebody who may.

What one person granted of one complaint counts together, so a large remedy is not granted in small ones. Nobody decides what
they asked for themselves.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Round

from accounts.auditing import note
from customers.recording import Contradicted, user_of
from feedback.models import Complaint, Discretion, Remedy

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from accounts.models import ApiKey, User

BEYOND = "This is beyond what you may decide alone."


@transaction.atomic
def propose(
    complaint: Complaint,
    *,
    kind: str,
    at: datetime,
    amount: Decimal = Decimal(0),
    currency: str = "",
    words: str = "",
    by: User | ApiKey | None = None,
    key: UUID | None = None,
) -> Remedy:
    """What should put it right: granted if they may decide it alone, else asked for. A key decides nothing. The same id again changes nothing.

    Raises Contradicted if the complaint is withdrawn or the id is that of something else, ValidationError.
    """
    held = Complaint.objects.select_for_update().get(pk=complaint.pk)  # what was granted of it is added up by one at a time
    if held.withdrawn_at:
        raise Contradicted("This complaint has been withdrawn.")
    asker, said = (
        user_of(by),
        {"kind": kind, "amount": amount, "currency": currency or settings.BUSINESS_CURRENCY, "words": words},
    )
    if key and (known := Remedy.objects.filter(uuid=key).first()):
        return _same(known, complaint=held, **said)
    remedy = Remedy(uuid=key or uuid4(), complaint=held, asked_at=at, asked_by=asker, **said)
    if asker and may_decide(asker, remedy):
        remedy.state, remedy.decided_at, remedy.decided_by = Remedy.State.GRANTED, at, asker
    remedy.full_clean()
    remedy.save()
    _note(by, remedy)
    return remedy


def _same(known: Remedy, **said: Any) -> Remedy:
    if differing := [name for name, value in said.items() if getattr(known, name) != value]:
        raise Contradicted(f"Under this id something else was asked for: {', '.join(differing)}.")
    return known


@transaction.atomic
def decide(remedy: Remedy, *, granted: bool, at: datetime, by: User, why: str = "") -> None:
    """Grant or decline what somebody else asked for. Raises Contradicted if it is decided, ValidationError if they may not or say no reason."""
    Complaint.objects.select_for_update().get(pk=remedy.complaint_id)
    if remedy.asked_by_id == by.pk:
        raise ValidationError("You asked for it yourself: somebody else decides it.")
    if not may_decide(by, remedy):
        raise ValidationError(BEYOND)
    if not granted and not why.strip():
        raise ValidationError({"why": "Say why not."})
    state = Remedy.State.GRANTED if granted else Remedy.State.DECLINED
    decided: dict[str, Any] = {"state": state, "decided_at": at, "decided_by": by, "why": why}
    if not Remedy.objects.waiting().filter(pk=remedy.pk).update(**decided):
        raise Contradicted("Somebody else has decided it, or the complaint has been withdrawn.")
    remedy.refresh_from_db()
    _note(by, remedy)


def may_decide(user: User, remedy: Remedy) -> bool:
    """Whether their discretion covers it, with what they granted of the complaint before."""
    discretion = Discretion.objects.filter(role=user.role).first()
    if discretion is None or not (user.may_write and user.is_active):
        return False
    if discretion.amount is None:
        return True
    spent = _granted(user, remedy.complaint_id).aggregate(total=Sum("amount"))["total"] or Decimal(0)
    return remedy.currency == settings.BUSINESS_CURRENCY and discretion.covers(spent + remedy.amount)


def waiting_for(user: User) -> QuerySet[Remedy]:
    """What others asked for and this person may decide, the longest waiting first."""
    discretion = Discretion.objects.filter(role=user.role).first()
    if discretion is None or not user.may_write:
        return Remedy.objects.none()
    found = Remedy.objects.waiting().visible_to(user).exclude(Q(asked_by=user) & Q(asked_by__isnull=False))
    if discretion.amount is not None:
        spent = _granted(user, OuterRef("complaint")).order_by().values("complaint").annotate(total=Sum("amount")).values("total")
        left = Value(discretion.amount) - Coalesce(Subquery(spent), Decimal(0))
        found = found.filter(currency=settings.BUSINESS_CURRENCY, amount__lte=Round(left, 4))  # as exact as an amount is
    return found.select_related("complaint__customer", "asked_by")


def _granted(user: User, complaint: Any) -> QuerySet[Remedy]:
    """What this person granted of a complaint, by its key."""
    return Remedy.objects.filter(complaint=complaint, state=Remedy.State.GRANTED, decided_by=user)


def _note(by: User | ApiKey | None, remedy: Remedy) -> None:
    note(
        by, f"{remedy.state} a remedy of", remedy.complaint.customer,
        kind=remedy.kind, amount=str(remedy.amount), currency=remedy.currency, complaint=remedy.complaint.external_id,
    )  # fmt: skip
