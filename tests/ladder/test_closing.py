"""Everyone affected by a failure of ours is told, exactly once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from customers import days
from customers.models import Import, Stop
from feedback import answering, handling, suggesting
from feedback.models import Channel, Complaint, ComplaintStep
from ladder import acting, closing, ranking, wording
from ladder.models import Action, Programme
from tests.factories import complaint, customer, failure, noon, not_ranked, purchase, score, user

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
    assert [closing.close(now=NOW), closing.close(now=NOW), closing.close(now=NOW + ONE_DAY)] == [2, 0, 0]
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


def asked_after() -> list[tuple[str, str]]:
    found = Action.objects.filter(step__slug="complaint").order_by("pk")
    return list(found.values_list("state", "state_reason"))


def complained(**more: Any) -> Any:
    return complaint(customer("Ada"), TODAY - 9 * ONE_DAY, due=TODAY, **more)


def test_whose_complaint_was_answered_is_asked_once_whether_that_put_it_right() -> None:
    leak = complained()
    closing.close(now=NOW)
    assert asked_after() == []
    answering.answer(leak, occurred_at=NOW - ONE_DAY, at=NOW)
    assert [closing.close(now=NOW) for _ in range(2)] == [1, 0]
    answering.answer(leak, occurred_at=NOW, at=NOW)
    assert closing.close(now=NOW) == 0
    assert asked_after() == [("waiting", "")]


def test_reopened_the_question_is_dropped_and_asked_again_after_the_next_answer() -> None:
    leak = complained(answered=TODAY - 2 * ONE_DAY)
    closing.close(now=NOW)
    handling.check(leak, content=False, at=NOW - ONE_DAY)
    closing.close(now=NOW)
    assert asked_after() == [("cancelled", closing.UNASKED)]
    answering.answer(leak, occurred_at=NOW, at=NOW)
    closing.close(now=NOW + ONE_DAY)
    assert asked_after() == [("cancelled", closing.UNASKED), ("waiting", "")]


def test_checked_they_are_not_asked_again() -> None:
    leak = complained(answered=TODAY - 2 * ONE_DAY)
    closing.close(now=NOW)
    handling.check(leak, content=True, at=NOW)
    assert closing.close(now=NOW) == 0
    assert asked_after() == [("cancelled", closing.UNASKED)]


def test_what_was_answered_long_ago_is_not_asked_after() -> None:
    complaint(customer("Ada"), TODAY - 40 * ONE_DAY, due=TODAY, answered=TODAY - 15 * ONE_DAY)
    ComplaintStep.objects.update(recorded_at=NOW - 15 * ONE_DAY)
    assert closing.close(now=NOW) == 0


def tasks_to_answer() -> list[tuple[str, str]]:
    found = Action.objects.filter(step__programme__slug="complaint-recovery").order_by("pk")
    return [(action.state, action.state_reason) for action in found]


def test_who_complains_is_a_task_until_they_are_answered_and_again_when_they_are_not_content() -> None:
    ada = complaint(customer("Ada"), TODAY - ONE_DAY, due=TODAY + 3 * ONE_DAY)  # at noon of its day, which today may be to come
    assert [closing.close(now=NOW), closing.close(now=NOW)] == [1, 0]
    said = Action.objects.get().reason
    assert f"an answer is due by {wording.day(TODAY + 3 * ONE_DAY)}" in said
    answering.answer(ada, occurred_at=NOW, at=NOW, words="A new one comes.")
    closing.close(now=NOW)
    assert tasks_to_answer() == [("cancelled", closing.ANSWERED)]
    handling.check(ada, content=False, at=NOW + ONE_DAY)
    closing.close(now=NOW + ONE_DAY)
    assert [state for state, _ in tasks_to_answer()] == ["cancelled", "waiting"]


def test_a_complaint_that_a_file_brought_is_nobodys_task_and_one_with_a_stop_neither() -> None:
    brought = complaint(customer("Ada"), TODAY, due=TODAY)
    brought.brought_by = Import.objects.create(
        kind="complaints", mapping="m", mapping_text="", file_name="file.csv", sha256="0" * 64
    )
    brought.save()
    Stop.objects.create(customer=complaint(customer("Bert"), TODAY, due=TODAY).customer, reason="do_not_contact", since=TODAY)
    assert closing.close(now=NOW) == 0


def test_ticked_off_without_an_answer_it_comes_back_the_next_day_until_there_is_one() -> None:
    ada = complaint(customer("Ada"), TODAY - ONE_DAY, due=TODAY + 3 * ONE_DAY)  # at noon of its day, which today may be to come
    closing.close(now=NOW)
    acting.done(Action.objects.get(), by=user(), at=NOW)
    closing.close(now=NOW)
    assert tasks_to_answer() == [("deferred", closing.UNRECORDED)]
    assert Action.objects.get().due_at == NOW + ONE_DAY
    answering.answer(ada, occurred_at=NOW, at=NOW)
    closing.close(now=NOW)
    assert tasks_to_answer() == [("cancelled", closing.ANSWERED)]


def test_a_complaint_of_long_ago_that_we_learn_of_today_is_a_task_and_so_is_its_answer_to_be_asked_after() -> None:
    late = complaint(customer("Ada"), TODAY - 60 * ONE_DAY, due=TODAY - 46 * ONE_DAY)
    Complaint.objects.update(recorded_at=NOW)
    assert closing.close(now=NOW) == 1
    answering.answer(late, occurred_at=NOW - 40 * ONE_DAY, at=NOW)
    closing.close(now=NOW)
    assert asked_after() == [("waiting", "")]
