"""Everyone affected by a failure of ours is told, exactly once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from customers import days
from customers.models import Stop
from feedback import suggesting
from feedback.models import Channel
from ladder import acting, closing, nights, ranking
from ladder.models import Action, Programme
from tests.factories import customer, failure, noon, not_ranked, purchase, score, user

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TODAY = days.day_of(NOW)
ONE_DAY = timedelta(days=1)


def failed(*who: Any, **extra: Any) -> Any:
    made = failure(*who, day=TODAY, **extra)
    made.affected.update(recorded_at=NOW)
    return made


def queued(programme: str = "close-the-loop") -> list[tuple[str, str]]:
    return sorted(Action.objects.filter(step__programme__slug=programme).values_list("customer__name", "state"))


def test_everyone_affected_is_told_once_however_often_one_looks() -> None:
    ada = customer("Ada")
    late = failed(ada, customer("Bert"))
    late.affected.create(customer=ada, purchase=purchase(ada, TODAY), recorded_at=NOW)
    assert [nights.catch_up(now=NOW) is None, closing.close(now=NOW), closing.close(now=NOW + ONE_DAY)] == [False, 0, 0]
    assert queued() == [("Ada", "waiting"), ("Bert", "waiting")]
    assert "It came too late" in Action.objects.filter(step__programme__slug="close-the-loop").first().reason


def test_a_second_failure_is_told_of_too() -> None:
    ada = customer("Ada")
    failed(ada)
    closing.close(now=NOW)
    failed(ada, kind="wrong")
    assert closing.close(now=NOW) == 1


def test_a_stop_one_who_is_not_ranked_and_one_long_ago_queue_nothing() -> None:
    ada, bert, cleo = customer("Ada"), customer("Bert"), customer("Cleo")
    Stop.objects.create(customer=ada, reason="do_not_contact", since=TODAY)
    not_ranked(bert, TODAY)
    failed(ada, bert)
    failed(cleo).affected.update(recorded_at=NOW - timedelta(days=15))
    assert closing.close(now=NOW) == 0


def test_movements_leave_it_but_a_failure_that_nobody_is_told_of_after_all_cancels_what_waits() -> None:
    ada, bert = customer("Ada"), customer("Bert")
    late = failed(ada, bert)
    closing.close(now=NOW)
    acting.done(Action.objects.get(customer=bert), by=user(), at=NOW)
    purchase(ada, TODAY)
    ranking.rank(now=NOW)
    assert queued() == [("Ada", "waiting"), ("Bert", "done")]
    late.tell = False
    late.save()
    closing.close(now=NOW)
    assert queued() == [("Ada", "cancelled"), ("Bert", "done")]


def test_a_programme_that_is_off_tells_nobody() -> None:
    Programme.objects.update(on=False)
    failed(customer("Ada"))
    assert closing.close(now=NOW) == 0


def test_who_stood_as_a_supporter_or_moveable_when_it_happened_is_defended_too() -> None:
    ada, bert = customer("Ada", recorded=TODAY - 400 * ONE_DAY), customer("Bert")
    for ago in (90, 60, 30):
        purchase(ada, TODAY - ago * ONE_DAY)
    score(ada, TODAY - 10 * ONE_DAY, 9)
    ranking.rank(now=NOW)
    failed(ada, bert)
    closing.close(now=NOW)
    assert [name for name, _ in queued("defend")] == ["Ada"]
    assert [name for name, _ in queued()] == ["Ada", "Bert"]


def test_whoever_wanted_an_idea_is_told_when_it_is_built_and_who_comes_later_is_not() -> None:
    ada, bert, cleo = customer("Ada"), customer("Bert"), customer("Cleo")
    idea = suggesting.suggest(
        "A smaller box", channel=Channel.objects.get(slug="other"), occurred_at=noon(TODAY), at=NOW - ONE_DAY, customer=ada
    )
    suggesting.support(idea, bert, at=NOW - ONE_DAY)
    suggesting.answer(idea, "planned", "", at=NOW)
    assert closing.close(now=NOW) == 0
    suggesting.answer(idea, "built", "Since today.", at=NOW)
    suggesting.support(idea, cleo, at=NOW + ONE_DAY)
    assert [closing.close(now=NOW), closing.close(now=NOW)] == [2, 0]
    assert [name for name, _ in queued()] == ["Ada", "Bert"]
    assert Action.objects.first().reason == "They wanted this, and it is built: A smaller box. Since today."
