"""Recording what a customer says."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from accounts.models import Role, User
from customers.models import Referral
from feedback.models import Complaint, Recommendation, Response
from tests.factories import customer, team, user

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
PAGES = ["feedback:recommendation_new", "feedback:response_new", "feedback:complaint_new", "feedback:referral_new"]


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
    sent = {"key": str(uuid.uuid4()), "day": "2024-02-01", "prompted": "no", "to_whom": "her sister", "words": "Go there"}
    for _ in range(2):
        assert client.post(reverse(PAGES[0], args=[ada.uuid]), sent).url == ada.get_absolute_url()
    said = Recommendation.objects.get()
    assert (said.customer, said.prompted, said.to_whom, said.recorded_by) == (ada, False, "her sister", ingrid)


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
    sent = {"key": str(uuid.uuid4()), "day": "2024-02-01", "words": "It leaks", "due_day": ""}
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
