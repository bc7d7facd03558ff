"""The link in every letter by which its reader gets no more e-mail."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from customers import days, preferring
from customers.models import ContactPoint, RefusedWay
from feedback import inviting, posting, unsubscribing
from feedback.models import Survey
from loyaltycrm.redacting import redacted
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(settings):
    settings.SEND_EMAIL, settings.PUBLIC_URL = True, "https://crm.example"
    ada = make.customer("Ada Lindqvist", language="de", form_of_address="first_name")
    ContactPoint.objects.create(customer=ada, kind="email", value="ada@example.org")
    return ada


def invited(*who, at=None):
    survey = Survey.objects.get(slug="recommendation")
    return inviting.invite(survey, who, way="email", at=at or timezone.now())


def sent():
    posting.post(timezone.now)


def refuses(of):
    return preferring.refused(of, days.day_of(timezone.now()))


def test_a_letter_offers_it_in_its_words_and_by_one_click(ada):
    invited(ada)
    sent()
    letter = mail.outbox[0]
    link = f"https://crm.example{unsubscribing.path(ada)}"
    assert link in letter.body
    assert letter.extra_headers == {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def test_opening_it_changes_nothing_and_posting_it_does(client, ada):
    path = unsubscribing.path(ada)
    for _ in range(2):
        assert (client.get(path).status_code, refuses(ada)) == (200, set())
    for _ in range(2):
        assert client.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert (refuses(ada), RefusedWay.objects.count()) == ({"email"}, 1)


def test_it_says_nothing_of_whom_it_is_about_and_is_kept_by_nobody(client, ada):
    path = unsubscribing.path(ada)
    for answer in (client.get(path), client.post(path)):
        assert "Ada" not in answer.text
        assert ("no-store" in answer["Cache-Control"], answer["Referrer-Policy"]) == (True, "no-referrer")
    assert "Du bekommst keine E-Mails mehr." in answer.text


@pytest.mark.parametrize("forge", [lambda path: path[:-2] + "x/", lambda path: "/u/x/", lambda path: path.replace(":", "")])
def test_a_forged_link_takes_nobody_off(client, ada, forge):
    assert client.post(forge(unsubscribing.path(ada))).status_code == 404
    assert refuses(ada) == set()


def test_a_link_of_one_does_not_take_off_another(client, ada):
    bea = make.customer("Bea")
    client.post(unsubscribing.path(bea))
    assert (refuses(ada), refuses(bea)) == (set(), {"email"})


def test_who_wants_no_email_is_not_invited_by_it_and_may_be_by_a_link(ada):
    unsubscribing.unsubscribe(ada, since=days.day_of(timezone.now()))
    assert [why for _, why in invited(ada).refused] == ["refused"]
    assert make.invitation(ada)


def test_who_said_so_between_the_invitation_and_the_letter_gets_none(ada):
    made = invited(ada).made[0].invitation
    unsubscribing.unsubscribe(ada, since=days.day_of(timezone.now()))
    sent()
    made.refresh_from_db()
    assert (mail.outbox, made.bounced_at is not None) == ([], True)


def test_it_keeps_what_else_they_refuse(ada):
    today = days.day_of(timezone.now())
    preferring.refuse(ada, "phone", since=today - timedelta(days=9))
    unsubscribing.unsubscribe(ada, since=today)
    assert refuses(ada) == {"phone", "email"}


@pytest.mark.parametrize("path", ["/u/abc:def/", "/me/abc/", "/s/abc/"])
def test_no_log_holds_the_token(path):
    assert "abc" not in redacted(f'"POST {path}?wrong=name HTTP/1.1" 200')
