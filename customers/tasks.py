"""Doors through which Celery wakes importing. The database knows what there is to do."""

from __future__ import annotations

import logging
from pathlib import Path

from celery import shared_task
from django.utils import timezone

from customers import importing, noting

log = logging.getLogger(__name__)


@shared_task
def bring_in() -> None:
    """Bring uploaded files in, or go on with those that a dead process left; none keeps those after it waiting.

    Then store what waited for somebody who is known by now.
    """
    for of in importing.waiting(timezone.now()):
        try:
            importing.run(of, Path(of.path), at=timezone.now())
        except importing.Failed as failed:  # the import says why, where people look
            log.info("Import %s was not brought in: %s", of.pk, failed)
        except Exception:
            log.exception("Import %s was interrupted and will go on.", of.pk)
    noting.take_waiting(timezone.now())
