"""Rewards for answers: earned by answering, whatever is answered, once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Role
from feedback import responding
from feedback.models import Recommendation, Reward, Survey
from ladder import acting, closing
from ladder.models import Action
from tests import factories as make

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def promised():
    Survey.objects.update(promise="A pound of tea", promise_amount=5)


def answered(of, score, at=NOW):
    made = make.invitation(of, at=at - timedelta(days=1)).invitation
    question = made.version.questions.get(kind="recommendation")
    responding.give(made, {question: {"number": score, "words": ""}}, at=at)
    return made


def handed_out():
    return list(
        Action.objects.filter(step__programme__slug="feedback-reward")
        .values_list("customer__name", "state")
        .order_by("customer__name")
    )


def test_whoever_answers_earns_it_whatever_they_answer_and_it_is_handed_out_once(promised):
    for score in range(11):
        answered(make.customer(f"S{score:02}"), score)
    assert [closing.close(now=NOW), closing.close(now=NOW + timedelta(days=1))] == [11, 0]
    assert handed_out() == [(f"S{score:02}", "waiting") for score in range(11)]
    assert "A pound of tea" in Action.objects.first().reason


def test_what_was_promised_when_they_were_asked_stands(promised):
    ada, bert = make.customer("Ada"), make.customer("Bert")
    asked = make.invitation(ada, at=NOW).invitation
    Survey.objects.update(promise="")
    later = make.invitation(bert, at=NOW).invitation
    for one in (asked, later):
        responding.give(one, {}, at=NOW)
    assert list(Reward.objects.values_list("customer__name", "invitation__promise")) == [("Ada", "A pound of tea")]


def test_nothing_but_an_answered_invitation_earns_one_and_none_earns_two(promised):
    ada = make.customer("Ada")
    make.score(ada, make.DAY_0, 10)
    make.recommendation(ada, make.DAY_0)
    assert not Reward.objects.exists()
    one = answered(ada, 9)
    with pytest.raises(responding.Ended):
        responding.give(one, {}, at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Reward.objects.create(invitation=one, customer=ada, earned_at=NOW)
    assert (Recommendation.objects.count(), Reward.objects.count()) == (1, 1)


def test_the_customer_reads_the_promise_in_their_language(client, promised):
    made = make.invitation(make.customer("Ada", language="de", form_of_address="formal"))
    assert "Als Dank für Ihre Antwort, wie immer sie ausfällt: A pound of tea" in client.get(made.path).content.decode()


def test_done_it_is_not_handed_out_again_and_an_old_one_is_not_at_all(promised):
    answered(make.customer("Ada"), 3)
    answered(make.customer("Bert"), 9, at=NOW - timedelta(days=15))
    closing.close(now=NOW)
    acting.done(Action.objects.get(), by=make.user("lena", Role.TEAM_LEAD), at=NOW)
    closing.close(now=NOW)
    assert handed_out() == [("Ada", "done")]
