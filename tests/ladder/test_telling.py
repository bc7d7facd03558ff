"""What counts as telling others unasked, and what an ask of ours makes of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from feedback.models import Ask, Recommendation
from ladder import acting, checking, ranking
from ladder.models import Action, Placement, ProgrammeStep, StaleMark
from tests import factories as make

pytestmark = pytest.mark.django_db
TODAY = make.DAY_0 + timedelta(days=400)
NOW = datetime(2025, 2, 4, 20, tzinfo=UTC)


def ago(n):
    return TODAY - timedelta(days=n)


def rank():
    ranking.rank(now=NOW, day=TODAY)


def rung(of, ladder="christopher"):
    return Placement.objects.current().get(customer=of, ladder__slug=ladder).rung.slug


@pytest.fixture
def ada():
    """Bought twice: a client of christopher, an advocate once she tells others unasked."""
    ada = make.customer("Ada")
    for back in (120, 60):
        make.purchase(ada, ago(back))
    return ada


@pytest.mark.parametrize(
    ("kind", "favourable", "prompted", "stands"),
    [
        ("recommendation", None, False, "advocate"),
        ("recommendation", None, True, "client"),
        ("testimonial", None, False, "advocate"),
        ("testimonial", True, True, "client"),
        ("review", True, False, "advocate"),
        ("review", True, True, "client"),
        ("review", False, False, "client"),
        ("review", None, False, "client"),  # nobody has read it yet
        ("mention", True, False, "advocate"),
        ("mention", None, False, "client"),
        ("reference", None, False, "supporter"),
        ("reference", None, True, "supporter"),
    ],
)
def test_what_is_told_counts_when_it_is_for_us_and_unasked(ada, kind, favourable, prompted, stands):
    make.recommendation(ada, ago(10), kind=kind, favourable=favourable, prompted=prompted)
    rank()
    assert rung(ada) == stands
    assert Recommendation.objects.unasked().exists() == (stands == "advocate")


@pytest.mark.parametrize(("before", "stands"), [(0, "client"), (1, "client"), (30, "client"), (31, "advocate"), (-1, "advocate")])
@pytest.mark.parametrize("ask_comes", ["first", "after the ranking"])
def test_an_ask_of_ours_prompts_for_thirty_days_whenever_it_is_learned_of(ada, before, stands, ask_comes):
    make.recommendation(ada, ago(10))
    if ask_comes != "first":
        rank()
        assert rung(ada) == "advocate"
    make.ask(ada, ago(10 + before))
    rank()
    assert rung(ada) == stands
    assert Recommendation.objects.unasked().exists() == (stands == "advocate")
    assert checking.check()[1] == []


def test_what_an_ask_prompts_is_prompted_from_its_own_day(ada):
    make.recommendation(ada, ago(10))
    make.ask(ada, ago(20))
    rank()
    past = Placement.objects.true().filter(customer=ada, ladder__slug="christopher").values_list("rung__slug", flat=True)
    assert "advocate" not in past


@pytest.mark.parametrize(("before", "stands"), [(30, "supporter"), (31, "advocate")])
def test_a_referral_we_asked_for_is_prompted_too(ada, before, stands):
    make.referral(ada, ago(10), converted=ago(5))
    make.ask(ada, ago(10 + before))
    rank()
    assert rung(ada) == stands


def test_an_ask_that_is_withdrawn_prompts_nothing(ada):
    make.recommendation(ada, ago(10))
    asked = make.ask(ada, ago(12))
    rank()
    Ask.objects.filter(pk=asked.pk).update(withdrawn_at=NOW)
    rank()
    assert rung(ada) == "advocate"


def test_an_ask_marks_its_customer_on_its_day(ada):
    StaleMark.objects.all().delete()
    asked = make.ask(ada, ago(3))
    asked.delete()
    assert set(StaleMark.objects.values_list("customer_id", "day")) == {(ada.pk, ago(3))}


@pytest.fixture
def asking(ada):
    """The action that asks Ada for a recommendation."""
    step = ProgrammeStep.objects.get(programme__slug="recommend")
    return Action.objects.create(customer=ada, step=step, key="called:1", reason="", due_at=NOW, expires_at=NOW)


def test_asking_as_a_programme_says_prompts_until_it_is_taken_back(ada, asking):
    ingrid = make.user()
    act = acting.done(asking, by=ingrid, at=NOW)
    assert [(ask.day, ask.recorded_by) for ask in ada.asks.standing()] == [(TODAY, ingrid)]
    acting.undo(act, by=ingrid, at=NOW)
    assert not ada.asks.standing().exists()
    acting.done(Action.objects.get(pk=asking.pk), by=ingrid, at=NOW)
    make.recommendation(ada, TODAY)
    rank()
    assert (ada.asks.standing().count(), rung(ada)) == (1, "client")


def test_a_welcome_asks_for_nothing(ada):
    step = ProgrammeStep.objects.get(programme__slug="welcome")
    action = Action.objects.create(customer=ada, step=step, key="movement:1", reason="", due_at=NOW, expires_at=NOW)
    acting.done(action, by=None, at=NOW)
    assert not Ask.objects.exists()
