"""Doors for Celery. Each takes the time and calls a process; messages carry nothing of value."""

from __future__ import annotations

from celery import shared_task
from django.utils import timezone

from ladder import nights


@shared_task
def tick() -> None:
    """Rank what is stale or due, within seconds of its arrival."""
    nights.catch_up(now=timezone.now())


@shared_task
def night() -> None:
    """Once per business day, at the business's local night."""
    nights.night(now=timezone.now())
