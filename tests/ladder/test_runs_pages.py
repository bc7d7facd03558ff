"""Runs on the page for administrators, and over REST."""

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, Role
from customers import days
from ladder import ranking, running, tasks
from ladder.models import Placement, Quarantine, Run
from tests import factories as make
from tests.ladder.test_editions_api import told  # noqa: F401
from tests.ladder.test_running import people, standing  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(client):
    client.force_login(make.user("ingrid", Role.ADMINISTRATOR))
    return client


def page(office):
    return office.get("/ladder/runs/").content.decode()


def test_ranked_now_by_a_button(office, people):  # noqa: F811
    office.post("/ladder/runs/new/")
    assert "0 of 3 parts" in page(office)
    office.post("/ladder/runs/new/")
    assert Run.objects.count() == 1, "one goes on already"
    tasks.tick()
    assert standing() == 3
    assert "Finished" in page(office)
    assert AuditEntry.objects.filter(verb="asked for", user__username="ingrid").count() == 1


def test_cancelled_and_resumed_by_a_button(office, people):  # noqa: F811
    run = running.ask(at=timezone.now())
    running.claim(run, at=timezone.now())
    office.post(f"/ladder/runs/{run.pk}/cancel/")
    assert ["Cancelled" in page(office), "Resume" in page(office)] == [True, True]
    assert running.claim(run, at=timezone.now()) is None
    office.post(f"/ladder/runs/{run.pk}/resume/")
    tasks.tick()
    assert standing() == 2, "and one is still in somebody's hands"


def test_a_run_by_command_ends_when_it_is_cancelled(people):  # noqa: F811
    run = ranking.rank(now=timezone.now(), progress=lambda run: run.done == 1 and running.cancel(run, at=timezone.now()))
    run.refresh_from_db()
    assert (run.judged, run.finished_at, run.cancelled_at is None) == (2, None, False)
    assert running.resume(run, at=timezone.now())
    running.take_part(now=timezone.now())
    run.refresh_from_db()
    assert (run.judged, run.done, run.chunks, standing()) == (3, 1, 1, 3), "its chunks are those that were left"


def test_the_page_asks_as_many_questions_of_many_runs(office, django_assert_max_num_queries):
    for _ in range(20):
        Run.objects.create(kind="stale", day=days.day_of(timezone.now()), finished_at=timezone.now())
    with django_assert_max_num_queries(12):
        page(office)


def test_who_is_left_out_stands_on_the_page(office):
    ada = make.customer("Ada Poisoned")
    Quarantine.objects.create(customer=ada, since=timezone.now(), error="integer out of range", marks=1)
    assert ["Ada Poisoned" in page(office), "integer out of range" in page(office)] == [True, True]


def test_over_rest(told, people):  # noqa: F811
    asked = told("post", "run_list")
    number = asked.json()["id"]
    assert (asked.status_code, asked.json()["parts"], asked.json()["finished_at"]) == (202, 3, None)
    assert told("post", "run_list").status_code == 409
    assert told("post", "run_cancel", number).json()["cancelled_at"]
    assert told("post", "run_resume", number).json()["cancelled_at"] is None
    tasks.stretch(number)
    found = told("get", "run", number).json()
    assert (found["done"], found["judged"], found["finished_at"] is None) == (3, 3, False)
    assert [row["id"] for row in told("get", "run_list").json()["results"]] == [number]
    assert set(AuditEntry.objects.values_list("verb", flat=True)) >= {"asked for", "cancelled", "resumed"}
    assert Placement.objects.exists()
    assert reverse("api:run", args=[number]) == f"/api/v1/runs/{number}/"
