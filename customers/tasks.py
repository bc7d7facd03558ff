"""Doors through which Celery wakes importing. The database knows what there is to do."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from celery import shared_task
from django.utils import timezone

from customers import importing
from customers.models import Import


@shared_task
def store_import(uuid: str) -> None:
    """Bring an uploaded file in, or go on with it."""
    of = Import.objects.get(uuid=uuid)
    with suppress(importing.Failed):  # the import says why, where people look
        importing.run(of, Path(of.path), at=timezone.now())
