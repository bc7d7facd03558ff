"""Two who write at once, each on a connection of their own: neither misses what the other writes.

On PostgreSQL the second reads while the first has not committed. On SQLite there is one writer, so
whoever comes second waits; the same schedules are played, and the same must come out.
"""

import threading
from contextlib import contextmanager
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
from django.db import connection, transaction

from customers import importing, recording, rehearsing, rest, returns, undoing
from customers.models import Customer, Product, Purchase, Refund, Source, StagedLine
from customers.recording import LineOf
from tests import factories as make
from tests import test_api
from tests.customers.conftest import NOW, csv
from tests.ladder.test_race import LONG_ENOUGH, Beside

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
ONE_WRITER = connection.vendor == "sqlite"


@pytest.fixture
def ada():
    """A customer who bought a cup through a file, with tea on the shelf."""
    shop, _ = Source.objects.get_or_create(slug="file")
    Product.objects.create(source=shop, code="tea")
    found = make.customer("Ada")
    found.external_ids.create(source=shop, external_id="ada")
    return found


def words(ada, name, day):
    return {
        "customer": ada,
        "source": Source.objects.get(slug="file"),
        "external_id": name,
        "occurred_at": make.noon(day),
        "at": NOW,
    }


def tea():
    return [LineOf(Decimal("3.5"), product=Product.objects.get(code="tea"))]


def buy(ada):
    recording.record_purchase(**words(ada, "p1", make.DAY_0), lines=tea())


def bring_in(ada, tmp_path):
    path = tmp_path / "bought.csv"
    path.write_text(csv("p1,ada,2024-01-01 12:00,tea,1,3.5"))
    of = importing.begin(path, kind="purchases", mapping=importing.find_mapping("purchases"), at=NOW)
    importing.run(of, path, at=NOW)
    return of


def return_all(ada):
    recording.record_refund(**words(ada, "r1", make.DAY_0), names="p1", whole=True)


def return_some(ada):
    """Names no purchase: matched by product and price."""
    recording.record_refund(**words(ada, "r1", make.DAY_0), lines=tea())


def overlap(first, second):
    """The second writes while the first has written and not committed."""
    written, may_commit = threading.Event(), threading.Event()

    def slow():
        with transaction.atomic():
            first()
            written.set()
            may_commit.wait(30)

    one, other = Beside(slow), Beside(second)
    one.start()
    assert written.wait(10), one.error
    other.start()
    other.join(LONG_ENOUGH)
    may_commit.set()
    one.finish()
    other.finish()


def taken_back():
    return Purchase.objects.get().ended == make.DAY_0


SCHEDULES = {
    "purchase, then its return": (buy, return_all),
    "purchase, then a return like it": (buy, return_some),
    "return, then its purchase": (return_all, buy),
    "return, then a purchase like it": (return_some, buy),
}


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_purchase_and_its_return_sent_at_once_find_each_other(ada, name):
    first, second = SCHEDULES[name]
    overlap(lambda: first(ada), lambda: second(ada))
    assert taken_back()


@pytest.mark.parametrize("name", SCHEDULES)
def test_without_the_lock_of_the_customer_they_do_not(ada, name, monkeypatch):
    monkeypatch.setattr(returns, "lock", lambda customers: None)
    first, second = SCHEDULES[name]
    overlap(lambda: first(ada), lambda: second(ada))
    assert taken_back() == ONE_WRITER


@pytest.mark.parametrize("returned", [return_all, return_some])
def test_a_return_typed_while_a_file_brings_its_purchase_finds_it(ada, returned, tmp_path):
    overlap(lambda: returned(ada), lambda: bring_in(ada, tmp_path))
    assert taken_back()


@pytest.mark.parametrize("returned", [return_all, return_some])
def test_without_the_lock_the_file_misses_it(ada, returned, tmp_path, monkeypatch):
    monkeypatch.setattr(returns, "lock", lambda customers: None)
    overlap(lambda: returned(ada), lambda: bring_in(ada, tmp_path))
    assert taken_back() == ONE_WRITER


def test_a_return_typed_while_its_purchase_is_corrected_takes_back_what_stands(ada):
    buy(ada)
    bought = Purchase.objects.get()
    dearer = [LineOf(Decimal(5), product=Product.objects.get(code="tea"))]
    overlap(
        lambda: recording.correct_purchase(Purchase.objects.get(), at=NOW, lines=dearer),
        lambda: recording.record_refund(**words(ada, "r1", make.DAY_0), purchase=bought, whole=True),
    )
    stands = Purchase.objects.standing().get()
    assert (stands.ended, Refund.objects.get().purchase, Refund.objects.get().amount) == (make.DAY_0, stands, 5)


def test_a_return_typed_while_its_purchase_is_undone_waits_for_it_again(ada, tmp_path):
    of = bring_in(ada, tmp_path)
    overlap(lambda: return_all(ada), lambda: undoing.undo(of))
    assert not Purchase.objects.exists()
    assert Refund.objects.get().names == "p1"


def test_who_is_ranked_does_not_wait_for_who_records(ada):
    """A placement only names the customer: its foreign key asks for the customer's key, which recording does not lock."""
    done = threading.Event()

    def name_ada():
        make.score(ada, make.DAY_0, 9)
        done.set()

    def record():
        buy(ada)
        beside.start()
        assert done.wait(LONG_ENOUGH) or ONE_WRITER

    beside = Beside(name_ada)
    with transaction.atomic():
        record()
    beside.finish()


@pytest.fixture
def tills(db):
    """Two of one shop, each with its key: a key notes its use, and so would keep the second waiting; so would a new source."""
    Source.objects.create(slug="till")
    return test_api.key(), test_api.key()


def both(tills, name, *bodies):
    """The statuses of answers to what the two send at once."""
    answers = []
    first, second = (partial(test_api.post, till, name, body) for till, body in zip(tills, bodies, strict=True))
    overlap(lambda: answers.append(first()), lambda: answers.append(second()))
    return [answer.status_code for answer in answers]


def test_two_purchases_of_the_same_new_customer_make_one_customer(tills):
    assert both(tills, "purchases", test_api.purchase("p1"), test_api.purchase("p2")) == [201, 201]
    assert (Customer.objects.count(), Purchase.objects.count()) == (1, 2)


def test_without_looking_again_the_second_fails(tills, monkeypatch):
    class Never(Exception):
        pass

    monkeypatch.setattr(rest, "IntegrityError", Never)
    answers = both(tills, "purchases", test_api.purchase("p1"), test_api.purchase("p2"))
    assert answers == [201, 201 if ONE_WRITER else 500]


def test_the_same_new_customer_sent_twice_at_once_is_made_once(tills):
    body = {"name": "Ada", "external_ids": [{"source": "till", "external_id": "ada"}]}
    assert both(tills, "customers", body, body) == [201, 200]
    assert Customer.objects.count() == 1


def rehearsed(ada, tmp_path, monkeypatch):
    """Rehearse a file while somebody records for its customer; whether they were done before it was, and its import."""
    path = tmp_path / "tried.csv"
    path.write_text(csv("p2,ada,2024-01-01 12:00,tea,1,3.5"))
    of = importing.begin(path, kind="purchases", mapping=importing.find_mapping("purchases"), at=NOW, dry_run=True)
    whole, beside, done = importing.Work.counted, Beside(lambda: buy(ada)), []

    def counted(work):
        beside.start()
        beside.join(3 * LONG_ENOUGH)
        done.append(not beside.is_alive())
        return whole(work)

    monkeypatch.setattr(importing.Work, "counted", counted)
    assert importing.run(of, path, at=NOW)["taken"] == 1
    beside.finish()
    of.refresh_from_db()
    return done[0], of


def test_a_rehearsal_keeps_nobody_waiting_and_leaves_nothing(ada, tmp_path, monkeypatch):
    done, of = rehearsed(ada, tmp_path, monkeypatch)
    assert done
    assert [bought.external_id for bought in Purchase.objects.all()] == ["p1"]
    assert (of.state, of.lease_until) == ("done", None)
    assert not StagedLine.objects.exists()
    assert not ONE_WRITER or not list(Path(connection.settings_dict["NAME"]).parent.glob("rehearsal*"))


def test_in_the_database_itself_it_does_where_there_is_one_writer(ada, tmp_path, monkeypatch):
    @contextmanager
    def in_place(name):
        with transaction.atomic():
            yield None
            transaction.set_rollback(True)

    monkeypatch.setattr(rehearsing, "on_a_copy", in_place)
    done, _ = rehearsed(ada, tmp_path, monkeypatch)
    assert done != ONE_WRITER
