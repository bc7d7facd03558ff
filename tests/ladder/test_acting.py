"""When actions are queued, how they move with their placement, and what people do with them."""

import pytest
from django.core.exceptions import ValidationError

from customers.models import Import, Stop
from ladder import acting, checking, nights, offers, programmes, ranking
from ladder.models import Action, Placement
from tests import factories as make
from tests.ladder.test_actions import CHECK, TODAY, WELCOME, ada, first_purchase, ingrid, later, on, rank, take_back, waiting

__all__ = ["ada", "ingrid"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def welcome(ada):
    first_purchase(ada)
    return waiting(ada)[WELCOME]


def brought_by_an_import(ada, day):
    rank(later(-20))
    brought = Import.objects.create(
        kind="purchases", mapping="plain", mapping_text="", file_name="f", sha256="0", path="f", bytes_total=1, made_at=on(day)
    )
    return make.purchase(ada, day, brought_by=brought)


# --- queueing ----------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", ["do_not_contact", "minor", "legal", "insolvency"])
def test_a_stop_queues_nothing(ada, reason):
    Stop.objects.create(customer=ada, reason=reason, since=later(-1))
    first_purchase(ada)
    assert waiting(ada) == {}


def test_who_is_not_ranked_has_no_actions_left(ada):
    first_purchase(ada)
    make.not_ranked(ada, later(1))
    rank(later(1))
    assert waiting(ada) == {}


def test_what_an_import_finds_queues_nothing_unless_asked(ada):
    brought_by_an_import(ada, later(-3))
    assert rank().actions == 0
    assert offers.queue_offered(now=on(TODAY), horizon=TODAY) == len({CHECK, WELCOME})
    assert offers.queue_offered(now=on(TODAY), horizon=TODAY) == 0


def test_asked_it_queues_for_the_last_14_days_only(ada):
    brought_by_an_import(ada, later(-15))
    rank()
    assert offers.queue_offered(now=on(TODAY), horizon=TODAY) == 0


def test_a_movement_found_too_late_queues_nothing(ada):
    first_purchase(ada, later(-15))
    assert waiting(ada) == {}


def test_ranking_a_past_day_queues_nothing_unless_asked(ada):
    make.purchase(ada, TODAY)
    rank(day=TODAY, queue=False)
    assert waiting(ada) == {}


def test_ranking_twice_queues_nothing(ada):
    first_purchase(ada)
    assert [rank(hour=h, full=ranking.Full.LIVES).actions for h in (13, 14)] == [0, 0]
    assert Action.objects.count() == len({CHECK, WELCOME})


# --- moving with the placement -----------------------------------------------------------------


def test_a_late_purchase_takes_the_actions_along_to_its_day(ada):
    first_purchase(ada)
    type(ada.purchases.get()).objects.update(withdrawn_at=on(TODAY))
    make.purchase(ada, later(-2))
    rank(hour=13)
    assert {a.placement.since for a in waiting(ada).values()} == {later(-2)}
    assert {step: a.due_at.date() for step, a in waiting(ada).items()} == {CHECK: later(5), WELCOME: later(12)}
    assert Action.objects.count() == len({CHECK, WELCOME}), "no second one"
    assert checking.check()[1] == []


def test_what_is_done_is_not_asked_again_when_the_day_moves(ada, ingrid):
    first_purchase(ada)
    acting.done(waiting(ada)[CHECK], by=ingrid, at=on(TODAY), answer=5)
    type(ada.purchases.get()).objects.update(withdrawn_at=on(TODAY))
    make.purchase(ada, later(-2))
    rank(hour=13)
    assert CHECK not in waiting(ada)


def test_bought_in_the_morning_and_cancelled_at_noon_leaves_no_welcome(ada):
    bought = make.purchase(ada, TODAY)
    rank(hour=10)
    assert waiting(ada)
    take_back(bought, TODAY)
    rank(hour=15)
    assert {CHECK, WELCOME}.isdisjoint(waiting(ada))
    assert not Placement.objects.true().filter(customer=ada, rung__slug="first-time").exists()
    assert Placement.objects.known_at(on(TODAY, 11)).filter(customer=ada, rung__slug="first-time").exists()


def test_withdrawn_and_recorded_anew_the_same_day_opens_the_same_actions(ada):
    bought = first_purchase(ada)
    type(bought).objects.filter(pk=bought.pk).update(withdrawn_at=on(TODAY, 13))
    rank(hour=13)
    assert waiting(ada) == {}
    make.purchase(ada, TODAY)
    rank(hour=14)
    assert set(waiting(ada)) == {CHECK, WELCOME}
    assert Action.objects.count() == len({CHECK, WELCOME})


# --- what people do ----------------------------------------------------------------------------


def test_done_can_be_taken_back(welcome, ingrid):
    act = acting.done(welcome, by=ingrid, at=on(TODAY))
    assert (welcome.state, welcome.finished_by) == ("done", ingrid)
    (back,) = acting.undo(act, by=ingrid, at=on(TODAY))
    back.refresh_from_db()
    assert (back.state, back.finished_at, back.finished_by) == ("waiting", None, None)
    with pytest.raises(acting.Overtaken):
        acting.undo(act, by=ingrid, at=on(TODAY))


def test_an_unhappy_answer_is_taken_back_whole(ada, ingrid):
    first_purchase(ada)
    act = acting.done(waiting(ada)[CHECK], by=ingrid, at=on(TODAY), answer=1)
    acting.undo(act, by=ingrid, at=on(TODAY))
    assert {step: a.answer for step, a in waiting(ada).items()} == {CHECK: None, WELCOME: None}


def test_a_happy_answer_taken_back_puts_the_welcome_back_to_its_day(ada, ingrid, welcome):
    due, why = welcome.due_at, welcome.reason
    act = acting.done(waiting(ada)[CHECK], by=ingrid, at=on(TODAY), answer=5)
    acting.undo(act, by=ingrid, at=on(TODAY))
    assert (waiting(ada)[WELCOME].due_at, waiting(ada)[WELCOME].reason) == (due, why)


def test_what_was_done_and_is_no_longer_called_for_does_not_open_again(ada, ingrid, welcome):
    act = acting.done(welcome, by=ingrid, at=on(TODAY))
    make.purchase(ada, later(1))
    rank(later(1))
    acting.undo(act, by=ingrid, at=on(later(1)))
    assert waiting(ada) == {}
    assert checking.check()[1] == []


def test_snoozed_it_comes_back_and_does_not_expire_before(ada, welcome, ingrid):
    acting.snooze(welcome, until=on(later(80)), by=ingrid, at=on(TODAY))
    assert welcome.state == "deferred"
    assert not Action.objects.due(on(later(79))).filter(pk=welcome.pk).exists()
    programmes.expire(on(later(80)))
    assert Action.objects.due(on(later(80))).filter(pk=welcome.pk).exists()


@pytest.mark.parametrize("days", [0, -1, 91])
def test_a_snooze_ends_within_90_days(welcome, ingrid, days):
    with pytest.raises(ValidationError):
        acting.snooze(welcome, until=on(later(days)), by=ingrid, at=on(TODAY))


def test_the_older_of_two_snoozes_cannot_be_taken_back(welcome, ingrid):
    first = acting.snooze(welcome, until=on(later(3)), by=ingrid, at=on(TODAY))
    acting.snooze(welcome, until=on(later(30)), by=ingrid, at=on(TODAY))
    with pytest.raises(acting.Overtaken):
        acting.undo(first, by=ingrid, at=on(TODAY))
    assert Action.objects.get(pk=welcome.pk).due_at == on(later(30))


def test_a_snooze_taken_back_expires_when_it_would_have(welcome, ingrid):
    before = welcome.expires_at
    act = acting.snooze(welcome, until=on(later(80)), by=ingrid, at=on(TODAY))
    acting.undo(act, by=ingrid, at=on(TODAY))
    assert Action.objects.get(pk=welcome.pk).expires_at == before


def test_dismissed_it_stays_dismissed(ada, welcome, ingrid):
    acting.dismiss(welcome, reason="She is my sister.", by=ingrid, at=on(TODAY))
    rank(hour=13, full=ranking.Full.LIVES)
    offers.queue_offered(now=on(TODAY, 14), horizon=TODAY)
    assert WELCOME not in waiting(ada)


@pytest.mark.parametrize("second", ["done", "dismiss", "snooze"])
def test_who_comes_second_is_told(welcome, ingrid, second):
    as_seen_by_the_slower = Action.objects.get(pk=welcome.pk)
    acting.done(welcome, by=ingrid, at=on(TODAY))
    more = {"done": {}, "dismiss": {"reason": ""}, "snooze": {"until": on(later(2))}}[second]
    with pytest.raises(acting.Overtaken):
        getattr(acting, second)(as_seen_by_the_slower, by=None, at=on(TODAY), **more)
    assert Action.objects.get(pk=welcome.pk).state == "done"


def test_too_old_it_is_dropped_visibly(ada, welcome):
    assert welcome.expires_at.date() == later(30)
    nights.catch_up(now=on(later(31)))
    welcome.refresh_from_db()
    assert (welcome.state, welcome.state_reason) == ("expired", "Too old to be worth doing.")
