"""Doors through which Celery wakes importing. The database knows what there is to do."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from celery import shared_task
from django.utils import timezone

from customers import importing


@shared_task
def bring_in() -> None:
    """Bring uploaded files in, or go on with those that a dead process left."""
    for of in importing.waiting(timezone.now()):
        with suppress(importing.Failed):  # the import says why, where people look
            importing.run(of, Path(of.path), at=timezone.now())
