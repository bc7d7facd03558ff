"""Who lives together."""

from __future__ import annotations

import pytest

from customers import housing
from customers.models import ContactPoint, Customer, Household
from tests.customers.conftest import NOW
from tests.factories import customer

pytestmark = pytest.mark.django_db


def at(name: str, address: str, **extra) -> Customer:
    one = customer(name, **extra)
    ContactPoint.objects.create(customer=one, kind="post", value=address)
    return one


def names() -> list[list[str]]:
    return [[one.name for one in people] for _, people in housing.proposed(Customer.objects.all())]


def test_people_at_one_address_are_proposed_however_it_is_written() -> None:
    at("Ada", "Elm Road 1, 12345 Köln"), at("Bert", "elm road 1  12345 KOLN."), at("Cleo", "Elm Road 11, 12345 Köln")
    assert names() == [["Ada", "Bert"]]


def test_firms_their_people_and_who_is_housed_already_are_not_proposed() -> None:
    firm = at("Works", "Elm Road 1", kind="organisation")
    at("Ada", "Elm Road 1"), at("Bert", "Elm Road 1", organisation=firm)
    at("Cleo", "Elm Road 1", household=Household.objects.create(name="Elm Road"))
    assert names() == []


def test_a_proposal_is_accepted_once_and_a_household_is_who_it_is_said_to_be() -> None:
    ada, bert = at("Ada", "Elm Road 1"), at("Bert", "Elm Road 1")
    made = housing.accept("ELM ROAD 1", Customer.objects.all(), at=NOW)
    assert set(made.members.all()) == {ada, bert}
    assert housing.accept("Elm Road 1", Customer.objects.all(), at=NOW) is None
    housing.house(made, [bert])
    assert list(made.members.all()) == [bert]
