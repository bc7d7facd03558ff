"""A run that any number of workers share: killed it is gone on with, nothing is done twice, cancelled it waits."""

import signal
from datetime import timedelta

import pytest
from django.utils import timezone

from customers import days
from ladder import checking, editions, nights, ranking, reigns, running, tasks
from ladder.models import Action, Ladder, Placement, Run, Stretch
from ladder.models.standing import CHUNK_SIZE
from tests import factories as make
from tests.commands import command

pytestmark = pytest.mark.django_db
CHUNKS = (1, 2, 3)
AFTER_THE_LEASE = running.LEASE + timedelta(seconds=1)


def today():
    return days.day_of(timezone.now())


@pytest.fixture
def people(monkeypatch):
    """One in each of three chunks, with a first purchase today; every chunk is a stretch."""
    monkeypatch.setattr(ranking, "stretches", lambda waiting: [(number, number) for number in waiting])
    found = [make.customer(f"In chunk {n}", pk=n * CHUNK_SIZE + 1) for n in CHUNKS]
    for one in found:
        make.purchase(one, today())
    return found


def begun(kind=Run.Kind.ASKED):
    return running.begin(kind, day=today(), now=timezone.now())


def standing():
    return Placement.objects.current().values("customer").distinct().count()


def claim(run, **extra):
    return running.claim(run, at=timezone.now(), **extra)


def test_a_night_is_shared_and_happens_once(people):
    told = []
    at = days.start_of(today()) + timedelta(hours=3)
    night = nights.night(now=at, share=lambda run: told.append(run.stretches.count()))
    assert (told, night.chunks, night.done, night.judged, night.finished_at) == ([3], 3, 3, 3, at)
    assert nights.night(now=at) is None
    assert Run.objects.count() == 1


def test_two_workers_never_hold_the_same_stretch(people):
    run = begun()
    held = [claim(run) for _ in range(4)]
    assert [stretch and stretch.first for stretch in held] == [1, 2, 3, None]
    assert running.work(run, now=timezone.now()).judged == 0, "everything is in somebody's hands"


def test_what_a_dead_worker_held_is_anybodys_after_its_lease(people):
    run = begun()
    claim(run)
    now = timezone.now()
    assert running.work(run, now=now).finished_at is None
    running.take_part(now=now)
    assert standing() == 2
    nights.catch_up(now=now)
    assert standing() == 2, "the tick leaves a stretch to whom it belongs"
    nights.catch_up(now=now + AFTER_THE_LEASE)
    run.refresh_from_db()
    assert (standing(), run.done, run.judged, run.finished_at) == (3, 3, 3, now + AFTER_THE_LEASE)


def test_a_cancelled_run_ends_with_the_stretch_in_hand_and_is_resumed(people, monkeypatch):
    run, rank = begun(), ranking.try_stretch

    def cancelling(stretch, run, *args, **kwargs):
        running.cancel(run, at=timezone.now())
        return rank(stretch, run, *args, **kwargs)

    monkeypatch.setattr(ranking, "try_stretch", cancelling)
    run = running.work(run, now=timezone.now())
    monkeypatch.undo()
    assert (run.judged, run.finished_at, run.cancelled_at is None, standing()) == (1, None, False, 1)
    assert running.resume(run, at=timezone.now())
    running.take_part(now=timezone.now())
    run.refresh_from_db()
    assert (run.judged, run.chunks, run.done, run.cancelled_at, standing()) == (3, 3, 3, None, 3)
    assert not running.resume(run, at=timezone.now())
    assert not running.cancel(run, at=timezone.now())


def test_what_a_cancelled_run_left_waits_until_something_new_comes(people):
    day = today() + timedelta(days=200)  # they fall silent
    ranking.rank(now=timezone.now())
    now = make.noon(day)
    run = running.begin(Run.Kind.NIGHT, day=day, now=now)
    assert running.cancel(run, at=now)
    assert nights.catch_up(now=now) is None
    make.purchase(people[1], day)
    assert nights.catch_up(now=now).judged == 1
    running.resume(run, at=now)
    assert running.work(run, now=now).judged == 2


def test_a_stretch_that_fails_is_split_for_anybody(people, monkeypatch):
    monkeypatch.setattr(ranking, "stretches", lambda waiting: [(1, 3)])
    rank, failed = ranking.rank_part, []

    def failing(part, *args, **kwargs):
        if not failed:
            failed.append(part)
            raise ValueError("too large")
        return rank(part, *args, **kwargs)

    monkeypatch.setattr(ranking, "rank_part", failing)
    run = running.work(begun(), now=timezone.now())
    assert list(run.stretches.values_list("first", "last")) == [(1, 2), (3, 3)]
    assert (run.chunks, run.done, run.failed, run.judged) == (2, 2, 0, 3)


def test_a_run_of_nothing_has_ended():
    assert begun().stretches.count() == 0
    assert Run.objects.get().finished_at


def test_a_lost_message_costs_nothing(people, monkeypatch):
    """No broker answers: the tick does it."""

    def lost(*args, **kwargs):
        raise ConnectionError("no broker")

    monkeypatch.setattr(tasks, "group", lost)
    tasks.tick()
    assert standing() == 3


def test_a_message_for_a_run_that_has_ended_does_nothing(people):
    run = running.work(begun(), now=timezone.now())
    tasks.stretch(run.pk)
    tasks.stretch(run.pk + 1)
    run.refresh_from_db()
    assert run.judged == 3


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize("point", ["marks taken:2", "history written:2", "before commit:2"])
def test_killed_in_the_middle_the_tick_goes_on_and_nothing_is_done_twice(people, point):
    run = begun()
    code = f"from ladder import tasks; tasks.stretch({run.pk})"
    killed = command("shell", "-v0", "-c", code, CRASH_AT=point)
    _, err = killed.communicate(timeout=60)
    assert killed.returncode == -signal.SIGKILL, err
    assert standing() == 1
    nights.catch_up(now=timezone.now() + AFTER_THE_LEASE)
    run.refresh_from_db()
    assert (standing(), run.judged, run.done, run.finished_at is None) == (3, 3, 3, False)
    assert (Action.objects.count(), Stretch.objects.left().count(), checking.check()[1]) == (6, 0, [])


def test_who_comes_back_after_their_lease_puts_nothing_down(people):
    """Two who split the same stretch would both add its second half."""
    run = begun()
    late = running.claim(run, at=timezone.now())
    after = timezone.now() + AFTER_THE_LEASE
    running.work(run, now=after)
    running._put_down(late, [(1, 1), (2, 2)], at=after)
    run.refresh_from_db()
    assert (run.chunks, run.done, run.judged, Stretch.objects.left().count()) == (3, 3, 3, 0)


def test_what_is_written_late_in_a_long_run_was_not_known_when_it_began(people, monkeypatch):
    passing = iter(range(0, 600, 10))
    now = timezone.now()
    monkeypatch.setattr(ranking, "running_from", lambda now: lambda: now + timedelta(seconds=next(passing)))
    ranking.rank(now=now)
    written = set(Placement.objects.values_list("recorded_at", flat=True))
    assert len(written) == len(CHUNKS)
    assert min(written) > now
    assert Run.objects.get().finished_at >= max(written)


def test_a_night_forgets_old_runs_that_say_nothing_more(people):
    """The first of each day is kept: by it is known what had been ranked by some instant."""
    now = timezone.now()
    old = now - timedelta(days=40)
    for kind, begun_at in [("stale", old), ("stale", old), ("asked", old), ("stale", now)]:
        Run.objects.create(kind=kind, day=days.day_of(begun_at), started_at=begun_at, finished_at=begun_at)
    Run.objects.create(kind="stale", day=days.day_of(old), started_at=old)  # broken off: somebody may want to know
    nights.night(now=days.start_of(today()) + timedelta(hours=26))
    kept = sorted(Run.objects.values_list("kind", "day"))
    assert kept == [
        ("asked", days.day_of(old)), ("night", today() + timedelta(days=1)),
        ("stale", days.day_of(old)), ("stale", days.day_of(old)), ("stale", today()),
    ]  # fmt: skip


# --- rules that change while a run goes on ---------------------------------------------------------


def alone():
    return ranking.rank(now=timezone.now())


def shared():
    return running.work(begun(), now=timezone.now())


def harder():
    """An edition by which only those are first-time who bought on nine days."""
    document = editions.document(reigns.in_force(Ladder.objects.get(slug="griffin"), today()))
    for row in document["rungs"]:
        row["rule"] = {"fact": "occasions", "is": "at_least", "value": 9} if row["rung"] == "first-time" else row.get("rule")
    return editions.draft(document)


def publish(edition):
    editions.publish(edition, at=timezone.now(), first_day=today(), hold=timedelta(days=1))


def after_the_first_chunk(monkeypatch, do):
    whole, judged = ranking.rank_part, []

    def then(*args, **kwargs):
        if len(judged) == 1:
            do()
        judged.append(args)
        return whole(*args, **kwargs)

    monkeypatch.setattr(ranking, "rank_part", then)


def first_timers():
    return Placement.objects.current().filter(ladder__slug="griffin", rung__slug="first-time").count()


@pytest.mark.parametrize("rank", [alone, shared])
def test_rules_published_between_two_chunks_judge_those_that_follow(people, monkeypatch, rank):
    edition = harder()
    after_the_first_chunk(monkeypatch, lambda: publish(edition))
    rank()
    assert first_timers() == 1, "only the first chunk was judged by the rules before"
    ranking.rank(now=timezone.now())
    assert first_timers() == 0
    assert ranking.rank(now=timezone.now(), full=ranking.Full.LIVES).moved == 0


@pytest.mark.parametrize("rank", [alone, shared])
def test_rules_called_back_between_two_chunks_judge_nobody_more(people, monkeypatch, rank):
    edition = harder()
    publish(edition)
    after_the_first_chunk(monkeypatch, lambda: editions.call_back(edition, at=timezone.now()))
    rank()
    assert first_timers() == 2
    ranking.rank(now=timezone.now())
    assert first_timers() == 3
    assert ranking.rank(now=timezone.now(), full=ranking.Full.LIVES).moved == 0


def test_rules_read_once_for_a_run_would_lose_everybody_after(people, monkeypatch):
    """The control."""
    edition, old = harder(), reigns.judges()
    monkeypatch.setattr(reigns.Watch, "judges", lambda self: old)
    after_the_first_chunk(monkeypatch, lambda: publish(edition))
    alone()
    monkeypatch.undo()
    ranking.rank(now=timezone.now())
    assert first_timers() == 2
    assert ranking.rank(now=timezone.now(), full=ranking.Full.LIVES).moved > 0
