"""Runs: what they rank up to, what they do when part of them fails, and what they take for an import's doing."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from customers.models import Import
from ladder import nights, offers, programmes, ranking, settling
from ladder.models import Action, Chunk, Placement, Run, StaleMark
from ladder.models.standing import CHUNK_SIZE
from tests import factories as make

pytestmark = pytest.mark.django_db
TODAY = make.DAY_0 + timedelta(days=600)


def later(days):
    return TODAY + timedelta(days=days)


def rank(day=TODAY, **extra):
    return ranking.rank(now=make.noon(day), **extra)


def rung(of):
    return Placement.objects.current().get(customer=of, ladder__slug="griffin").rung.slug


@pytest.fixture
def two_chunks():
    """Ada in one chunk, Bert in the next, each with a first purchase."""
    found = []
    for name, pk in (("Ada", CHUNK_SIZE + 1), ("Bert", 2 * CHUNK_SIZE + 1)):
        found.append(make.customer(f"{name} of a chunk", id=pk))
        make.purchase(found[-1], TODAY)
    return found


@pytest.fixture
def poison(monkeypatch):
    """The first of the two chunks cannot be settled, and it is nobody's facts: even alone, whoever is in it fails."""
    settle = settling.settle

    def failing(*args, **kwargs):
        if ranking.sql.rows(f"SELECT 1 FROM life_taken WHERE customer_id < {2 * CHUNK_SIZE}"):
            raise ValueError("integer out of range")
        return settle(*args, **kwargs)

    monkeypatch.setattr(settling, "settle", failing)
    monkeypatch.setattr(ranking.sifting, "MOST", 0)
    return monkeypatch


def test_a_chunk_that_fails_keeps_its_marks_and_nobody_else_waiting(two_chunks, poison):
    ada, bert = two_chunks
    run = rank()
    assert (run.failed, run.done, run.judged, run.error) == (1, 1, 1, "chunk 1: integer out of range")
    assert rung(bert) == "first-time"
    assert not Placement.objects.filter(customer=ada).exists()
    assert StaleMark.objects.filter(customer_id=ada.pk).exists()
    poison.undo()
    rank()
    assert rung(ada) == "first-time"


def test_the_command_says_so_and_fails(two_chunks, poison):
    with pytest.raises(
        CommandError, match=r"1 of 2 chunks could not be ranked, their marks stay\. chunk 1: integer out of range"
    ):
        call_command("rank")


def test_a_chunk_is_never_judged_to_a_day_before_the_one_it_was_ranked_through():
    """A run begun before midnight comes to a chunk that a run begun after it has finished."""
    ada = make.customer("Ada")
    make.purchase(ada, later(-180))
    evening = Run.objects.create(kind=Run.Kind.STALE, day=TODAY, started_at=make.noon(TODAY))
    rank(later(1))
    assert rung(ada) == "inactive"
    make.score(ada, TODAY, 7)
    ranking.rank(now=make.noon(TODAY), run=evening)
    assert rung(ada) == "inactive"
    assert Chunk.objects.get().through == later(1)
    assert rank(later(1), full=ranking.Full.LIVES).moved == 0


def test_the_night_of_a_clock_that_went_back_is_of_the_last_ranked_day():
    make.customer("Ada")
    rank(later(3))
    night = nights.night(now=make.noon(TODAY))
    assert night.day == later(3)


# --- what time does, and what an import does -----------------------------------------------------


@pytest.fixture
def an_import():
    return Import.objects.create(kind="purchases", mapping="m", mapping_text="", file_name="file.csv", sha256="0" * 64)


@pytest.fixture
def long_ledger():
    make.purchase(make.customer("Old Olga"), later(-1500))


def test_what_time_does_is_not_an_imports_doing(an_import, long_ledger):
    ada = make.customer("Ada")
    make.purchase(ada, later(-180))
    rank(TODAY)
    assert rung(ada) == "first-time"
    # a day later: silence passes its limit, and a file brings something that does not bear on it
    make.recommendation(ada, later(-100), prompted=True)
    StaleMark.objects.filter(customer_id=ada.pk).update(imported=True)
    rank(later(1))
    silent = Placement.objects.current().get(customer=ada, ladder__slug="griffin")
    assert (silent.rung.slug, silent.imported) == ("inactive", False)
    assert Action.objects.filter(customer=ada, step__programme__slug="win-back").exists()


def test_what_an_import_finds_stays_its_doing(an_import, long_ledger):
    ada = make.customer("Ada")
    rank(later(-1))
    make.purchase(ada, later(-1), brought_by=an_import)
    rank(TODAY)
    bought = Placement.objects.current().get(customer=ada, ladder__slug="griffin")
    assert (bought.rung.slug, bought.imported) == ("first-time", True)
    assert not Action.objects.filter(customer=ada).exists()


# --- the offer ----------------------------------------------------------------------------------


def test_the_offer_queues_in_every_chunk_and_once(two_chunks):
    rank(queue=False)
    placements = offers.offered(horizon=TODAY)
    assert offers.would_queue(placements, horizon=TODAY, now=make.noon(TODAY)) == 2
    assert offers.queue_offered(now=make.noon(TODAY), horizon=TODAY) == 4  # a check and a welcome each
    assert offers.queue_offered(now=make.noon(TODAY), horizon=TODAY) == 0
    assert offers.would_queue(placements, horizon=TODAY, now=make.noon(TODAY)) == 0


def test_the_offer_locks_the_chunk_before_it_reads(two_chunks, monkeypatch):
    rank(queue=False)
    order = []
    lock, queue_for = ranking.lock, programmes.queue_for
    monkeypatch.setattr(ranking, "lock", lambda *a: (order.append("lock"), lock(*a))[1])
    monkeypatch.setattr(programmes, "queue_for", lambda *a, **k: (order.append("read"), queue_for(*a, **k))[1])
    offers.queue_offered(now=make.noon(TODAY), horizon=TODAY)
    assert order == ["lock", "read"] * 2


def test_the_count_of_the_offer_stops_at_its_cap(two_chunks, monkeypatch):
    rank(queue=False)
    monkeypatch.setattr(offers, "MOST_COUNTED", 0)
    assert offers.would_queue(offers.offered(horizon=TODAY), horizon=TODAY, now=make.noon(TODAY)) == 1


# --- how much is read -----------------------------------------------------------------------------


@pytest.fixture
def folded(monkeypatch):
    """How often whole lives are folded."""
    calls, fold = [], settling.fold
    monkeypatch.setattr(settling, "fold", lambda *a: (calls.append(a), fold(*a))[1])
    return calls


def test_what_happens_today_is_judged_without_folding_a_life_again(folded):
    ada = make.customer("Ada")
    make.purchase(ada, later(-20))
    rank()
    folded.clear()
    make.purchase(ada, TODAY)
    make.score(ada, TODAY, 9)
    rank()
    assert (rung(ada), folded) == ("repeat", [])
    make.purchase(ada, later(-300))
    rank()
    assert len(folded) == 1, "a fact of an earlier day is late"


def test_time_alone_is_judged_by_the_stored_card(folded):
    ada = make.customer("Ada")
    make.purchase(ada, later(-180))
    rank()
    folded.clear()
    run = rank(later(1))
    assert (rung(ada), run.judged, folded) == ("inactive", 1, [])


@pytest.mark.parametrize("full", ranking.Full)
def test_a_full_pass_mends_a_placement_that_is_not_what_the_facts_say(full):
    ada = make.customer("Ada")
    make.purchase(ada, later(-20))
    rank()
    wrong = Placement.objects.current().get(customer=ada, ladder__slug="griffin")
    Placement.objects.filter(pk=wrong.pk).update(rung=wrong.ladder.rungs.get(slug="client"))
    assert rank(full=full).moved == 1
    assert rung(ada) == "first-time"


@pytest.mark.parametrize(("waiting", "expected"), [
    ({}, []),
    ({3: 5}, [(3, 3)]),
    ({1: 4_000, 2: 4_000, 9: 2_000}, [(1, 9)]),
    ({1: 4_000, 2: 4_000, 9: 2_001}, [(1, 2), (9, 9)]),
    ({1: 30_000, 2: 1}, [(1, 1), (2, 2)]),
])  # fmt: skip
def test_chunks_with_little_to_do_are_ranked_together(waiting, expected):
    assert ranking.stretches(waiting) == expected
