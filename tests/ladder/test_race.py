"""Facts that arrive while somebody ranks, and two who rank at once: nothing is lost.

On PostgreSQL the writer commits in the middle of the ranking. On SQLite there is one writer, so
whoever comes second waits; the same schedules are played, and the same must come out.
"""

import threading
from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection, transaction

from ladder import editions, judging, lives, ranking, reigns, settling
from ladder.models import Ladder, Placement, Run, StaleMark
from tests import factories as make

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
BOUGHT = make.DAY_0
INACTIVE_FROM = BOUGHT + timedelta(days=181)
TODAY = INACTIVE_FROM + timedelta(days=1)
LONG_ENOUGH = 1.0  # seconds after which a thread that may go on has gone on


def at(day):
    return datetime.combine(day, time(12), tzinfo=UTC)


@pytest.fixture
def ada():
    found = make.customer("Ada")
    make.purchase(found, BOUGHT)
    ranking.rank(now=at(INACTIVE_FROM - timedelta(days=1)))
    assert rung(found) == "first-time"
    return found


def rung(of):
    return Placement.objects.current().get(customer=of, ladder__slug="griffin").rung.slug


def lost(day=TODAY):
    """How many placements a full pass finds that the incremental ones have not."""
    return ranking.rank(now=at(day), full=ranking.Full.LIVES).moved


class Beside(threading.Thread):
    """Somebody else, on a connection of their own."""

    def __init__(self, do):
        super().__init__(daemon=True)
        self.do, self.error = do, None

    def run(self):
        try:
            self.do()
        except BaseException as error:
            self.error = error
        finally:
            connection.close()

    def finish(self):
        self.join(30)
        assert not self.is_alive(), "it waits for ever"
        assert self.error is None, self.error


def meanwhile(monkeypatch, module, step, do, patience=LONG_ENOUGH):
    """Start somebody just before the next call of a step of this thread, and let them go as far as they come; gives the thread.

    Whoever has nothing to wait for may be given as much patience as they need.
    """
    beside, whole, here = Beside(do), getattr(module, step), threading.get_ident()

    def paused(*args, **kwargs):
        if threading.get_ident() == here and not beside.ident:
            beside.start()
            beside.join(patience)
        return whole(*args, **kwargs)

    monkeypatch.setattr(module, step, paused)
    return beside


@pytest.mark.parametrize(("module", "step"), [(lives, "build"), (judging, "judge")], ids=["build", "judge"])
def test_a_fact_between_the_taking_of_marks_and_the_reading_of_facts_is_not_lost(ada, monkeypatch, module, step):
    make.purchase(ada, TODAY - timedelta(days=30))
    writer = meanwhile(monkeypatch, module, step, lambda: make.purchase(ada, TODAY - timedelta(days=10)))
    ranking.rank(now=at(TODAY))
    writer.finish()
    assert StaleMark.objects.filter(customer_id=ada.pk).exists(), "it arrived after the marks were taken"
    ranking.rank(now=at(TODAY))
    assert Placement.objects.true().filter(customer=ada, rung__slug="repeat").count() == 1
    assert lost() == 0
    assert not StaleMark.objects.filter(customer_id=ada.pk).exists()


def test_a_fact_whose_transaction_ends_after_the_ranking_is_not_lost(ada):
    written, may_commit = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            make.purchase(ada, TODAY - timedelta(days=10))
            written.set()
            may_commit.wait(30)

    writer, ranker = Beside(slow), Beside(lambda: ranking.rank(now=at(TODAY)))
    writer.start()
    written.wait(10)
    ranker.start()
    ranker.join(LONG_ENOUGH)
    may_commit.set()
    writer.finish()
    ranker.finish()
    ranking.rank(now=at(TODAY))
    assert rung(ada) == "repeat"
    assert lost() == 0


def recompute_first_delete_after(monkeypatch, arrives):
    """The losing form: facts are read, then the marks up to the highest seen are taken away, each statement by itself."""
    lives.empty_tables()
    lives.choose(0, 10**6)
    run = Run(day=TODAY)
    writer = meanwhile(monkeypatch, settling, "write_scorecards", arrives)
    settling.settle_lives(run.day, reigns.judges(), now=at(TODAY))
    writer.finish()
    highest = StaleMark.objects.latest("pk").pk
    StaleMark.objects.filter(pk__lte=highest).delete()


def test_the_losing_form_does_lose_it(ada, monkeypatch):
    make.purchase(ada, TODAY - timedelta(days=30))
    recompute_first_delete_after(monkeypatch, lambda: make.purchase(ada, TODAY - timedelta(days=60)))
    ranking.rank(now=at(TODAY))
    assert lost() > 0, "this schedule proves nothing"


def late_purchase_is_ranked(ada):
    """A purchase arrives and the mark-driven ranker comes at once."""

    def arrive():
        make.purchase(ada, INACTIVE_FROM - timedelta(days=1))
        ranking.rank(now=at(INACTIVE_FROM))

    return arrive


def race(ada, monkeypatch, patience=LONG_ENOUGH):
    """The due-driven ranker has found Ada inactive and not written it; now her purchase arrives and is ranked."""
    other = meanwhile(monkeypatch, settling, "write_history", late_purchase_is_ranked(ada), patience)
    ranking.rank(now=at(INACTIVE_FROM))
    other.finish()
    ranking.rank(now=at(INACTIVE_FROM))


@pytest.fixture
def sifted(monkeypatch):
    """The chunks whose writing failed, tried no further."""
    found = []
    monkeypatch.setattr(ranking.sifting, "sift", lambda whole, *args, **kwargs: found.append(whole))
    return found


def test_the_ranker_of_the_due_does_not_overwrite_the_ranker_of_the_stale(ada, monkeypatch, sifted):
    race(ada, monkeypatch)
    assert rung(ada) == "repeat"
    assert sifted == []
    assert lost(INACTIVE_FROM) == 0


def test_without_the_lock_of_the_chunk_only_the_database_stops_it(ada, monkeypatch, sifted):
    """The control: two open placements on one ladder are refused, and the chunk fails."""
    there_is_one_writer = connection.vendor == "sqlite"
    monkeypatch.setattr(ranking, "lock", lambda number, now, day: day)
    race(ada, monkeypatch, LONG_ENOUGH if there_is_one_writer else 30)
    assert bool(sifted) != there_is_one_writer


HARDER = {"first-time": {"fact": "occasions", "is": "at_least", "value": 9}}


def publish_meanwhile():
    """Somebody lets only those be first-time who bought on nine days."""
    document = editions.document(reigns.in_force(Ladder.objects.get(slug="griffin"), TODAY))
    for rung in document["rungs"]:
        rung["rule"] = HARDER.get(rung["rung"], rung.get("rule"))
    editions.publish(editions.draft(document), at=at(TODAY), first_day=BOUGHT)


def rank_while_rules_are_published(monkeypatch):
    """A run has begun, and has not come to Ada yet."""
    publishing = meanwhile(monkeypatch, ranking, "rank_part", publish_meanwhile, patience=30)
    ranking.rank(now=at(TODAY))
    publishing.finish()
    ranking.rank(now=at(TODAY))


def test_rules_published_while_a_run_works_judge_everybody(ada, monkeypatch):
    make.purchase(ada, TODAY)
    rank_while_rules_are_published(monkeypatch)
    assert rung(ada) == "repeat"
    assert Placement.objects.true().filter(customer=ada, rung__slug="first-time").count() == 0
    assert lost() == 0


def test_read_when_the_run_began_they_would_not(ada, monkeypatch):
    """The control: the marks that the publication left are taken, and the old rules judge."""
    make.purchase(ada, TODAY)
    old = reigns.judges()
    monkeypatch.setattr(reigns.Watch, "judges", lambda self: old)
    rank_while_rules_are_published(monkeypatch)
    monkeypatch.undo()
    assert Placement.objects.true().filter(customer=ada, rung__slug="first-time").count() == 1
    assert lost() > 0
