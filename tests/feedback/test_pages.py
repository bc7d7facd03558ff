"""Recording what a customer says."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role, User
from customers.days import day_of
from customers.models import Involvement, JointPlan, Referral
from feedback.models import (
    CompetitorConsidered,
    Complaint,
    Confirmation,
    HostileAct,
    LeavingNotice,
    Recommendation,
    Response,
)
from tests.factories import ask, customer, recommendation, team, user

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
PAGES = ["feedback:recommendation_new", "feedback:response_new", "feedback:complaint_new", "feedback:referral_new"]
KEY = str(uuid.uuid4())
MORE = {
    "involvement": ({"kind": "served", "what": "Council"}, "served on something", Involvement),
    "joint_plan": ({"name": "Open a branch", "since": "2024-02-01"}, "Open a branch", JointPlan),
    "leaving_notice": ({"words": "Enough"}, "Gave notice of leaving", LeavingNotice),
    "competitor": ({"competitor": "Acme"}, "Considers Acme", CompetitorConsidered),
    "hostile_act": ({"audience": "the fair", "evidence": "heard by Bert"}, "before the fair", HostileAct),
}


@pytest.fixture
def ingrid(client: Client) -> User:
    ingrid = user()
    client.force_login(ingrid)
    return ingrid


@pytest.mark.parametrize("page", PAGES)
def test_customers_of_others_are_not_there_and_readers_are_refused(client: Client, ingrid: User, page: str) -> None:
    address = reverse(page, args=[customer("Stranger", team=team("South")).uuid])
    assert client.post(address).status_code == 404
    client.force_login(user("rita", role=Role.READER))
    assert client.post(address).status_code == 403


def test_a_recommendation_is_recorded_once_with_whether_we_asked(client: Client, ingrid: User) -> None:
    ada = customer(owner=ingrid)
    sent = {
        "key": str(uuid.uuid4()),
        "day": "2024-02-01",
        "kind": "recommendation",
        "prompted": "no",
        "to_whom": "her sister",
        "words": "Go there",
    }
    for _ in range(2):
        assert client.post(reverse(PAGES[0], args=[ada.uuid]), sent).url == ada.get_absolute_url()
    said = Recommendation.objects.get()
    assert (said.customer, said.prompted, said.to_whom, said.recorded_by) == (ada, False, "her sister", ingrid)


REVIEW = {"day": "2024-02-01", "kind": "review", "prompted": "no", "evidence": "https://reviews.example/7"}


@pytest.mark.parametrize(("favourable", "kept"), [("", None), ("yes", True), ("no", False)])
def test_a_public_review_has_its_link_and_whether_it_is_for_us(client: Client, ingrid: User, favourable: str, kept: bool) -> None:
    ada = customer(owner=ingrid)
    client.post(reverse(PAGES[0], args=[ada.uuid]), {"key": KEY, **REVIEW, "favourable": favourable, "channel": ""})
    said = Recommendation.objects.get()
    assert (said.kind, said.favourable, said.evidence) == ("review", kept, REVIEW["evidence"])


def test_the_customers_page_leads_to_the_evidence_and_tells_the_other_site_nothing(client: Client, ingrid: User) -> None:
    ada, today = customer(owner=ingrid), day_of(timezone.now())
    recommendation(ada, today, kind="review", favourable=False, evidence="https://reviews.example/7?a=1&b=<x>")
    ask(ada, today - timedelta(days=30))
    shown = client.get(ada.get_absolute_url()).text
    assert 'href="https://reviews.example/7?a=1&amp;b=&lt;x&gt;" rel="noopener noreferrer' in shown
    assert ("against us" in shown, "We asked to recommend us" in shown, "Reviewed us in public" in shown) == (True, True, True)


@pytest.mark.parametrize("wrong", [
    {"evidence": "javascript:alert(1)"}, {"evidence": "ftp://x.example/1"}, {"kind": "recommendation", "favourable": "no"}, {"kind": "rumour"},
])  # fmt: skip
def test_a_review_that_cannot_be_is_refused(client: Client, ingrid: User, wrong: dict[str, str]) -> None:
    sent = {"key": KEY, **REVIEW, **wrong}
    assert client.post(reverse(PAGES[0], args=[customer(owner=ingrid).uuid]), sent).status_code == 422
    assert not Recommendation.objects.exists()


def test_that_we_asked_is_recorded_once(client: Client, ingrid: User) -> None:
    ada = customer(owner=ingrid)
    for _ in range(2):
        client.post(reverse("feedback:ask_new", args=[ada.uuid]), {"key": KEY, "day": "2024-03-03", "what": "review"})
    assert [(f"{ask.day}", ask.what, ask.recorded_by) for ask in ada.asks.all()] == [("2024-03-03", "review", ingrid)]


def test_a_score_is_recorded_once(client: Client, ingrid: User) -> None:
    ada = customer(owner=ingrid)
    sent = {"key": str(uuid.uuid4()), "day": "2024-02-01", "score": "0", "words": ""}
    for _ in range(2):
        client.post(reverse(PAGES[1], args=[ada.uuid]), sent)
    assert [r.score for r in Response.objects.all()] == [0]


@pytest.mark.parametrize("score", ["", "11", "-1", "nine"])
def test_a_score_outside_the_scale_is_refused(client: Client, ingrid: User, score: str) -> None:
    ada = customer(owner=ingrid)
    sent = {"key": str(uuid.uuid4()), "day": "2024-02-01", "score": score}
    assert client.post(reverse(PAGES[1], args=[ada.uuid]), sent).status_code == 422
    assert not Response.objects.exists()


def test_a_complaint_is_recorded_once_and_answered_on_the_same_day_without_a_time(client: Client, ingrid: User) -> None:
    ada = customer(owner=ingrid)
    sent = {"key": str(uuid.uuid4()), "day": "2024-02-01", "words": "It leaks", "severity": "minor", "due_day": ""}
    for _ in range(2):
        client.post(reverse(PAGES[2], args=[ada.uuid]), sent)
    complaint = Complaint.objects.get()
    assert (f"{complaint.due_day}", complaint.is_open()) == ("2024-02-15", True)
    address = reverse("feedback:complaint_answer", args=[ada.uuid, complaint.uuid])
    assert address in client.get(ada.get_absolute_url()).content.decode()
    assert client.post(address, {**sent, "day": "2024-01-31"}).status_code == 422
    for _ in range(2):
        assert client.post(address, {**sent, "words": "Sorry"}).url == ada.get_absolute_url()
    complaint.refresh_from_db()
    assert (complaint.is_open(), complaint.steps.count()) == (False, 1)
    assert address not in client.get(ada.get_absolute_url()).content.decode()


def test_a_referral_is_recorded_once(client: Client, ingrid: User) -> None:
    ada = customer(owner=ingrid)
    sent = {"key": str(uuid.uuid4()), "day": "2024-02-01", "prompted": "yes", "name": "Her sister"}
    for _ in range(2):
        client.post(reverse(PAGES[3], args=[ada.uuid]), sent)
    assert [(r.prompted, r.name, r.recorded_by) for r in Referral.objects.all()] == [(True, "Her sister", ingrid)]


@pytest.mark.parametrize("name", MORE)
def test_what_else_they_say_and_do_is_recorded_once_and_told_in_the_story(client: Client, ingrid: User, name: str) -> None:
    ada, (said, words, model) = customer(owner=ingrid), MORE[name]
    page = ada.get_absolute_url()
    address = reverse(f"feedback:{name}_new", args=[ada.uuid])
    assert address in client.get(page).content.decode()
    for _ in range(2):
        assert client.post(address, {"key": KEY, "day": "2024-02-01", **said}).url == page
    found = model.objects.get()
    assert (found.customer, found.recorded_by, found.source.slug) == (ada, ingrid, "here")
    assert words.lower() in client.get(page).content.decode().lower()


def test_a_hostile_act_counts_once_a_second_person_confirms_it(client: Client, ingrid: User) -> None:
    ada = customer(owner=ingrid)
    client.post(reverse("feedback:hostile_act_new", args=[ada.uuid]), {"key": KEY, "day": "2024-02-01", **MORE["hostile_act"][0]})
    act = HostileAct.objects.get()
    address = reverse("feedback:hostile_act_confirm", args=[ada.uuid, act.uuid])
    assert address not in client.get(ada.get_absolute_url()).content.decode()  # she has, by recording it
    client.post(address)
    assert not HostileAct.objects.get().confirmed
    client.force_login(user("vera", role=Role.TEAM_LEAD))
    assert address in client.get(ada.get_absolute_url()).content.decode()
    client.post(address)
    assert HostileAct.objects.get().confirmed
    assert Confirmation.objects.count() == 2


def test_a_joint_plan_is_accepted_and_ended_later_and_only_once(client: Client, ingrid: User) -> None:
    ada = customer(owner=ingrid)
    client.post(reverse("feedback:joint_plan_new", args=[ada.uuid]), {"key": KEY, **MORE["joint_plan"][0]})
    plan = JointPlan.objects.get()
    address = reverse("feedback:joint_plan_settle", args=[ada.uuid, plan.uuid])
    assert client.post(address, {"accepted_by_us": ""}).status_code == 422
    assert client.post(address, {"until": "2024-01-31"}).status_code == 422
    client.post(address, {"accepted_by_us": "2024-02-02", "accepted_by_them": "2024-02-03"})
    client.post(address, {"accepted_by_us": "2024-02-09", "until": "2024-03-01"})
    plan.refresh_from_db()
    assert [str(day) for day in (plan.accepted_by_us, plan.accepted_by_them, plan.until)] == [
        "2024-02-02",
        "2024-02-03",
        "2024-03-01",
    ]
    assert address not in client.get(ada.get_absolute_url()).content.decode()
