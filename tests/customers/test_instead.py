"""How somebody who refuses a way is reached instead."""

from datetime import timedelta

import pytest
from django.utils import timezone

from customers import days, preferring
from customers.models import ContactPoint
from ladder import ranking
from tests import factories as make
from tests.test_api import key

pytestmark = pytest.mark.django_db
TODAY = days.day_of(timezone.now())
KNOWN = {"email": "ada@example.org", "phone": "555", "post": "Elm Road 1"}


def reached(*known, refusing=(), since=TODAY, owner=None):
    ada = make.customer("Ada", recorded=TODAY - timedelta(days=9), owner=owner)
    for kind in known:
        ContactPoint.objects.create(customer=ada, kind=kind, value=KNOWN[kind])
    for way in refusing:
        preferring.refuse(ada, way, since=since)
    return ada


@pytest.mark.parametrize(("known", "refusing", "words"), [
    (KNOWN, (), None),
    (KNOWN, ("email",), "Not by e-mail. Instead: phone 555, post Elm Road 1."),
    (KNOWN, ("email", "phone"), "Not by e-mail or the phone. Instead: post Elm Road 1."),
    (("email",), ("email",), "Not by e-mail. Instead: no other way is known, ask for one when they come."),
    (KNOWN, tuple(KNOWN), "They want to be reached by no way of ours: wait until they come."),
])  # fmt: skip
def test_another_way_is_said_of_whoever_refuses_one(known, refusing, words):
    ada = reached(*known, refusing=refusing)
    assert preferring.instead([ada.pk], TODAY).get(ada.pk) == words


def test_it_holds_from_its_day_on_and_costs_two_queries_for_many(django_assert_max_num_queries):
    ada = reached("phone", refusing=["email"])
    assert preferring.instead([ada.pk], TODAY - timedelta(days=1)) == {}
    many = [make.customer(f"C{n}") for n in range(20)]
    for one in many:
        preferring.refuse(one, "phone", since=TODAY)
    with django_assert_max_num_queries(2):
        assert len(preferring.instead([one.pk for one in many], TODAY)) == 20


def test_what_is_to_be_done_says_it_where_it_is_done(client):
    ingrid = make.user()
    ada = reached("phone", refusing=["email"], owner=ingrid)
    make.purchase(ada, TODAY)
    ranking.rank(now=make.noon(TODAY))
    ada.actions.update(due_at=timezone.now() - timedelta(hours=1))
    assert ada.actions.exists()
    client.force_login(ingrid)
    said = "Not by e-mail. Instead: phone 555."
    assert [said in client.get(address).text for address in ("/", ada.get_absolute_url())] == [True, True]
    desk = key(of=ada.team)
    told = desk.get("/api/v1/actions/").json()["results"]
    assert {action["instead"] for action in told} == {said}
    assert desk.post(f"/api/v1/actions/{told[0]['id']}/dismiss/").json()["instead"] == said
