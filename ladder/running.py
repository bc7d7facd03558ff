"""A run whose stretches are stored, so that any number of workers share it and anybody goes on with what a dead one left.

A stretch is claimed by compare-and-swap, for as long as a lease. Messages only wake workers: one that is lost costs seconds.
"""

from __future__ import annotations

from datetime import timedelta
from os import getpid
from socket import gethostname
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import F

from customers import days
from ladder import ranking, reigns
from ladder.models import Run, Stretch

if TYPE_CHECKING:
    from datetime import date, datetime

LEASE = timedelta(minutes=5)  # the chunks' locks keep it right if one takes longer


def begin(kind: str, *, day: date, now: datetime) -> Run | None:
    """Store a run up to a day with what waits by then; None if it is a night that somebody has begun."""
    day = ranking.horizon(day)
    reigns.begin(day, at=now)
    try:
        with transaction.atomic():
            run = Run.objects.create(kind=kind, day=day, started_at=now)
            _store(run, at=now)
    except IntegrityError:
        return None
    return run


def ask(*, at: datetime) -> Run | None:
    """Begin a run up to today because somebody asks; None if one goes on."""
    if Stretch.objects.left().exists():
        return None
    run = begin(Run.Kind.ASKED, day=days.day_of(at), now=at)
    if run:
        run.refresh_from_db()
    return run


def work(run: Run, *, now: datetime) -> Run:
    """Rank stretch after stretch of a run until nothing is free; gives it as it is then. Others may be at it too."""
    clock, watch = ranking.running_from(now), reigns.Watch()
    while stretch := claim(run, at=clock()):
        parts = ranking.try_stretch((stretch.first, stretch.last), run, clock=clock, watch=watch)
        _put_down(stretch, parts, at=clock())
    run.refresh_from_db()
    return run


def claim(run: Run, *, at: datetime) -> Stretch | None:
    """The next stretch of a run that is in nobody's hands, now in ours."""
    while free := run.stretches.free(at).first():
        if run.stretches.free(at).filter(pk=free.pk).update(lease_until=at + LEASE, taken_by=_process()):
            free.lease_until = at + LEASE
            return free
    return None


def take_part(*, now: datetime) -> None:
    """Go on with every run that has something free: what a message did not reach, what a dead worker left."""
    for run in Run.objects.filter(pk__in=Stretch.objects.free(now).values("run")).order_by("pk"):
        work(run, now=now)


def cancel(run: Run, *, at: datetime) -> bool:
    """Let a run end with the stretches in hand; False if it has ended already."""
    return bool(Run.objects.filter(pk=run.pk, finished_at=None, cancelled_at=None).update(cancelled_at=at))


def resume(run: Run, *, at: datetime) -> bool:
    """Let a cancelled run go on; False if it has ended or goes on by itself. Of one without stretches what waits is stored anew."""
    with transaction.atomic():
        resumed = Run.objects.filter(pk=run.pk, finished_at=None).exclude(cancelled_at=None).update(cancelled_at=None)
        if resumed and not run.stretches.exists():
            _store(run, at=at)
    return bool(resumed)


def spoken_for() -> list[tuple[int, int]]:
    """Chunks that are left to runs which go on."""
    return list(Stretch.objects.left().values_list("first", "last"))


def held_back(day: date) -> list[tuple[int, int]]:
    """Chunks that a cancelled run of a day has left."""
    cancelled = Run.objects.filter(day=days.number(day), finished_at=None).exclude(cancelled_at=None)
    return list(Stretch.objects.filter(done_at=None, run__in=cancelled).values_list("first", "last"))


def _store(run: Run, *, at: datetime) -> None:
    """What waits by the day of a run, as its stretches; it has ended if nothing does."""
    found = ranking.stretches(ranking.waiting_chunks(run.day))
    Stretch.objects.bulk_create(Stretch(run=run, first=first, last=last) for first, last in found)
    Run.objects.filter(pk=run.pk).update(chunks=len(found), done=0, failed=0, finished_at=None if found else at)


def _process() -> str:
    return f"{gethostname()[:80]}:{getpid()}"


def _put_down(stretch: Stretch, parts: list[ranking.Stretch], *, at: datetime) -> None:
    """Done, or split in two for anybody to take. Under the run's lock, so that whoever is last ends the run.

    Whose lease ran out puts nothing down: the stretch is in other hands by now, or free.
    """
    with transaction.atomic():
        this = Run.objects.select_for_update().filter(pk=stretch.run_id)
        this.get()
        put = {"last": parts[0][1]} if parts else {"done_at": at}
        if Stretch.objects.filter(pk=stretch.pk, lease_until=stretch.lease_until).update(lease_until=None, **put):
            for first, last in parts[1:]:
                Stretch.objects.create(run_id=stretch.run_id, first=first, last=last)
        of_run = Stretch.objects.filter(run=stretch.run_id)
        chunks, left = of_run.count(), of_run.filter(done_at=None).count()
        # Counted from the rows, for whoever died may or may not have counted theirs.
        this.update(chunks=chunks, done=chunks - F("failed") - left)
        if not left:
            this.update(finished_at=at, cancelled_at=None)
