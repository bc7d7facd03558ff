"""Doors for Celery. Each calls a process; messages carry nothing of value."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from feedback import likening, posting


@shared_task
def liken() -> None:
    """Propose what belongs together, if something was said since."""
    likening.propose_if_new()


@shared_task
def post() -> None:
    """Send the letters that wait."""
    posting.post(timezone.now)
