"""What came in quietly and lately, by an import, a rule or a full pass, and the offer to queue for it after all."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from ladder import gates, programmes, ranking
from ladder.models import Action, Placement
from ladder.models.actions import State
from ladder.models.standing import in_chunk

if TYPE_CHECKING:
    from datetime import date, datetime

    from ladder.models.standing import PlacementQuerySet

OFFER_DAYS = 14
MOST_COUNTED = 1_000  # a page says "more than" above it


def offered(*, horizon: date, ladder: str | None = None) -> PlacementQuerySet:
    """Current placements entered in the last 14 days, however they were found: what the ladder page offers to queue for."""
    found = Placement.objects.current().filter(since__gt=horizon - timedelta(days=OFFER_DAYS), since__lte=horizon)
    return found.filter(ladder__slug=ladder) if ladder else found


def queue_offered(*, now: datetime, horizon: date) -> int:
    """Queue for everybody who entered lately, gives how many actions were new. What is queued already stays once.

    Chunk by chunk and under the chunk's lock, so that no placement is replaced between reading and queueing.
    """
    everybody = offered(horizon=horizon).order_by()
    return sum(_queue_chunk(number, now=now, horizon=horizon) for number in ranking.chunks_of(everybody))


@transaction.atomic
def _queue_chunk(number: int, *, now: datetime, horizon: date) -> int:
    ranking.lock((number, number), now)
    here = offered(horizon=horizon).filter(in_chunk(number))
    return programmes.queue_for(here, horizon=horizon, now=now)


def would_queue(placements: PlacementQuerySet, *, horizon: date, now: datetime) -> int:
    """For how many customers `queue_for` would queue something new; counted up to one above MOST_COUNTED."""
    wanted = []
    for step in programmes.active_steps() if placements.exists() else ():
        fresh = programmes.allowed(step, placements, horizon=horizon, now=now)
        there = Action.objects.filter(step=step).exclude(state=State.CANCELLED)
        wanted.append(gates.without(fresh, there).order_by().values_list("customer", flat=True))
    return len(wanted[0].union(*wanted[1:])[: MOST_COUNTED + 1]) if wanted else 0
