"""Complaints, hostile acts, and signs that somebody may leave."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from accounts.models import Role
from customers.entering import withdraw
from customers.recording import Contradicted
from feedback import recording
from feedback.answering import answer, reopen
from feedback.confirming import confirm
from feedback.models import Complaint, ComplaintStep, HostileAct, Recommendation
from tests.customers.conftest import NOW
from tests.factories import DAY_0, customer, entry, noon, user

if TYPE_CHECKING:
    from customers.models import Customer

pytestmark = pytest.mark.django_db
ONE_HOUR, ONE_DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def ada() -> Customer:
    return customer("Ada")


def complained(of: Customer, **extra: Any) -> Complaint:
    made = recording.record_complaint(**{**entry(of, DAY_0), "external_id": "1", "at": NOW, "words": "It leaks", **extra})
    return made.entry


def attacked(of: Customer) -> HostileAct:
    return recording.record_hostile_act(**entry(of, DAY_0), at=NOW, audience="the fair", evidence="Bert heard it").entry


@pytest.mark.parametrize(("record", "said", "other"), [
    (recording.record_recommendation, {"prompted": False, "kind": "reference"}, {"kind": "recommendation"}),
    (recording.record_complaint, {"words": "It leaks"}, {"due_day": DAY_0}),
    (recording.record_hostile_act, {"audience": "the fair", "evidence": "heard"}, {"audience": "the club"}),
    (recording.record_leaving_notice, {"words": "In March"}, {"words": "In May"}),
    (recording.record_competitor, {"competitor": "Acme"}, {"competitor": "Apex"}),
])  # fmt: skip
def test_each_is_recorded_once_stays_withdrawn_and_is_not_contradicted(ada, record, said, other) -> None:
    fact = {**entry(ada, DAY_0), "at": NOW}
    first = record(**fact, **said)
    assert (first.created, record(**fact, **said).created) == (True, False)
    with pytest.raises(Contradicted, match=next(iter(other))):
        record(**fact, **{**said, **other})
    withdraw(first.entry, at=NOW)
    assert record(**fact, **said).entry.withdrawn_at == NOW


def test_a_kind_of_recommendation_that_there_is_not_is_refused(ada: Customer) -> None:
    with pytest.raises(ValidationError):
        recording.record_recommendation(**entry(ada, DAY_0), at=NOW, prompted=False, kind="rumour")
    assert not Recommendation.objects.exists()


def test_an_answer_is_due_in_14_days_unless_said_otherwise_and_never_before_the_complaint(ada: Customer) -> None:
    assert complained(ada).due_day == DAY_0 + 14 * ONE_DAY
    assert complained(ada, external_id="2", due_day=DAY_0 + ONE_DAY).due_day == DAY_0 + ONE_DAY
    with pytest.raises(ValidationError):
        complained(ada, external_id="3", due_day=DAY_0 - ONE_DAY)


def test_a_complaint_is_open_until_answered_and_again_from_reopening(ada: Customer) -> None:
    complaint, bert, seen = complained(ada), user("bert"), []
    seen.append(complaint.is_open())
    for step, after in ((answer, 1), (reopen, 2), (answer, 3)):
        for _ in range(2):
            step(complaint, occurred_at=noon(DAY_0) + after * ONE_HOUR, at=NOW, words="So be it", by=bert)
        seen.append(complaint.is_open())
    assert seen == [True, False, True, False]
    assert ComplaintStep.objects.count() == 3


def test_steps_may_be_learned_in_any_order_and_at_one_instant_it_is_open(ada: Customer) -> None:
    complaint = complained(ada)
    reopen(complaint, occurred_at=noon(DAY_0) + 2 * ONE_HOUR, at=NOW)
    answer(complaint, occurred_at=noon(DAY_0) + ONE_HOUR, at=NOW)
    assert complaint.is_open()
    answer(complaint, occurred_at=noon(DAY_0) + 2 * ONE_HOUR, at=NOW)
    assert complaint.is_open()


@pytest.mark.parametrize("step", [answer, reopen])
@pytest.mark.parametrize("before", [ONE_DAY, ONE_HOUR, timedelta(0)])
def test_a_step_that_is_not_after_the_complaint_is_refused(ada: Customer, step: Any, before: timedelta) -> None:
    with pytest.raises(ValidationError, match="not after the complaint was received"):
        step(complained(ada), occurred_at=noon(DAY_0) - before, at=NOW)
    assert not ComplaintStep.objects.exists()


def test_other_words_at_the_same_instant_and_steps_of_what_is_withdrawn_are_refused(ada: Customer) -> None:
    complaint, later = complained(ada), noon(DAY_0) + ONE_HOUR
    answer(complaint, occurred_at=later, at=NOW, words="Sorry")
    with pytest.raises(Contradicted, match="other words"):
        answer(complaint, occurred_at=later, at=NOW, words="No")
    withdraw(complaint, at=NOW)
    with pytest.raises(Contradicted, match="withdrawn"):
        reopen(complaint, occurred_at=later, at=NOW)


def test_a_hostile_act_counts_once_two_different_people_confirmed_it(ada: Customer) -> None:
    act, bert, cleo = attacked(ada), user("bert"), user("cleo")
    seen = [(confirm(act, by=who, at=NOW), HostileAct.objects.get().confirmed) for who in (bert, bert, cleo, cleo)]
    assert seen == [(True, False), (False, False), (True, True), (False, True)]


def test_readers_confirm_nothing_and_nobody_confirms_what_is_withdrawn(ada: Customer) -> None:
    act = attacked(ada)
    with pytest.raises(PermissionDenied):
        confirm(act, by=user("rita", role=Role.READER), at=NOW)
    withdraw(act, at=NOW)
    with pytest.raises(Contradicted):
        confirm(act, by=user(), at=NOW)
    assert not act.confirmations.exists()


@pytest.mark.parametrize(
    ("first", "then", "rows"), [(None, True, 2), (None, False, 2), (None, None, 1), (True, None, 1), (True, True, 1)]
)
def test_whether_a_review_speaks_for_us_may_be_learned_later_under_the_same_id(first, then, rows):
    fact = {**entry(customer("Ada"), DAY_0), "at": NOW, "kind": "review", "prompted": False}
    recording.record_recommendation(**fact, favourable=first)
    for _ in range(2):
        again = recording.record_recommendation(**{**fact, "at": NOW + timedelta(days=1)}, favourable=then)
    assert (again.entry.favourable, again.created) == (first if then is None else then, False)
    assert Recommendation.objects.count() == rows
    stands = Recommendation.objects.standing().get()
    if rows == 2:
        assert (stands.corrects.favourable, stands.recorded_at) == (None, NOW + timedelta(days=1))


@pytest.mark.parametrize("other", [{"favourable": False}, {"favourable": True, "words": "Better"}])
def test_a_review_known_to_be_for_us_is_not_turned_and_nothing_else_is_changed_with_it(other):
    fact = {**entry(customer("Ada"), DAY_0), "at": NOW, "kind": "review", "prompted": False}
    recording.record_recommendation(**fact, favourable=None if "words" in other else True)
    with pytest.raises(Contradicted):
        recording.record_recommendation(**{**fact, **other})
    assert Recommendation.objects.count() == 1
