"""Who is invited to a survey, and who not and why."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts.models import ApiKey, AuditEntry, Role
from customers.models import ContactPoint, Stop
from feedback import inviting, posting
from feedback.models import Complaint, ComplaintStep, Invitation, Survey
from feedback.returning import returned
from tests import factories as make

pytestmark = pytest.mark.django_db
NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
TODAY = date(2024, 6, 1)


def invite(*customers, slug="recommendation", way="link", at=NOW, **more):
    return inviting.invite(Survey.objects.get(slug=slug), customers, way=way, at=at, **more)


def why_not(of, **more):
    outcome = invite(of, **more)
    return outcome.refused[0][1] if outcome.refused else "invited"


@pytest.fixture
def ada():
    return make.customer("Ada Lindqvist")


def stop(of, reason="do_not_contact"):
    return Stop.objects.create(customer=of, reason=reason, since=TODAY)


HINDRANCES = {
    "not-ranked": lambda ada: make.not_ranked(ada, TODAY),
    "stopped": stop,
    "complaint": lambda ada: make.complaint(ada, TODAY, due=TODAY),
    "asked-lately": lambda ada: invite(ada, slug="opinion", at=NOW - timedelta(days=89)),
    "closed": lambda ada: Survey.objects.update(closed_at=NOW),
}


@pytest.mark.parametrize("name", HINDRANCES)
def test_somebody_who_should_not_be_asked_is_not_and_the_reason_is_said(ada, name):
    HINDRANCES[name](ada)
    bert = make.customer("Bert")
    outcome = invite(ada, bert)
    assert (ada, name) in outcome.refused
    assert [made.invitation.customer for made in outcome.made] == ([] if name == "closed" else [bert])
    assert outcome.told()[inviting.REASONS[name]] >= 1


@pytest.mark.parametrize("reason", Stop.Reason.values)
def test_every_stop_is_respected_while_it_holds(ada, reason):
    Stop.objects.create(customer=ada, reason=reason, since=TODAY, until=TODAY + timedelta(days=2))
    assert why_not(ada) == "stopped"
    assert why_not(ada, at=NOW + timedelta(days=2)) == "invited"


def test_an_answered_complaint_is_in_nobodys_way_until_it_is_reopened(ada):
    asked = make.complaint(ada, TODAY - timedelta(days=9), due=TODAY, answered=TODAY - timedelta(days=5))
    assert not Complaint.objects.standing().told().waiting().exists()
    ComplaintStep.objects.create(complaint=asked, kind="reopened", occurred_at=NOW - timedelta(days=1))
    assert why_not(ada) == "complaint"


def test_open_complaints_are_those_the_complaint_itself_says(ada):
    for days in range(4):
        asked = make.complaint(ada, TODAY, due=TODAY)
        for n in range(days):
            kind = "reopened" if n % 2 else "answered"
            ComplaintStep.objects.create(complaint=asked, kind=kind, occurred_at=NOW + timedelta(days=1 if n == 1 else n + 1))
    assert {c.pk for c in Complaint.objects.standing().told().waiting()} == {c.pk for c in ada.complaints.all() if c.is_open()}


@pytest.mark.parametrize(("days", "said"), [(0, "asked-lately"), (89, "asked-lately"), (90, "invited")])
def test_ninety_days_lie_between_any_two_surveys(ada, days, said):
    invite(ada, slug="satisfaction")
    assert why_not(ada, at=NOW + timedelta(days=days)) == said


def test_the_spacing_is_a_setting(ada, settings):
    settings.RESURVEY_DAYS = 10
    invite(ada, slug="satisfaction")
    assert [why_not(ada, at=NOW + timedelta(days=days)) for days in (9, 10)] == ["asked-lately", "invited"]


def test_a_bounced_invitation_asked_nobody(ada):
    made = invite(ada, slug="satisfaction").made[0].invitation
    assert [inviting.bounce(made, at=NOW), inviting.bounce(made, at=NOW)] == [True, False]
    assert why_not(ada) == "invited"


def test_the_check_is_asked_once_for_each_purchase_however_lately_they_were_asked(ada):
    assert why_not(ada, slug="first-purchase-check") == "no-purchase"
    first = make.purchase(ada, TODAY - timedelta(days=9))
    invite(ada, slug="opinion")
    assert invite(ada, slug="first-purchase-check").made[0].invitation.purchase == first
    assert why_not(ada, slug="first-purchase-check", at=NOW + timedelta(days=200)) == "asked-about-it"
    make.purchase(ada, TODAY)
    assert why_not(ada, slug="first-purchase-check") == "invited"


def test_a_purchase_given_back_whole_is_nothing_to_ask_about(ada):
    make.purchase(ada, TODAY - timedelta(days=9), ended=TODAY)
    assert why_not(ada, slug="first-purchase-check") == "no-purchase"


def test_asking_many_costs_as_many_queries_as_asking_one(django_assert_max_num_queries):
    people = [make.customer(f"Customer {n}") for n in range(40)]
    survey = Survey.objects.select_related("version").get(slug="recommendation")
    with django_assert_max_num_queries(12):
        assert len(inviting.invite(survey, people, way="link", at=NOW).made) == 40


def test_each_has_a_token_and_an_audit_line_of_their_own(ada):
    made = invite(ada, make.customer("Bert"), by=make.user()).made
    assert len({one.token for one in made}) == 2
    assert AuditEntry.objects.filter(verb="invited to a survey").count() == 2
    assert not any(one.token in str(list(AuditEntry.objects.values_list())) for one in made)


def test_the_rate_is_of_those_whom_it_reached_and_hidden_below_thirty():
    people = [make.customer(f"Customer {n}") for n in range(32)]
    made = [one.invitation for one in invite(*people).made]
    inviting.bounce(made[0], at=NOW)
    inviting.bounce(made[1], at=NOW)
    Invitation.objects.filter(pk__in=[one.pk for one in made[2:17]]).update(answered_at=NOW)
    of = returned(Invitation.objects.counted()[made[0].survey_id])
    assert (of.invited, of.bounced, of.answered, of.rate.n, of.rate.share) == (32, 2, 15, 30, 0.5)
    inviting.bounce(made[-1], at=NOW)
    assert returned(Invitation.objects.counted()[made[0].survey_id]).rate.share is None


def test_an_answer_shows_that_it_had_not_bounced(ada):
    made = invite(ada).made[0].invitation
    inviting.bounce(made, at=NOW)
    Invitation.objects.update(answered_at=NOW)
    of = returned(Invitation.objects.counted()[made.survey_id])
    assert (of.bounced, of.answered, of.rate.n) == (0, 1, 1)


@pytest.fixture
def ingrid(client):
    ingrid = make.user()
    client.force_login(ingrid)
    return ingrid


def sent(client, who, way="link"):
    return client.post(reverse("surveys:survey_invite", args=["recommendation"]), {"who": who, "way": way})


def test_the_page_shows_each_link_once_and_keeps_it_nowhere(client, ingrid):
    ada, bert = (make.customer(name, owner=ingrid) for name in ("Ada", "Bert"))
    stop(bert)
    page = sent(client, "Ada\nBert\n\nAda")
    path = page.text.split("http://testserver")[1].split("<")[0]
    assert client.get(path).status_code == 200
    assert (inviting.REASONS["stopped"] in page.text, "no-store" in page["Cache-Control"]) == (True, True)
    later = client.get(reverse("surveys:survey", args=["recommendation"])).text
    assert ("Ada" in later, path in later, Invitation.objects.get().customer) == (True, False, ada)


def test_a_line_that_names_nobody_or_several_is_said_and_nobody_is_invited(client, ingrid):
    for name in ("Ada", "Bert"):
        make.customer(name, owner=ingrid)
    ContactPoint.objects.bulk_create(
        ContactPoint(customer=c, kind="email", value="both@example.org") for c in ingrid.customers.all()
    )
    make.customer("Stranger", team=make.team("South"), owner=make.user("sue", of=make.team("South")))
    refused = sent(client, "Ada\nboth@example.org\nStranger\n<script>alert(1)</script>")
    assert (refused.status_code, "several are called so" in refused.text) == (422, True)
    assert ("“Stranger”: nobody whom you see" in refused.text, "<script>alert" in refused.text) == (True, False)
    assert not Invitation.objects.exists()


def test_one_customer_is_invited_from_their_page(client, ingrid):
    ada = make.customer("Ada", owner=ingrid)
    address = f"{reverse('surveys:survey_invite', args=['recommendation'])}?customer={ada.uuid}"
    assert "You invite" in client.get(address).text
    client.post(address, {"way": "link"})
    assert Invitation.objects.get().customer == ada


def test_a_bounce_is_noted_on_the_page(client, ingrid):
    made = make.invitation(make.customer("Ada", owner=ingrid)).invitation
    assert client.post(reverse("surveys:invitation_bounce", args=[made.uuid])).url == made.survey.get_absolute_url()
    assert "bounced</span>" in client.get(made.survey.get_absolute_url()).text


def test_readers_see_surveys_and_invite_nobody(client):
    client.force_login(make.user("rita", role=Role.READER))
    assert "Recommendation" in client.get(reverse("surveys:survey_list")).text
    assert sent(client, "Ada").status_code == 403


def reached(name="Ada Lindqvist", address="ada@example.org", **more):
    found = make.customer(name, **more)
    ContactPoint.objects.create(customer=found, kind="email", value=address)
    return found


def test_no_mail_is_sent_while_sending_is_off(client, ingrid):
    reached("Ada", owner=ingrid)
    page = sent(client, "Ada", "email")
    assert inviting.REASONS["sending-off"] in page.text
    assert (mail.outbox, Invitation.objects.count()) == ([], 0)


def test_a_letter_is_plain_says_why_and_holds_the_link_that_answers(client, ingrid, settings):
    settings.SEND_EMAIL, settings.BUSINESS_NAME = True, "Hallberg"
    reached("Ada Lindqvist", owner=ingrid, language="de", form_of_address="first_name")
    page = sent(client, "Ada Lindqvist", "email")
    posting.post(timezone.now)
    letter = mail.outbox[0]
    assert (letter.to, letter.subject) == (["ada@example.org"], "Eine Frage von Hallberg")
    assert letter.body.startswith("Hallo Ada,")
    assert "weil du bei Hallberg" in letter.body
    path = letter.body.split(settings.PUBLIC_URL)[1].split()[0]
    assert (client.get(path).status_code, path in page.text) == (200, False)
    assert Invitation.objects.get().sent_at


def test_who_has_no_address_is_told(settings):
    settings.SEND_EMAIL = True
    assert why_not(make.customer("Bert"), way="email") == "no-address"


@pytest.fixture
def till(client):
    key = ApiKey(name="till", team=make.team(), scopes=["read", "write"], last_used_at=timezone.now())
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {key.renew()}"
    key.save()
    return client


def posted(till, name, body, *args):
    return till.post(reverse(f"api:{name}", args=args), body, content_type="application/json")


def test_over_rest_the_link_is_given_once_and_a_refusal_says_why(till):
    body = {"customer": {"source": "here", "external_id": "Ada"}}
    make.customer("Ada")
    made = posted(till, "survey_invitations", body, "recommendation")
    assert made.status_code == 201
    assert till.get(made.json()["link"].removeprefix("http://testserver")).status_code == 200
    listed = till.get(reverse("api:survey_invitations", args=["recommendation"])).json()["results"]
    assert [("link" in row, row["id"]) for row in listed] == [(False, made.json()["id"])]
    again = posted(till, "survey_invitations", body, "recommendation")
    assert (again.status_code, inviting.REASONS["asked-lately"] in again.json()["detail"]) == (409, True)
    assert posted(till, "invitation_bounce", {}, made.json()["id"]).json()["bounced_at"]
    counted = {row["slug"]: row for row in till.get(reverse("api:survey_list")).json()["results"]}
    assert (counted["recommendation"]["invited"], counted["recommendation"]["bounced"], counted["recommendation"]["rate"]) == (
        1,
        1,
        None,
    )


def test_over_rest_a_purchase_is_named_by_its_id(till):
    ada = make.customer("Ada")
    first, _ = make.purchase(ada, TODAY), make.purchase(ada, TODAY + timedelta(days=1))
    body = {"customer": {"source": "here", "external_id": "Ada"}, "purchase": {"source": "here", "external_id": "none"}}
    assert posted(till, "survey_invitations", body, "first-purchase-check").status_code == 422
    body["purchase"]["external_id"] = first.external_id
    assert posted(till, "survey_invitations", body, "first-purchase-check").status_code == 201
    assert Invitation.objects.get().purchase == first


def test_an_opinion_is_recorded_over_rest_once(till):
    make.customer("Ada")
    fact = {"source": "here", "external_id": "o1", "customer": {"source": "here", "external_id": "Ada"}}
    body = {**fact, "occurred_at": "2024-01-01T00:00:00Z", "question": "why-us", "words": "They listen."}
    assert [posted(till, "opinion_list", body).status_code for _ in range(2)] == [201, 200]
    assert posted(till, "opinion_list", {**body, "words": "Other."}).status_code == 409
