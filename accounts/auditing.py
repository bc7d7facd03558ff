"""Writing the audit trail."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from accounts.models import ApiKey, AuditEntry, User

if TYPE_CHECKING:
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
