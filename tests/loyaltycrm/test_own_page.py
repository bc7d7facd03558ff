"""The customer's own page: what it shows to whoever holds its link, what it never shows, and what may be done on it."""

from __future__ import annotations

import html
import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.utils import timezone

from accounts.models import AuditEntry
from customers import correcting, days, describing, opening, preferring
from customers.models import ContactPoint, Correction, Customer, OwnLink, Stop
from feedback import inviting, suggesting, unsubscribing
from feedback.languages import FORMS, LANGUAGES, on_day
from feedback.models import Channel, Complaint, Survey
from ladder import ranking
from loyaltycrm.own.phrases import LABELS, PHRASES, phrase
from tests import factories as make

pytestmark = pytest.mark.django_db
PREFERENCES = {"act": "preferences", "language": "en", "form_of_address": "formal", "was-language": ""}
HOSTILE = ["terrorist", "hostile", "risky", "suspect", "moveable", "soured", "inactive", "ambassador"]


def now():
    return timezone.now()


def today():
    return days.day_of(now())


@pytest.fixture
def ada():
    ada = make.customer("Ada Lindqvist")
    ContactPoint.objects.create(customer=ada, kind="email", value="ada@example.org")
    return ada


def opened(of, **extra):
    """The path of their page."""
    return opening.open_to(of, at=now(), **extra).path


def text_of(answer):
    """What a person reads, without the markup."""
    return html.unescape(re.sub(r"<[^>]+>", "", answer.text))


def form_of(client, path):
    """What the form of preferences sends if nobody touches it."""
    box = client.get(path).text.partition('value="preferences"')[2]
    sent = {"act": "preferences"}
    for name, value, more in re.findall(r'<input type="\w+" name="([\w-]+)" value="([^"]*)"([^>]*)>', box):
        if name.startswith("was-") or "checked" in more:
            sent.setdefault(name, []).append(value)
    for name, options in re.findall(r'<select id="\w+" name="(\w+)">(.*?)</select>', box):
        sent[name] = re.search(r'value="([^"]*)"[^>]* selected', options)[1]
    return sent


def object_to(client, path, words="It was two", about="name"):
    return client.post(path, {"act": "correction", "about": about, "words": words})


def test_it_shows_what_we_keep_and_what_came_of_it(client, ada):
    make.invitation(ada)
    make.purchase(ada, today() - timedelta(days=3))
    make.score(ada, today() - timedelta(days=2), 9)
    make.satisfaction(ada, today() - timedelta(days=2), 4)
    make.opinion(ada, today(), "Because it lasts")
    answered = make.complaint(ada, today() - timedelta(days=9), due=today())
    answered.steps.create(kind="answered", occurred_at=now(), words="A new one is on its way.")
    make.complaint(ada, today(), due=today() + timedelta(days=5))
    ranking.rank(now=now())
    shown = text_of(client.get(opened(ada)))
    said = ("Ada Lindqvist", "ada@example.org", "10.00 EUR", "9 of 10", "4 of 5", "Because it lasts", "A new one is on its way.")
    for one in (*said, "we owe you an answer", "because you are a customer", "You bought on"):
        assert one in shown, one


def test_nothing_of_another_customer_is_there(client, ada):
    bea = make.customer("Bea Bergman")
    make.opinion(bea, today(), "Only mine")
    assert "Only mine" not in client.get(opened(ada)).text


def test_it_says_where_they_stand_in_neutral_words_alone(client, ada):
    for n, audience in enumerate(("the fair", "the club")):
        make.hostile_act(ada, today() - timedelta(days=n), audience=audience)
    make.purchase(ada, today() - timedelta(days=900))
    ranking.rank(now=now())
    shown = text_of(client.get(opened(ada)))
    assert "Not seen for a while" in shown
    assert [word for word in [*HOSTILE, "the fair", "Bert"] if word in shown.lower()] == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", FORMS)
def test_every_phrase_is_there_in_every_language_and_form_of_address(language, form):
    blanks = {"name": "A", "n": 1, "day": "D", "score": 9, "words": "W"}
    for name, texts in {**PHRASES, **LABELS}.items():
        assert language in texts, name
    assert all(phrase(name, language, form, **blanks) for name in PHRASES)


def test_it_speaks_the_customers_language_as_they_are_addressed(client, ada):
    Customer.objects.update(language="de-AT", form_of_address="first_name")
    shown = client.get(opened(ada)).text
    assert '<html lang="de">' in shown
    assert ("Über dich" in shown, "Über Sie" in shown) == (True, False)


def everything():
    return [
        *OwnLink.objects.values_list(),
        *Customer.objects.values_list(),
        *Correction.objects.values_list(),
        *Stop.objects.values_list(),
    ]


@pytest.mark.parametrize("method", ["get", "head"])
def test_opening_it_changes_nothing_however_often_and_is_audited(client, ada, method):
    path, before = opened(ada), everything()
    for query in ("", "?wrong=name", "?done=preferences&act=preferences"):
        assert getattr(client, method)(path + query).status_code == 200
    assert everything() == before
    looked = AuditEntry.objects.filter(verb="looked at their own page", thing=f"customer {ada.pk}")
    assert looked.count() == (3 if method == "get" else 0)


@pytest.mark.parametrize(("sent", "times"), [
    ({"act": "x"}, 1), ({**PREFERENCES, "language": "xx"}, 1), ({"act": "correction", "about": "name"}, 1), (PREFERENCES, 0),
])  # fmt: skip
def test_what_is_refused_shows_the_page_and_that_is_audited_too(client, ada, sent, times):
    answer = client.post(opened(ada), sent)
    assert ("ada@example.org" in answer.text) == bool(times)
    assert AuditEntry.objects.filter(verb="looked at their own page", thing=f"customer {ada.pk}").count() == times


def test_it_is_kept_by_nobody_and_tells_its_address_to_nobody(client, ada):
    path = opened(ada)
    for answer in (client.get(path), client.post(path), client.get("/me/forged/"), client.put(path)):
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer["X-Robots-Tag"]
        assert "no-store" in answer["Cache-Control"]
        assert not answer.cookies


def test_of_the_token_only_the_hash_is_stored(ada):
    made = opening.open_to(ada, at=now())
    assert (made.token in str(everything()), OwnLink.objects.holding(made.token).get()) == (False, made.link)
    assert made.token not in json.dumps(list(AuditEntry.objects.values_list("detail", flat=True)))


@pytest.mark.parametrize(("close", "status"), [
    (lambda ada: None, 200),
    (lambda ada: opening.close(ada, at=now()), 410),
    (lambda ada: opening.open_to(ada, at=now()), 410),
    (lambda ada: OwnLink.objects.update(made_at=now() - timedelta(days=9), expires_at=now()), 410),
    (lambda ada: OwnLink.objects.all().delete(), 404),
])  # fmt: skip
def test_a_link_that_is_closed_renewed_or_expired_opens_nothing_and_says_nothing(client, ada, close, status):
    path = opened(ada)
    close(ada)
    for answer in (client.get(path), object_to(client, path), client.post(path, PREFERENCES)):
        assert answer.status_code in {status, 303 if status == 200 else status}
    assert ("Ada" in client.get(path).text, Correction.objects.exists()) == (status == 200, status == 200)


def test_a_link_opens_the_page_for_as_many_days_as_were_said(ada):
    made = opening.open_to(ada, at=now(), days=3).link
    assert [made.opens(made.made_at + timedelta(days=3, microseconds=past)) for past in (-1, 0)] == [True, False]


def test_what_they_prefer_holds_at_once(client, ada):
    path, survey = opened(ada), Survey.objects.get(slug="recommendation")
    wished = {"ways": ["email", "post"], "language": "fr", "form_of_address": "first_name"}
    assert client.post(path, {**form_of(client, path), **wished}).url == f"{path}?done=preferences"
    ada.refresh_from_db()
    assert (ada.language, ada.form_of_address, [row.way for row in ada.refusedways.on(today())]) == (
        "fr",
        "first_name",
        ["phone"],
    )
    client.post(path, {**form_of(client, path), "stopped": "yes"})
    assert [one for _, one in inviting.invite(survey, [ada], way="link", at=now()).refused] == ["stopped"]
    client.post(path, {**form_of(client, path), "stopped": []})
    assert inviting.invite(survey, [ada], way="link", at=now()).made


def test_what_they_prefer_leaves_other_stops_alone(client, ada):
    ends, begins = today() + timedelta(days=9), today() + timedelta(days=20)
    Stop.objects.create(customer=ada, reason="legal", since=today(), until=ends)
    Stop.objects.create(customer=ada, reason="minor", since=begins)
    path = opened(ada)
    for stopped in (["yes"], []):
        client.post(path, {**form_of(client, path), "stopped": stopped})
        assert ada.stops.on(today()).filter(reason="do_not_contact").exists() == bool(stopped)
    others = ada.stops.exclude(reason="do_not_contact").values_list("reason", "since", "until")
    assert list(others) == [("legal", today(), ends), ("minor", begins, None)]


@pytest.mark.parametrize("language", ["sv", "de-AT", "", "fr"])
def test_who_changes_one_thing_changes_no_other(client, ada, language):
    Customer.objects.update(language=language, form_of_address="first_name")
    path = opened(ada)
    client.post(path, {**form_of(client, path), "ways": ["email", "post"]})
    ada.refresh_from_db()
    assert (ada.language, ada.form_of_address, [row.way for row in ada.refusedways.all()]) == (language, "first_name", ["phone"])


def test_the_trail_keeps_what_was_and_what_is(client, ada):
    Customer.objects.update(language="sv")
    path = opened(ada)
    client.post(path, {**form_of(client, path), "language": "de"})
    ada.refresh_from_db()
    noted = AuditEntry.objects.get(verb="set preferences of").detail
    assert (ada.language, noted) == ("de", {"language": {"old": "sv", "new": "de"}})


def test_a_page_that_lay_open_undoes_nothing_that_came_in_between(client, ada):
    path = opened(ada)
    lay_open = form_of(client, path)
    unsubscribing.unsubscribe(ada, since=today())
    describing.set_stops(ada, {"do_not_contact"}, since=today())
    Customer.objects.update(language="sv")
    assert client.post(path, {**lay_open, "form_of_address": "formal", "ways": ["email", "phone"]}).status_code == 303
    ada.refresh_from_db()
    now_so = preferring.wishes(ada, today())
    assert now_so == preferring.Wishes("sv", "formal", frozenset({"phone"}), stopped=True)


@pytest.mark.parametrize(
    "wrong",
    [
        {"language": "xx"},
        {"was-language": []},
        {"was-ways": "pigeon"},
        {"form_of_address": "sir"},
        {"ways": "pigeon"},
        {"act": "delete"},
        {"act": ""},
    ],
)
def test_preferences_that_cannot_be_change_nothing(client, ada, wrong):
    path, before = opened(ada), everything()
    assert client.post(path, {**PREFERENCES, **wrong}).status_code == 422
    assert everything() == before


def test_what_is_not_right_is_kept_with_what_they_saw_and_a_day_to_answer_by(client, ada):
    bought = make.purchase(ada, today())
    path = opened(ada)
    assert "It was two" not in client.get(f"{path}?wrong=purchase-{bought.pk}").text
    for _ in range(2):  # sent twice it is there once
        assert object_to(client, path, about=f"purchase-{bought.pk}").url == f"{path}?done=correction"
    said = Correction.objects.get()
    assert (said.customer, said.words, said.due_day) == (ada, "It was two", today() + timedelta(days=30))
    assert "10.00 EUR" in said.shown
    assert "It was two" in client.get(path).text


def test_the_answer_stands_on_their_page(client, ada):
    path = opened(ada)
    object_to(client, path)
    correcting.answer(Correction.objects.get(), "corrected", "It is two now.", at=now(), by=make.user())
    assert "It is two now." in text_of(client.get(path))


@pytest.mark.parametrize(("about", "words", "said"), [
    ("name", "", "Say in a few words"), ("name", "   ", "Say in a few words"), ("name", "x" * 2001, "At most 2000 characters"),
    ("name", "x" * 1_000_000, "At most 2000 characters"), ("name", "nul\0", "could not read"), ("purchase-1", "It is not mine", "could not read"),
])  # fmt: skip
def test_what_cannot_be_taken_is_refused_clearly_and_nothing_is_kept(client, ada, about, words, said):
    answer = object_to(client, opened(ada), words, about)
    assert (answer.status_code, said in text_of(answer), len(answer.content) < 15_000) == (422, True, True)
    assert not Correction.objects.exists()


def test_more_than_the_server_takes_at_all_is_refused_clearly(client, ada):
    answer = object_to(client, opened(ada), "x" * 6_000_000)
    assert (answer.status_code, "could not read" in answer.text) == (413, True)


def test_naughty_strings_come_back_as_they_were_sent(client, ada, shared_data):
    path, kept = opened(ada), 0
    for words in json.loads((shared_data / "blns" / "blns.json").read_text()):
        answer = object_to(client, path, words)
        kept += answer.status_code == 303
        assert answer.status_code in {303, 422}
        assert "<script>alert" not in client.get(path).text
        Correction.objects.update(answered_at=now(), outcome="kept", answer=words[:100] or "-")
    assert kept > 300


def test_so_many_may_wait_and_no_more_until_some_are_answered(client, ada):
    path = opened(ada)
    for n in range(Correction.MOST_OPEN):
        assert object_to(client, path, f"Wrong {n}").status_code == 303
    refused = object_to(client, path, "One more")
    assert (refused.status_code, "20 already wait" in refused.text, "One more" in refused.text) == (422, True, True)
    correcting.answer(Correction.objects.earliest("pk"), "kept", "It was so.", at=now())
    assert object_to(client, path, "One more").status_code == 303


def test_our_answers_stand_there_whole_however_long(client, ada):
    told, righted = "v" * 5000 + "the end", "w" * 1990 + "the end"
    make.complaint(ada, today(), due=today()).steps.create(kind="answered", occurred_at=now(), words=told)
    path = opened(ada)
    object_to(client, path)
    correcting.answer(Correction.objects.get(), "corrected", righted, at=now())
    shown = text_of(client.get(path))
    assert (told in shown, righted in shown) == (True, True)


@pytest.mark.parametrize(("length", "there"), [(100, 8), (500, 2), (1100, 1), (3000, 1)])
def test_the_longer_our_answers_the_fewer_stand_there_and_the_others_are_counted(client, ada, length, there):
    for n in range(10):
        sent = make.complaint(ada, today() - timedelta(days=n), due=today())
        sent.steps.create(kind="answered", occurred_at=now(), words=f"{n}" + "v" * (length - 1))
    shown = text_of(client.get(opened(ada)))
    assert [n for n in range(10) if f"{n}{'v' * (length - 1)}”" in shown] == list(range(there))
    assert f"and {10 - there} older" in shown


def test_an_answer_is_owed_by_the_earliest_day_that_was_promised(client, ada):
    waits = make.complaint(ada, today(), due=today() + timedelta(days=9))
    sooner = today() + timedelta(days=2)
    waits.steps.create(kind="regraded", occurred_at=now(), severity="grave", due_day=sooner)
    assert f"we owe you an answer by {on_day(sooner, 'en')}" in text_of(client.get(opened(ada)))


def long_life(of, path, client, answer):
    """As much of everything as the page shows, in words as long as they may be, and our answers this long."""
    for n in range(30):
        make.purchase(of, today() - timedelta(days=n))
        make.opinion(of, today() - timedelta(days=n), "w" * 3000)
        heard = make.complaint(of, today() - timedelta(days=n), due=today())
        Complaint.objects.filter(pk=heard.pk).update(words="u" * 3000)
        heard.steps.create(kind="answered", occurred_at=now(), words="v" * answer)
    for n in range(20):
        object_to(client, path, f"{n} {'u' * 1900}")
    for said in Correction.objects.all():
        correcting.answer(said, "kept", "t" * min(answer, 2000), at=now())


@pytest.mark.parametrize(("answer", "most"), [(100, 15), (700, 15), (1200, 15), (5000, 20)])
def test_the_page_stays_small_for_a_long_life(client, ada, answer, most):
    path = opened(ada)
    long_life(ada, path, client, answer)
    shown = client.get(path)
    styles = sum(Path(finders.find(name)).stat().st_size for name in ("survey.css", "own.css"))
    assert len(shown.content) + styles <= most * 1024
    assert "22 older" in text_of(shown)


def test_it_takes_few_queries_and_as_many_for_a_long_life(client, ada, django_assert_max_num_queries):
    path = opened(ada)
    for n in range(20):
        make.purchase(ada, today() - timedelta(days=n))
        make.complaint(ada, today() - timedelta(days=n), due=today())
    with django_assert_max_num_queries(28):
        client.get(path)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_many_sent_at_one_moment_no_more_are_kept_than_may_wait(client, ada):
    def send(n):
        try:
            correcting.object_to(ada, about="name", shown="Name", words=f"Wrong {n}", at=now())
        except correcting.TooMany:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        taken = sum(pool.map(send, range(30)))
    assert (taken, Correction.objects.count()) == (20, 20)


def test_what_matters_to_them_and_what_they_suggested_stands_there(client):
    ada = make.customer("Ada")
    make.importance(ada, make.DAY_0, value=4)
    suggesting.suggest(
        "A smaller box", channel=Channel.objects.get(slug="other"), occurred_at=timezone.now(), at=timezone.now(), customer=ada
    )
    page = client.get(opening.open_to(ada, at=timezone.now()).path).content.decode()
    assert "price: 4 of 5" in page
    assert "A smaller box" in page
