"""The first-purchase check answered by the customer, through the link of its survey, and what that means for the welcome."""

from __future__ import annotations

from datetime import timedelta

import pytest

from customers.models import Import, Stop
from feedback import responding
from feedback.models import Satisfaction
from ladder import acting, ranking
from ladder.models import Action
from tests import factories as make
from tests.ladder.test_actions import CHECK, RECOVERY, WELCOME, ada, ended, first_purchase, ingrid, later, on, rank, waiting

__all__ = ["ada", "ingrid"]
pytestmark = pytest.mark.django_db


def answered(of, score, day, *, invited=7):
    """They were invited to the check, and answer it on a day; then everybody stale is ranked."""
    invitation = make.invitation(of, "first-purchase-check", at=on(later(invited))).invitation
    question = invitation.version.questions.get(slug="satisfied")
    responding.give(invitation, {question: question.read(str(score))}, at=on(later(day), 8))
    rank(later(day))
    return invitation


@pytest.mark.parametrize("score", [4, 5])
def test_a_good_answer_makes_the_welcome_due_and_ends_the_asking(ada, score):
    first_purchase(ada)
    answered(ada, score, 8)
    assert list(waiting(ada)) == [WELCOME]
    assert waiting(ada)[WELCOME].due_at == on(later(8))
    assert (ended(ada, CHECK), Action.objects.get(step__asks=True).answer) == ("done", score)


@pytest.mark.parametrize("score", [1, 2, 3])
def test_a_bad_answer_calls_for_a_recovery_instead_once(ada, score):
    first_purchase(ada)
    answered(ada, score, 8)
    for day in (8, 9, 20):
        rank(later(day), hour=15, full=ranking.Full.LIVES)
    assert list(waiting(ada)) == [RECOVERY]
    assert f"{score} of 5" in waiting(ada)[RECOVERY].reason
    assert (ended(ada, WELCOME), Action.objects.filter(step__programme__slug="recovery").count()) == ("cancelled", 1)


def test_without_an_answer_the_welcome_waits_until_fourteen_days_after_delivery(ada):
    first_purchase(ada, fulfilled=later(3))
    make.invitation(ada, "first-purchase-check", at=on(later(10)))
    rank(later(16))
    assert waiting(ada)[WELCOME].due_at.date() == later(17)


def test_what_a_person_has_put_off_since_stays_put_off(ada, ingrid):
    first_purchase(ada)
    answered(ada, 5, 8)
    acting.snooze(waiting(ada)[WELCOME], until=on(later(20)), by=ingrid, at=on(later(9)))
    rank(later(10), full=ranking.Full.LIVES)
    assert waiting(ada)[WELCOME].due_at == on(later(20))


def test_an_answer_a_person_wrote_down_and_one_of_their_own_call_for_one_recovery(ada, ingrid):
    first_purchase(ada)
    acting.done(waiting(ada)[CHECK], by=ingrid, at=on(later(7)), answer=2)
    answered(ada, 1, 8)
    assert Action.objects.filter(step__programme__slug="recovery").count() == 1


def test_of_several_answers_the_latest_days_lowest_counts(ada):
    bought = first_purchase(ada)
    for day, score in ((8, 2), (9, 5), (9, 4)):
        make.satisfaction(ada, later(day), score, purchase=bought, recorded_at=on(later(9)))
    rank(later(9), hour=13)
    assert list(waiting(ada)) == [WELCOME]
    assert "4 of 5" in waiting(ada)[WELCOME].reason


NO_ANSWERS = {
    "another subject": lambda bought: {"subject": "service"},
    "another purchase": lambda bought: {"purchase": make.purchase(bought.customer, later(-900), withdrawn_at=on(later(8)))},
    "no purchase": lambda bought: {"purchase": None},
    "withdrawn": lambda bought: {"withdrawn_at": on(later(8))},
    "long ago": lambda bought: {"recorded_at": on(later(8) - timedelta(days=40))},
}


@pytest.mark.parametrize("what", NO_ANSWERS)
def test_what_is_no_answer_to_the_check_changes_nothing(ada, what):
    bought = first_purchase(ada)
    make.satisfaction(ada, later(8), 1, **{"purchase": bought, "recorded_at": on(later(8)), **NO_ANSWERS[what](bought)})
    rank(later(8), hour=13)
    assert set(waiting(ada)) == {CHECK, WELCOME}


def test_an_answer_of_a_file_calls_for_nothing(ada):
    bought = first_purchase(ada)
    of = Import.objects.create(
        kind="satisfaction",
        mapping="x",
        mapping_text="",
        file_name="x",
        sha256="0",
        path="/x",
        bytes_total=1,
        made_at=on(later(1)),
    )
    make.satisfaction(ada, later(8), 1, purchase=bought, brought_by=of, recorded_at=on(later(8)))
    rank(later(8), hour=13)
    assert set(waiting(ada)) == {CHECK, WELCOME}


def test_nobody_who_must_not_be_contacted_is_called(ada):
    first_purchase(ada)
    invitation = make.invitation(ada, "first-purchase-check", at=on(later(7))).invitation
    Stop.objects.create(customer=ada, reason="do_not_contact", since=later(7))
    question = invitation.version.questions.get(slug="satisfied")
    responding.give(invitation, {question: question.read("1")}, at=on(later(8), 8))
    rank(later(8))
    assert (RECOVERY in waiting(ada), ended(ada, WELCOME)) == (False, "cancelled")
    assert Satisfaction.objects.get().score == 1
