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
from ladder import lives, programmes, sql
from ladder.models import Chunk, Run
from ladder.models.standing import CHUNK_SIZE, bounds
from ladder.reigns import judges

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
            moved = settle(through, panel, now=now)
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


def settle(horizon: date, panel: list[Judges], *, now: datetime) -> int:
    """Fold the chosen lives, write scorecards and whatever differs from the stored history; gives placements opened."""
    fold(horizon, panel)
    write_scorecards()
    crash("scorecards written")
    moved = write_history(now)
    crash("history written")
    return moved


def fold(horizon: date, panel: list[Judges]) -> None:
    """From life_customer to life_placement."""
    sql.analyze("life_customer")
    editions = [edition for judge in panel for edition in judge.editions]
    lives.build(horizon, editions)
    lives.split(editions, horizon)
    for judge in panel:
        lives.judge(judge.ladder, judge.editions)
    lives.islands()
    lives.set_due(horizon)


def write_scorecards() -> None:
    columns = ", ".join(["customer_id", "day", *lives.FACT_COLUMNS])
    sql.run("DELETE FROM ladder_scorecard WHERE customer_id IN (SELECT customer_id FROM life_customer)")
    last = "SELECT customer_id, MIN(day) AS day FROM life_point WHERE next_day IS NULL GROUP BY customer_id"
    given = ", ".join(f"p.{name}" for name in ["customer_id", "day", *lives.FACT_COLUMNS])
    sql.run(
        f"INSERT INTO ladder_scorecard ({columns}) SELECT {given} FROM life_point p JOIN ({last}) last"
        " ON last.customer_id = p.customer_id AND last.day = p.day"
    )


# A stored row is the same as one just computed when rung, edition and first day are.
SAME = """
    n.customer_id = ladder_placement.customer_id AND n.ladder_id = ladder_placement.ladder_id AND n.since = ladder_placement.since
    AND n.rung_id = ladder_placement.rung_id AND n.edition_id = ladder_placement.edition_id
"""
# What time alone does is no import's doing, even where an import touched the same customer: those just closed on a day that was due.
ENDED_BY_TIME = """SELECT customer_id, ladder_id, until FROM ladder_placement
    WHERE closed_at = %s AND superseded_at IS NULL AND due <= until AND customer_id IN (SELECT customer_id FROM life_customer)"""
OURS = "superseded_at IS NULL AND customer_id IN (SELECT customer_id FROM life_customer)"


def write_history(now: datetime) -> int:
    """Close what ended, supersede what was wrong, add what is true; gives how many placements were added."""
    at = connection.ops.adapt_datetimefield_value(now)
    forever = sql.FOREVER
    sql.run(
        "UPDATE ladder_placement SET until = n.until, closed_at = %s FROM life_placement n"
        f" WHERE {SAME} AND ladder_placement.superseded_at IS NULL AND ladder_placement.until IS NULL AND n.until IS NOT NULL",
        [at],
    )
    sql.run(
        f"UPDATE ladder_placement SET superseded_at = %s, due = NULL WHERE {OURS} AND NOT EXISTS (SELECT 1 FROM life_placement n"
        f" WHERE {SAME} AND COALESCE(n.until, {forever}) = COALESCE(ladder_placement.until, {forever}))",
        [at],
    )
    sql.run(
        "UPDATE ladder_placement SET due = n.due FROM life_placement n"
        f" WHERE {SAME} AND ladder_placement.superseded_at IS NULL AND ladder_placement.until IS NULL"
        " AND COALESCE(ladder_placement.due, -1) <> COALESCE(n.due, -1)"
    )
    sql.run(
        "UPDATE ladder_placement SET override_id = n.override_id, by_override = (n.by_override = 1) FROM life_placement n"
        f" WHERE {SAME} AND ladder_placement.superseded_at IS NULL AND (ladder_placement.by_override <> (n.by_override = 1)"
        " OR COALESCE(ladder_placement.override_id, 0) <> COALESCE(n.override_id, 0))"
    )
    return sql.run(
        "INSERT INTO ladder_placement (customer_id, ladder_id, rung_id, edition_id, since, until, due, override_id, by_override,"
        " imported, recorded_at, closed_at)"
        " SELECT n.customer_id, n.ladder_id, n.rung_id, n.edition_id, n.since, n.until, n.due, n.override_id, n.by_override = 1,"
        " n.by_override = 1 OR (c.quiet = 1 AND ended.until IS NULL), %s, CASE WHEN n.until IS NULL THEN NULL ELSE %s END"
        " FROM life_placement n JOIN life_customer c ON c.customer_id = n.customer_id"
        f" LEFT JOIN ({ENDED_BY_TIME}) ended"
        " ON ended.customer_id = n.customer_id AND ended.ladder_id = n.ladder_id AND ended.until = n.since"
        f" WHERE NOT EXISTS (SELECT 1 FROM ladder_placement WHERE {SAME} AND superseded_at IS NULL)",
        [at, at, at],
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
