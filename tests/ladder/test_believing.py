"""Standing, movements and reasons on a past day, as we know it now and as it was believed before a late fact arrived."""

import itertools
import re
from collections import Counter
from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import ApiKey
from customers.models import Customer
from ladder import believing, folding, ranking
from ladder.models import Ladder, Placement
from tests import factories as make
from tests.ladder.test_commands import FAILED, USAGE, refused, run

pytestmark = pytest.mark.django_db


def day(number):
    return make.DAY_0 + timedelta(days=number)


def on(number, hour=12):
    return datetime.combine(day(number), time(hour), tzinfo=UTC)


BEFORE, AFTER = on(45), on(51)  # the late purchase arrived at noon of day 50


@pytest.fixture
def ada():
    """Bought on days 10 and 40; on day 50 a purchase of day 20 became known, on day 60 she was ranked last."""
    found = make.customer("Ada", recorded=day(5))
    ranking.rank(now=on(7))
    for bought, arrived in ((10, 10), (40, 40), (20, 50)):
        make.purchase(found, day(bought))
        ranking.rank(now=on(arrived))
    ranking.rank(now=on(60))
    return found


@pytest.fixture
def api(client):
    return asking(client, make.team())


def asking(client, team):
    """What the key of a team is answered."""
    key = ApiKey(name=f"till of {team}", team=team, scopes=["read"])
    secret = key.renew()
    key.save()
    return lambda name, *args, **asked: client.get(reverse(name, args=args), asked, headers={"Authorization": f"Bearer {secret}"})


def standing(rungs):
    return {slug: n for slug, n in rungs.items() if n}


@pytest.mark.parametrize(
    ("at", "known", "rung"),
    [
        (30, BEFORE, "first-time"),
        (30, AFTER, "repeat"),
        (19, AFTER, "first-time"),
        (20, AFTER, "repeat"),
        (20, on(50, 11), "first-time"),
        (20, on(50, 12), "repeat"),
        (39, BEFORE, "first-time"),
        (40, BEFORE, "repeat"),
        (7, on(7, 13), "suspect"),
    ],
)
def test_a_standing_is_told_as_it_was_believed(ada, api, at, known, rung):
    told = run("ladder", "griffin", "--at", day(at), "--known-at", known.isoformat())[0]
    assert (told["at"], told["known_at"], standing(told["rungs"])) == (day(at).isoformat(), known.isoformat(), {rung: 1})
    rows = api("api:rung_list", "griffin", as_of=day(at), known_at=known.isoformat()).json()
    assert {row["rung"]: row["count"] for row in rows if row["count"]} == {rung: 1}
    listed = api("api:placement_list", ladder="griffin", as_of=day(at), known_at=known.isoformat()).json()["results"]
    assert [row["rung"] for row in listed] == [rung]


def test_without_a_day_it_is_told_of_the_last_day_ranked_by_then(ada, api):
    told = run("ladder", "griffin", "--known-at", on(11).isoformat())[0]
    assert (told["at"], standing(told["rungs"])) == (day(10).isoformat(), {"first-time": 1})
    rows = api("api:rung_list", "griffin", known_at=on(11).isoformat()).json()
    assert {row["rung"]: row["count"] for row in rows if row["count"]} == {"first-time": 1}


def test_the_api_says_of_a_day_what_the_command_says(ada, api):
    for at in (4, 5, 10, 20, 40, 60):
        rows = api("api:rung_list", "griffin", as_of=day(at)).json()
        assert {row["rung"]: row["count"] for row in rows} == run("ladder", "griffin", "--at", day(at))[0]["rungs"]


def test_an_explanation_says_what_was_believed_and_what_became_of_it(ada, api):
    told = run("explain", "here:Ada", "--at", day(30), "--known-at", BEFORE.isoformat())[0]
    assert (told["rung"], told["since"], told["edition"]) == ("first-time", day(10).isoformat(), 1)
    assert (told["known"]["now"], told["known"]["now_since"]) == ("repeat", day(20).isoformat())
    assert told["known"]["wrong_since"] == on(50).isoformat()
    assert "On what facts cannot be told" in told["why"]
    assert "as we know it now, they stood on Repeat that day" in told["why"]
    assert told["evidence"] == [], "nothing is made up"
    (row,) = [
        row for row in api("api:customer_placements", f"cus_{ada.uuid.hex}", as_of=day(30), known_at=BEFORE.isoformat()).json()
        if row["ladder"] == "griffin"
    ]  # fmt: skip
    assert (row["why"], row["rung"], row["known"]["now"]) == (told["why"], "first-time", "repeat")


def test_a_belief_that_still_stands_says_so(ada):
    told = run("explain", "here:Ada", "--at", day(15), "--known-at", AFTER.isoformat())[0]
    assert (told["rung"], told["known"]["now"], told["known"]["wrong_since"]) == ("first-time", "first-time", None)
    assert "It is what we know now, too." in told["why"]


def test_an_override_made_by_then_and_withdrawn_later_is_told(ada):
    held = make.override(ada, "fix", "griffin:client", day(55), day(100), "asked by the owner")
    type(held).objects.update(made_at=on(55))
    ranking.rank(now=on(60, 13))
    type(held).objects.update(withdrawn_at=on(60, 14))
    ranking.rank(now=on(60, 15))
    why = [run("explain", "here:Ada", "--known-at", on(60, hour).isoformat())[0]["why"] for hour in (13, 15)]
    assert ["asked by the owner" in said for said in why] == [True, False]


def test_a_history_is_told_as_it_was_believed(ada, api):
    def told(**asked):
        rows = api("api:customer_movements", f"cus_{ada.uuid.hex}", **asked).json()["results"]
        return [(row["rung"], row["since"], row["until"]) for row in rows if row["ladder"] == "griffin"]

    d = {n: day(n).isoformat() for n in (10, 20, 40)}
    assert ("first-time", d[10], d[40]) in told(known_at=BEFORE.isoformat())
    assert ("repeat", d[40], None) in told(known_at=BEFORE.isoformat())
    assert told(known_at=on(11).isoformat())[0] == ("first-time", d[10], None), "what was closed later was open then"
    assert told() == told(known_at=AFTER.isoformat()) == [("repeat", d[20], None), ("first-time", d[10], d[20])]


@pytest.mark.parametrize(("known", "way"), [(BEFORE, ("first-time", "first-time")), (AFTER, ("first-time", "repeat"))])
def test_movements_between_two_days_are_told_as_they_were_believed(ada, api, known, way):
    told = run("movements", "griffin", "--from", day(15), "--to", day(30), "--known-at", known.isoformat())[0]
    assert told["matrix"] == {way[0]: {way[1]: 1}}
    assert (told["came"], told["left"], told["moved"]) == (0, 0, int(way[0] != way[1]))
    asked = {"from": day(15), "to": day(30), "known_at": known.isoformat()}
    answer = api("api:ladder_movements", "griffin", **asked).json()
    assert (answer["matrix"], answer["before"], answer["after"]) == (told["matrix"], told["before"], told["after"])


def test_who_came_new_and_who_left_is_told(ada, api):
    ben = make.customer("Ben", recorded=day(30))
    make.not_ranked(ada, day(55))
    ranking.rank(now=on(60))
    told = run("movements", "griffin", "--from", day(20), "--to", day(60))[0]
    assert told["matrix"] == {"repeat": {"nowhere": 1}, "nowhere": {"suspect": 1}}
    assert (told["came"], told["left"], told["moved"]) == (1, 1, 0)
    assert Customer.objects.filter(pk=ben.pk).exists()


@pytest.mark.parametrize("known", [{}, {"known_at": on(60, 13).isoformat()}])
def test_a_key_sees_the_movements_and_standings_of_its_own_team_alone(ada, client, known):
    make.customer("Stranger", team=make.team("Elsewhere"), recorded=day(0))
    ranking.rank(now=on(60))
    of_a_team, of_all = asking(client, make.team("Elsewhere")), asking(client, make.team())
    for key, people in ((of_a_team, 1), (of_all, 2)):
        seen = key("api:ladder_movements", "griffin", **{"from": day(30), "to": day(60)}, **known).json()
        assert sum(seen["before"].values()) == people
        assert sum(row["count"] for row in key("api:rung_list", "griffin", as_of=day(40), **known).json()) == people
        assert len(key("api:placement_list", ladder="griffin", as_of=day(40), **known).json()["results"]) == people


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["ladder", "griffin", "--known-at", "soon"], USAGE, "--known-at: “soon” is neither a date"),
        (["ladder", "griffin", "--known-at", "2999-01-01"], USAGE, "lies ahead"),
        (["ladder", "griffin", "--known-at", "1999-01-01"], FAILED, "Nobody had been ranked by"),
        (["ladder", "griffin", "--at", day(46), "--known-at", BEFORE.isoformat()], FAILED, "nothing was recorded"),
        (["explain", "here:Ada", "--at", day(46), "--known-at", BEFORE.isoformat()], FAILED, "nothing was recorded"),
        (["explain", "here:Ada", "--at", day(1), "--known-at", BEFORE.isoformat()], FAILED, "stood on no rung"),
        (["movements", "griffin", "--from", day(9), "--to", day(8)], USAGE, "--to:"),
        (["movements", "griffin", "--from", "soon", "--to", day(8)], USAGE, "--from: “soon”"),
        (["movements", "griffin", "--from", day(9), "--to", day(46), "--known-at", BEFORE.isoformat()], FAILED, "ranked through"),
        (["movements", "staircase", "--from", day(9), "--to", day(9)], USAGE, "There is no ladder"),
    ],
)
def test_what_nobody_can_know_is_refused_in_words(ada, arguments, code, words):
    told = refused(*arguments)
    assert told[0] == code
    assert words in told[1]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"known_at": "soon"}, "known_at: “soon” is neither a date"),
        ({"known_at": "2999-01-01"}, "lies ahead"),
        ({"known_at": "1999-01-01"}, "Nobody had been ranked by"),
        ({"as_of": "soon"}, "as_of: “soon” is not a date"),
        ({"as_of": "9999-12-31"}, "as_of: 9999-12-31 is too far ahead"),
        ({"known_at": "0001-01-01T00:00:00+14:00"}, "too far back"),
        ({"known_at": "9999-12-31T23:59:59-12:00"}, "too far ahead"),
        ({"as_of": day(46), "known_at": BEFORE.isoformat()}, "ranked through"),
    ],
)
def test_the_api_refuses_it_in_the_same_words(ada, api, asked, words):
    for name, args in (("api:rung_list", ["griffin"]), ("api:placement_list", [])):
        answer = api(name, *args, **asked)
        assert answer.status_code == 400
        assert words in answer.json()["detail"]


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"from": day(1)},
        {"from": day(9), "to": day(8)},
        {"from": "x", "to": day(8)},
        {"from": day(9), "to": day(61), "known_at": AFTER.isoformat()},
    ],
)
def test_movements_need_two_days_in_their_order(ada, api, asked):
    assert api("api:ladder_movements", "griffin", **asked).status_code == 400


def test_the_page_shows_what_was_believed_between_two_days_and_only_of_ones_own(ada, client):
    make.purchase(make.customer("Stranger", team=make.team("South"), recorded=day(5)), day(10))
    ranking.rank(now=on(60))
    client.force_login(make.user("carla"))
    between = {"from": day(15), "to": day(45)}

    def lede(**asked):
        page = client.get(reverse("ladder:movements", args=["griffin"]), {**between, **asked}).content.decode()
        return re.search(r'<p class="lede">(.*?)</p>', page)

    assert "1 moved from one rung to another" in lede()[1]
    client.force_login(make.user("tom"))
    Customer.objects.update(team=make.team("East"))
    assert "0 moved from one rung to another" in lede()[1]
    assert lede(known_at="soon") is None
    assert lede(known_at="9999-12-31") is None
    assert lede(known_at="1999-01-01") is None
    assert lede(to=day(3)) is None


def adds_up(ladder, since, until, known):
    """The sums of a matrix are the standings of its days, counted another way."""
    found = believing.movements(ladder, since=day(since), until=day(until), known_at=known)
    for at, sums in ((since, found.before), (until, found.after)):
        if known is None:
            expected = folding.counts(ladder, day(at))
        else:
            rows = Placement.objects.filter(ladder=ladder).believed_on(day(at), known)
            expected = Counter(rows.values_list("rung", flat=True))
        named = {found.slugs[pk]: n for pk, n in expected.items() if pk}
        assert standing(sums) == standing(named), (ladder.slug, at)
    document = found.document()
    assert believing.recorded(ladder, since=day(since), until=day(until), known_at=known).document() == document, "as stored"
    assert sum(sum(row.values()) for row in document["matrix"].values()) == sum(document["before"].values()) + document["came"]
    assert sum(document["before"].values()) + document["came"] == sum(document["after"].values()) + document["left"]


bought = st.tuples(st.integers(0, 700), st.none() | st.integers(1, 300))


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    lives=st.lists(st.tuples(st.integers(0, 700), st.lists(bought, max_size=4)), min_size=1, max_size=5),
    late=st.lists(bought, max_size=2),
    asked=st.lists(st.integers(0, 700), min_size=3, max_size=3),
)
def test_a_matrix_adds_up_between_any_two_days(db, lives, late, asked):
    with transaction.atomic():
        live(lives, late)
        for since, until in itertools.combinations(sorted(asked), 2):
            for ladder in Ladder.objects.all():
                adds_up(ladder, since, until, None)
                adds_up(ladder, since, until, on(700, 13))
        transaction.set_rollback(True)


def live(lives, late):
    """Everybody is ranked; then the first of them is found to have bought what nobody knew."""
    people = [make.customer(f"C{n}", recorded=day(recorded)) for n, (recorded, _) in enumerate(lives)]
    for of, (_, facts) in zip(people, lives, strict=True):
        for when, lasts in facts:
            make.purchase(of, day(when), ended=lasts and day(when + lasts))
    ranking.rank(now=on(700))
    for when, lasts in late:
        make.purchase(people[0], day(when), ended=lasts and day(when + lasts))
    ranking.rank(now=on(700, 18))
