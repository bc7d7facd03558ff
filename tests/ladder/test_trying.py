"""Trials and backtests that fail are given up in the end and say why; while they wait or go on they can be called off."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from ladder import backtesting, editions, reigns, simulating, tasks, trying
from ladder.models import Backtest, Ladder, Simulation
from tests import factories as make
from tests.ladder.test_backtesting import AT, HORIZON, bought
from tests.ladder.test_editions_api import told  # noqa: F401

pytestmark = pytest.mark.django_db
KINDS = {"backtest": (Backtest, backtesting, "_look"), "trial": (Simulation, simulating, "_try_chunk")}
PATIENCE = trying.LEASE + timedelta(seconds=1)


def fails(*args, **options):
    raise ZeroDivisionError("by nothing")


@pytest.fixture(params=KINDS)
def kind(request):
    return request.param


def asked(kind):
    bought("Ada", -10, 5)
    live = reigns.in_force(Ladder.objects.get(slug="griffin"), AT)
    if kind == "backtest":
        return backtesting.begin(live, at=AT, horizon=HORIZON, now=timezone.now())
    return simulating.begin(editions.draft(editions.document(live)), at=timezone.now())


def broken(kind, monkeypatch):
    _, module, name = KINDS[kind]
    monkeypatch.setattr(module, name, fails)


def go_on(of, times=1):
    """Workers come by when the lease is over, so many times."""
    for _ in range(times):
        type(of).objects.filter(pk=of.pk).exclude(lease_until=None).update(lease_until=timezone.now() - PATIENCE)
        tasks.simulate()
    of.refresh_from_db()


def page_of(of):
    return reverse("ladder:edition_backtest" if isinstance(of, Backtest) else "ladder:edition", args=[of.edition_id])


def test_one_that_always_fails_is_given_up_and_says_why(kind, monkeypatch, client):
    broken(kind, monkeypatch)
    of = asked(kind)
    client.force_login(make.user(role=Role.ADMINISTRATOR))
    states = []
    for _ in range(trying.MOST):
        go_on(of)
        states.append(of.state)
    assert states == [*["under way"] * (trying.MOST - 1), "failed"]
    page = client.get(page_of(of)).content.decode()
    assert "It could not be done" in page
    assert "by nothing" in page
    monkeypatch.undo()
    go_on(of)
    assert (of.state, of.attempts) == ("failed", trying.MOST), "it is over"


def test_one_that_fails_once_is_done_the_next_time(kind, monkeypatch):
    broken(kind, monkeypatch)
    of = asked(kind)
    go_on(of)
    assert (of.state, "by nothing" in of.error) == ("under way", True)
    monkeypatch.undo()
    go_on(of)
    assert (of.state, of.error) == ("done", "")


def test_one_whose_workers_die_without_a_word_is_given_up(kind):
    of = asked(kind)
    for _ in range(trying.MOST):
        go_on(of, times=0)
        assert trying.claim(of, now=timezone.now())
        type(of).objects.update(lease_until=timezone.now() - PATIENCE)
    assert not trying.claim(of, now=timezone.now())
    of.refresh_from_db()
    assert (of.state, of.error) == ("failed", trying.DIED)


def test_a_trial_that_gets_further_each_time_is_never_given_up():
    of = asked("trial")
    for done in range(2 * trying.MOST):
        assert trying.claim(of, now=timezone.now())
        of.refresh_from_db()
        simulating._store(of, [], {})
        Simulation.objects.update(lease_until=timezone.now() - PATIENCE)
        of.refresh_from_db()
        assert (of.done, of.state) == (done + 1, "under way")


def test_one_that_waits_ends_as_soon_as_it_is_called_off(kind, client):
    of = asked(kind)
    client.force_login(make.user(role=Role.ADMINISTRATOR))
    client.post(reverse(f"ladder:{kind}_cancel", args=[of.pk]))
    of.refresh_from_db()
    assert (of.state, of.report) == ("cancelled", {})
    go_on(of)
    assert (of.state, of.report) == ("cancelled", {}), "nobody does it"
    assert "was stopped" in client.get(page_of(of)).content.decode()


def test_one_that_goes_on_ends_with_the_part_it_is_at(kind, monkeypatch):
    of = asked(kind)
    _, module, name = KINDS[kind]
    part = getattr(module, name)

    def meanwhile(*args, **options):
        assert trying.cancel(of, at=timezone.now())
        assert of.finished_at is None, "somebody is at it"
        return part(*args, **options)

    monkeypatch.setattr(module, name, meanwhile)
    go_on(of)
    assert of.state == "cancelled"
    assert not trying.cancel(of, at=timezone.now()), "it has ended"


def test_one_called_off_whose_worker_died_ends_with_the_next(kind):
    of = asked(kind)
    trying.claim(of, now=timezone.now())
    trying.cancel(of, at=timezone.now())
    assert of.finished_at is None
    go_on(of)
    assert of.state == "cancelled"


def test_rest_says_that_it_failed_and_why_and_takes_another(kind, monkeypatch, told):  # noqa: F811
    broken(kind, monkeypatch)
    of = asked(kind)
    go_on(of, trying.MOST)
    found = told("get", kind, of.pk).json()
    assert (found["state"], "by nothing" in found["error"], bool(found["report"])) == ("failed", True, False)
    body = {"at": AT.isoformat(), "horizon": HORIZON} if kind == "backtest" else {}
    again = told("post", f"{kind}_list", edition=of.edition_id, **body)
    assert (again.status_code, again.json()["state"]) == (202, "waiting")
    assert told("post", f"{kind}_cancel", again.json()["id"]).json()["state"] == "cancelled"


def test_whoever_was_overtaken_and_fails_then_says_nothing_of_the_others_work(kind, monkeypatch):
    of = asked(kind)

    def overtaken(*args, **options):
        type(of).objects.filter(pk=of.pk).update(lease_until=timezone.now() + 2 * PATIENCE)  # it is somebody else's now
        fails()

    monkeypatch.setattr(KINDS[kind][1], KINDS[kind][2], overtaken)
    tasks.simulate()
    of.refresh_from_db()
    assert (of.error, of.finished_at) == ("", None)


def test_what_failed_once_and_was_done_then_is_done(kind, monkeypatch):
    of = asked(kind)
    with monkeypatch.context() as once:
        broken(kind, once)
        tasks.simulate()
    held = type(of).objects.get(pk=of.pk)
    assert "ZeroDivisionError" in held.error
    trying.finish(held, at=timezone.now())
    assert type(of).objects.get(pk=of.pk).is_completed
