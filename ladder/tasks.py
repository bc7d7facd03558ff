"""Doors for Celery. Each takes the time and calls a process; messages carry nothing of value."""

from __future__ import annotations

import logging

from celery import shared_task
from django.utils import timezone

from ladder import nights, simulating
from ladder.models import Simulation

log = logging.getLogger(__name__)


@shared_task
def tick() -> None:
    """Rank what is stale or due, within seconds of its arrival."""
    nights.catch_up(now=timezone.now())


@shared_task
def night() -> None:
    """Once per business day, at the business's local night."""
    nights.night(now=timezone.now())


@shared_task
def simulate() -> None:
    """Try drafts on everybody, or go on with those that a dead process left; none keeps those after it waiting."""
    for of in Simulation.objects.waiting(timezone.now()).order_by("pk"):
        try:
            simulating.simulate(of, now=timezone.now())
        except Exception as error:
            log.exception("Trial %s was interrupted and will go on, unless its draft is gone.", of.pk)
            Simulation.objects.filter(pk=of.pk).update(error=repr(error)[:500])
