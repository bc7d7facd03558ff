"""Complaints as a desk works them: severity and promise, owner, state, checking with the customer."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEntry, Role
from customers.days import day_of, number
from customers.recording import Contradicted
from feedback import answering, handling, recording
from feedback.models import Complaint, ComplaintStep, ServiceLevel
from ladder import ranking
from ladder.models import Placement, Scorecard, StaleMark
from tests.factories import DAY_0, complaint, customer, entry, here, noon, purchase, score, team, user
from tests.ladder.test_race import Beside

if TYPE_CHECKING:
    from accounts.models import User
    from customers.models import Customer

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TODAY = day_of(NOW)
State = Complaint.State


def ago(days: int) -> timedelta:
    return NOW - timedelta(days=days)


@pytest.fixture
def tom() -> User:
    return user("tom")


@pytest.fixture
def ada(tom: User) -> Customer:
    return customer("Ada", owner=tom, recorded=TODAY - timedelta(days=900))


def received(of: Customer, days_ago: int = 0, **said: str) -> Complaint:
    fact = {"customer": of, "source": here(), "occurred_at": NOW - timedelta(days=days_ago), "at": NOW}
    return recording.record_complaint(**fact, **said).entry  # type: ignore[arg-type]


@pytest.mark.parametrize(("severity", "within"), [("minor", 14), ("serious", 7), ("grave", 2)])
def test_the_due_day_is_written_by_the_service_level_and_another_level_moves_no_complaint(ada, severity, within):
    asked = received(ada, severity=severity)
    ServiceLevel.objects.update(answer_days=1)
    asked.refresh_from_db()
    assert asked.due_day == TODAY + timedelta(days=within)
    assert received(ada, severity=severity).due_day == TODAY + timedelta(days=1)


def test_sent_again_without_a_due_day_it_is_the_same_complaint_whatever_the_level_is_now(ada):
    fact = {**entry(ada, DAY_0), "at": NOW, "severity": "grave"}
    recording.record_complaint(**fact)
    ServiceLevel.objects.update(answer_days=1)
    assert not recording.record_complaint(**fact).created


@pytest.mark.parametrize(("first", "then", "due"), [("minor", "grave", 10 + 2), ("grave", "minor", 2), ("minor", "serious", 14)])
def test_graded_anew_the_earlier_promise_holds_counted_from_the_day_it_was_made(ada, first, then, due):
    asked = received(ada, 10, severity=first)
    handling.regrade(asked, then, at=NOW)
    told = Complaint.objects.told().get()
    assert (asked.due_by, asked.graded, asked.severity) == (TODAY + timedelta(days=due - 10), then, first)
    assert (told.due, told.grade) == (asked.due_by, then)


def test_graded_the_same_nothing_is_written_and_answered_it_is_not_graded_any_more(ada):
    asked = received(ada, 3)
    assert handling.regrade(asked, "minor", at=NOW) is None
    answering.answer(asked, occurred_at=NOW, at=NOW)
    with pytest.raises(Contradicted):
        handling.regrade(asked, "grave", at=NOW)
    assert ComplaintStep.objects.count() == 1


def test_a_graver_complaint_warns_from_its_new_due_day_on_and_turns_no_day_before(ada):
    purchase(ada, TODAY - timedelta(days=20))
    asked = received(ada, 10)
    ranking.rank(now=NOW)
    before = Scorecard.objects.get().complaint_due
    handling.regrade(asked, "grave", at=NOW)
    assert StaleMark.objects.filter(customer_id=ada.pk, day=TODAY).exists()
    ranking.rank(now=NOW)
    assert (before, Scorecard.objects.get().complaint_due) == (number(asked.due_day), number(TODAY + timedelta(days=2)))


def test_the_owner_is_the_account_manager_until_somebody_takes_it(ada, tom):
    asked, lead = received(ada), user("lena", Role.TEAM_LEAD)
    assert (asked.owner, Complaint.objects.told().get().keeper) == (tom, tom.pk)
    handling.give(asked, lead, at=NOW, by=tom)
    assert handling.give(asked, lead, at=NOW, by=tom) is None
    found = Complaint.objects.told().get()
    assert (found.owner, found.keeper, found.state(TODAY)) == (lead, lead.pk, State.TAKEN)
    assert AuditEntry.objects.filter(verb="taken a complaint of", user=tom).count() == 1


def test_it_is_given_only_to_who_may_see_the_customer_and_change_things(ada, tom):
    asked, lead = received(ada), user("lena", Role.TEAM_LEAD)
    others = [user("rita", Role.READER), user("sven", Role.TEAM_LEAD, team("South")), user("mona")]
    assert handling.givable(asked) == [lead, tom]
    for other in others:
        with pytest.raises(ValidationError, match="may not work"):
            handling.give(asked, other, at=NOW)


def test_states_follow_from_the_steps_and_the_day(ada, tom):
    asked, seen = received(ada, 9), []

    def look(today=TODAY):
        seen.append(Complaint.objects.get().state(today))

    look()
    handling.give(asked, tom, at=ago(8))
    look()
    answering.answer(asked, occurred_at=ago(7), at=NOW)
    look()
    handling.check(asked, content=False, at=ago(6))
    look()
    answering.answer(asked, occurred_at=ago(5), at=NOW)
    handling.check(asked, content=True, at=ago(4))
    look()
    assert seen == [State.RECEIVED, State.TAKEN, State.ANSWERED, State.REOPENED, State.CHECKED]


@pytest.mark.parametrize(("days", "state"), [(30, State.ANSWERED), (31, State.CLOSED)])
def test_an_answer_of_which_nothing_more_is_heard_closes_it_after_30_days(ada, days, state):
    asked = received(ada, days + 1)
    answering.answer(asked, occurred_at=ago(days), at=NOW)
    assert asked.state(TODAY) == state


def test_what_waits_for_an_answer_is_not_checked(ada):
    with pytest.raises(Contradicted, match="waits for an answer"):
        handling.check(received(ada), content=True, at=NOW)


def test_the_list_says_of_every_order_of_steps_what_the_complaint_itself_says(ada):
    for n, kinds in enumerate([(), ("taken",), ("answered", "checked"), ("answered", "reopened"), ("reopened", "answered")]):
        asked = complaint(ada, TODAY - timedelta(days=20 + n), due=TODAY - timedelta(days=1))
        for after, kind in enumerate(kinds):
            asked.steps.create(kind=kind, occurred_at=asked.occurred_at + timedelta(hours=after + 1))
    told = Complaint.objects.told()
    assert (
        {c.pk for c in told.waiting()} == {c.pk for c in ada.complaints.all() if c.is_open()} == {c.pk for c in told.late(TODAY)}
    )


@pytest.mark.parametrize("kind", ["taken", "checked", "discontent"])
def test_a_step_that_neither_answers_nor_reopens_moves_no_fact(ada, kind):
    purchase(ada, TODAY - timedelta(days=20))
    open_one = complaint(ada, TODAY - timedelta(days=9), due=TODAY - timedelta(days=1))
    answered = complaint(ada, TODAY - timedelta(days=8), due=TODAY, answered=TODAY - timedelta(days=7))
    ranking.rank(now=NOW)
    facts, places = Scorecard.objects.values().get(), set(Placement.objects.values_list("pk", "superseded_at"))
    for asked in (open_one, answered):
        asked.steps.create(kind=kind, occurred_at=ago(1))
    ranking.rank(now=NOW)
    assert Scorecard.objects.values().get() == facts
    assert (facts["open_complaints"], set(Placement.objects.values_list("pk", "superseded_at"))) == (1, places)


@pytest.mark.parametrize("severity", ["minor", "serious", "grave"])
@pytest.mark.parametrize("day", [0, 1, 2])
def test_one_complaint_answered_in_time_lowers_no_rung_on_any_ladder(ada, severity, day):
    for back in (300, 200, 100, 10):
        purchase(ada, TODAY - timedelta(days=back))
    score(ada, TODAY - timedelta(days=30), 9)
    ranking.rank(now=NOW)
    true = Placement.objects.true().values_list("ladder__slug", "rung__slug", "since", "until").order_by("ladder", "since")
    before = list(true)
    asked = complaint(ada, TODAY - timedelta(days=5), due=ServiceLevel.due(severity, TODAY - timedelta(days=5)))
    asked.steps.create(kind="answered", occurred_at=noon(asked.day + timedelta(days=day)) + timedelta(minutes=1))
    ranking.rank(now=NOW)
    assert len({slug for slug, *_ in before}) == 4
    assert list(true) == before


@pytest.mark.parametrize(
    ("ahead", "words"), [(2, "due in 2 days"), (1, "due in 1 day"), (0, "due today"), (-1, "1 day late"), (-3, "3 days late")]
)
def test_the_clock_says_how_long_there_is(ada, ahead, words):
    asked = complaint(ada, TODAY - timedelta(days=9), due=TODAY + timedelta(days=ahead))
    assert asked.clock(TODAY) == words
    answering.answer(asked, occurred_at=NOW, at=NOW)
    assert Complaint.objects.get().clock(TODAY) == ""


@pytest.fixture
def desk(client, tom):
    client.force_login(tom)
    return client


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["late", "mine", "new"]), ("which=late", ["late"]), ("which=unchecked", ["told"]), ("whose=mine", ["mine"]),
        ("severity=grave", ["new"]), ("which=all", ["new", "mine", "told", "late"]), ("which=nonsense", ["late", "mine", "new"]),
    ],
)  # fmt: skip
def test_the_list_shows_what_is_due_first_and_what_was_asked_for(desk, tom, query, names):
    def of(name, back, ahead, **more):
        return complaint(customer(name, team=tom.team), TODAY - timedelta(days=back), due=TODAY + timedelta(days=ahead), **more)

    of("late", 20, -2)
    of("told", 10, 1, answered=TODAY - timedelta(days=2))
    handling.give(of("mine", 5, 3), tom, at=NOW)
    handling.regrade(of("new", 1, 9), "grave", at=NOW + timedelta(days=5))
    found = desk.get(f"/listening/complaints/?{query}")
    assert [row[0].customer.name for row in found.context["rows"]] == names


def test_a_complaint_is_worked_from_its_page(desk, ada, tom):
    asked = received(ada, 3, words="It leaks")
    page = asked.get_absolute_url()
    desk.post(f"{page}give/", {"to": "tom"})
    desk.post(f"{page}grade/", {"severity": "serious", "words": "It floods"})
    desk.post(f"{page}answer/", {"key": "0" * 32, "day": str(TODAY), "at": "", "words": "A new one comes"})
    assert desk.post(f"{page}check/", {"content": "no", "words": "It did not"}).url == page
    assert list(asked.steps.values_list("kind", flat=True).order_by("pk")) == [
        "taken",
        "regraded",
        "answered",
        "discontent",
        "reopened",
    ]
    shown = desk.get(page).content.decode()
    assert [words for words in ("It floods", "It did not", "Record our answer") if words not in shown] == []
    assert desk.post(f"{page}check/", {"content": "yes"}).status_code == 422


def test_an_answer_without_a_time_comes_after_the_reopening_of_that_day_and_is_there_once(desk, ada):
    asked = received(ada, 3)
    answering.answer(asked, occurred_at=ago(2), at=NOW)
    handling.check(asked, content=False, at=NOW)
    for _ in range(2):
        desk.post(
            f"{asked.get_absolute_url()}answer/", {"key": "0" * 32, "day": str(TODAY), "at": "", "words": "Now it is right"}
        )
    assert not Complaint.objects.get().is_open()
    assert asked.steps.filter(kind="answered").count() == 2


def test_the_list_costs_as_many_queries_for_one_as_for_many(desk, tom, django_assert_max_num_queries):
    for n in range(12):
        handling.give(complaint(customer(f"C {n}", team=tom.team), TODAY - timedelta(days=2), due=TODAY), tom, at=NOW)
    with django_assert_max_num_queries(8):
        desk.get("/listening/complaints/")


def test_what_has_not_happened_yet_is_no_answer_and_nothing_is_stored(ada):
    leak = received(ada)
    with pytest.raises(ValidationError, match="not happened yet"):
        answering.answer(leak, occurred_at=timezone.now() + timedelta(days=2), at=timezone.now())
    assert not leak.steps.exists()


@pytest.mark.parametrize(("content", "kinds"), [(True, ["checked"]), (False, ["discontent", "reopened"])])
def test_what_they_said_of_our_answer_is_written_once_however_often_it_is_sent(ada, content, kinds):
    asked = received(ada, 3)
    answering.answer(asked, occurred_at=ago(1), at=NOW)
    for minutes in range(3):
        did = handling.check(asked, content=content, at=NOW + timedelta(minutes=minutes), words="So it is")
        assert (did is None) == (minutes > 0)
    assert [step.kind for step in asked.steps.order_by("pk")] == ["answered", *kinds]


def test_other_words_or_another_answer_are_another_check(ada):
    asked = received(ada, 3)
    answering.answer(asked, occurred_at=ago(1), at=NOW)
    assert handling.check(asked, content=True, at=NOW, words="Fine")
    assert handling.check(asked, content=True, at=NOW + timedelta(days=1), words="Still fine")
    assert handling.check(asked, content=False, at=NOW + timedelta(days=2), words="It broke again")
    with pytest.raises(Contradicted):
        handling.check(asked, content=True, at=NOW + timedelta(days=3))


def test_given_and_graded_twice_is_written_once(ada, tom):
    asked = received(ada, 3)
    for minutes in range(2):
        handling.give(asked, tom, at=NOW + timedelta(minutes=minutes))
        handling.regrade(asked, "grave", at=NOW + timedelta(minutes=minutes))
    assert [step.kind for step in asked.steps.order_by("pk")] == ["taken", "regraded"]


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_two_clicks_at_once_one_is_written(ada):
    asked = received(ada, 3)
    answering.answer(asked, occurred_at=ago(1), at=NOW)
    clicks = [Beside(lambda: handling.check(asked, content=False, at=timezone.now(), words="No")) for _ in range(4)]
    for click in clicks:
        click.start()
    for click in clicks:
        click.finish()
    assert asked.steps.filter(kind="discontent").count() == 1


def test_whom_it_may_be_given_to_is_asked_of_all_at_once(ada, tom, django_assert_max_num_queries):
    for n in range(12):
        user(f"boss{n}", Role.ADMINISTRATOR)
        user(f"lead{n}", Role.TEAM_LEAD)
        user(f"away{n}", Role.TEAM_LEAD, team("South"))
        user(f"other{n}")
    asked = received(ada, 3)
    with django_assert_max_num_queries(4):
        found = handling.givable(asked)
    names = [one.username.rstrip("0123456789") for one in found]
    assert {name: names.count(name) for name in names} == {"boss": 12, "lead": 12, "tom": 1}


def test_the_list_looks_only_at_the_steps_of_the_page_it_shows(desk, tom):
    """What steps make of a complaint beyond whether it waits and when it is due is not reckoned for those not shown."""
    complaint(customer("C", team=tom.team), TODAY - timedelta(days=2), due=TODAY)
    with CaptureQueriesContext(connection) as asked:
        desk.get("/listening/complaints/")
    (keys,) = [query["sql"] for query in asked if "LIMIT 100" in query["sql"]]
    assert ('"to_id"' in keys, '"severity"' in keys, '"words"' in keys) == (False, False, False)
