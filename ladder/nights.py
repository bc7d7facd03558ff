"""When ranking happens by itself: within seconds for what is stale, and once a business night for everybody's day."""

from __future__ import annotations

from datetime import time
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction

from customers import days
from ladder import programmes, ranking, reigns
from ladder.models import Run

if TYPE_CHECKING:
    from datetime import datetime

NIGHT_BEGINS = time(2)  # by the business's clock


def catch_up(*, now: datetime) -> Run | None:
    """Rank what is stale; None if there is nothing to do."""
    programmes.expire(now)
    reigns.begin(days.day_of(now), at=now)
    if not ranking.waiting_chunks(days.day_of(now)):
        return None
    return ranking.rank(now=now, kind=Run.Kind.STALE)


def night(*, now: datetime) -> Run | None:
    """The night's run of this business day, unless it is not night yet or somebody has started it."""
    if now.astimezone(days.zone()).time() < NIGHT_BEGINS:
        return None
    try:
        with transaction.atomic():
            run = Run.objects.create(kind=Run.Kind.NIGHT, day=ranking.horizon(days.day_of(now)), started_at=now)
    except IntegrityError:
        return None  # somebody else has begun it; what they leave undone, the tick finds
    return ranking.rank(now=now, run=run)
