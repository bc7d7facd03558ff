"""Every figure by month, by team, by rung: each group with its own n and interval, and hidden where too few say."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import ApiKey, Role
from customers.days import day_of
from customers.intervals import newcombe, wilson
from customers.models import Customer
from feedback import cutting
from feedback.figures import Asked
from feedback.models import Invitation
from feedback.naming import NAMED
from ladder import ranking
from tests import factories as make

pytestmark = pytest.mark.django_db
D = make.DAY_0
LATER = Asked(today=D + timedelta(days=400))


def people(count, team="North"):
    return [make.customer(f"{team} {n}", team=make.team(team)) for n in range(count)]


@pytest.fixture
def told():
    """Of 40 in the North 30 were answered in time, of 40 in the South 10; everybody said how satisfied they are, and was invited."""
    for team, good in (("North", 30), ("South", 10)):
        for n, one in enumerate(people(40, team)):
            make.complaint(one, D, due=D + timedelta(days=5), answered=D + timedelta(days=3 if n < good else 9))
            make.satisfaction(one, D + timedelta(days=31), 5 if n < good else 1)
            invited = make.invitation(one).invitation
            Invitation.objects.filter(pk=invited.pk).update(answered_at=timezone.now() if n < good else None)


@pytest.mark.parametrize("name", cutting.CUTS)
def test_one_group_of_everybody_is_the_whole(told, name):
    (group,) = cutting.groups(name, LATER, lambda customer, day: "all")
    whole = NAMED[name].of(LATER, "overall")
    assert (group.figure.n, group.figure.distribution, group.figure.said) == (whole.n, whole.distribution, whole.said)


@pytest.mark.parametrize(("name", "n"), [("answered-in-time", 40), ("response-rate", 40)])
def test_shares_of_teams_are_held_against_each_other(told, name, n):
    north, south = cutting.groups(name, LATER, cutting.by_team())
    assert (north.name, north.figure.n, north.figure.value) == ("North", n, 75)
    assert (north.figure.low, north.figure.high) == pytest.approx([100 * end for end in wilson(30, 40)])
    assert north.apart == pytest.approx((50, *(100 * end for end in newcombe((30, 40), (10, 40)))))
    assert north.differs
    assert south.differs


def test_a_group_of_too_few_has_no_value(told):
    for one in people(29, "East"):
        make.complaint(one, D, due=D + timedelta(days=5), answered=D)
    east = cutting.groups("answered-in-time", LATER, cutting.by_team())[0]
    assert (east.name, east.figure.n, east.figure.shown, east.figure.value, east.apart) == ("East", 29, False, None, None)


def test_months_are_those_of_the_answer_and_who_is_in_two_counts_in_both(told):
    assert [group.name for group in cutting.groups("satisfaction", LATER, cutting.by_month)] == [
        f"{D + timedelta(days=31):%Y-%m}"
    ]
    make.complaint(make.customer("Twice"), D, due=D, answered=D)
    make.complaint(
        Customer.objects.get(name="Twice"), D + timedelta(days=60), due=D + timedelta(days=60), answered=D + timedelta(days=60)
    )
    assert [(g.name, g.figure.n) for g in cutting.groups("time-to-answer", LATER, cutting.by_month)] == [
        (f"{D:%Y-%m}", 81),
        (f"{D + timedelta(days=60):%Y-%m}", 1),
    ]


@pytest.mark.parametrize("name", NAMED)
@pytest.mark.parametrize("by", ["month", "team", "rung"])
def test_over_rest_every_figure_is_cut(told, client, name, by):
    for one in Customer.objects.all():
        make.score(one, D, 10)
    ranking.rank(now=make.noon(D + timedelta(days=32)))
    key = ApiKey(name="reader", team=make.team("North"), scopes=["read"])
    secret = key.renew()
    key.save()
    answer = client.get(f"/api/v1/figures/{name}/?by={by}", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 200
    assert [group["figure"]["n"] for group in answer.json()["groups"]] == [40], "of the key's team alone"
    assert answer.json()["groups"][0]["name"] == {"team": "North", "rung": "Suspect"}.get(by, answer.json()["groups"][0]["name"])


@pytest.mark.parametrize("by", ["month", "team", "rung"])
def test_the_page_cuts_all_of_them(told, client, by):
    ranking.rank(now=make.noon(day_of(timezone.now())))
    client.force_login(make.user("ingrid", role=Role.ADMINISTRATOR))
    page = client.get(f"/listening/figures/?by={by}").content.decode()
    for name in cutting.CUTS:
        assert f'aria-label="{NAMED[name].label}"' in page
    assert ("Suspect" in page) == (by == "rung")
