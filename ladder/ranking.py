"""Bringing the stored history up to a day: who is stale or due is judged again, what differs is written.

The order inside a chunk's transaction is the promise (document 4.2): lock the chunk, take exactly
the marks one can see, and only then read facts. A mark that arrives later stays for the next run.
"""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import F

from accounts.crashing import crash
from customers import days
from ladder import heeding, programmes, settling, sifting, sql, taking
from ladder.models import Chunk, Run
from ladder.models.standing import CHUNK_SIZE, bounds
from ladder.reigns import Watch, begin, begun_through

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date, datetime

    from ladder.models.standing import PlacementQuerySet

log = logging.getLogger(__name__)

Stretch = tuple[int, int]
"""Chunks from the first to the last."""


MARKS = (
    "SELECT {chunk} AS chunk, COUNT(*) AS waiting FROM ladder_stalemark WHERE day <= {end}"
    " AND customer_id NOT IN (SELECT customer_id FROM held) GROUP BY 1"
)
MARKS_AND_DUE = (
    f"{MARKS} UNION ALL SELECT {{chunk}}, COUNT(*) FROM ladder_placement WHERE until IS NULL AND superseded_at IS NULL"
    " AND due <= {end} AND customer_id NOT IN (SELECT customer_id FROM held) GROUP BY 1"
)


class Full(StrEnum):
    """What everybody is judged from: their whole lives, their facts as of today, or their stored scorecards."""

    LIVES = "lives"
    LEDGERS = "ledgers"
    CARDS = "cards"


def rank(
    *,
    now: datetime,
    day: date | None = None,
    kind: str = Run.Kind.ASKED,
    run: Run | None = None,
    full: Full | None = None,
    only: list[Stretch] | None = None,
    queue: bool = True,
    progress: Callable[[Run], None] = lambda run: None,
) -> Run:
    """Bring the stored history up to the end of a business day (today's) and never take it back.

    `run` is one begun already; `full` judges everybody, `only` these stretches; `queue` lets movements queue actions. Gives the run with its counts.
    """
    full = Full(full) if full else None  # anything else would judge nobody
    run = run or Run.objects.create(kind=kind, day=horizon(day or days.day_of(now)), started_at=now)
    begin(run.day, at=now)
    everybody = [(number, number) for number in every_chunk()] if full else None
    waiting = everybody or only or stretches(waiting_chunks(run.day))
    Run.objects.filter(pk=run.pk).update(chunks=len(waiting))
    clock, watch = running_from(now), Watch()
    while waiting:
        stretch = waiting.pop(0)
        waiting = try_stretch(stretch, run, clock=clock, watch=watch, full=full, queue=queue) + waiting
        run.refresh_from_db()
        progress(run)
        if run.cancelled_at:
            return run
    run.finished_at = clock()
    run.save(update_fields=["finished_at"])
    return run


def running_from(now: datetime) -> Callable[[], datetime]:
    """A clock that shows `now`, and goes on by whole seconds: what is written late in a long run was not known when it began."""
    began = time.monotonic()
    return lambda: now + timedelta(seconds=int(time.monotonic() - began))


def try_stretch(
    stretch: Stretch, run: Run, *, clock: Callable[[], datetime], watch: Watch, full: Full | None = None, queue: bool = True
) -> list[Stretch]:
    """Rank a stretch; gives its halves if it failed and is to be tried again in them, of one chunk nothing.

    Nobody who cannot be ranked keeps the others waiting: one chunk is sifted for the customers it fails on, and given up for now
    if it is not they. Its marks stay, the next run tries again.
    """

    def judge(part: sifting.Part, *, done: int = 0) -> None:
        rank_part(part, run, clock=clock, watch=watch, full=full, queue=queue, done=done)

    this = Run.objects.filter(pk=run.pk)
    whole = bounds(stretch[0])[0], bounds(stretch[1])[1]
    try:
        judge(whole, done=1)
        return []
    except Exception as error:
        if not connection.is_usable():
            raise
        if len(parts := halves(stretch)) > 1:
            this.update(chunks=F("chunks") + 1)
            return parts
        if (found := _sifted(error, whole, judge, run, clock())) is not None:
            log.error("chunk %s could not be ranked", stretch[0], exc_info=found)
            this.update(failed=F("failed") + 1, error=f"chunk {stretch[0]}: {found}"[:500])
            Chunk.objects.update_or_create(number=stretch[0], defaults={"given_up_at": clock()})
            return []
    this.update(done=F("done") + 1)
    return []


def _sifted(
    error: Exception, whole: sifting.Part, judge: Callable[[sifting.Part], None], run: Run, now: datetime
) -> Exception | None:
    """Sift one chunk; gives the error that it is given up for, if it is."""
    if sifting.is_passing(error):
        return error
    try:
        sifting.sift(whole, judge, run=run, now=now)
    except Exception as found:
        if not connection.is_usable():
            raise
        return found
    return None


def horizon(day: date) -> date:
    """The day to rank up to: the business's today never goes back, whatever a clock says, nor behind rules that have begun."""
    return max(filter(None, [day, Run.objects.ranked_through(), begun_through()]))


# From one that somebody is in to the next: a look into the index each, however many are in it.
EVERY_CHUNK = f"""
    WITH RECURSIVE chunk (number) AS (
        SELECT MIN(id) / {CHUNK_SIZE} FROM customers_customer
        UNION ALL
        SELECT (SELECT MIN(id) FROM customers_customer WHERE id >= (number + 1) * {CHUNK_SIZE}) / {CHUNK_SIZE} FROM chunk WHERE number IS NOT NULL
    ) SELECT number FROM chunk WHERE number IS NOT NULL ORDER BY number
"""


def every_chunk() -> list[int]:
    """The numbers of those in which anybody is, in order."""
    return [row[0] for row in sql.rows(EVERY_CHUNK)]


def chunks_of(placements: PlacementQuerySet) -> list[int]:
    """The chunks in which these placements lie."""
    return sorted(placements.annotate(chunk=F("customer_id") / CHUNK_SIZE).values_list("chunk", flat=True).distinct())


def waiting_chunks(day: date) -> dict[int, int]:
    """Chunks in which somebody is stale or due by a day, in order. {number: marks and placements, at most}"""
    return _waiting(MARKS_AND_DUE, day)


def marked_chunks(day: date) -> dict[int, int]:
    """Chunks in which something new has come for somebody by a day. {number: marks}"""
    return _waiting(MARKS, day)


def _waiting(what: str, day: date) -> dict[int, int]:
    end = days.number(day)
    held, asked = taking.HELD.format(end=end), what.format(chunk=f"customer_id / {CHUNK_SIZE}", end=end)
    return dict(sql.rows(f"WITH held AS ({held}) SELECT chunk, SUM(waiting) FROM ({asked}) w GROUP BY chunk ORDER BY chunk"))


def stretches(waiting: Mapping[int, int]) -> list[Stretch]:
    """Chunks that are ranked together, first and last: in neighbours with little to do, one set of statements does for all."""
    found: list[Stretch] = []
    load = 0
    for number, count in waiting.items():
        if found and load + count <= CHUNK_SIZE:
            found[-1], load = (found[-1][0], number), load + count
        else:
            found.append((number, number))
            load = count
    return found


def halves(stretch: Stretch) -> list[Stretch]:
    """A stretch as two, or as itself if it is one chunk."""
    first, last = stretch
    middle = (first + last) // 2
    return [stretch] if first == last else [(first, middle), (middle + 1, last)]


def rank_part(
    part: sifting.Part, run: Run, *, clock: Callable[[], datetime], watch: Watch, full: Full | None, queue: bool, done: int
) -> None:
    """Judge what is to be judged in a range of customers, in one transaction. Quarantined ones wait for something new, or a full pass.

    `done`: how many of the run's stretches are done with it.
    """
    first, last = part
    with transaction.atomic():
        # Never behind what a chunk was ranked through by a run that began later, after midnight, nor behind rules that began meanwhile.
        day = max(filter(None, [run.day, begun_through()]))
        through = lock((first // CHUNK_SIZE, last // CHUNK_SIZE), clock(), day) or day
        now = clock()  # once nobody else writes here
        sql.plan_well("ladder_placement", "ladder_scorecard")
        taking.clear()
        if not full:
            taking.hold(first, last, through)
        taking.take_marks(first, last, through)
        taking.take_due(first, last, through)
        crash("marks taken")
        panel = watch.judges()  # after the marks, which whoever changes the rules leaves with everybody
        if full in (Full.LIVES, Full.LEDGERS):
            taking.take_everybody(first, last, 0 if full == Full.LIVES else days.number(through))
        judged = taking.count()
        moved = actions = 0
        if judged or full:
            moved = settling.settle(through, panel, (first, last), now=now, everybody=full == Full.CARDS)
            if taking.anybody():
                taking.choose_everybody()
                sql.run("DELETE FROM ladder_outlook WHERE customer_id IN (SELECT customer_id FROM life_customer)")
                actions = programmes.follow(through, now=now, queue=queue, moved=bool(moved))
                actions += heeding.heed(through, now=now) if queue else 0
                crash("actions queued")
                taking.free()
        counted = Run.objects.filter(pk=run.pk)
        more = {"judged": judged, "moved": moved, "actions": actions, "done": done}
        counted.update(**{what: F(what) + count for what, count in more.items()})
        crash("before commit")


def lock(stretch: Stretch, now: datetime, day: date | None = None) -> date | None:
    """Nobody else ranks these chunks until the transaction ends: written before anything is read, in one order for all.

    With a day, they are about to be ranked through it. Gives the last day any of them is ranked through then, never an earlier
    one than before.
    """
    first, last = stretch
    ours = Chunk.objects.filter(number__range=stretch)
    if ours.count() <= last - first:
        Chunk.objects.bulk_create([Chunk(number=number) for number in range(first, last + 1)], ignore_conflicts=True)
    through = ours.select_for_update().order_by("number").values_list("through", flat=True)
    latest: date | None = max(filter(None, [*through, day]), default=None)
    ours.update(ranked_at=now, **({"through": latest, "given_up_at": None} if day else {}))
    return latest
