"""Our failures: whom they affected."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError

from customers.entering import withdraw
from feedback import failing
from feedback.models import Failure
from tests.customers.conftest import NOW
from tests.factories import DAY_0, customer, failure, here, purchase

pytestmark = pytest.mark.django_db
ONE_DAY = timedelta(days=1)


def who(of: Failure) -> list[str]:
    return sorted(of.affected.values_list("customer__name", flat=True))


@pytest.mark.parametrize(
    ("promised", "delivered", "is_late"), [(5, 6, True), (5, 5, False), (5, 4, False), (5, None, False), (None, 6, False)]
)
def test_late_is_what_was_there_after_the_promised_day(promised, delivered, is_late) -> None:
    days = [day if day is None else DAY_0 + day * ONE_DAY for day in (promised, delivered)]
    purchase(customer("Ada"), DAY_0, promised=days[0], fulfilled=days[1])
    late = failure(day=DAY_0, last_day=DAY_0 + 9 * ONE_DAY)
    assert failing.affect_late(late, at=NOW) == is_late


@pytest.mark.parametrize(("day", "counts"), [(-1, False), (0, True), (2, True), (3, False)])
def test_late_deliveries_are_those_promised_for_the_days_of_the_failure(day, counts) -> None:
    promised = DAY_0 + day * ONE_DAY
    purchase(customer("Ada"), DAY_0 - 9 * ONE_DAY, promised=promised, fulfilled=promised + ONE_DAY)
    assert failing.affect_late(failure(last_day=DAY_0 + 2 * ONE_DAY), at=NOW) == counts


def test_found_again_nobody_is_affected_twice_and_a_second_order_is_a_row_of_its_own() -> None:
    ada, late = customer("Ada"), failure()
    orders = [purchase(ada, DAY_0).external_id for _ in range(2)]
    found = [
        failing.affect_orders(late, here(), [orders[0], f" {orders[0]} "], at=NOW),
        failing.affect_buyers(late, at=NOW),
        failing.affect_buyers(late, at=NOW),
    ]
    found += [failing.affect(late, [ada], at=NOW), failing.affect(late, [ada], at=NOW)]
    assert (found, who(late)) == ([1, 1, 0, 1, 0], ["Ada"] * 3)


def test_an_order_that_nobody_knows_is_named_and_then_nobody_is_affected() -> None:
    late, bought, gone = failure(), purchase(customer("Ada"), DAY_0), purchase(customer("Bert"), DAY_0)
    withdraw(gone, at=NOW)
    with pytest.raises(failing.Unfound, match=f"There is no purchase x7, {gone.external_id} at here"):
        failing.affect_orders(late, here(), [bought.external_id, "x7", gone.external_id], at=NOW)
    assert who(late) == []


def test_a_failure_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValidationError, match="before it begins"):
        failing.record("late", "Late", first_day=DAY_0, last_day=DAY_0 - ONE_DAY, at=NOW)
    assert not Failure.objects.exists()
