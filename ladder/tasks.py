"""Doors for Celery. Each takes the time and calls a process; messages carry nothing of value."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from celery import group, shared_task
from django.utils import timezone

from ladder import backtesting, closing, foreseeing, nights, running, simulating, trying
from ladder.models import Backtest, Run, Simulation

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)

TRIALS: dict[Any, Callable[..., object]] = {Simulation: simulating.simulate, Backtest: backtesting.carry_out}
MOST_WOKEN = 100  # a woken worker goes on until nothing is free


@shared_task
def tick() -> None:
    """Rank what is stale or due, within seconds of its arrival; then look ahead for some of who is due soon."""
    nights.catch_up(now=timezone.now(), share=share)
    foreseeing.catch_up()


@shared_task
def close() -> None:
    """Queue what failures of ours, ideas, complaints and promised rewards call for."""
    closing.close(now=timezone.now())


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
    """Try editions on everybody, or go on with what a dead process left; none keeps those after it waiting."""
    for model, carry_out in TRIALS.items():
        for of in model.objects.waiting(timezone.now()).order_by("pk"):
            try:
                carry_out(of, now=timezone.now())
            except Exception as error:
                log.exception(
                    "%s %s was broken off: it is tried again some times, unless its edition is gone.", model.__name__, of.pk
                )
                trying.break_off(of, error, at=timezone.now())
