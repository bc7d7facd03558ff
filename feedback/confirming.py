"""Confirming hostile acts: two people of ours, each for themselves. A system's key is nobody, and confirms nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from accounts.auditing import note
from customers.recording import Contradicted
from feedback.models import Confirmation, HostileAct
from feedback.recording import record_hostile_act

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import User
    from customers.recording import Recorded

ENOUGH = 2  # people


@transaction.atomic
def witness(*, by: User, at: datetime, **said: Any) -> Recorded:
    """Record a hostile act as somebody who has seen its evidence, and so confirms it. Raises Contradicted, ValidationError."""
    recorded = record_hostile_act(by=by, at=at, **said)
    confirm(recorded.entry, by=by, at=at)
    return recorded


@transaction.atomic
def confirm(act: HostileAct, *, by: User, at: datetime) -> bool:
    """Somebody has seen the evidence; the act counts once two did. Again changes nothing: whether this was their first time.

    Raises Contradicted for an act that is withdrawn, PermissionDenied for somebody who may only read.
    """
    if not by.may_write:
        raise PermissionDenied("Your account is read-only. Nothing was changed.")
    held = HostileAct.objects.select_for_update().get(pk=act.pk)  # two who confirm at once each count the other
    if held.withdrawn_at:
        raise Contradicted("This has been withdrawn.")
    _, first = Confirmation.objects.get_or_create(act=held, by=by, defaults={"at": at})
    if first:
        note(by, "confirmed a hostile act of", held.customer, act=held.external_id)
    if not held.confirmed and held.confirmations.count() >= ENOUGH:
        held.confirmed = True
        held.save(update_fields=["confirmed"])
    act.confirmed = held.confirmed
    return first
