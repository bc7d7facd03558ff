"""The admin site adds to the ledgers and takes steps on them; it changes nothing that stands."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from accounts.models import Role, User
from customers.models import JointPlan, Referral
from feedback.models import Complaint, ComplaintStep, HostileAct, QuestionSetVersion, Survey
from tests import factories as make

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
STEPS = {"steps-TOTAL_FORMS": "1", "steps-INITIAL_FORMS": "0", "steps-0-occurred_at_1": "12:30:00", "steps-0-words": "Sorry"}


@pytest.fixture
def anna(client: Client) -> User:
    return signed_in(client, "anna")


def signed_in(client: Client, name: str) -> User:
    person = make.user(name, role=Role.ADMINISTRATOR)
    User.objects.filter(pk=person.pk).update(is_staff=True, is_superuser=True)
    client.force_login(person)
    return person


def act(client: Client, row: Any, name: str) -> None:
    address = reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_changelist")
    assert client.post(address, {"action": name, "_selected_action": [row.pk]}).status_code == 302
    row.refresh_from_db()


def change(row: Any) -> str:
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def test_a_complaint_is_added_without_an_id_and_due_in_14_days(client: Client, anna: User) -> None:
    ada = make.customer()
    sent = {
        "customer": ada.pk,
        "source": make.here().pk,
        "occurred_at_0": "2024-02-01",
        "occurred_at_1": "12:00",
        "severity": "minor",
        "words": "It leaks",
    }
    assert client.post(reverse("admin:feedback_complaint_add"), sent).status_code == 302
    made = Complaint.objects.get()
    assert (f"{made.due_day}", made.recorded_by, made.external_id) == ("2024-02-15", anna, str(made.uuid))


def test_a_complaint_is_answered_by_adding_a_step_and_not_changed(client: Client, anna: User) -> None:
    complaint = make.complaint(make.customer(), make.DAY_0, due=make.DAY_0)
    sent = {**STEPS, "steps-0-kind": "answered", "steps-0-occurred_at_0": f"{make.DAY_0}", "words": "All is well"}
    assert client.post(change(complaint), sent).status_code == 302
    complaint.refresh_from_db()
    step = ComplaintStep.objects.get()
    assert (complaint.is_open(), complaint.words, step.recorded_by, step.customer) == (False, "", anna, complaint.customer)


def test_a_step_before_the_complaint_is_refused(client: Client, anna: User) -> None:
    complaint = make.complaint(make.customer(), make.DAY_0, due=make.DAY_0)
    sent = {**STEPS, "steps-0-kind": "answered", "steps-0-occurred_at_0": f"{make.DAY_0 - timedelta(days=1)}"}
    assert b"not after the complaint was received" in client.post(change(complaint), sent).content
    assert not ComplaintStep.objects.exists()


def test_two_people_confirm_a_hostile_act_each_as_themselves(client: Client, anna: User) -> None:
    hostile, seen = make.hostile_act(make.customer(), make.DAY_0, confirmed=False), []
    for name in ("confirm", "confirm"):
        act(client, hostile, name)
        seen.append(hostile.confirmed)
    signed_in(client, "bert")
    act(client, hostile, "confirm")
    assert ([*seen, hostile.confirmed], hostile.confirmations.count()) == ([False, False, True], 2)


def test_who_was_referred_is_named_once_and_nothing_else_is_changed(client: Client, anna: User) -> None:
    ada, ben = make.customer("Ada"), make.customer("Ben")
    referral = Referral.objects.create(**make.entry(ada, make.DAY_0), name="Her brother")
    assert client.post(change(referral), {"referred": ben.pk, "name": "Nobody"}).status_code == 302
    referral.refresh_from_db()
    assert (referral.referred, referral.name) == (ben, "Her brother")
    assert client.post(change(referral), {"referred": ""}).status_code == 403


def test_nobody_is_named_as_referred_by_themselves(client: Client, anna: User) -> None:
    ada = make.customer("Ada")
    referral = Referral.objects.create(**make.entry(ada, make.DAY_0))
    assert b"Nobody refers themselves" in client.post(change(referral), {"referred": ada.pk}).content


def test_a_plan_is_accepted_by_each_side_and_ended_today(client: Client, anna: User) -> None:
    plan = JointPlan.objects.create(customer=make.customer(), since=make.DAY_0, name="The fair")
    for name in ("accept_for_us", "accept_for_them", "end", "end"):
        act(client, plan, name)
    assert plan.accepted_by_us == plan.accepted_by_them == plan.until is not None


def test_what_was_added_by_mistake_is_withdrawn_once(client: Client, anna: User) -> None:
    hostile = make.hostile_act(make.customer(), make.DAY_0)
    act(client, hostile, "withdraw")
    first = hostile.withdrawn_at
    act(client, hostile, "withdraw")
    assert hostile.withdrawn_at == first is not None
    assert not HostileAct.objects.standing().exists()


def test_what_somebody_was_asked_is_read_only_and_its_next_version_is_not(client: Client, anna: User) -> None:
    asked = make.invitation(make.customer()).invitation.version
    assert 'name="_save"' not in client.get(change(asked)).text
    act(client, asked, "again")
    again = QuestionSetVersion.objects.get(question_set=asked.question_set, number=2)
    assert 'name="_save"' in client.get(change(again)).text
    assert [q.slug for q in again.questions.all()] == [q.slug for q in asked.questions.all()]


def test_an_invitation_is_shown_without_its_token(client: Client, anna: User) -> None:
    made = make.invitation(make.customer()).invitation
    page = client.get(change(made)).text
    assert (made.token_hash in page, "Recommendation" in page) == (False, True)


def test_a_survey_needs_questions(client: Client, anna: User) -> None:
    survey = Survey.objects.get(slug="opinion")
    empty = QuestionSetVersion.objects.create(question_set=survey.version.question_set, number=9)
    sent = {"slug": "new", "name": "New", "version": empty.pk, "channel": survey.channel_id, "link_days": 30}
    refused = client.post(reverse("admin:feedback_survey_add"), sent)
    assert "This version has no questions yet." in refused.text
    assert client.post(reverse("admin:feedback_survey_add"), {**sent, "version": survey.version_id}).status_code == 302
