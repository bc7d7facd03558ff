"""Ideas of customers: heard, wanted by others too, and answered when they are built or declined."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import uuid4

from django.db import transaction

from accounts.auditing import note
from customers.recording import Contradicted, user_of
from feedback.models import Suggestion, Supporter

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from accounts.models import ApiKey, User
    from customers.models import Customer
    from feedback.models import Channel

SETTLED = (Suggestion.State.BUILT, Suggestion.State.DECLINED)


@transaction.atomic
def suggest(
    title: str, *, channel: Channel, occurred_at: datetime, at: datetime, customer: Customer | None = None, words: str = "",
    by: User | ApiKey | None = None, key: UUID | None = None,
) -> Suggestion:  # fmt: skip
    """Somebody has an idea, or nobody we know; whoever has it wants it. The same key again changes nothing. Raises ValidationError."""
    if key and (known := Suggestion.objects.filter(uuid=key).first()):
        return known
    heard = Suggestion(
        uuid=key or uuid4(),
        title=title,
        channel=channel,
        customer=customer,
        words=words,
        occurred_at=occurred_at,
        recorded_at=at,
        recorded_by=user_of(by),
    )
    heard.full_clean()
    heard.save()
    if customer:
        Supporter.objects.create(suggestion=heard, customer=customer, at=at)
    note(by, "heard", heard, title=title)
    return heard


def support(suggestion: Suggestion, customer: Customer, *, at: datetime) -> bool:
    """They want it too; whether that is new."""
    return Supporter.objects.get_or_create(suggestion=suggestion, customer=customer, defaults={"at": at})[1]


@transaction.atomic
def answer(suggestion: Suggestion, state: str, words: str, *, at: datetime, by: User | ApiKey | None = None) -> None:
    """What becomes of it. Built or declined, everyone who wants it is told. Raises Contradicted once they may have been, ValidationError."""
    held = Suggestion.objects.select_for_update().get(pk=suggestion.pk)
    if held.state in SETTLED and (held.state != state or held.answer != words):
        raise Contradicted(f"It was {held.get_state_display().lower()} already, and those who want it are told so.")
    if held.state in SETTLED:
        return
    held.state, held.answer, held.settled_at = state, words, at if state in SETTLED else None
    held.full_clean()
    held.save()
    note(by, "answered", held, state=state)
