"""A customer on whose facts the rules fail: they alone are left out, with the error, until something new comes."""

import io
import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import DatabaseError, OperationalError, connection, transaction
from django.utils import timezone

from customers import days
from ladder import checking, editions, nights, ranking, sifting
from ladder.models import Edition, Ladder, Outlook, Placement, Quarantine, Run, StaleMark
from ladder.models.standing import CHUNK_SIZE
from tests import factories as make

pytestmark = pytest.mark.django_db
TODAY = make.DAY_0 + timedelta(days=600)


def rank(day=TODAY, **extra):
    return ranking.rank(now=make.noon(day), **extra)


def stands(customer):
    return Placement.objects.current().filter(customer=customer).exists()


def marked(customer):
    return StaleMark.objects.filter(customer_id=customer.pk).count()


@pytest.fixture
def people():
    """Five in one chunk and one in the next, each with a first purchase."""
    found = [make.customer(f"Customer {n}", pk=CHUNK_SIZE + 3 * n) for n in range(5)]
    found.append(make.customer("In the next chunk", pk=2 * CHUNK_SIZE))
    for one in found:
        make.purchase(one, TODAY)
    return found


def run_sql(*statements):
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def poison(*customers, table="ladder_placement", on="INSERT"):
    """From now on the database refuses every row of theirs, as it does a number that is too large."""
    poisoned = f"NEW.customer_id IN ({', '.join(str(one.pk) for one in customers)})"
    if connection.vendor == "sqlite":
        run_sql(f"CREATE TRIGGER poison BEFORE {on} ON {table} WHEN {poisoned} BEGIN SELECT RAISE(ABORT, 'out of range'); END")
        return
    run_sql(
        "CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'out of range' USING ERRCODE = '22003'; END $$",
        f"CREATE TRIGGER poison BEFORE {on} ON {table} FOR EACH ROW WHEN ({poisoned}) EXECUTE FUNCTION poison()",
    )


def cure(table="ladder_placement"):
    run_sql("DROP TRIGGER poison" + ("" if connection.vendor == "sqlite" else f" ON {table}"))


@pytest.mark.parametrize("which", [[0], [2], [4], [1, 3], [0, 1, 2, 3, 4]])
def test_they_alone_are_left_out_and_keep_their_marks(people, which):
    poisoned = [people[n] for n in which]
    well = [one for one in people if one not in poisoned]
    before = {one: marked(one) for one in poisoned}
    poison(*poisoned)
    run = rank()
    assert (run.quarantined, run.failed, run.judged) == (len(poisoned), 0, len(well))
    assert [stands(one) for one in people] == [one in well for one in people]
    assert {one: marked(one) for one in poisoned} == before
    assert not any(marked(one) for one in well)
    found = Quarantine.objects.get(customer=poisoned[0])
    assert (found.run, found.since) == (run, make.noon(TODAY))
    assert "out of range" in found.error


def test_of_whom_is_left_out_no_fall_is_foretold(people):
    rank()
    found = people[2]
    Outlook.objects.create(customer=found, ladder=Ladder.objects.get(slug="griffin"), falls_on=TODAY + timedelta(days=9))
    make.purchase(found, TODAY)
    poison(found, table="ladder_scorecard")
    assert rank().quarantined == 1
    assert not Outlook.objects.filter(customer=found).exists()


def test_nobody_is_quarantined_where_nobody_is_poisoned(people):
    """The control."""
    run = rank()
    assert (run.quarantined, run.failed, run.judged, Quarantine.objects.count()) == (0, 0, 6, 0)


def test_the_next_runs_leave_them_out(people):
    poison(people[2])
    rank()
    assert ranking.waiting_chunks(TODAY) == {}
    make.purchase(people[3], TODAY)
    run = rank()
    assert (run.quarantined, run.failed, run.judged) == (0, 0, 1), "the others of the chunk are judged at once"
    assert rank(TODAY + timedelta(days=400)).quarantined == 0
    assert checking.check()[1] == []


@pytest.fixture
def cured(people):
    """Quarantined, and what failed would no longer."""
    poison(people[2])
    rank()
    cure()
    rank()
    assert not stands(people[2])
    return people[2]


def test_something_new_lets_them_be_tried_again(cured):
    make.purchase(cured, TODAY)
    rank()
    assert stands(cured)
    assert not marked(cured)
    assert not Quarantine.objects.exists()


def test_a_fact_of_a_day_to_come_is_new_when_the_day_comes(people):
    make.purchase(people[2], TODAY + timedelta(days=2))
    poison(people[2])
    rank()
    cure()
    assert [ranking.waiting_chunks(TODAY + timedelta(days=n)) != {} for n in (1, 2)] == [False, True]


def test_a_published_edition_lets_them_be_tried_again(cured):
    live = Edition.objects.published().get(ladder__slug="griffin")
    editions.publish(editions.draft(editions.document(live)), at=make.noon(TODAY), first_day=TODAY)
    rank()
    assert stands(cured)


def test_who_asks_lets_them_be_tried_again(cured):
    sifting.try_again(cured)
    rank()
    assert stands(cured)


def test_a_full_pass_tries_them_again(cured):
    rank(full=ranking.Full.LIVES)
    assert stands(cured)
    assert not Quarantine.objects.exists()


def test_tried_again_in_vain_they_stay(people):
    poison(people[2])
    rank()
    make.purchase(people[2], TODAY)
    run = rank()
    assert (run.quarantined, Quarantine.objects.get().run) == (1, run)
    assert ranking.waiting_chunks(TODAY) == {}


def test_what_fails_on_many_is_no_customers_fault(people, monkeypatch):
    monkeypatch.setattr(sifting, "MOST", 2)
    poison(*people[:4])
    run = rank()
    assert (run.quarantined, run.failed, Quarantine.objects.count()) == (0, 1, 0)
    assert marked(people[0])
    assert stands(people[5]), "the next chunk is judged"


@pytest.mark.parametrize(
    ("state", "passing"), [("40P01", True), ("55P03", True), ("53100", True), ("22003", False), ("22012", False)]
)
def test_a_busy_database_quarantines_nobody(state, passing):
    """As PostgreSQL itself says it; SQLite's own names below."""
    if connection.vendor != "postgresql":
        return
    with pytest.raises(DatabaseError) as told, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '{state}'; END $$")
    assert sifting.is_passing(told.value) == passing


@pytest.mark.parametrize(("name", "passing"), [("SQLITE_BUSY_SNAPSHOT", True), ("SQLITE_FULL", True), ("SQLITE_ERROR", False)])
def test_nor_does_a_busy_file(name, passing):
    error = OperationalError("no")
    error.__cause__ = type("Told", (Exception,), {"sqlite_errorname": name})()
    assert sifting.is_passing(error) == passing


def test_the_command_tells_whom_and_succeeds():
    ada = make.customer("Ada Poisoned")
    make.purchase(ada, days.day_of(timezone.now()))
    poison(ada)
    out, err = io.StringIO(), io.StringIO()
    call_command("rank", "--json", stdout=out, stderr=err)
    assert json.loads(out.getvalue())["quarantined"] == 1
    assert "quarantined: Ada Poisoned: out of range" in err.getvalue()
    assert Run.objects.latest("pk").quarantined == 1


def test_their_page_says_so_and_has_them_tried_again(people, client):
    client.force_login(make.user())
    poison(people[2])
    rank()
    page = client.get(people[2].get_absolute_url()).content.decode()
    assert "out of range" in page
    assert "follows within seconds" not in page, "it does not"
    assert "out of range" not in client.get(people[1].get_absolute_url()).content.decode()
    cure()
    client.post(f"{people[2].get_absolute_url()}quarantine/try/")
    rank()
    assert stands(people[2])


def test_a_chunk_that_was_given_up_is_left_in_peace_for_some_minutes(people, monkeypatch):
    def fails(*args, **kwargs):
        raise OperationalError("the disk is full")

    now = make.noon(TODAY)
    monkeypatch.setattr(ranking, "rank_part", fails)
    monkeypatch.setattr(sifting, "is_passing", lambda error: True)
    assert nights.catch_up(now=now).failed == 2
    runs = Run.objects.count()
    assert nights.catch_up(now=now + timedelta(seconds=2)) is None
    assert Run.objects.count() == runs
    monkeypatch.undo()
    assert nights.catch_up(now=now + nights.PAUSE + timedelta(seconds=1)).judged == len(people)
    assert nights.catch_up(now=now + timedelta(hours=1)) is None
