"""Backtests that are asked for on the page or over REST, and done by a worker."""

import json
from datetime import date, timedelta

import pytest
from django.utils import timezone

from accounts.models import Role
from ladder import backtesting, editions, reigns, tasks, trying
from ladder.models import Ladder
from tests import factories as make
from tests.ladder.test_backtesting import AT, HORIZON, bought, command
from tests.ladder.test_editions_api import told  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client):
    client.force_login(make.user("ingrid", role=Role.ADMINISTRATOR))
    return client


def test_one_that_was_asked_for_is_done_by_a_worker_and_says_what_the_command_says():
    for n in range(3):
        bought(f"Buyer {n}", -10, 5)
    live = reigns.in_force(Ladder.objects.get(slug="griffin"), AT)
    of = backtesting.begin(live, at=AT, horizon=HORIZON, now=timezone.now())
    tasks.simulate()
    of.refresh_from_db()
    assert of.finished_at
    said = json.loads(command("griffin", "--at", AT, "--horizon", HORIZON, "--json"))
    assert of.report == {name: said[name] for name in of.report}
    assert of.report["rungs"]["first-time"]["repeat"]["count"] == 3
    assert not backtesting.carry_out(of, now=timezone.now()), "it has ended"


def test_one_whose_worker_died_begins_again_and_who_comes_back_late_stores_nothing(monkeypatch):
    bought("Ada", -10, 5)
    live = reigns.in_force(Ladder.objects.get(slug="griffin"), AT)
    of, now = backtesting.begin(live, at=AT, horizon=HORIZON, now=timezone.now()), timezone.now()
    asked_of = backtesting.backtest

    def meanwhile(*args, **options):
        """While this one works, its lease runs out and another does it all."""
        monkeypatch.setattr(backtesting, "backtest", asked_of)
        assert not backtesting.carry_out(of, now=now), "it is in hands"
        assert backtesting.carry_out(of, now=now + trying.LEASE + timedelta(seconds=1))
        return asked_of(*args, **options)

    monkeypatch.setattr(backtesting, "backtest", meanwhile)
    assert not backtesting.carry_out(of, now=now)
    of.refresh_from_db()
    assert of.finished_at > now + trying.LEASE


@pytest.mark.parametrize(("horizon", "words"), [(0, "greater than or equal to 1"), (3650, "has not come yet")])
def test_the_page_refuses_what_cannot_be_asked(horizon, words, office):
    live = reigns.in_force(Ladder.objects.get(slug="griffin"), AT)
    page = office.post(f"/rules/{live.pk}/backtest/", {"at": AT, "horizon": horizon})
    assert words in page.content.decode()
    assert not live.backtests.exists()


def test_the_page_tells_what_came_beside_the_edition_in_force(office):
    for n in range(35):
        bought(f"Buyer {n}", -10, *([5] if n % 2 else []))
    draft = editions.draft(editions.document(reigns.in_force(Ladder.objects.get(slug="griffin"), AT)))
    address = f"/rules/{draft.pk}/backtest/"
    assert office.post(address, {"at": AT, "horizon": HORIZON}).status_code == 302
    assert "Waiting for its turn" in office.get(address).content.decode()
    office.post(address, {"at": AT, "horizon": HORIZON})
    assert draft.backtests.count() == 1, "one at a time"
    tasks.simulate()
    page = office.get(address).content.decode()
    assert "knew 35 people; 17 of them bought" in page
    assert "48.6 %" in page
    assert "The edition in force then" in page
    places = [
        page.index(f'<th scope="row">{name}</th>') for name in ("Advocate", "Client", "Repeat", "First-time", "Disqualified")
    ]
    assert places == sorted(places), "from the top down, whatever order the database keeps"
    assert page.index("The edition in force then") < page.index("Recency") < page.index("Count")
    editions.revise(draft, editions.document(draft))
    assert not draft.backtests.exists(), "they say nothing of other rules"


def test_over_rest_it_is_asked_for_and_read_when_it_is_done(told):  # noqa: F811
    bought("Ada", -10, 5)
    live = reigns.in_force(Ladder.objects.get(slug="griffin"), AT)
    asked = told("post", "backtest_list", edition=live.pk, at=AT.isoformat(), horizon=HORIZON)
    assert (asked.status_code, asked.json()["report"]) == (202, {})
    tasks.simulate()
    assert told("get", "backtest", asked.json()["id"]).json()["report"]["people"] == 1
    assert told("post", "backtest_list", edition=0, at=AT.isoformat(), horizon=1).status_code == 422


@pytest.mark.parametrize(
    ("place", "at", "horizon", "words"),
    [("/horizon", AT, 3650, "has not come yet"), ("/at", date(2100, 1, 1), 1, "give a day after which")],
)
def test_over_rest_what_cannot_be_asked_is_refused_at_its_place(told, place, at, horizon, words):  # noqa: F811
    live = reigns.in_force(Ladder.objects.get(slug="griffin"), AT)
    refused = told("post", "backtest_list", edition=live.pk, at=at.isoformat(), horizon=horizon)
    (error,) = refused.json()["errors"]
    assert (refused.status_code, error["pointer"], words in error["message"]) == (422, place, True)


def test_one_whose_rules_were_called_back_ends_and_says_so(office):
    live = reigns.in_force(Ladder.objects.get(slug="griffin"), AT)
    of = backtesting.begin(live, at=AT, horizon=HORIZON, now=timezone.now())
    live.ladder.editions.update(called_back_at=timezone.now())
    tasks.simulate()
    of.refresh_from_db()
    assert of.finished_at
    assert "No edition of griffin is in force then" in office.get(f"/rules/{live.pk}/backtest/").content.decode()
