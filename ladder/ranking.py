"""Bringing the stored history up to a day: who is stale or due is judged again, what differs is written.

The order inside a chunk's transaction is the promise (document 4.2): lock the chunk, take exactly
the marks one can see, and only then read facts. A mark that arrives later stays for the next run.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import F, Subquery

from accounts.crashing import crash
from customers import days
from ladder import lives, programmes, sql
from ladder.models import Chunk, Edition, Ladder, Run, Step
from ladder.models.standing import CHUNK_SIZE

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime


@dataclass(frozen=True)
class Judges:
    """A ladder with its published editions, in order."""

    ladder: Ladder
    editions: list[Edition]


def judges() -> list[Judges]:
    found = []
    for ladder in Ladder.objects.all():
        if editions := list(ladder.editions.published().select_related("ladder")):
            found.append(Judges(ladder, editions))
    return found


@dataclass(frozen=True)
class Reign:
    """The last ranked day, and the edition in force of every ladder then, the primary ladder first."""

    day: date
    editions: list[Edition]


def reigning(today: date) -> Reign:
    """With all their steps and rungs, in one query; `today` where nobody was ranked yet."""
    steps = Step.objects.filter(edition__published_at__isnull=False).select_related("edition__ladder", "rung")
    ranked = Run.objects.order_by(F("day").desc()).values("day")[:1]
    rows = list(steps.annotate(ranked=Subquery(ranked)).order_by("edition__ladder__position", "edition__ladder_id", "position"))
    day = next((row.ranked for row in rows if row.ranked), today)
    published: dict[int, Edition] = {}
    for step in rows:
        step.edition = published.setdefault(step.edition_id, step.edition)
        step.edition.__dict__.setdefault("all_steps", []).append(step)
    latest: dict[int, Edition] = {}
    for edition in sorted(published.values(), key=lambda e: (e.first_day or date.min, e.number)):
        if edition.first_day is None or edition.first_day <= day:
            latest[edition.ladder_id] = edition
    order = list(dict.fromkeys(edition.ladder_id for edition in published.values()))
    return Reign(day, [latest[ladder] for ladder in order if ladder in latest])


def in_force(ladder: Ladder, day: date | None) -> Edition | None:
    """The edition that judges on a day; without one, the latest."""
    published = list(ladder.editions.published())
    reigning = [e for e in published if day is None or e.first_day is None or e.first_day <= day]
    return reigning[-1] if reigning else None


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
    horizon = max(filter(None, [day or days.day_of(now), Run.objects.ranked_through()]))
    run = run or Run.objects.create(kind=kind, day=horizon, started_at=now)
    numbers = every_chunk() if full else waiting_chunks(horizon)
    run.chunks = len(numbers)
    panel = judges()
    for number in numbers:
        rank_chunk(number, run, panel, now=now, full=full, queue=queue)
        progress(run)
    run.finished_at = now
    run.save(update_fields=["chunks", "finished_at"])
    return run


def every_chunk() -> list[int]:
    return [row[0] for row in sql.rows(f"SELECT DISTINCT id / {CHUNK_SIZE} FROM customers_customer ORDER BY 1")]


def waiting_chunks(horizon: date) -> list[int]:
    """Chunks in which somebody is stale or due by the horizon."""
    end = days.number(horizon)
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
    Chunk.objects.get_or_create(number=number)
    first, last = number * CHUNK_SIZE, (number + 1) * CHUNK_SIZE - 1
    with transaction.atomic():
        lock(number, now)
        lives.empty_tables()
        judged = take_marks(first, last, run.day) + take_due(first, last, run.day)
        crash("marks taken")
        if full:
            judged += take_everybody(first, last)
        if judged:
            moved = settle(run.day, panel, now=now)
            run.judged += judged
            run.moved += moved
            run.actions += programmes.follow(run.day, now=now, queue=queue)
            crash("actions queued")
        run.done += 1
        run.save(update_fields=["done", "judged", "moved", "actions"])
        crash("before commit")


def lock(number: int, now: datetime) -> None:
    """Nobody else ranks this chunk until the transaction ends: written before anything is read."""
    Chunk.objects.filter(number=number).update(ranked_at=now)


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
    lives.build(horizon)
    lives.split([edition for judge in panel for edition in judge.editions], horizon)
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
OURS = "superseded_at IS NULL AND customer_id IN (SELECT customer_id FROM life_customer)"


def write_history(now: datetime) -> int:
    """Close what ended, supersede what was wrong, add what is true; gives how many placements were added."""
    at = connection.ops.adapt_datetimefield_value(now)
    forever = sql.FOREVER
    sql.run(
        "UPDATE ladder_placement SET until = n.until, closed_at = %s, due = NULL FROM life_placement n"
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
    return sql.run(
        "INSERT INTO ladder_placement (customer_id, ladder_id, rung_id, edition_id, since, until, due, imported, recorded_at, closed_at)"
        " SELECT n.customer_id, n.ladder_id, n.rung_id, n.edition_id, n.since, n.until, n.due, c.quiet = 1, %s,"
        " CASE WHEN n.until IS NULL THEN NULL ELSE %s END"
        " FROM life_placement n JOIN life_customer c ON c.customer_id = n.customer_id"
        f" WHERE NOT EXISTS (SELECT 1 FROM ladder_placement WHERE {SAME} AND superseded_at IS NULL)",
        [at, at],
    )


def standing(judge: Judges, at: date) -> dict[int, int]:
    """The fold as of the end of a day, nothing stored: how many customers stand on each rung. {rung id: count}"""
    found: dict[int, int] = {}
    reigning = [e for e in judge.editions if e.first_day is None or e.first_day <= at]
    for number in every_chunk() if reigning else []:
        with transaction.atomic():
            lives.empty_tables()
            lives.choose(number * CHUNK_SIZE, (number + 1) * CHUNK_SIZE - 1)
            lives.build(at)
            for rung, count in lives.standing(reigning[-1], at).items():
                found[rung] = found.get(rung, 0) + count
    return found
