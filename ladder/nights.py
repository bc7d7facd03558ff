"""When ranking happens by itself: within seconds for what is stale, and once a business night for everybody's day.

What is more than one stretch is stored, for any number of workers to share (`running`); `share` wakes them.
"""

from __future__ import annotations

from datetime import time, timedelta
from typing import TYPE_CHECKING

from customers import days
from ladder import programmes, ranking, reigns, running
from ladder.models import Chunk, Run

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

NIGHT_BEGINS = time(2)  # by the business's clock
KEPT = timedelta(days=30)  # every run; after that what was stale leaves the first of each day
PAUSE = timedelta(minutes=5)  # until a chunk that could not be ranked is tried again


def nobody(run: Run) -> None:
    """There is nobody to share it with."""


def catch_up(*, now: datetime, share: Callable[[Run], None] = nobody) -> Run | None:
    """Go on with what was left, and rank what is stale; None if nothing is."""
    running.take_part(now=now)
    programmes.expire(now)
    today = days.day_of(now)
    reigns.begin(today, at=now)
    stretches = ranking.stretches(_unclaimed(today, now))
    if not stretches:
        return None
    if len(stretches) == 1:
        return ranking.rank(now=now, kind=Run.Kind.STALE, only=stretches)
    return _together(running.begin(Run.Kind.STALE, day=today, now=now), now=now, share=share)


def night(*, now: datetime, share: Callable[[Run], None] = nobody) -> Run | None:
    """The night's run of this business day, unless it is not night yet or somebody has started it."""
    if now.astimezone(days.zone()).time() < NIGHT_BEGINS:
        return None
    if begun := running.begin(Run.Kind.NIGHT, day=days.day_of(now), now=now):
        Run.objects.superfluous(before=now - KEPT).delete()
    return _together(begun, now=now, share=share)


def _together(run: Run | None, *, now: datetime, share: Callable[[Run], None]) -> Run | None:
    if run is None:
        return None
    share(run)
    return running.work(run, now=now)


def _unclaimed(day: date, now: datetime) -> dict[int, int]:
    """The chunks that wait, but those that were given up a moment ago and those that a run which goes on will come to.

    What a cancelled run of the day left waits to be resumed, but for chunks in which something new has come.
    """
    waiting, taken = ranking.waiting_chunks(day), running.spoken_for()
    given_up = set(Chunk.objects.filter(given_up_at__gt=now - PAUSE).values_list("number", flat=True)) if waiting else set()
    waiting = {n: count for n, count in waiting.items() if n not in given_up}
    if waiting and (held := running.held_back(day)):
        marked = ranking.marked_chunks(day)
        waiting = {n: count for n, count in waiting.items() if n in marked or not _in(n, held)}
    return {n: count for n, count in waiting.items() if not _in(n, taken)}


def _in(number: int, stretches: list[tuple[int, int]]) -> bool:
    return any(first <= number <= last for first, last in stretches)
