"""The badge of the inactive, on every ladder."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import ApiKey
from customers.days import day_of
from ladder import ranking, reigns, standings
from tests.factories import customer, purchase, recommendation, team, user

pytestmark = pytest.mark.django_db
BADGE = '<span class="chip">inactive</span>'
LADDERS = {"griffin", "christopher", "raving-fans", "attitude"}


@pytest.fixture
def people():
    """One silent for the limit, one for a day longer, one who never bought."""
    today = day_of(timezone.now())
    found = [customer(name, team=team(), recorded=today) for name in ("Active", "Silent", "Nobody")]
    for one, silence in zip(found, (180, 181), strict=False):
        purchase(one, today - timedelta(days=silence))
        recommendation(one, today)  # so that griffin is not the only ladder that has something to say
    ranking.rank(now=timezone.now())
    return found


def test_every_ladder_knows_who_is_inactive_and_who_never_bought_is_not(people):
    reign = reigns.reigning(day_of(timezone.now()))
    assert {edition.ladder.slug for edition in reign.editions} == LADDERS
    for edition in reign.editions:
        stands = standings.in_edition([one.pk for one in people], edition, reign.day)
        assert [stands[one.pk].inactive for one in people] == [False, True, False]


@pytest.mark.parametrize("how_many", [1, 3])
def test_the_badge_costs_a_list_no_query(people, how_many, django_assert_num_queries):
    reign = reigns.reigning(day_of(timezone.now()))
    with django_assert_num_queries(1):
        standings.in_edition([one.pk for one in people[:how_many]], reign.editions[0], reign.day)


def test_a_customers_page_shows_it_on_every_ladder_that_does_not_say_so_itself(people, client):
    client.force_login(user())
    pages = [client.get(one.get_absolute_url()).content.decode() for one in people]
    assert [page.count(BADGE) for page in pages] == [0, len(LADDERS) - 1, 0]


@pytest.fixture
def api(client):
    key = ApiKey(name="till", team=team(), scopes=["read"])
    return lambda address: (
        client.get(address, headers={"Authorization": f"Bearer {secret}"}).json() if (secret := token(key)) else {}
    )


def token(key):
    secret = key.renew()
    key.save()
    return secret


def test_placements_over_rest_say_it_of_every_ladder(people, api):
    found = api(reverse("api:placement_list"))["results"]
    silent = f"cus_{people[1].uuid.hex}"
    assert {(row["ladder"], row["inactive"]) for row in found if row["customer"] == silent} == {(slug, True) for slug in LADDERS}
    assert {row["inactive"] for row in found if row["customer"] != silent} == {False}


def test_placements_that_ended_say_nothing_of_it(people, api):
    found = api(reverse("api:customer_movements", args=[f"cus_{people[1].uuid.hex}"]))["results"]
    assert {row["inactive"] for row in found if row["until"]} == {None}
    assert {row["inactive"] for row in found if not row["until"]} == {True}


def test_an_explanation_says_it_today_and_on_another_day(people, api):
    address = reverse("api:customer_placements", args=[f"cus_{people[1].uuid.hex}"])
    yesterday = day_of(timezone.now()) - timedelta(days=1)
    assert {row["inactive"] for row in api(address)} == {True}
    assert {row["inactive"] for row in api(f"{address}?as_of={yesterday}")} == {False}
