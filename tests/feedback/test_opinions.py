"""What matters to customers and what they think: recorded, going stale, charted where enough people said so; notes from any page."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from customers import days
from customers.intervals import ENOUGH, mean_of_people
from feedback import figures
from feedback.models import Importance, Matter, Message, Opinion
from tests import factories as make

pytestmark = pytest.mark.django_db
PAGE = reverse("listening:opinion_list")


def today():
    return days.day_of(timezone.now())


@pytest.fixture
def ingrid(client):
    ingrid = make.user()
    client.force_login(ingrid)
    return ingrid


@pytest.fixture
def ada():
    return make.customer("Ada")


def figure(matter="price", **asked):
    return {m.slug: f for m, f in figures.importance(figures.Asked(**asked))}[matter]


def test_what_matters_and_an_opinion_are_recorded_once(client, ingrid, ada):
    said = {
        "importance_new": {"matter": "delivery", "importance": "5"},
        "opinion_new": {"question": "why-us", "words": "It lasts"},
    }
    for name, sent in said.items():
        for _ in range(2):
            key = str(uuid.uuid5(uuid.NAMESPACE_URL, name))
            assert (
                client.post(reverse(f"feedback:{name}", args=[ada.uuid]), {"key": key, "day": "2024-03-01", **sent}).status_code
                == 302
            )
    assert [(one.matter, one.importance, one.recorded_by) for one in Importance.objects.all()] == [("delivery", 5, ingrid)]
    assert [(one.question, one.words) for one in Opinion.objects.all()] == [("why-us", "It lasts")]


@pytest.mark.parametrize("wrong", [{"importance": "6"}, {"importance": "0"}, {"matter": "weather"}, {"matter": ""}])
def test_what_is_not_asked_or_off_the_scale_is_refused(client, ingrid, ada, wrong):
    sent = {"key": str(uuid.uuid4()), "day": "2024-03-01", "matter": "price", "importance": "3", **wrong}
    assert client.post(reverse("feedback:importance_new", args=[ada.uuid]), sent).status_code == 422
    assert not Importance.objects.exists()


@pytest.mark.parametrize("value", [0, 6])
def test_the_database_keeps_the_scale(ada, value):
    with pytest.raises(IntegrityError):
        make.importance(ada, today(), value=value)


@pytest.mark.parametrize(("back", "stale"), [(365, False), (366, True)])
def test_the_customers_page_shows_the_latest_and_marks_it_after_a_year(client, ingrid, ada, back, stale):
    make.importance(ada, today() - timedelta(days=back + 1), value=1)
    make.importance(ada, today() - timedelta(days=back), value=5)
    shown = (
        client.get(ada.get_absolute_url()).text.split("What matters to them</h2>")[1].split("</section>")[0]
    )  # the story tells both
    assert ("5 of 5" in shown, "1 of 5" in shown, "stale: ask again" in shown) == (True, False, stale)


def test_a_mean_is_of_people_and_hides_below_enough():
    for n in range(ENOUGH - 1):
        make.importance(make.customer(f"C{n}"), today(), value=1 + n % 5)
    one = make.customer("Twice")
    make.importance(one, today() - timedelta(days=9), value=1)
    assert figure().n == ENOUGH
    make.importance(one, today(), value=5)  # says it again: one voice, what they said last
    values = [1 + n % 5 for n in range(ENOUGH - 1)] + [5]
    expected = mean_of_people([(value, 1) for value in values])
    assert (figure().n, figure().value, figure().low, figure().high) == (ENOUGH, *map(pytest.approx, expected))
    Importance.objects.filter(customer=one).update(withdrawn_at=timezone.now())
    assert (figure().n, figure().value) == (ENOUGH - 1, None)


@pytest.mark.parametrize(("back", "n"), [(365, 1), (366, 0)])
def test_what_is_stale_is_in_no_mean(ada, back, n):
    make.importance(ada, today() - timedelta(days=back))
    assert figure().n == n


def test_who_is_not_ranked_is_in_no_mean(ada):
    make.importance(ada, today())
    make.not_ranked(ada, today())
    assert figure().n == 0


def test_a_matter_of_ones_own_is_a_row(client, ingrid, ada):
    Matter.objects.create(slug="parking", name="Parking")
    make.importance(ada, today(), matter="parking")
    assert (figure("parking").n, "Parking" in client.get(PAGE).text) == (1, True)


def test_the_page_shows_opinions_by_question_escaped_and_of_ones_own_customers_alone(client, ada):
    client.force_login(make.user(of=make.team("North")))
    ada.team = make.team("North")
    ada.save()
    make.opinion(ada, today(), "<b>It lasts</b>")
    make.opinion(ada, today(), "Near by", question="why-buy")
    make.opinion(make.customer("Stranger", team=make.team("South")), today(), "Secret")
    make.competitor(ada, today())
    shown, one = client.get(PAGE).text, client.get(f"{PAGE}?question=why-us").text
    assert ("&lt;b&gt;It lasts" in shown, "<b>It lasts" in shown, "Secret" in shown, "Acme" in shown) == (
        True,
        False,
        False,
        True,
    )
    assert ("It lasts" in one, "Near by" in one) == (True, False)


def test_the_page_takes_as_many_queries_for_many_as_for_few(client, ingrid, django_assert_max_num_queries):
    for n in range(40):
        one = make.customer(f"C{n}")
        make.opinion(one, today(), "Hm")
        make.importance(one, today())
    with django_assert_max_num_queries(12):
        client.get(PAGE)


def note(client, who, **more):
    sent = {
        "key": str(uuid.uuid4()),
        "words": "Rang about the lamp",
        "channel": "free-phone",
        "day": "2024-03-01",
        "who": who,
        **more,
    }
    return client.post(reverse("listening:note_new"), sent)


@pytest.mark.parametrize(("who", "of"), [("Ada", "Ada"), ("", None), ("lind", "Ada")])
def test_a_note_from_any_page_names_its_customer_or_nobody(client, ingrid, ada, who, of):
    ada.name = "Ada Lindqvist" if who == "lind" else "Ada"
    ada.save()
    note(client, who)
    said = Message.objects.get()
    assert (said.channel.slug, said.customer) == ("free-phone", ada if of else None)


@pytest.mark.parametrize(
    ("who", "words"), [("Bea", "We know nobody"), ("Ad", "Say which of them."), ("Stranger", "We know nobody")]
)
def test_a_note_of_whom_nobody_can_tell_is_asked_again(client, ada, who, words):
    client.force_login(make.user(of=make.team("North")))
    ada.team = make.team("North")
    ada.save()
    make.customer("Adam", team=make.team("North"))
    make.customer("Stranger", team=make.team("South"))
    answer = note(client, who)
    assert (answer.status_code, words in answer.text, "Rang about the lamp" in answer.text) == (422, True, True)
    assert not Message.objects.exists()


def test_from_every_page_a_note_is_one_click_away(client, ingrid, ada):
    make.score(ada, today(), 9)
    assert reverse("listening:note_new") in client.get(PAGE).text
    assert client.get(ada.get_absolute_url()).text.count(reverse("feedback:note_new", args=[ada.uuid])) == 2


def test_of_two_of_the_same_name_the_person_chooses(client, ingrid, ada):
    twin = make.customer("Twin", owner=ingrid)
    twin.name = ada.name
    twin.save()
    twin.contact_points.create(kind="email", value="twin@example.org")
    sent = {"key": "1" * 32, "words": "Hm", "who": ada.name, "channel": "other", "day": str(today()), "at": ""}
    asked = client.post("/listening/notes/new/", sent)
    assert (asked.status_code, "Say which of them." in asked.text, "twin@example.org" in asked.text) == (422, True, True)
    stranger = make.customer("Stranger", team=make.team("South"))
    assert client.post("/listening/notes/new/", {**sent, "which": str(stranger.uuid)}).status_code == 422
    assert not Message.objects.exists()
    assert client.post("/listening/notes/new/", {**sent, "which": str(twin.uuid)}).status_code == 302
    assert Message.objects.get().customer == twin


def test_more_than_ten_of_a_name_are_too_many_to_choose_among(client, ingrid):
    for n in range(11):
        make.customer(f"Smith {n}", owner=ingrid)
    sent = {"key": "1" * 32, "words": "Hm", "who": "Smith", "channel": "other", "day": str(today()), "at": ""}
    assert "More than 10 are called so" in client.post("/listening/notes/new/", sent).text
