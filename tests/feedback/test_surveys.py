"""The page of a survey: answered once, by whoever holds the link, in the customer's language."""

from __future__ import annotations

import html
import io
import json
import logging
import re
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from feedback.languages import LANGUAGES
from feedback.models import GivenAnswer, Invitation, Opinion, Question, QuestionSetVersion, Response, Satisfaction, Survey
from feedback.models.questions import LONGEST
from loyaltycrm.redacting import WithoutTokens
from tests import factories as make

pytestmark = pytest.mark.django_db
TOPICS = ["why-buy", "how-use", "what-think", "why-us", "experience"]


def invited(of, slug="recommendation", *, at=None, **more):
    """The invitation of one customer by link, and its path."""
    made = make.invitation(of, slug, at=at, **more)
    return made.invitation, made.path


@pytest.fixture
def ada():
    return make.customer("Ada Lindqvist")


def everything():
    return [*Invitation.objects.values_list(), *GivenAnswer.objects.values_list(), *Response.objects.values_list()]


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
    before = everything()
    for headers in ({}, {"Sec-Purpose": "prefetch"}, {"User-Agent": "Mail scanner"}):
        with django_assert_max_num_queries(4) as asked:
            assert getattr(client, method)(path, headers=headers).status_code == 200
        assert all(query["sql"].startswith("SELECT") for query in asked.captured_queries)
    assert everything() == before
    assert client.post(path, {"q-recommend": "9"}).status_code == 200


def test_the_page_is_kept_by_nobody_and_tells_its_address_to_nobody(client, ada):
    _, path = invited(ada)
    for answer in (client.get(path), client.post(path, {"q-recommend": "11"}), client.get("/s/forged/"), client.put(path)):
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer["X-Robots-Tag"]
        assert "no-store" in answer["Cache-Control"]
        assert not answer.cookies


def test_of_the_token_only_the_hash_is_stored(ada):
    made = make.invitation(ada)
    stored = str(everything())
    assert len(made.token) >= 22, "128 bits in 6-bit characters"
    assert made.token not in stored
    assert Invitation.hash(made.token) in stored


def test_no_log_holds_a_token(client, ada):
    _, path = invited(ada)
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.addFilter(WithoutTokens())
    logging.getLogger().addHandler(handler)
    try:
        client.put(path)
        client.get("/s/not-a-token-of-ours/")
        logging.getLogger("any").error("failed at %s", path, exc_info=ValueError(f"at {path}?at=why"))
    finally:
        logging.getLogger().removeHandler(handler)
    assert "/s/…" in out.getvalue()
    assert path.split("/")[2] not in out.getvalue()
    assert "not-a-token" not in out.getvalue()


def test_every_handler_leaves_tokens_out(settings):
    assert all("tokens" in handler["filters"] for handler in settings.LOGGING["handlers"].values())


@pytest.mark.parametrize(
    ("state", "status", "words"),
    [("forged", 404, "no survey at this link"), ("expired", 410, "has expired"), ("closed", 410, "survey is closed"), ("used", 410, "already")],
)  # fmt: skip
def test_a_link_that_cannot_be_answered_says_why(client, ada, state, status, words):
    invitation, path = invited(ada, at=timezone.now() - timedelta(days=31 if state == "expired" else 1))
    Survey.objects.filter(slug="recommendation" if state == "closed" else "").update(closed_at=timezone.now())
    Invitation.objects.filter(pk=invitation.pk if state == "used" else 0).update(answered_at=timezone.now())
    path = path[:-2] + "/" if state == "forged" else path
    for answer in (client.get(path), client.post(path, {"q-recommend": "9"})):
        assert (answer.status_code, words in answer.text) == (status, True)
    assert not Response.objects.exists()


def test_a_link_is_good_until_the_instant_it_expires(ada):
    at = timezone.now()
    invitation, _ = invited(ada, at=at)
    assert invitation.expires_at == at + timedelta(days=30)
    assert invitation.ended(invitation.expires_at - timedelta(microseconds=1)) == ""
    assert invitation.ended(invitation.expires_at) == "expired"


@pytest.mark.parametrize("score", ["11", "-1", "9.5", "1e1", "٩", "nine", "010", "999999999999", "\0", "<b>9</b>"])
def test_a_score_out_of_range_is_refused_and_the_words_are_kept(client, ada, score):
    _, path = invited(ada)
    refused = client.post(path, {"q-recommend": score, "q-why": "Kind people."})
    assert (refused.status_code, "Choose a number from 0 to 10" in refused.text) == (422, True)
    assert "Kind people." in client.get(path).text
    assert not Response.objects.exists()


@pytest.mark.parametrize("score", ["0", "6", "10"])
def test_an_answer_from_0_to_10_is_none_from_1_to_5(client, ada, score):
    _, path = invited(ada, "satisfaction")
    refused = client.post(path, {"q-overall": score})
    assert (refused.status_code, "from 1 to 5" in refused.text) == (422, True)
    assert not Satisfaction.objects.exists()


def test_without_the_score_nothing_is_sent_and_the_words_are_kept(client, ada):
    _, path = invited(ada)
    refused = client.post(path, {"q-why": "Kind people."})
    assert (refused.status_code, "We need this one." in refused.text) == (422, True)
    assert client.post(path, {"q-recommend": "9", "q-why": "Kind people."}).status_code == 200
    assert Response.objects.get().words == "Kind people."


def test_what_was_said_stands_there_again_by_the_same_link(client, ada):
    _, path = invited(ada, "satisfaction")
    kept = client.post(path, {"q-overall": "4", "q-why": "More soon", "later": "1"})
    assert (kept.status_code, "What you have said is kept." in kept.text) == (200, True)
    page = client.get(path).text
    assert re.search(r'name="q-overall" value="4" checked', page)
    assert "More soon" in page
    assert not Satisfaction.objects.exists(), "a part is no answer yet"
    client.post(path, {"q-overall": "4", "q-service": "2", "q-why": ""})
    assert {(s.subject, s.score, s.words) for s in Satisfaction.objects.all()} == {("overall", 4, ""), ("service", 2, "")}


def test_one_question_a_screen_goes_on_where_it_was_left_and_ends_with_the_last(client, ada):
    invitation, path = invited(ada, "opinion")
    first = client.post(path, {"step": "why-buy", "q-why-buy": "It lasts."})
    assert (first.status_code, first.url) == (303, f"{path}?at=how-use")
    assert "Question 2 of 5" in client.get(path).text
    assert "It lasts." in client.get(f"{path}?at=why-buy").text
    for topic in TOPICS[1:-1]:
        assert client.post(path, {"step": topic, f"q-{topic}": ""}).status_code == 303
    assert not Opinion.objects.exists()
    assert "Thank you" in client.post(path, {"step": "experience", "q-experience": "Well."}).text
    said = {(o.question, o.words, o.invitation) for o in Opinion.objects.all()}
    assert said == {("why-buy", "It lasts.", invitation), ("experience", "Well.", invitation)}


def test_nothing_at_all_is_no_answer(client, ada):
    _, path = invited(ada, "opinion")
    empty = client.post(path, {"step": "experience", "q-experience": ""})
    assert (empty.status_code, "one answer is enough" in empty.text) == (422, True)
    assert client.get(path).status_code == 200


def test_the_check_is_about_the_purchase(client, ada):
    bought = make.purchase(ada, make.DAY_0)
    _, path = invited(ada, "first-purchase-check")
    client.post(path, {"q-satisfied": "2", "q-why": "Broken."})
    said = Satisfaction.objects.get()
    assert (said.purchase, said.subject, said.score, said.words) == (bought, "overall", 2, "Broken.")


@pytest.mark.parametrize(
    ("language", "address", "hello", "asked"),
    [
        ("en", "first_name", "Hello Ada<", "recommend us"),
        ("", "", "Good day, Ada Lindqvist", "recommend us"),
        ("pt-br", "formal", "Good day, Ada Lindqvist", "recommend us"),
        ("de", "formal", "Guten Tag, Ada Lindqvist", "dass Sie uns"),
        ("de-AT", "first_name", "Hallo Ada<", "dass du uns"),
        ("fr", "formal", "Bonjour Ada Lindqvist", "recommanderiez-vous"),
        ("fr", "first_name", "Bonjour Ada<", "recommanderais-tu"),
    ],
)
def test_the_page_speaks_the_customers_language_and_honours_the_form_of_address(client, language, address, hello, asked):
    _, path = invited(make.customer("Ada Lindqvist", language=language, form_of_address=address))
    page = html.unescape(client.get(path).text)
    assert (hello in page, asked in page) == (True, True)
    assert f'lang="{language[:2] if language[:2] in LANGUAGES else "en"}"' in page


def test_an_organisation_is_not_called_by_the_first_word_of_its_name(client):
    _, path = invited(make.customer("Hotel Krone", kind="organisation", form_of_address="first_name"))
    assert "Hello Hotel Krone<" in client.get(path).text


@pytest.mark.parametrize("slug", ["recommendation", "satisfaction", "opinion", "first-purchase-check"])
def test_what_is_shipped_is_valid_and_speaks_every_language(slug):
    version = Survey.objects.get(slug=slug).version
    for question in version.questions.all():
        question.full_clean()
    assert version.languages() == set(LANGUAGES)


@pytest.mark.data
def test_naughty_strings_are_kept_as_they_stand_and_shown_as_text(client, ada, shared_data):
    naughty = json.loads((shared_data / "blns" / "blns.json").read_text())
    invitation, path = invited(ada, "opinion")
    of = invitation.version.questions.get(slug="why-buy")
    assert len(naughty) > 400
    for text in naughty:
        assert client.post(path, {"step": "why-buy", "q-why-buy": text}).status_code == 303
        kept = invitation.given.filter(question=of).values_list("words", flat=True).first() or ""
        assert kept == text.replace("\r\n", "\n")
        page = client.get(f"{path}?at=why-buy").text
        assert html.escape(text.replace("\r\n", "\n")).replace("&#x27;", "&#39;") in page.replace("&#x27;", "&#39;")
        assert "<script>alert" not in page


def test_naughty_words_reach_the_ledger_as_they_stand(client, ada):
    _, path = invited(ada)
    text = "  '; DROP TABLE x; --\n<script>alert(1)</script> {{ 7*7 }} %s ‮\N{PILE OF POO} "
    client.post(path, {"q-recommend": "3", "q-why": text})
    assert Response.objects.get().words == text


def test_a_comment_of_1_mb_is_refused_and_nothing_else_is_lost(client, ada):
    _, path = invited(ada, "satisfaction")
    refused = client.post(path, {"q-overall": "4", "q-service": "2", "q-why": "x" * 1_000_000})
    assert (refused.status_code, "This has 1000000 characters, and at most 5000" in refused.text) == (422, True)
    assert len(refused.content) < 15_000
    assert client.post(path, {"q-overall": "4", "q-service": "2", "q-why": "Short."}).status_code == 200
    assert Satisfaction.objects.filter(score=4, words="Short.").exists()


def test_words_are_taken_to_the_last_character_that_fits(client, ada):
    _, path = invited(ada)
    lines = "a\r\n" * (LONGEST // 2)
    assert client.post(path, {"q-recommend": "3", "q-why": f"{lines}b"}).status_code == 422
    assert client.post(path, {"q-recommend": "3", "q-why": lines}).status_code == 200
    assert len(Response.objects.get().words) == LONGEST


def test_more_than_is_read_at_once_is_refused_clearly_and_what_was_kept_stays(client, ada):
    _, path = invited(ada, "satisfaction")
    client.post(path, {"q-overall": "4", "later": "1"})
    refused = client.post(path, {"q-overall": "4", "q-why": "x" * 6_000_000})
    assert (refused.status_code, "more than can be sent at once" in refused.text) == (413, True)
    assert 'value="4" checked' in refused.text


def test_a_character_that_cannot_be_kept_is_refused(client, ada):
    _, path = invited(ada)
    refused = client.post(path, {"q-recommend": "3", "q-why": "a\0b"})
    assert (refused.status_code, "a character that cannot be kept" in refused.text) == (422, True)


def test_a_choice_is_one_of_the_choices(client, ada):
    survey = Survey.objects.get(slug="recommendation")
    survey.version = survey.version.again()
    choices = [{"slug": slug, "texts": {"en": slug.title()}} for slug in ("shop", "web")]
    Question.objects.create(
        version=survey.version, slug="where", kind="choice", texts={"en": "Where?"}, choices=choices, position=9
    )
    survey.save()
    invitation, path = invited(ada)
    assert client.post(path, {"q-recommend": "9", "q-where": "moon"}).status_code == 422
    assert client.post(path, {"q-recommend": "9", "q-where": "shop"}).status_code == 200
    assert invitation.given.get(question__slug="where").words == "shop"


def test_what_somebody_was_asked_is_never_changed_but_made_again(ada):
    invitation, _ = invited(ada)
    question = invitation.version.questions.first()
    with pytest.raises(ValidationError, match="make a new version"):
        question.save()
    with pytest.raises(ValidationError, match="make a new version"):
        question.delete()
    again = invitation.version.again()
    assert (again.number, again.questions.count()) == (2, invitation.version.questions.count())
    again.questions.first().save()
    assert QuestionSetVersion.objects.get(pk=invitation.version_id).questions.count() == 2


@pytest.mark.parametrize(
    ("texts", "more"),
    [
        ({"de": "Nur deutsch"}, {}),
        ({"en": {"formal": "half"}}, {}),
        ({"en": "x" * 501}, {}),
        ("text", {}),
        ({"en": "Which?"}, {"kind": "choice", "choices": [{"slug": "one", "texts": {"en": "One"}}]}),
        ({"en": "Satisfied?"}, {"kind": "satisfaction"}),
        ({"en": "Why?"}, {"kind": "opinion"}),
    ],
)
def test_a_question_that_cannot_be_asked_is_refused(texts, more):
    version = QuestionSetVersion.objects.first().again()
    with pytest.raises(ValidationError):
        Question(version=version, slug="new", texts=texts, **{"kind": "words", **more}).full_clean()
