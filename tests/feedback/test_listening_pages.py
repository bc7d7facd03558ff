"""The pages of themes, failures, suggestions and hypotheses, from trigger to outcome."""

from __future__ import annotations

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, Role
from customers.days import day_of
from feedback import likening
from feedback.models import Failure, Hypothesis, Message, Suggestion, Theme
from tests.factories import customer, gather, here, message, product, purchase, team, theme, user

pytestmark = pytest.mark.django_db


@pytest.fixture
def ingrid(client):
    ingrid = user("ingrid", role=Role.ADMINISTRATOR)
    client.force_login(ingrid)
    return ingrid


def when() -> dict[str, str]:
    return {"key": str(uuid.uuid4()), "day": f"{day_of(timezone.now())}", "channel": "other"}


def test_a_late_delivery_becomes_a_failure_a_theme_and_a_decision(client, ingrid) -> None:
    today = day_of(timezone.now())
    people = [customer(f"Person {n}") for n in range(4)]
    for one in people:
        purchase(one, today, promised=today, fulfilled=today.replace(year=today.year + 1))
    said = {"kind": "late", "what": "It came too late", "first_day": today, "last_day": today, "found_by": "late", "tell": "on"}
    client.post("/listening/failures/new/", said)
    failure = Failure.objects.get()
    assert (failure.affected.count(), failure.recorded_by) == (4, ingrid)
    made = {"name": "Late", "slug": "late", "claim": "We are late", "per_cent": "1", "base": "failures", "failures": [failure.pk]}
    page = client.post("/listening/themes/new/", made, follow=True)
    assert "nothing is gathered yet" in page.content.decode().lower()
    late = Theme.objects.get()
    keys = [f"message:{message(one, today).pk}" for one in people[:3]]
    client.post("/listening/themes/late/gather/", {"said": [*keys, "message:no", "user:1", "complaint:99999"]})
    page = client.get("/listening/themes/late/").content.decode()
    assert "3 voices in 3 messages, of the 4 it concerns: 30 % to 95 % of them feel it" in page
    client.post("/listening/themes/late/decide/", {"outcome": "change", "why": "They are right"})
    assert late.decisions.get().by == ingrid


def test_a_change_is_refused_while_it_is_alleged_and_says_why(client, ingrid) -> None:
    theme()
    page = client.post("/listening/themes/late-delivery/decide/", {"outcome": "change", "why": "I feel so"})
    assert (page.status_code, "only on what is corroborated" in page.content.decode()) == (422, True)


def test_orders_that_nobody_knows_record_no_failure(client, ingrid) -> None:
    said = {
        "kind": "wrong",
        "what": "Wrong",
        "first_day": "2026-01-01",
        "last_day": "2026-01-01",
        "found_by": "orders",
        "source": here().slug,
    }
    page = client.post("/listening/failures/new/", {**said, "orders": "x1\nx2"})
    assert (page.status_code, Failure.objects.count()) == (422, 0)
    assert "There is no purchase x1, x2 at here." in page.content.decode()
    ada = customer("Ada")
    named = [purchase(ada, day_of(timezone.now())).external_id for _ in range(2)]
    client.post("/listening/failures/new/", {**said, "orders": "\r\n".join([*named, ""])})
    assert Failure.objects.get().affected.count() == 2


def test_the_silent_are_drawn_asked_and_answer(client, ingrid) -> None:
    late = theme(concerns=5)
    client.post("/listening/themes/late-delivery/ask/", {"size": "3"})
    one, other, third = late.samples.get().members.all()
    for member, said in ((one, "yes"), (other, "no"), (third, "")):
        client.post(reverse("listening:sample_answer", args=["late-delivery", member.uuid]), {"answer": said})
    assert list(late.samples.get().members.values_list("agrees", flat=True)) == [True, False, None]
    assert not late.samples.get().members.filter(asked_at=None).exists()


def test_a_theme_of_buyers_concerns_those_of_its_product(client, ingrid) -> None:
    tea, today = product("Tea"), day_of(timezone.now())
    for n in range(3):
        purchase(customer(f"Person {n}"), today, product=tea if n else None)
    made = {"name": "Stale", "slug": "stale", "claim": "The tea is stale", "per_cent": "1", "base": "buyers"}
    assert client.post("/listening/themes/new/", {**made, "product": "coffee"}).status_code == 422
    client.post("/listening/themes/new/", {**made, "product": "tea"})
    assert "of Tea" in client.get("/listening/themes/stale/").content.decode()
    gather(Theme.objects.get(), message(customer("Ada"), today))
    assert "of the 3 it concerns" in client.get("/listening/themes/stale/").content.decode(), "the two, and who speaks"


def test_the_loudest_voice_of_another_team_has_no_name(client) -> None:
    client.force_login(user("tom", of=team("North")))
    late = theme(concerns=3)
    gather(late, message(customer("Zanzibar", team=team("South"))))
    page = client.get("/listening/themes/late-delivery/").content.decode()
    assert "a customer of another team: 1 of 1 messages, 100 %" in page
    assert "Zanzibar" not in page


def test_a_note_is_there_once_and_reads_alike_with_others(client, ingrid) -> None:
    ada, said = customer("Ada"), {**when(), "words": "My parcel came late"}
    for _ in range(2):
        client.post(reverse("feedback:note_new", args=[ada.uuid]), said)
    client.post("/listening/notes/new/", {**when(), "words": "<b>My</b> parcel came late \U0001f600 ￾ ' OR 1=1 --"})
    assert Message.objects.filter(customer=ada).count() == Message.objects.filter(customer=None).count() == 1
    likening.propose()
    page = client.get("/listening/").content.decode()
    assert "“My parcel came late”" in page
    assert "&lt;b&gt;My&lt;/b&gt;" in page


def test_an_idea_is_recorded_wanted_and_answered(client, ingrid) -> None:
    ada, bert = customer("Ada"), customer("Bert")
    client.post(reverse("feedback:suggestion_new", args=[ada.uuid]), {**when(), "title": "A smaller box"})
    idea = Suggestion.objects.get()
    client.post(reverse("feedback:suggestion_support", args=[bert.uuid]), {"suggestion": str(idea.uuid)})
    assert idea.support.count() == 2
    answer = reverse("listening:suggestion_answer", args=[idea.uuid])
    assert client.post(answer, {"state": "declined", "answer": ""}).status_code == 422
    client.post(answer, {"state": "built", "answer": "Since May"})
    assert client.post(answer, {"state": "declined", "answer": "No"}).status_code == 422
    assert "Since May" in client.get(idea.get_absolute_url()).content.decode()


def test_a_hypothesis_is_settled_once_by_somebody(client, ingrid) -> None:
    client.post("/listening/hypotheses/new/", {"claim": "They like blue", "test": "Ask 100"})
    held = Hypothesis.objects.get()
    settle = reverse("listening:hypothesis_settle", args=[held.uuid])
    assert client.post(settle, {"result": "12 of 100", "decision": ""}).status_code == 422
    client.post(settle, {"result": "12 of 100", "decision": "We leave it"})
    held.refresh_from_db()
    assert (held.made_by, held.settled_by, client.get(settle).status_code) == (ingrid, ingrid, 404)
    assert {"claims", "settled"} <= set(AuditEntry.objects.values_list("verb", flat=True))
