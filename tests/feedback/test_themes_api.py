"""REST: themes, failures, suggestions, notes."""

from __future__ import annotations

import pytest

from feedback.models import Failure, Message
from tests.factories import DAY_0, complaint, customer, message, purchase, theme
from tests.test_api import key, post

pytestmark = pytest.mark.django_db
AT = "2026-01-31T09:30:00+01:00"


@pytest.fixture
def ours():
    return key("read", "write", "configure")


def test_a_theme_tells_its_evidence_and_takes_what_was_said(ours) -> None:
    late = theme(concerns=18)
    said = [
        f"msg_{message(None).uuid.hex}",
        *(f"cmp_{complaint(customer(f'P {n}'), DAY_0, due=DAY_0).uuid.hex}" for n in range(3)),
    ]
    assert post(ours, f"themes/{late.slug}/messages", {"said": said}).json() == {"gathered": 4}
    assert post(ours, f"themes/{late.slug}/messages", {"said": said}).json() == {"gathered": 0}
    wrong = post(ours, f"themes/{late.slug}/messages", {"said": [said[0], "cmp_1"]})
    assert wrong.status_code in (404, 422)
    told = ours.get(f"/api/v1/themes/{late.slug}/").json()["evidence"]
    assert (told["state"], told["voices"], told["exposed"], told["anonymous"]) == ("corroborated", 3, 21, 1)


def test_the_silent_are_drawn_and_answer(ours) -> None:
    late = theme(concerns=3)
    assert post(ours, f"themes/{late.slug}/samples", {"size": 2}).json()["drawn"] == 2
    one, _ = ours.get(f"/api/v1/themes/{late.slug}/members/").json()["results"]
    assert post(ours, f"sample-members/{one['id']}/answer", {}).json()["asked_at"]
    assert post(ours, f"sample-members/{one['id']}/answer", {"agrees": False}).json()["agrees"] is False
    assert post(ours, f"sample-members/{one['id']}/answer", {"agrees": True}).status_code == 409


def test_a_failure_finds_everyone_affected_or_is_not_recorded(ours) -> None:
    bought = purchase(customer("Ada"), DAY_0, promised=DAY_0, fulfilled=DAY_0.replace(day=9))
    said = {"kind": "late", "what": "Late", "first_day": f"{DAY_0}", "last_day": f"{DAY_0}"}
    assert post(ours, "failures", {**said, "found_by": "late"}).json()["customers"] == 1
    named = {**said, "found_by": "orders", "source": "here"}
    assert post(ours, "failures", {**named, "orders": [bought.external_id]}).json()["customers"] == 1
    for wrong in (
        {"orders": ["x"]},
        {"orders": []},
        {"orders": ["x"], "source": "nowhere"},
        {"found_by": "guess"},
        {"last_day": "1999-01-01"},
    ):
        assert post(ours, "failures", {**named, **wrong}).status_code == 422
    assert Failure.objects.count() == 2


def test_a_note_and_an_idea_may_be_of_nobody_and_an_idea_is_wanted_and_answered(ours) -> None:
    assert post(ours, "notes", {"channel": "free-phone", "occurred_at": AT, "words": "Hm"}).json()["customer"] is None
    assert post(ours, "notes", {"channel": "gossip", "occurred_at": AT, "words": "Hm"}).status_code == 422
    ada = {"source": "here", "external_id": "1", "name": "Ada"}
    idea = post(ours, "suggestions", {"channel": "other", "occurred_at": AT, "title": "Smaller", "customer": ada}).json()
    assert (idea["supporters"], Message.objects.count()) == (1, 1)
    assert post(ours, f"suggestions/{idea['id']}/support", {"customer": {**ada, "external_id": "2"}}).json()["supporters"] == 2
    assert post(ours, f"suggestions/{idea['id']}/answer", {"state": "built"}).json()["state"] == "built"
    assert post(ours, f"suggestions/{idea['id']}/answer", {"state": "heard"}).status_code == 409
