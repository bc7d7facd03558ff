"""Whom customers send, what they take part in, what we plan together."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from accounts.models import AuditEntry
from customers.entering import withdraw
from customers.models import Customer, Involvement, JointPlan, Referral
from customers.partnering import accept, end, name_referred, record_involvement, record_plan, record_referral
from customers.recording import Contradicted, Recorded
from tests.customers.conftest import NOW
from tests.factories import DAY_0, customer, entry, here

pytestmark = pytest.mark.django_db
ONE_DAY = timedelta(days=1)


@pytest.fixture
def ada() -> Customer:
    return customer("Ada")


def referred_by(of: Customer, **extra: Any) -> Recorded:
    return record_referral(
        **{**entry(of, DAY_0), "external_id": "1", "at": NOW, "prompted": False, "name": "Her sister", **extra}
    )


def planned(of: Customer, **extra: Any) -> Recorded:
    said = {"source": here(), "external_id": "1", "at": NOW, "name": "Fair", "since": DAY_0}
    return record_plan(**{**said, "customer": of, **extra})


def test_a_referral_is_recorded_once_and_something_else_under_its_id_is_refused(ada: Customer) -> None:
    first, again = referred_by(ada), referred_by(ada)
    assert (first.created, again.created, again.entry) == (True, False, first.entry)
    with pytest.raises(Contradicted, match="prompted"):
        referred_by(ada, prompted=True)
    assert Referral.objects.count() == 1
    assert [e.verb for e in AuditEntry.objects.all()] == ["recorded a referral of"]


def test_who_was_referred_is_named_later_and_the_referral_sent_again_does_not_take_it_back(ada: Customer) -> None:
    made, ben = referred_by(ada).entry, customer("Ben")
    for _ in range(2):
        name_referred(made, ben)
    assert (referred_by(ada).created, Referral.objects.get().referred) == (False, ben)
    with pytest.raises(Contradicted):
        name_referred(made, customer("Cleo"))
    with pytest.raises(Contradicted, match="referred"):
        referred_by(ada, referred=customer("Dora"))


def test_nobody_refers_themselves(ada: Customer) -> None:
    with pytest.raises(ValidationError):
        referred_by(ada, referred=ada)
    with pytest.raises(ValidationError):
        name_referred(referred_by(ada).entry, ada)
    assert Referral.objects.get().referred is None


def test_what_was_withdrawn_stays_withdrawn_when_it_is_sent_again(ada: Customer) -> None:
    made = referred_by(ada).entry
    withdraw(made, at=NOW)
    again = referred_by(ada)
    assert (again.created, again.entry.withdrawn_at) == (False, NOW)
    assert not Referral.objects.standing().exists()
    with pytest.raises(Contradicted, match="withdrawn"):
        referred_by(ada, name="Her brother")
    with pytest.raises(Contradicted):
        withdraw(made, at=NOW)
    with pytest.raises(Contradicted):
        name_referred(made, customer("Ben"))


def test_an_involvement_is_of_a_known_kind(ada: Customer) -> None:
    record_involvement(**entry(ada, DAY_0), at=NOW, kind="served", what="The council")
    with pytest.raises(ValidationError):
        record_involvement(**entry(ada, DAY_0), at=NOW, kind="paid")
    assert [str(each) for each in Involvement.objects.all()] == ["served on something: The council"]


def test_a_plan_is_accepted_by_each_side_on_a_day_and_ends_once(ada: Customer) -> None:
    plan = planned(ada).entry
    for _ in range(2):
        accept(plan, "us", on=DAY_0)
        accept(plan, "them", on=DAY_0 + ONE_DAY)
        end(plan, on=DAY_0 + 9 * ONE_DAY)
    kept = JointPlan.objects.get()
    assert (kept.accepted_by_us, kept.accepted_by_them, kept.until) == (DAY_0, DAY_0 + ONE_DAY, DAY_0 + 9 * ONE_DAY)
    with pytest.raises(Contradicted):
        accept(plan, "us", on=DAY_0 + ONE_DAY)
    with pytest.raises(Contradicted):
        end(plan, on=DAY_0)
    assert (planned(ada).created, planned(ada).entry) == (False, plan)


def test_a_plan_does_not_end_before_it_begins(ada: Customer) -> None:
    with pytest.raises(ValidationError):
        planned(ada, until=DAY_0 - ONE_DAY)
    with pytest.raises(ValidationError):
        end(planned(ada).entry, on=DAY_0 - ONE_DAY)


def test_another_plan_under_the_same_id_is_refused(ada: Customer) -> None:
    planned(ada)
    with pytest.raises(Contradicted, match="name"):
        planned(ada, name="Catalogue")
    with pytest.raises(Contradicted, match="accepted_by_us"):
        planned(ada, accepted_by_us=DAY_0)
    assert planned(ada, external_id="").entry.external_id
