"""Bringing the stored history up to a day: who is stale or due is judged again, what differs is written.

The order inside a chunk's transaction is the promise (document 4.2): lock the chunk, take exactly
the marks one can see, and only then read facts. A mark that arrives later stays for the next run.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Coalesce, Greatest

from accounts.crashing import crash
from customers import days
from customers.days import DayField
from ladder import lives, programmes, settling, sql
from ladder.models import Chunk, Run
from ladder.models.standing import CHUNK_SIZE, bounds
from ladder.reigns import begin, judges

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from ladder.models.standing import PlacementQuerySet
    from ladder.reigns import Judges

log = logging.getLogger(__name__)


def rank(
    *,
    now: datetime,
    day: date | None = None,
    kind: str = Run.Kind.ASKED,
    run: Run | None = None,
    full: bool = False,
    queue: bool = True,
    progress: Callable[[Run], None] = lambda run: None,
) -> Run:
    """Bring the stored history up to the end of a business day (today's) and never take it back.

    `run` is one begun already; `full` judges everybody; `queue` lets movements queue actions. Gives the run with its counts.
    """
    run = run or Run.objects.create(kind=kind, day=horizon(day or days.day_of(now)), started_at=now)
    begin(run.day, at=now)
    numbers = every_chunk() if full else waiting_chunks(run.day)
    Run.objects.filter(pk=run.pk).update(chunks=len(numbers))
    panel = judges()
    for number in numbers:
        try:
            rank_chunk(number, run, panel, now=now, full=full, queue=queue)
        except Exception as error:
            # One chunk that cannot be ranked never keeps the others waiting: its marks stay, the next run tries again.
            if not connection.is_usable():
                raise
            log.exception("chunk %s could not be ranked", number)
            Run.objects.filter(pk=run.pk).update(failed=F("failed") + 1, error=f"chunk {number}: {error}"[:500])
        run.refresh_from_db()
        progress(run)
    run.finished_at = now
    run.save(update_fields=["finished_at"])
    return run


def horizon(day: date) -> date:
    """The day to rank up to: the business's today never goes back, whatever a clock says."""
    return max(filter(None, [day, Run.objects.ranked_through()]))


def every_chunk() -> list[int]:
    return [row[0] for row in sql.rows(f"SELECT DISTINCT id / {CHUNK_SIZE} FROM customers_customer ORDER BY 1")]


def chunks_of(placements: PlacementQuerySet) -> list[int]:
    """The chunks in which these placements lie."""
    return sorted(placements.annotate(chunk=F("customer_id") / CHUNK_SIZE).values_list("chunk", flat=True).distinct())


def waiting_chunks(day: date) -> list[int]:
    """Chunks in which somebody is stale or due by a day."""
    end = days.number(day)
    return [
        row[0]
        for row in sql.rows(
            f"SELECT DISTINCT customer_id / {CHUNK_SIZE} FROM ladder_stalemark WHERE day <= %s"
            f" UNION SELECT DISTINCT customer_id / {CHUNK_SIZE} FROM ladder_placement"
            " WHERE until IS NULL AND superseded_at IS NULL AND due <= %s ORDER BY 1",
            [end, end],
        )
    ]


def rank_chunk(number: int, run: Run, panel: list[Judges], *, now: datetime, full: bool, queue: bool) -> None:
    """Judge what is to be judged in one range of customers, in one transaction."""
    first, last = bounds(number)
    moved = actions = 0
    with transaction.atomic():
        # Never behind what this chunk was ranked through by a run that began later, after midnight.
        through = lock(number, now, run.day) or run.day
        lives.empty_tables()
        judged = take_marks(first, last, through) + take_due(first, last, through)
        crash("marks taken")
        if full:
            judged += take_everybody(first, last)
        if judged:
            moved = settling.settle(through, panel, now=now)
            actions = programmes.follow(through, now=now, queue=queue)
            crash("actions queued")
        counted = Run.objects.filter(pk=run.pk)
        counted.update(done=F("done") + 1, judged=F("judged") + judged, moved=F("moved") + moved, actions=F("actions") + actions)
        crash("before commit")


def lock(number: int, now: datetime, day: date | None = None) -> date | None:
    """Nobody else ranks this chunk until the transaction ends: written before anything is read.

    With a day, the chunk is about to be ranked through it. Gives the day it is ranked through then, never an earlier one than before.
    """
    mine = Chunk.objects.filter(number=number)
    through = Greatest(Coalesce(F("through"), Value(day, DayField())), Value(day, DayField())) if day else F("through")
    if not mine.update(ranked_at=now, through=through):
        Chunk.objects.bulk_create([Chunk(number=number)], ignore_conflicts=True)
        mine.update(ranked_at=now, through=through)
    ranked: date | None = mine.values_list("through", flat=True).get()
    return ranked


def take_marks(first: int, last: int, horizon: date) -> int:
    """Consume the marks that are visible and whose day has come. Facts are read after this, never before."""
    sql.fresh("taken_mark", "id BIGINT PRIMARY KEY, customer_id BIGINT, imported BOOLEAN")
    sql.run(
        "INSERT INTO taken_mark (id, customer_id, imported) SELECT id, customer_id, imported FROM ladder_stalemark"
        " WHERE customer_id BETWEEN %s AND %s AND day <= %s",
        [first, last, days.number(horizon)],
    )
    sql.analyze("taken_mark")
    sql.run("DELETE FROM ladder_stalemark WHERE id IN (SELECT id FROM taken_mark)")
    # Quiet only if every mark that says anything says "imported"; marks of customers since deleted are let go.
    return sql.run(
        "INSERT INTO life_customer (customer_id, quiet) SELECT m.customer_id, COALESCE(MIN(CASE WHEN m.imported THEN 1"
        " WHEN m.imported IS NULL THEN NULL ELSE 0 END), 0) FROM taken_mark m JOIN customers_customer c ON c.id = m.customer_id"
        " GROUP BY m.customer_id"
    )


def take_due(first: int, last: int, horizon: date) -> int:
    return sql.run(
        "INSERT INTO life_customer (customer_id, quiet) SELECT DISTINCT customer_id, 0 FROM ladder_placement"
        " WHERE until IS NULL AND superseded_at IS NULL AND due <= %s AND customer_id BETWEEN %s AND %s"
        " AND customer_id NOT IN (SELECT customer_id FROM life_customer)",
        [days.number(horizon), first, last],
    )


def take_everybody(first: int, last: int) -> int:
    return sql.run(
        "INSERT INTO life_customer (customer_id, quiet) SELECT id, 1 FROM customers_customer WHERE id BETWEEN %s AND %s"
        " AND id NOT IN (SELECT customer_id FROM life_customer)",
        [first, last],
    )


def standing(judge: Judges, at: date) -> dict[int, int]:
    """The fold as of the end of a day, nothing stored: how many customers stand on each rung. {rung id: count}"""
    found: dict[int, int] = {}
    reigning = [e for e in judge.editions if e.first_day is None or e.first_day <= at]
    for number in every_chunk() if reigning else []:
        with transaction.atomic():
            lives.empty_tables()
            lives.choose(*bounds(number))
            lives.build(at, reigning)
            for rung, count in lives.standing(reigning[-1], at).items():
                found[rung] = found.get(rung, 0) + count
    return found
