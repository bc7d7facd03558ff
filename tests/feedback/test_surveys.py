"""The page of a survey: answered once, by whoever holds the link, in the customer's language."""

from __future__ import annotations

import pytest

from feedback.models import GivenAnswer, Invitation, Response
from tests import factories as make

pytestmark = pytest.mark.django_db


def invited(of, slug="recommendation", *, at=None, **more):
    """The invitation of one customer by link, and its path."""
    made = make.invitation(of, slug, at=at, **more)
    return made.invitation, made.path


@pytest.fixture
def ada():
    return make.customer("Ada Lindqvist")


def test_an_answer_becomes_a_fact_with_its_words_once(client, ada):
    invitation, path = invited(ada)
    sent = client.post(path, {"q-recommend": "9", "q-why": "Kind people."})
    assert (sent.status_code, "Thank you" in sent.text) == (200, True)
    said = Response.objects.get()
    assert (said.customer, said.score, said.words, said.invitation) == (ada, 9, "Kind people.", invitation)
    again = client.post(path, {"q-recommend": "0"})
    assert (again.status_code, "answered already" in again.text) == (410, True)
    assert Response.objects.get().score == 9


@pytest.mark.parametrize("method", ["get", "head"])
def test_opening_the_link_changes_nothing(client, ada, django_assert_max_num_queries, method):
    _, path = invited(ada)
    before = [*Invitation.objects.values_list(), *GivenAnswer.objects.values_list()]
    for headers in ({}, {"Sec-Purpose": "prefetch"}, {"User-Agent": "Mail scanner"}):
        with django_assert_max_num_queries(4) as asked:
            assert getattr(client, method)(path, headers=headers).status_code == 200
        assert all(query["sql"].startswith("SELECT") for query in asked.captured_queries)
    assert [*Invitation.objects.values_list(), *GivenAnswer.objects.values_list()] == before
    assert client.post(path, {"q-recommend": "9"}).status_code == 200


def test_the_page_is_kept_by_nobody_and_tells_its_address_to_nobody(client, ada):
    _, path = invited(ada)
    for answer in (client.get(path), client.post(path, {"q-recommend": "11"}), client.get("/s/forged/")):
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer["X-Robots-Tag"]
        assert "no-store" in answer["Cache-Control"]
        assert not answer.cookies
