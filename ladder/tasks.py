"""Doors for Celery. Each takes the time and calls a process; messages carry nothing of value."""

from __future__ import annotations

import logging

from celery import group, shared_task
from django.utils import timezone

from ladder import nights, running, simulating
from ladder.models import Run, Simulation

log = logging.getLogger(__name__)

MOST_WOKEN = 100  # a woken worker goes on until nothing is free


@shared_task
def tick() -> None:
    """Rank what is stale or due, within seconds of its arrival."""
    nights.catch_up(now=timezone.now(), share=share)


@shared_task
def night() -> None:
    """Once per business day, at the business's local night."""
    nights.night(now=timezone.now(), share=share)


@shared_task
def stretch(run: int) -> None:
    """Take part in a run for as long as something of it is free."""
    for found in Run.objects.filter(pk=run, finished_at=None, cancelled_at=None):
        running.work(found, now=timezone.now())


def share(run: Run) -> None:
    """Wake workers, one for each stretch at most. Whoever is not reached, or nobody, is made up for by the tick."""
    if (count := run.stretches.free(timezone.now()).count() - 1) > 0:
        try:
            group(stretch.s(run.pk) for _ in range(min(count, MOST_WOKEN))).apply_async()
        except Exception:
            log.warning("Nobody could be woken for run %s.", run.pk, exc_info=True)


@shared_task
def simulate() -> None:
    """Try drafts on everybody, or go on with those that a dead process left; none keeps those after it waiting."""
    for of in Simulation.objects.waiting(timezone.now()).order_by("pk"):
        try:
            simulating.simulate(of, now=timezone.now())
        except Exception as error:
            log.exception("Trial %s was interrupted and will go on, unless its draft is gone.", of.pk)
            Simulation.objects.filter(pk=of.pk).update(error=repr(error)[:500])
