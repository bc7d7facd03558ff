"""How complaints were answered, who answered at all, satisfaction by what was bought, and rewarded beside unrewarded answers."""

from __future__ import annotations

import io
import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from rest_framework.test import APIClient

from accounts.models import ApiKey, Role
from customers.intervals import median_of, newcombe, wilson
from customers.models import PurchaseLine
from feedback import comparing, handling, timing
from feedback.figures import Asked, response_rate
from feedback.models import Invitation, Survey
from tests import factories as make

pytestmark = pytest.mark.django_db
D = make.DAY_0
ONE_DAY = timedelta(days=1)
LATER = Asked(today=D + timedelta(days=400))
NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)


def figure(*arguments):
    out = io.StringIO()
    call_command("figure", *arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


def answered(n, after, *, due=5, **extra):
    """A complaint of a new customer, answered so many days after."""
    of = make.customer(f"C {n}", **extra)
    return make.complaint(of, D, due=D + due * ONE_DAY, answered=None if after is None else D + after * ONE_DAY)


def test_the_median_and_its_interval_by_order_statistics():
    """Of 1 to 36: the 12th and the 25th, the ranks that Campbell and Gardner's table gives for n = 36."""
    assert median_of(range(1, 37)) == (18.5, 12.0, 25.0)
    assert median_of([4]) == (4.0, 4.0, 4.0)


def test_the_time_to_answer_is_of_people_and_silent_below_thirty():
    for n in range(29):
        answered(n, n % 10)
    assert (timing.time_to_answer(LATER).n, timing.time_to_answer(LATER).value) == (29, None)
    answered(29, 9)
    found = figure("time-to-answer")
    assert (found["n"], found["value"], found["shown"]) == (30, 4.5, True)
    assert found["low"] < 4.5 < found["high"]
    assert found["distribution"]["9"] == 3


def test_in_time_is_by_the_promised_day_and_what_is_late_counts_before_it_is_answered():
    for n in range(30):
        answered(n, 5 if n < 24 else 6)
    for n in range(30, 40):
        answered(n, None)
    on_the_day = timing.in_time(Asked(today=D + 5 * ONE_DAY))
    after = timing.in_time(Asked(today=D + 6 * ONE_DAY))
    assert (on_the_day.n, on_the_day.value) == (30, 80.0)
    assert (after.n, after.value, after.low) == (40, 60.0, pytest.approx(100 * wilson(24, 40)[0]))


def test_a_graver_complaint_is_in_time_by_its_earlier_promise():
    late = answered(1, None, due=14)
    handling.regrade(late, "grave", at=make.noon(D + ONE_DAY))
    late.steps.create(kind="answered", occurred_at=make.noon(D + 4 * ONE_DAY))
    assert timing.in_time(LATER).distribution == {1: 0, 0: 1}


def test_somebody_counts_once_by_their_latest_complaint_of_the_period():
    ada = answered(1, 9).customer
    for after in (1, 2):
        make.complaint(ada, D + after * ONE_DAY, due=D + 9 * ONE_DAY, answered=D + 4 * ONE_DAY)
    assert timing.time_to_answer(LATER).distribution == {2: 1}
    assert timing.time_to_answer(Asked(until=D)).distribution == {9: 1}


def test_the_loop_is_closed_where_somebody_asked_whatever_the_answer():
    for n in range(30):
        one = answered(n, 2)
        if n < 20:
            handling.check(one, content=n < 10, at=make.noon(D + 8 * ONE_DAY))
    found = timing.loop_closed(LATER)
    assert (found.n, found.distribution) == (30, {1: 20, 0: 10})


def test_who_is_not_ones_own_or_not_ranked_is_in_no_figure_of_complaints():
    north = make.team("North")
    answered(1, 1, team=north)
    make.not_ranked(answered(2, 1, team=north).customer, D)
    answered(3, 1)
    lead = make.user("lea", Role.TEAM_LEAD, north)
    assert (timing.time_to_answer(Asked(viewer=lead)).n, timing.time_to_answer(LATER).n) == (1, 2)


def invited(n, *, answered_at=None, bounced_at=None):
    made = make.invitation(make.customer(f"I {n}"), at=NOW).invitation
    Invitation.objects.filter(pk=made.pk).update(answered_at=answered_at, bounced_at=bounced_at)


def test_the_response_rate_is_answered_over_invited_less_bounced():
    for n in range(45):
        invited(n, answered_at=NOW if n < 10 else None, bounced_at=NOW if n >= 40 else None)
    found = figure("response-rate", "--survey", "recommendation", "--from", "2024-06-01", "--to", "2024-06-01")
    assert (found["n"], found["value"], found["distribution"]) == (40, 25.0, {"1": 10, "0": 30})
    assert figure("response-rate", "--to", "2024-05-31")["n"] == 0


def test_satisfaction_by_product_counts_a_purchase_of_several_for_each():
    for n in range(30):
        of = make.customer(f"B {n}")
        bought = make.purchase(of, D, product=make.product("tea"))
        for copy in (1, 2) if n < 3 else ():
            PurchaseLine.objects.create(purchase=bought, customer=of, product=make.product("cups"), unit_price=1, copy=copy)
        make.satisfaction(of, D, 1 + n % 5, purchase=bought)
    make.satisfaction(make.customer("nothing"), D, 5)
    for by in comparing.PRODUCTS:
        tea, cups = comparing.satisfaction(LATER, by)
        assert (tea.name, tea.figure.n, tea.figure.value) == ("tea", 30, 3.0)
        assert (cups.name, cups.figure.n, sum(cups.figure.distribution.values()), cups.figure.value) == ("cups", 3, 3, None)


def test_rewarded_and_unrewarded_answers_stand_side_by_side_with_their_difference():
    for n in range(70):
        Survey.objects.update(promise="Tea" if n < 35 else "")
        made = make.invitation(make.customer(f"R {n}"), at=NOW).invitation
        make.score(made.customer, D, 10 if n < 30 or n > 60 else 5)
    for one in Invitation.objects.all():
        one.customer.responses.update(invitation=one)
    make.score(make.customer("unasked"), D, 10)
    unrewarded, rewarded = comparing.nps(LATER, comparing.by_reward)
    assert [(group.name, group.figure.n) for group in (unrewarded, rewarded)] == [("Not rewarded", 35), ("Rewarded", 35)]
    assert rewarded.apart[1:] == pytest.approx([100 * end for end in newcombe((30, 35), (9, 35))])
    assert rewarded.differs


@pytest.fixture
def reader():
    row = ApiKey(name="till", team=make.team("North"), scopes=["read"])
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {row.renew()}")
    row.save()
    return client


def test_figures_over_rest_are_of_whom_the_key_sees(reader):
    for n in range(31):
        make.score(make.customer(f"N {n}", team=make.team("North")), D, 10)
    make.score(make.customer("elsewhere"), D, 0)
    said = reader.get("/api/v1/figures/nps/?by=team").json()
    assert (said["n"], said["value"], [group["name"] for group in said["groups"]]) == (31, 100.0, ["North"])
    few = reader.get("/api/v1/figures/nps/?until=2000-01-01").json()
    assert (few["n"], few["value"], few["shown"]) == (0, None, False)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("response-rate/?by=product", 422), ("nps/?by=weather", 422), ("nps/?by=product", 200), ("nps/?subject=service", 422), ("nps/?survey=nowhere", 422), ("nps/?since=2024-02-01&until=2024-01-01", 422),
        ("time-to-answer/?survey=recommendation", 422), ("nps/?weather=1", 400), ("weather/", 404),
        *((f"{name}/", 200) for name in ("satisfaction", "response-rate", "time-to-answer", "answered-in-time", "loop-closed")),
        ("satisfaction/?by=category&subject=service", 200), ("nps/?by=reward&survey=recommendation", 200),
    ],
)  # fmt: skip
def test_what_cannot_be_asked_over_rest_is_refused(reader, address, status):
    assert reader.get(f"/api/v1/figures/{address}").status_code == status


def test_complaints_are_of_no_survey():
    with pytest.raises(CommandError, match="complaints are none"):
        figure("time-to-answer", "--survey", "recommendation")


@pytest.mark.parametrize("by", ["product", "category", "reward"])
def test_the_page_shows_what_was_asked_for(client, by):
    of = make.customer()
    make.satisfaction(of, D, 4, purchase=make.purchase(of, D, product=make.product("samovar")))
    client.force_login(make.user("ingrid", Role.ADMINISTRATOR))
    said = client.get("/listening/figures/", {"by": by}).content.decode()
    assert ("samovar" in said) == (by != "reward")
    assert said.count("nobody's yet") == 3


@pytest.mark.parametrize("asked", [{"since": date.min}, {"until": date.max}])
def test_a_period_without_end_is_everything(asked):
    make.invitation(make.customer("Ada"))
    assert response_rate(Asked(**asked)).n == 1
