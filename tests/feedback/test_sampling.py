"""Asking the silent: drawn by chance, kept, drawn again alike."""

from __future__ import annotations

import pytest

from customers.models import Customer, Household
from customers.recording import Contradicted
from feedback import sampling
from feedback.corroborating import REFUTED, weigh
from tests.customers.conftest import NOW
from tests.factories import DAY_0, customer, gather, message, theme

pytestmark = pytest.mark.django_db


def drawn(of, size=10, seed=7):
    sample = sampling.draw(of, size, on=DAY_0, at=NOW, seed=seed)
    return list(sample.members.values_list("customer", flat=True))


def test_the_same_seed_draws_the_same_and_another_draws_others() -> None:
    free = list(range(100, 200))
    assert sampling.ordered(free, 7) == sampling.ordered(free, 7) != sampling.ordered(free, 8)


def test_nobody_who_spoke_or_lives_with_who_did_and_nobody_drawn_before_is_drawn() -> None:
    late, home = theme(concerns=6), Household.objects.create(name="Elm Road 1")
    spoke, at_home, flatmate, *rest = Customer.objects.order_by("pk")
    Customer.objects.filter(pk__in=[spoke.pk, at_home.pk]).update(household=home)
    gather(late, message(spoke))
    assert set(sampling.silent(late, DAY_0)) == {flatmate.pk, *(one.pk for one in rest)}
    first = drawn(late, size=3)
    assert set(sampling.silent(late, DAY_0)) == {flatmate.pk, *(one.pk for one in rest)} - set(first)
    assert set(drawn(late, size=5)) & set(first) == set()


def test_one_is_drawn_of_each_household() -> None:
    late, home = theme(concerns=4), Household.objects.create(name="Elm Road 1")
    Customer.objects.update(household=home)
    assert len(drawn(late)) == 1


def test_there_must_be_somebody_to_draw_from() -> None:
    with pytest.raises(ValueError, match="whom it concerns"):
        drawn(theme())
    with pytest.raises(ValueError, match="between 1 and"):
        drawn(theme("other", concerns=3), size=0)


def test_an_answer_counts_once_and_another_contradicts_it() -> None:
    late = theme(concerns=3)
    member = sampling.draw(late, 1, on=DAY_0, at=NOW).members.get()
    sampling.ask(member, at=NOW)
    assert [sampling.answer(member, True, at=NOW), sampling.answer(member, True, at=NOW)] == [True, False]
    with pytest.raises(Contradicted):
        sampling.answer(member, False, at=NOW)
    assert (weigh(late, DAY_0).answers, weigh(late, DAY_0).agree) == (1, 1)


def test_enough_of_the_silent_who_do_not_agree_refute_what_a_few_say() -> None:
    late = theme(concerns=60, tolerance=0.2)
    gather(late, *(message(customer(f"Loud {n}")) for n in range(3)))
    for member in sampling.draw(late, 30, on=DAY_0, at=NOW).members.all():
        sampling.answer(member, False, at=NOW)
    assert weigh(late, DAY_0).state == REFUTED
