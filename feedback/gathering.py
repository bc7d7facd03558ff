"""Gathering what was said into themes, and deciding about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.auditing import note
from customers.recording import Contradicted, user_of
from feedback import corroborating
from feedback.models import Complaint, Decision, Message, Response, Satisfaction, Suggestion, ThemeMessage

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from django.db import models

    from accounts.models import ApiKey, User
    from feedback.models import Theme

KINDS: dict[str, type[models.Model]] = {
    "complaint": Complaint,
    "response": Response,
    "satisfaction": Satisfaction,
    "suggestion": Suggestion,
    "message": Message,
}


@transaction.atomic
def gather(theme: Theme, said: Iterable[models.Model], *, at: datetime, by: User | ApiKey | None = None) -> int:
    """Put what was said into the theme, each once; how many are new."""
    before = theme.gathered.count()
    rows = [ThemeMessage(theme=theme, at=at, by=user_of(by), **{str(one._meta.model_name): one}) for one in said]
    ThemeMessage.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    new = theme.gathered.count() - before
    if new:
        note(by, "gathered into", theme, messages=new)
    return new


def let_go(row: ThemeMessage, *, by: User | ApiKey | None = None) -> None:
    """It does not belong there after all."""
    with transaction.atomic():
        row.delete()
        note(by, "let go from", row.theme, said=str(row.said._meta.model_name))


@transaction.atomic
def decide(theme: Theme, outcome: str, why: str, *, on: date, at: datetime, by: User) -> Decision:
    """What we do about it, and why. Rules and policy change on corroboration only: Contradicted. Raises ValidationError."""
    found = corroborating.weigh(theme, on)
    if outcome == Decision.Outcome.CHANGE and found.state != corroborating.CORROBORATED:
        raise Contradicted(f"It is {found.state}. Rules and policy change only on what is corroborated; ask the silent first.")
    if not why.strip():
        raise ValidationError({"why": "Say why."})
    decision = Decision(
        theme=theme, outcome=outcome, why=why, state=found.state, voices=found.voices, exposed=found.exposed, at=at, by=by
    )
    decision.full_clean()
    decision.save()
    note(by, "decided about", theme, outcome=outcome, state=found.state)
    return decision
