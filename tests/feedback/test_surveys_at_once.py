"""Twenty who send one link's answers at the same moment: one of them is heard."""

import time

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from customers import returns
from feedback import inviting, responding
from feedback.models import Invitation, Response, Survey
from tests import factories as make
from tests.ladder.test_race import Beside

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
ONE_WRITER = connection.vendor == "sqlite"
MANY = 20


def sent_at_once(path, scores):
    """The statuses of posts sent together, by score."""
    statuses = []

    def send(score):
        answer = Client(raise_request_exception=False).post(path, {"q-recommend": str(score), "q-why": f"said {score}"})
        statuses.append((answer.status_code, score))

    threads = [Beside(lambda score=score: send(score)) for score in scores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.finish()
    return statuses


def test_of_twenty_posts_at_once_one_is_taken_whole():
    path = make.invitation(make.customer("Ada")).path
    statuses = sent_at_once(path, [n % 11 for n in range(MANY)])
    assert sorted(status for status, _ in statuses) == [200] + [410] * (MANY - 1)
    said = Response.objects.get()
    assert (200, said.score) in statuses
    assert said.words == f"said {said.score}"


def test_reading_before_writing_tells_several_that_they_were_heard(monkeypatch):
    def read_then_write(invitation, at):
        if Invitation.objects.get(pk=invitation.pk).answered_at:
            raise responding.Ended
        time.sleep(0.5)
        Invitation.objects.filter(pk=invitation.pk).update(answered_at=at)

    monkeypatch.setattr(responding, "claim", read_then_write)
    path = make.invitation(make.customer("Ada")).path
    heard = [status for status, _ in sent_at_once(path, [9] * MANY) if status != 410]
    assert (len(heard) == 1) == ONE_WRITER


def invited_at_once(monkeypatch):
    """How many of two who invite the same customer at the same moment do."""
    ada, survey, whole = (
        make.customer("Ada"),
        Survey.objects.select_related("version").get(slug="recommendation"),
        inviting.refusals,
    )
    made = []

    def slow(*args, **kwargs):
        found = whole(*args, **kwargs)
        time.sleep(0.5)
        return found

    monkeypatch.setattr(inviting, "refusals", slow)
    threads = [Beside(lambda: made.extend(inviting.invite(survey, [ada], way="link", at=timezone.now()).made)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.finish()
    return len(made)


def test_of_two_who_invite_somebody_at_once_the_second_is_refused(monkeypatch):
    assert invited_at_once(monkeypatch) == 1


def test_without_the_lock_of_the_customer_they_are_asked_twice(monkeypatch):
    monkeypatch.setattr(returns, "lock", lambda customers: list(customers))
    assert (invited_at_once(monkeypatch) == 1) == ONE_WRITER
