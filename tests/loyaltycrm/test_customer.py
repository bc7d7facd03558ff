"""A customer's page and their story."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.utils import timezone

from customers import describing
from customers.days import day_of
from customers.models import Customer, Refund, RefusedWay, Stop
from feedback import suggesting
from feedback.models import Channel, Suggestion
from ladder import ranking
from loyaltycrm import story
from tests import factories
from tests.factories import DAY_0, customer, noon, purchase, team, user

if TYPE_CHECKING:
    from django.test import Client

    from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def ingrid(client: Client) -> User:
    ingrid = user()
    client.force_login(ingrid)
    return ingrid


def a_life(of: Customer) -> Customer:
    """Something of every kind, several on one day."""
    for n in range(6):
        bought = purchase(of, DAY_0 + timedelta(days=n // 2))
    Refund.objects.create(
        customer=of, source=factories.here(), occurred_at=noon(DAY_0 + timedelta(days=2)), purchase=bought, currency="EUR"
    )
    factories.score(of, DAY_0 + timedelta(days=2), 9)
    factories.satisfaction(of, DAY_0 + timedelta(days=2), 4)
    factories.opinion(of, DAY_0 + timedelta(days=2), "They are kind.")
    factories.recommendation(of, DAY_0 + timedelta(days=1))
    factories.qualification(of, "need", "yes", DAY_0 + timedelta(days=1))
    factories.not_ranked(of, DAY_0 + timedelta(days=3))
    Stop.objects.create(customer=of, reason="legal", since=DAY_0 + timedelta(days=3))
    factories.referral(of, DAY_0)
    factories.complaint(of, DAY_0, due=DAY_0 + timedelta(days=14), answered=DAY_0 + timedelta(days=1))
    factories.hostile_act(of, DAY_0 + timedelta(days=1))
    factories.leaving(of, DAY_0 + timedelta(days=1))
    factories.competitor(of, DAY_0 + timedelta(days=1))
    factories.ask(of, DAY_0 + timedelta(days=1))
    factories.importance(of, DAY_0 + timedelta(days=1))
    RefusedWay.objects.create(customer=of, way="email", since=DAY_0 + timedelta(days=1))
    factories.message(of, DAY_0 + timedelta(days=2))
    factories.failure(of, day=DAY_0 + timedelta(days=1))
    Suggestion.objects.create(
        customer=of, channel=Channel.objects.get(slug="other"), title="A smaller box", occurred_at=noon(DAY_0 + timedelta(days=2))
    )
    factories.involvement(of, DAY_0)
    factories.joint_plan(of, DAY_0)
    factories.override(of, "fix", "christopher:partner", DAY_0, DAY_0 + timedelta(days=9))
    ranking.rank(now=noon(DAY_0 + timedelta(days=2)))
    return of


def test_the_story_shows_every_kind_newest_first(client: Client, ingrid: User) -> None:
    ada = a_life(customer(owner=ingrid))
    entries = story.page(ada, size=99).entries
    assert [e.day for e in entries] == sorted((e.day for e in entries), reverse=True)
    assert {e.chapter.kind for e in entries} == {c.kind for c in story.CHAPTERS}
    assert client.get(ada.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_pages_of_the_story_are_the_story(ingrid: User, size: int) -> None:
    ada = a_life(customer(owner=ingrid))
    whole = [(e.chapter.kind, e.row.pk) for e in story.page(ada, size=99).entries]
    read, after = [], ""
    while True:
        page = story.page(ada, after, size)
        read += [(e.chapter.kind, e.row.pk) for e in page.entries]
        after = page.after
        if not after:
            break
    assert read == whole


@pytest.mark.parametrize("mark", ["nonsense", "1.2", "1.2.x", "9" * 18 + ".1.1", "9" * 30 + ".1.1"])
def test_a_mark_nobody_here_wrote_begins_the_story_anew(client: Client, ingrid: User, mark: str) -> None:
    ada = a_life(customer(owner=ingrid))
    assert len(story.page(ada, mark).entries) == 25


def test_the_story_begins_with_the_first_rung(client: Client, ingrid: User) -> None:
    ada = customer(owner=ingrid)
    factories.qualification(ada, "need", "yes", DAY_0)
    purchase(ada, DAY_0 + timedelta(days=5))
    ranking.rank(now=noon(DAY_0 + timedelta(days=6)))
    told = [(e.chapter.kind, e.day) for e in story.page(ada, size=99).entries]
    assert told[-2:] == [("first_rung", DAY_0), ("qualification", DAY_0)]
    assert [e.row.name for e in story.page(ada).entries if e.chapter.kind == "first_rung"] == ["Suspect"]
    assert "Began on Suspect" in client.get(ada.get_absolute_url()).content.decode()


def test_an_organisation_is_named_to_those_who_see_it(client: Client, ingrid: User) -> None:
    hotel = customer("Hotel Nord", owner=ingrid, kind="organisation")
    ada = customer("Ada", owner=ingrid, organisation=hotel)
    assert f'at <a href="{hotel.get_absolute_url()}">Hotel Nord</a>' in client.get(ada.get_absolute_url()).content.decode()
    Customer.objects.filter(pk=hotel.pk).update(owner=None, team=team("South"))
    assert "Hotel Nord" not in client.get(ada.get_absolute_url()).content.decode()


def test_a_withdrawn_fact_is_no_part_of_the_story(ingrid: User) -> None:
    ada = customer(owner=ingrid)
    purchase(ada, DAY_0, withdrawn_at=noon(DAY_0))
    assert story.page(ada).entries == []


def test_the_page_takes_as_many_queries_for_a_long_life_as_for_a_short(
    client: Client, ingrid: User, django_assert_max_num_queries: Any
) -> None:
    ada = a_life(customer(owner=ingrid))
    assert connection.features.supports_json_field, "asked of SQLite once a process, in three statements"
    with django_assert_max_num_queries(17):
        client.get(ada.get_absolute_url())
    for n in range(40):
        purchase(ada, DAY_0 + timedelta(days=n), product=factories.product(f"Kind {n}"))
    with django_assert_max_num_queries(17):
        client.get(ada.get_absolute_url())


def test_the_page_says_where_they_stand_and_why_without_a_click_or_a_script(client: Client, ingrid: User) -> None:
    ada = customer(owner=ingrid)
    for n in (0, 7):
        purchase(ada, DAY_0 + timedelta(days=n))
    ranking.rank(now=noon(DAY_0 + timedelta(days=10)))
    page = client.get(ada.get_absolute_url()).content.decode()
    assert "Ada stands on Repeat: bought on 2 different days (2 needed); last bought 3 days ago (up to 180 allowed)." in page
    assert "≤ 180" in page
    assert "Falls to Inactive on 7 July 2024 unless they buy." in page
    assert "<strong>Rose to Repeat</strong>" in page
    assert 'hx-trigger="load"' not in page


def test_each_piece_of_evidence_leads_to_its_entry_in_the_story(client: Client, ingrid: User) -> None:
    ada = customer(owner=ingrid)
    bought = [purchase(ada, DAY_0 + timedelta(days=n)) for n in range(30)]
    factories.usable(ada, "Lighting", DAY_0)
    ranking.rank(now=noon(DAY_0 + timedelta(days=29)))
    page = client.get(ada.get_absolute_url()).content.decode()
    newest = f"purchase-{bought[-1].pk}"
    assert f'<a href="#{newest}">{bought[-1].external_id}</a>' in page
    assert f'<li id="{newest}">' in page


def test_evidence_that_is_not_on_the_page_leads_to_the_page_that_begins_with_it(client: Client, ingrid: User) -> None:
    ada = customer(owner=ingrid)
    for n in range(30):
        last = purchase(ada, DAY_0 + timedelta(days=n // 2))
    first = ada.purchases.earliest("pk")
    address = story.leads_to(first, story.page(ada))
    assert story.leads_to(last, story.page(ada)) == f"#purchase-{last.pk}"
    found = client.get(ada.get_absolute_url() + address)
    assert found.context["story"].entries[0].row.pk == first.pk
    assert f'<li id="{address.partition("#")[2]}">' in found.content.decode()
    assert "Back to the latest" in found.content.decode()


def test_a_purchase_wholly_taken_back_says_so_and_the_refund_says_what(client: Client, ingrid: User) -> None:
    ada = customer(owner=ingrid)
    bought = purchase(ada, DAY_0, product=factories.product("Lighting"), ended=DAY_0 + timedelta(days=4))
    Refund.objects.create(
        customer=ada,
        source=factories.here(),
        occurred_at=noon(DAY_0 + timedelta(days=4)),
        purchase=bought,
        whole=True,
        currency="EUR",
    )
    refund, taken_back = story.page(ada).entries
    assert [str(line.product) for line in refund.row.purchase.lines.all()] == ["Lighting"]
    assert taken_back.row.ended == DAY_0 + timedelta(days=4)
    page = client.get(ada.get_absolute_url()).content.decode()
    assert "all taken back 5 Jan 2024" in page
    assert "Gave everything back" in page


def test_a_customer_of_others_is_not_there(client: Client, ingrid: User) -> None:
    assert client.get(customer("Stranger", team=team("South")).get_absolute_url()).status_code == 404


def test_what_customers_say_is_shown_inert(client: Client, ingrid: User) -> None:
    ada = customer(owner=ingrid)
    factories.score(ada, DAY_0, 3)
    ada.responses.update(words="<img src=x onerror=alert(1)>")
    assert "<img src=x" not in client.get(ada.get_absolute_url()).content.decode()


def test_htmx_gets_earlier_entries_alone_but_a_boosted_link_the_page(client: Client, ingrid: User) -> None:
    ada = a_life(customer(owner=ingrid))
    part = client.get(ada.get_absolute_url(), headers={"HX-Request": "true", "HX-Target": "earlier"}).content.decode()
    whole = client.get(ada.get_absolute_url(), headers={"HX-Request": "true", "HX-Boosted": "true"}).content.decode()
    assert "<html" not in part
    assert "Would recommend us" in part
    assert "<html" in whole


def test_an_answer_corrected_on_the_same_day_counts_at_once(client: Client, ingrid: User) -> None:
    ada, today = customer("Ada", owner=ingrid), day_of(timezone.now())
    for answer in ("no", "yes"):
        describing.qualify(ada, "need", answer, since=today)
        describing.qualify(ada, "ability", "yes", since=today)
    ranking.rank(now=timezone.now())
    assert ada.placements.current().get(ladder__slug="griffin").rung.slug == "prospect"


def test_the_page_says_that_something_newer_is_recorded_until_the_ladder_has_followed(client: Client, ingrid: User) -> None:
    ada = customer("Ada", owner=ingrid)
    ranking.rank(now=timezone.now())
    newer = "Something newer is recorded"
    assert newer not in client.get(ada.get_absolute_url()).content.decode()
    factories.purchase(ada, day_of(timezone.now()))
    assert newer in client.get(ada.get_absolute_url()).content.decode()
    ranking.rank(now=timezone.now())
    assert newer not in client.get(ada.get_absolute_url()).content.decode()


def test_notes_ideas_and_failures_of_ours_stand_in_the_story(client: Client, ingrid: User) -> None:
    ada, today = customer("Ada", owner=ingrid), day_of(timezone.now())
    factories.message(ada, words="Asks about <b>lamps</b>")
    factories.failure(ada, day=today)
    idea = suggesting.suggest(
        "A smaller box",
        channel=Channel.objects.get(slug="suggestion-box"),
        occurred_at=timezone.now(),
        at=timezone.now(),
        customer=ada,
    )
    page = client.get(ada.get_absolute_url()).content.decode()
    assert "Asks about &lt;b&gt;lamps&lt;/b&gt;" in page
    assert f'href="{idea.get_absolute_url()}"' in page
    assert "Suggested: A smaller box." in page
    assert "A failure of ours." in page


def test_what_they_told_after_we_asked_is_shown_as_asked(client: Client, ingrid: User) -> None:
    ada, today = customer("Ada", owner=ingrid), day_of(timezone.now())
    factories.ask(ada, today - timedelta(days=40))
    factories.recommendation(ada, today)
    assert '<span class="by">unasked</span>' in client.get(ada.get_absolute_url()).content.decode()
    factories.ask(ada, today - timedelta(days=30))
    assert '<span class="by">unasked</span>' not in client.get(ada.get_absolute_url()).content.decode()
