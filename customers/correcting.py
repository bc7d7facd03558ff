"""Customers say that something we keep of them is not right; somebody answers by a day."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.auditing import note
from customers import returns
from customers.days import day_of
from customers.models import Correction
from customers.recording import Contradicted, user_of

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import ApiKey, User
    from customers.models import Customer


class TooMany(ValidationError):
    """So many wait for an answer that no more are taken."""


@transaction.atomic
def object_to(customer: Customer, *, about: str, shown: str, words: str, at: datetime) -> Correction:
    """Keep what they say; the same again while it waits is there once. Raises TooMany, ValidationError."""
    returns.lock([customer.pk])  # of many sent at one moment no more are taken than may wait
    waiting = customer.corrections.open()
    if same := waiting.filter(about=about, words=words).first():
        return same
    if waiting.count() >= Correction.MOST_OPEN:
        raise TooMany(f"{Correction.MOST_OPEN} wait for an answer already.")
    made = Correction(customer=customer, about=about, shown=shown[:300], words=words, received_at=at)
    made.due_day = day_of(at) + Correction.ANSWER_WITHIN
    made.full_clean(exclude=["customer"])
    made.save()
    note(None, "objects on their own page", customer, about=about)
    return made


@transaction.atomic
def answer(correction: Correction, outcome: str, words: str, *, at: datetime, by: User | ApiKey | None = None) -> Correction:
    """Say what came of it, once. Raises Contradicted, ValidationError."""
    correction.outcome, correction.answer = outcome, words
    correction.answered_at, correction.answered_by = at, user_of(by)
    correction.clean_fields(exclude=["customer", "about", "shown", "words"])
    said = {name: getattr(correction, name) for name in ("outcome", "answer", "answered_at", "answered_by")}
    if not outcome or not words.strip():
        raise ValidationError({"answer": "Say what became of it: they read it on their page."})
    if not Correction.objects.open().filter(pk=correction.pk).update(**said):
        raise Contradicted("Somebody else has just answered this.")
    note(by, "answered a correction of", correction.customer, outcome=outcome)
    return correction
