"""Giving customers an owner, and taking that back without undoing what others did since."""

import pytest

from customers import assigning
from customers.models import Customer
from tests.factories import customer, team, user

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    """Ada and Bob were Ingrid's; a change has just given both to Otto, of another team."""
    ingrid, otto = user("ingrid"), user("otto", of=team("North"))
    for name in ("Ada", "Bob"):
        customer(name, owner=ingrid)
    before = assigning.assign(Customer.objects.all(), otto, by=ingrid)
    return ingrid, otto, before


def owners():
    return dict(Customer.objects.values_list("name", "owner__username"))


def test_owners_and_teams_are_put_back(people):
    ingrid, otto, before = people
    assert set(Customer.objects.values_list("owner", "team")) == {(otto.pk, otto.team_id)}
    back = assigning.put_back(Customer.objects.all(), before, by=ingrid)
    assert (str(back), owners()) == ("2", {"Ada": "ingrid", "Bob": "ingrid"})
    assert set(Customer.objects.values_list("team", flat=True)) == {ingrid.team_id}


def test_who_has_been_given_to_somebody_else_since_is_left_and_counted(people):
    ingrid, otto, before = people
    vera = user("vera")
    assigning.assign(Customer.objects.filter(name="Bob"), vera, by=otto)
    back = assigning.put_back(Customer.objects.all(), before, by=ingrid)
    assert (back.moved, back.left, str(back)) == (1, 1, "1; 1 left with whom they were given since")
    assert owners() == {"Ada": "ingrid", "Bob": "vera"}


def test_who_was_given_to_nobody_is_put_back_too(people):
    ingrid, _, _ = people
    before = assigning.assign(Customer.objects.all(), None, by=ingrid)
    assert assigning.put_back(Customer.objects.all(), before, by=ingrid).moved == 2
    assert owners() == {"Ada": "otto", "Bob": "otto"}
