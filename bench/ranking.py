"""What ranking costs beside the bare grouped query: whole histories, full passes, nights of what changed, a draft tried.

python -m bench.ranking --customers 100000 --purchases 10 --times 5 [--ladders griffin] [--again]. On a fresh database: DATABASE_URL, or
SQLite in a temporary folder. Turns may be taken once more, with --again, of a business that is there: in DATABASE_URL, or in VAR_DIR.
"""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
from datetime import datetime, timedelta
from datetime import time as clock
from typing import Any

import django

BARE = (
    "SELECT COUNT(*), SUM(n) FROM (SELECT customer_id, COUNT(*) AS n, MIN(day), MAX(day), SUM(amount) AS spent FROM customers_purchase"
    " WHERE withdrawn_at IS NULL GROUP BY customer_id) bare"
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.ranking", description=__doc__)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--purchases", type=int, default=10)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--ladders", nargs="*", help="only these")
    parser.add_argument("--again", action="store_true", help="take turns on the business that an earlier run left")
    arguments = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="loyaltycrm-bench-")
    os.environ.update(
        VAR_DIR=os.environ.get("VAR_DIR", folder) if arguments.again else folder,
        REDIS_URL="",
        PRODUCTION="",
        DJANGO_SETTINGS_MODULE="loyaltycrm.settings",
    )
    django.setup()
    try:
        measure(arguments)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def measure(arguments: argparse.Namespace) -> None:
    from django.core.management import call_command
    from django.db import connection, transaction

    from bench import business, measuring
    from customers import days
    from ladder import foreseeing, ranking, reigns, sql
    from ladder.models import Run

    times = measuring.Times()
    call_command("migrate", verbosity=0)
    if not arguments.again:
        with times.take("making the business"):
            business.make(arguments.customers, arguments.purchases)
    if arguments.ladders:
        every = reigns.judges
        reigns.judges = lambda: [j for j in every() if j.ladder.slug in arguments.ladders]

    def bare() -> None:
        with times.take("bare GROUP BY"), transaction.atomic():
            if sql.on_postgresql():
                sql.run("SET LOCAL enable_hashagg = off; SET LOCAL max_parallel_workers_per_gather = 0; SET LOCAL jit = off")
            sql.rows(BARE)

    chunks: list[float] = []

    def rank(name: str, day: Any, **extra: Any) -> None:
        noon, at = datetime.combine(day, clock(12), tzinfo=days.zone()), [clocked()]

        def tell(run: Any) -> None:
            chunks.append(clocked() - at[0])
            at[0] = clocked()

        with times.take(name):
            run = ranking.rank(now=noon, day=day, progress=tell, **extra)
        print(f"    {run.judged:,} judged, {run.moved:,} moved, {run.actions:,} actions, {run.failed} failed", flush=True)

    def look_ahead(name: str) -> None:
        many = 0
        with times.take(name):
            while found := foreseeing.look_ahead():
                many += found
        print(f"    {many:,} due within 14 days", flush=True)

    from time import perf_counter as clocked

    day = business.TODAY
    if arguments.again:
        day = Run.objects.ranked_through() or day
    else:
        bare()
        rank("three years of history", day)
    business.tidy()
    look_ahead("who is about to fall, of everybody")
    for turn in range(arguments.times):
        times.turn = turn + 1
        bare()
        day += timedelta(days=1)
        rank("a night in which nothing arrives", day)
        if not turn:  # a full pass forgets who is about to fall
            look_ahead("who is about to fall, after a night")
        chunks.clear()
        rank("full, from cards", day, full=ranking.Full.CARDS)
        print(f"    a chunk: {measuring.said([c * 1000 for c in chunks])} ms")
        rank("full, cards read anew", day, full=ranking.Full.LEDGERS)
        for share in (100, 1000):
            bought = business.buy(share, day, turn)
            print(f"    {bought:,} buy")
            rank(f"what arrived today, 1 in {share}", day)
    times.turn = -1
    simulate(times, day, arguments.times)
    print(
        f"\n{arguments.customers:,} customers, {arguments.purchases} purchases each, {arguments.ladders or 'four ladders'}; {measuring.machine()}"
    )
    print(times.table("bare GROUP BY"))
    print(times.table("full, cards read anew"))
    connection.close()


def simulate(times: Any, day: Any, turns: int) -> None:
    """A draft of the first ladder that asks for more days of buying."""
    import copy

    from django.utils import timezone

    from ladder import editions, simulating
    from ladder.models import Edition

    live = Edition.objects.published().filter(ladder__slug="griffin").last()
    said = copy.deepcopy(editions.document(live))
    said["rungs"] = [
        {**r, "rule": {"fact": "occasions", "is": "at_least", "value": 3}} if r["rung"] == "repeat" else r for r in said["rungs"]
    ]
    for _ in range(turns):
        trial = simulating.begin(editions.draft(said), at=timezone.now())
        with times.take("a draft of one ladder tried"):
            simulating.simulate(trial, now=timezone.now())
        trial.refresh_from_db()
        print(f"    {sum(trial.report.get('matrix', {}).values()):,} would move")


if __name__ == "__main__":
    main()
