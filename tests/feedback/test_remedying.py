"""Putting a complaint right: what may be decided alone, and who decides the rest."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from threading import Barrier, Thread
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import ApiKey, AuditEntry, Role
from customers.days import day_of
from customers.entering import withdraw
from customers.recording import Contradicted
from feedback import remedying
from feedback.models import Complaint, Discretion, Remedy
from tests.factories import complaint, customer, team, user

if TYPE_CHECKING:
    from accounts.models import User

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TODAY = day_of(NOW)
State = Remedy.State


@pytest.fixture
def tom() -> User:
    return user("tom")


@pytest.fixture
def lena() -> User:
    return user("lena", Role.TEAM_LEAD)


@pytest.fixture
def boss() -> User:
    return user("boss", Role.ADMINISTRATOR)


@pytest.fixture
def leak(tom: User) -> Complaint:
    return complaint(customer("Ada", owner=tom), TODAY - timedelta(days=2), due=TODAY)


def ask(of: Complaint, amount: str, by: User | None, **more: object) -> Remedy:
    return remedying.propose(of, kind="credit", amount=Decimal(amount), at=NOW, by=by, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("who", "amount", "state"),
    [
        ("tom", "50", State.GRANTED), ("tom", "50.01", State.ASKED), ("lena", "500", State.GRANTED), ("lena", "500.01", State.ASKED),
        ("boss", "99999", State.GRANTED), ("tom", "0", State.GRANTED), (None, "0", State.ASKED),
    ],
)  # fmt: skip
def test_it_is_granted_at_once_within_discretion_and_else_asked_for(leak, tom, lena, boss, who, amount, state):
    by = {"tom": tom, "lena": lena, "boss": boss, None: None}[who]
    made = ask(leak, amount, by)
    assert (made.state, made.decided_by) == (state, by if state == State.GRANTED else None)
    assert AuditEntry.objects.get(verb=f"{state} a remedy of").detail["amount"] == amount


def test_a_large_remedy_is_not_granted_in_small_ones(leak, tom):
    assert [ask(leak, "30", tom).state for _ in range(2)] == [State.GRANTED, State.ASKED]
    other = complaint(leak.customer, TODAY, due=TODAY)
    assert ask(other, "30", tom).state == State.GRANTED


def test_another_currency_is_beyond_any_limit(leak, tom, boss):
    assert ask(leak, "1", tom, currency="USD").state == State.ASKED
    assert ask(leak, "1", boss, currency="USD").state == State.GRANTED


def test_the_discretion_is_data(leak, tom):
    Discretion.objects.filter(role=Role.ACCOUNT_MANAGER).update(amount=10)
    assert ask(leak, "20", tom).state == State.ASKED
    Discretion.objects.filter(role=Role.ACCOUNT_MANAGER).delete()
    assert ask(leak, "0", tom).state == State.ASKED


def test_the_lead_finds_it_waiting_and_grants_or_declines_it_with_a_reason(leak, tom, lena):
    first, second = ask(leak, "80", tom), ask(leak, "90", tom)
    assert (list(remedying.waiting_for(lena)), list(remedying.waiting_for(tom))) == ([first, second], [])
    remedying.decide(first, granted=True, at=NOW, by=lena)
    with pytest.raises(ValidationError, match="why not"):
        remedying.decide(second, granted=False, at=NOW, by=lena)
    remedying.decide(second, granted=False, at=NOW, by=lena, why="Once is enough")
    assert list(Remedy.objects.values_list("state", "decided_by__username")) == [("granted", "lena"), ("declined", "lena")]
    assert not remedying.waiting_for(lena).exists()


def test_nobody_decides_what_they_asked_for_nor_what_is_beyond_them(leak, tom, lena):
    mine, large = ask(leak, "600", lena), ask(leak, "501", tom)
    with pytest.raises(ValidationError, match="yourself"):
        remedying.decide(mine, granted=True, at=NOW, by=lena)
    for beyond, who in ((large, lena), (mine, tom)):
        with pytest.raises(ValidationError, match="beyond"):
            remedying.decide(beyond, granted=True, at=NOW, by=who)
    assert not remedying.waiting_for(lena).exists()


@pytest.mark.parametrize(("limit", "before", "asked", "waits"), [
    ("500", ["400", "50"], "100", False), ("500", ["400"], "100", True), ("500", ["400"], "100.0001", False), ("0.30", ["0.10"], "0.20", True),
])  # fmt: skip
def test_what_a_lead_granted_of_it_counts_towards_what_waits_for_their_word(leak, tom, lena, limit, before, asked, waits):
    Discretion.objects.filter(role=Role.TEAM_LEAD).update(amount=limit)
    Discretion.objects.filter(role=Role.ACCOUNT_MANAGER).delete()
    for amount in before:
        assert ask(leak, amount, lena).state == State.GRANTED
    ask(complaint(leak.customer, TODAY, due=TODAY), limit, lena)  # of another complaint, so it does not count
    waiting = ask(leak, asked, tom)
    assert (waiting in remedying.waiting_for(lena), remedying.may_decide(lena, waiting)) == (waits, waits)


def test_a_lead_of_another_team_sees_nothing_of_it(leak, tom):
    ask(leak, "80", tom)
    assert not remedying.waiting_for(user("sven", Role.TEAM_LEAD, team("South"))).exists()


def test_it_is_asked_for_once_and_not_on_a_complaint_that_is_withdrawn(leak, tom, lena):
    key = uuid4()
    assert ask(leak, "80", tom, key=key) == ask(leak, "80", tom, key=key)
    waiting = Remedy.objects.get()
    withdraw(leak, at=NOW)
    with pytest.raises(Contradicted):
        remedying.decide(waiting, granted=True, at=NOW, by=lena)
    with pytest.raises(Contradicted):
        ask(leak, "1", tom)


@pytest.mark.parametrize("other", [{"amount": "81"}, {"kind": "gift"}, {"currency": "USD"}, {"words": "And a cake"}])
def test_something_else_under_the_same_id_is_refused_and_the_first_stands(leak, other):
    key = ApiKey(name="till", team=leak.customer.team, scopes=["read", "write"])
    headers = {"HTTP_AUTHORIZATION": f"Bearer {key.renew()}"}
    key.save()
    sent = {"id": str(uuid4()), "kind": "credit", "amount": "80"}

    def posted(**more):
        address = reverse("api:remedy_list", args=[f"cmp_{leak.uuid.hex}"])
        return APIClient().post(address, {**sent, **more}, format="json", **headers)

    assert [posted().status_code, posted(amount="80.00").status_code] == [201, 200]
    refused = posted(**other)
    assert (refused.status_code, next(iter(other)) in refused.json()["detail"]) == (409, True)
    assert Remedy.objects.get().amount == 80


@pytest.mark.parametrize("wrong", [{"amount": -1}, {"state": "granted"}, {"decided_at": NOW}])
def test_the_database_refuses_what_is_no_remedy(leak, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        Remedy.objects.create(complaint=leak, kind="gift", currency="EUR", **wrong)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_many_who_decide_at_once_one_does(leak, tom):
    asked = ask(leak, "80", tom)
    Discretion.objects.update_or_create(role=Role.TEAM_LEAD, defaults={"amount": 500})
    leads = [user(f"lead{n}", Role.TEAM_LEAD) for n in range(6)]
    gate, won = Barrier(6), []

    def decide(lead: User) -> None:
        gate.wait()
        try:
            remedying.decide(asked, granted=True, at=NOW, by=lead)
            won.append(lead)
        except Contradicted:
            pass
        finally:
            connection.close()

    threads = [Thread(target=decide, args=[lead]) for lead in leads]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [*won] == [Remedy.objects.get().decided_by]


def test_the_desk_asks_and_the_lead_decides_from_their_day(client, leak, tom, lena):
    client.force_login(tom)
    sent = {"key": str(uuid4()), "kind": "gift", "amount": "75.50", "words": "A new lamp"}
    for _ in range(2):
        assert client.post(f"{leak.get_absolute_url()}remedy/", sent).status_code == 302
    asked = Remedy.objects.get()
    address = f"{leak.get_absolute_url()}remedies/{asked.uuid}/"
    assert client.post(address, {"granted": "yes"}).status_code == 422
    assert address not in client.get("/").content.decode()
    client.force_login(lena)
    assert [address in client.get(page).content.decode() for page in ("/", "/listening/complaints/")] == [True, True]
    assert client.post(address, {"granted": "no", "why": "They have one"}).status_code == 302
    assert "They have one" in client.get(leak.get_absolute_url()).content.decode()
    assert address not in client.get("/").content.decode()
