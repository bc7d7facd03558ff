"""Writing the audit trail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accounts.models import ApiKey, AuditEntry, User

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db import models


def note(by: User | ApiKey | None, verb: str, thing: models.Model, **detail: Any) -> None:
    """Add one line to the trail, in the caller's transaction."""
    AuditEntry.objects.create(
        user=by if isinstance(by, User) else None,
        api_key=by if isinstance(by, ApiKey) else None,
        verb=verb,
        thing=f"{thing._meta.model_name} {thing.pk}",
        detail=detail,
    )


def note_each(by: User | ApiKey | None, verb: str, things: Sequence[models.Model], details: Sequence[dict[str, Any]]) -> None:
    """Add a line for each of many things at once, in the caller's transaction."""
    AuditEntry.objects.bulk_create(
        AuditEntry(
            user=by if isinstance(by, User) else None,
            api_key=by if isinstance(by, ApiKey) else None,
            verb=verb,
            thing=f"{thing._meta.model_name} {thing.pk}",
            detail=detail,
        )
        for thing, detail in zip(things, details, strict=True)
    )
