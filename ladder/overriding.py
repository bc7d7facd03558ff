"""Overriding the rules for a customer, and taking it back; what the page, the API and the command call."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.auditing import note
from accounts.models import ApiKey
from customers.recording import Contradicted, Recorded, user_of
from ladder.models import Override

if TYPE_CHECKING:
    from datetime import date, datetime

    from accounts.models import User


def refuse_past(since: date, today: date) -> None:
    """Raises ValidationError for a first day that lies back: what was true then is not for people to change afterwards."""
    if since < today:
        raise ValidationError("An override begins today or later.")


@transaction.atomic
def record(override: Override, *, at: datetime, by: User | ApiKey | None = None) -> Recorded:
    """Store what somebody says in the rules' place, once; the same again gives the one that stands. Raises ValidationError.

    Any first day will do; who must not reach back asks `refuse_past` before. The rung follows with the next ranking.
    """
    override.made_at, override.made_by = at, user_of(by)
    override.made_with = by if isinstance(by, ApiKey) else None
    override.full_clean(validate_unique=False, validate_constraints=False)
    try:
        with transaction.atomic():
            _refuse_contest(override)
            override.save()
    except IntegrityError:
        known = _alike(override)
        if known is None:
            raise
        return Recorded(known, created=False)
    note(by, "overrode the rung of", override.customer, **_said(override))
    return Recorded(override)


def _refuse_contest(override: Override) -> None:
    """Raises ValidationError where another on the same ladder begins on the same day: nobody could tell which of the two is meant."""
    others = Override.objects.standing().filter(
        customer=override.customer, rung__ladder=override.rung.ladder_id, since=override.since
    )
    if (other := others.first()) and _alike(override) is None:
        raise ValidationError(f"From that day on they are {str(other).lower()} already, by another override; withdraw it first.")


def _alike(override: Override) -> Override | None:
    said = {name: getattr(override, name) for name in ("customer", "rung", "how", "since", "until", "reason")}
    return Override.objects.standing().filter(**said).first()


@transaction.atomic
def withdraw(override: Override, *, at: datetime, by: User | ApiKey | None = None) -> None:
    """From now on it counts on none of its days, as if it had not been made. Raises Contradicted if it is out already."""
    if not Override.objects.standing().filter(pk=override.pk).update(withdrawn_at=at, withdrawn_by=user_of(by)):
        raise Contradicted("This override has been withdrawn already.")
    override.refresh_from_db()
    note(by, "withdrew an override of", override.customer, **_said(override))


def _said(override: Override) -> dict[str, str]:
    return {
        "ladder": override.ladder.slug,
        "how": override.how,
        "rung": override.rung.slug,
        "since": str(override.since),
        "until": str(override.until),
        "reason": override.reason,
    }
