"""What a theme bears: voices, not messages; and of how many."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from customers.entering import withdraw
from customers.intervals import wilson
from customers.models import Customer, Household
from feedback.corroborating import ALLEGED, CORROBORATED, REFUTED, judge, weigh
from feedback.models import Affected, Sample
from tests.customers.conftest import NOW
from tests.factories import DAY_0, complaint, customer, failure, gather, message, not_ranked, satisfaction, score, theme

if TYPE_CHECKING:
    from feedback.models import Theme

LATER = DAY_0 + timedelta(days=30)
ONE_DAY = timedelta(days=1)


def speaking(into: Theme, *who: Customer | None) -> None:
    gather(into, *(message(one) for one in who))


def people(count: int) -> list[Customer]:
    return [customer(f"Person {n}") for n in range(count)]


@pytest.mark.parametrize(("spoke", "of", "state"), [
    (2, 20, ALLEGED), (3, 20, CORROBORATED), (3, 4000, ALLEGED), (2, 2, ALLEGED), (3, None, ALLEGED), (0, 0, ALLEGED),
    (3, 102, CORROBORATED), (3, 103, ALLEGED),  # low is 1.005 % and 0.995 %
])  # fmt: skip
def test_three_voices_corroborate_where_the_interval_lies_above_the_tolerance(spoke, of, state) -> None:
    assert judge(spoke, of, 0, 0, 0.01) == state


@pytest.mark.parametrize(("agree", "answers", "state"), [
    (10, 29, ALLEGED), (10, 30, CORROBORATED), (0, 29, ALLEGED), (0, 30, ALLEGED), (0, 380, ALLEGED), (0, 381, REFUTED),
])  # fmt: skip
def test_thirty_answers_drawn_by_chance_corroborate_or_refute(agree, answers, state) -> None:
    assert judge(0, None, agree, answers, 0.01) == state


def test_what_chance_drew_decides_against_those_who_spoke_by_themselves() -> None:
    assert judge(3, 20, 0, 30, 0.2) == REFUTED
    assert judge(3, 20, 0, 29, 0.01) == CORROBORATED


@given(st.integers(0, 400), st.integers(0, 400), st.integers(0, 90), st.integers(0, 90), st.floats(0.001, 0.5))
def test_the_states_are_what_the_definition_says(spoke, more, agree, others, tolerance) -> None:
    of, answers = spoke + more, agree + others
    low, high = wilson(agree, answers) if answers >= 30 else (0.0, 1.0)
    by_voices = spoke >= 3 and wilson(spoke, of)[0] > tolerance
    expected = REFUTED if high < tolerance else CORROBORATED if low > tolerance or by_voices else ALLEGED
    assert judge(spoke, of, agree, answers, tolerance) == expected


@pytest.mark.django_db
def test_a_loud_voice_is_one_voice() -> None:
    loud, *others = people(5)
    late = theme(concerns=15)
    Affected.objects.bulk_create(Affected(failure=late.failures.get(), customer=one) for one in (loud, *others))
    speaking(late, *[loud] * 6, *others, others[0])
    found = weigh(late, LATER)
    assert (found.messages, found.voices, found.exposed, found.loudest_share) == (11, 5, 20, 6 / 11)
    assert (found.loudest, found.state) == (("person", loud.pk), CORROBORATED)


@pytest.mark.django_db
def test_an_organisation_with_its_people_and_a_household_are_one_voice_each() -> None:
    holding = customer("Holding", kind="organisation")
    works = customer("Works", kind="organisation", organisation=holding)
    home = Household.objects.create(name="Elm Road 1")
    bert, cleo = customer("Bert", organisation=works), customer("Cleo", organisation=holding)
    dora, emil = customer("Dora", household=home), customer("Emil", household=home)
    late = theme(concerns=0)
    late.failures.set([failure(bert, cleo, works, dora, emil, *people(3))])
    speaking(late, bert, cleo, works, dora, emil)
    found = weigh(late, LATER)
    assert (found.messages, found.voices, found.exposed) == (5, 2, 5)
    assert found.loudest == ("organisation", holding.pk)


@pytest.mark.django_db
def test_organisations_above_each_other_in_a_ring_are_one_voice() -> None:
    one = customer("One", kind="organisation")
    other = customer("Other", kind="organisation", organisation=one)
    Customer.objects.filter(pk=one.pk).update(organisation=other)
    late = theme(concerns=4)
    speaking(late, one, other)
    assert (weigh(late, LATER).voices, weigh(late, LATER).exposed) == (1, 5)


@pytest.mark.django_db
def test_words_of_nobody_we_know_are_messages_and_no_voice() -> None:
    late = theme(concerns=20)
    speaking(late, *[None] * 4, *people(2))
    found = weigh(late, LATER)
    assert (found.messages, found.anonymous, found.voices, found.state) == (6, 4, 2, ALLEGED)


@pytest.mark.django_db
def test_staff_and_competitors_are_no_voice_and_concerned_by_nothing() -> None:
    late, (ada, bert, cleo) = theme(concerns=20), people(3)
    speaking(late, ada, bert, cleo)
    not_ranked(cleo, DAY_0)
    found = weigh(late, LATER)
    assert (found.messages, found.voices, found.exposed, found.state) == (3, 2, 22, ALLEGED)


@pytest.mark.django_db
def test_only_what_stands_and_was_said_in_the_window_counts() -> None:
    late = theme(concerns=20, first_day=DAY_0, last_day=DAY_0 + ONE_DAY)
    ada, bert, cleo, dora = people(4)
    kept, gone = complaint(ada, DAY_0, due=DAY_0), complaint(bert, DAY_0, due=DAY_0)
    gather(
        late,
        kept,
        gone,
        score(cleo, DAY_0 + ONE_DAY, 2),
        satisfaction(dora, DAY_0 + 2 * ONE_DAY, 1),
        message(ada, DAY_0 - ONE_DAY),
    )
    withdraw(gone, at=NOW)
    assert (weigh(late, LATER).messages, weigh(late, LATER).voices) == (2, 2)


@pytest.mark.django_db
def test_answers_drawn_by_chance_count_once_for_each_voice() -> None:
    home, late = Household.objects.create(name="Elm Road 1"), theme(concerns=100)
    sample = Sample.objects.create(theme=late, seed=1, size=40, drawn_from=100)
    asked = list(Customer.objects.order_by("pk")[:31])
    Customer.objects.filter(pk__in=[asked[0].pk, asked[1].pk]).update(household=home)
    for place, one in enumerate(asked, start=1):
        sample.members.create(customer=one, place=place, asked_at=NOW, answered_at=NOW, agrees=place <= 9)
    found = weigh(late, LATER)
    assert (found.answers, found.agree, found.state) == (30, 8, CORROBORATED)


@pytest.mark.django_db
def test_the_command_says_what_each_theme_bears(capsys: Any) -> None:
    late = theme(concerns=17)
    theme("leaks")
    speaking(late, *people(3))
    call_command("themes", "--json")
    first, second = json.loads(capsys.readouterr().out)["themes"]
    low, high = wilson(3, 20)
    wanted = {
        "slug": "late-delivery",
        "state": CORROBORATED,
        "messages": 3,
        "voices": 3,
        "exposed": 20,
        "low": low,
        "high": high,
        "loudest_share": 1 / 3,
    }
    assert first.items() >= wanted.items()
    assert (second["state"], second["exposed"], second["low"], second["loudest_share"]) == (ALLEGED, None, None, None)
    call_command("themes")
    assert "late-delivery: corroborated, 3 voices of 20 (5.2% to 36.0%) in 3 messages, the loudest 33%" in capsys.readouterr().out
