"""For those who work here: opening a customer's page to them, and answering what they say is not right."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.models import ApiKey
from customers import correcting, days, describing, preferring
from customers.models import Correction, OwnLink
from customers.recording import Contradicted
from tests import factories as make

pytestmark = pytest.mark.django_db
LIST = reverse("customers:correction_list")


@pytest.fixture
def ingrid(client):
    ingrid = make.user()
    client.force_login(ingrid)
    return ingrid


@pytest.fixture
def ada():
    return make.customer("Ada")


def said(of, words="It was two", *, back=0):
    at = timezone.now() - timedelta(days=back)
    return correcting.object_to(of, about="name", shown=f"Name: {of.name}", words=words, at=at)


def test_the_link_is_shown_once_opens_the_page_and_closes_the_one_before(client, ingrid, ada):
    address = reverse("customers:own_link", args=[ada.uuid])
    paths = [re.search(r"/me/[^/]+/", client.post(address, {"days": "30"}).text)[0] for _ in range(2)]
    assert [client.get(path).status_code for path in paths] == [410, 200]
    assert "/me/" not in client.get(address).text
    client.post(reverse("customers:own_link_close", args=[ada.uuid]))
    assert client.get(paths[1]).status_code == 410
    assert "withdrawn" in client.get(address).text


@pytest.mark.parametrize("many", ["0", "366", "", "many"])
def test_a_link_for_days_that_cannot_be_is_not_made(client, ingrid, ada, many):
    assert client.post(reverse("customers:own_link", args=[ada.uuid]), {"days": many}).status_code == 422
    assert not OwnLink.objects.exists()


def test_the_late_come_first_and_the_answered_last(client, ingrid, ada):
    fresh, late, answered, later = (
        said(ada, "fresh"),
        said(ada, "late", back=40),
        said(ada, "answered"),
        said(ada, "later", back=31),
    )
    correcting.answer(answered, "kept", "It is so.", at=timezone.now(), by=ingrid)
    shown = client.get(LIST)
    assert [(one.words, is_late) for one, is_late in shown.context["rows"]] == [
        (late.words, True), (later.words, True), (fresh.words, False), (answered.words, False),
    ]  # fmt: skip
    assert shown.text.count("Late: was due") == 2


@pytest.mark.parametrize(("back", "late"), [(30, False), (31, True)])
def test_an_answer_is_in_time_on_its_last_day(ada, back, late):
    assert said(ada, back=back).is_late(days.day_of(timezone.now())) == late


def test_it_is_answered_once(client, ingrid, ada):
    asked = said(ada)
    address = reverse("customers:correction_answer", args=[asked.uuid])
    assert client.post(address, {"outcome": "corrected", "words": ""}).status_code == 422
    assert client.post(address, {"outcome": "corrected", "words": "It is two now."}).url == LIST
    assert "has just answered" in client.post(address, {"outcome": "kept", "words": "No."}).text
    asked.refresh_from_db()
    assert (asked.outcome, asked.answer, asked.answered_by) == ("corrected", "It is two now.", ingrid)


def test_of_two_who_answer_the_second_is_told(ada):
    asked, seen_before = said(ada), Correction.objects.get()
    correcting.answer(asked, "kept", "No.", at=timezone.now())
    with pytest.raises(Contradicted):
        correcting.answer(seen_before, "corrected", "Yes.", at=timezone.now())


@pytest.mark.parametrize(("outcome", "words"), [("", "Yes."), ("perhaps", "Yes."), ("kept", " ")])
def test_an_answer_that_says_nothing_is_none(ada, outcome, words):
    with pytest.raises(ValidationError):
        correcting.answer(said(ada), outcome, words, at=timezone.now())
    assert Correction.objects.open().exists()


def test_of_another_team_nothing_is_listed_or_answered(client, ingrid):
    asked = said(make.customer("Stranger", team=make.team("South")))
    ingrid.team = make.team("North")
    ingrid.save()
    assert "Stranger" not in client.get(LIST).text
    assert client.post(reverse("customers:correction_answer", args=[asked.uuid])).status_code == 404


def test_the_customers_page_says_when_an_answer_is_due_and_what_they_refuse(client, ingrid, ada):
    describing.set_refused(ada, {"email"}, since=days.day_of(timezone.now()))
    said(ada)
    shown = client.get(ada.get_absolute_url()).text
    assert ("Not by e-mail" in shown, "Answer by" in shown) == (True, True)


def test_what_they_refuse_is_set_by_hand_too(client, ingrid, ada):
    client.post(reverse("customers:limits_edit", args=[ada.uuid]), {"refused": ["phone", "post"], "since": "2026-01-05"})
    assert set(ada.refusedways.values_list("way", flat=True)) == {"phone", "post"}


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_what_is_refused_by_many_at_one_moment_is_refused_once(ada):
    today, gate = days.day_of(timezone.now()), Barrier(6)

    def refuse(_):
        gate.wait()
        describing.set_refused(ada, {"email"}, since=today)
        describing.set_stops(ada, {"legal"}, since=today)
        connection.close()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(refuse, range(6)))
    assert (ada.refusedways.on(today).count(), ada.stops.on(today).count()) == (1, 1)


def test_refusing_one_way_leaves_the_days_of_the_others_alone(ada):
    today = days.day_of(timezone.now())
    ends, begins = today + timedelta(days=9), today + timedelta(days=20)
    ada.refusedways.create(way="phone", since=today, until=ends)
    ada.refusedways.create(way="post", since=begins)
    assert [preferring.refuse(ada, "email", since=today) for _ in range(2)] == [True, False]
    found = ada.refusedways.order_by("way").values_list("way", "since", "until")
    assert list(found) == [("email", today, None), ("phone", today, ends), ("post", begins, None)]


def test_a_way_that_was_to_be_free_again_stays_refused(ada):
    today = days.day_of(timezone.now())
    ada.refusedways.create(way="email", since=today, until=today + timedelta(days=9))
    assert preferring.refuse(ada, "email", since=today)
    assert preferring.refused(ada, today + timedelta(days=30)) == {"email"}


def key(*scopes):
    key = ApiKey(name="till", team=make.team(), scopes=list(scopes))
    token = key.renew()
    key.save()
    return {"Authorization": f"Bearer {token}"}


def test_corrections_are_read_and_answered_over_rest(client, ada):
    asked, headers = said(ada), key("read", "write")
    (found,) = client.get("/api/v1/corrections/?open=1", headers=headers).json()["results"]
    assert (found["words"], found["outcome"]) == ("It was two", "")
    address, body = f"/api/v1/corrections/cor_{asked.uuid.hex}/answer/", {"outcome": "kept", "words": "It was three."}
    statuses = [
        client.post(address, json.dumps(body), content_type="application/json", headers=headers).status_code for _ in range(2)
    ]
    assert statuses == [200, 409]
    assert client.get("/api/v1/corrections/?open=1", headers=headers).json()["results"] == []
    assert client.get("/api/v1/corrections/", headers=headers).json()["results"][0]["answer"] == "It was three."


@pytest.mark.parametrize(("asked", "status"), [("1", 200), ("0", 400), ("yes", 400), ("true", 400)])
def test_open_is_1_or_nothing(client, asked, status):
    assert client.get(f"/api/v1/corrections/?open={asked}", headers=key("read")).status_code == status
