from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from customers.models import Purchase, Refund
from customers.recording import Contradicted, LineOf, correct_purchase, record_purchase, record_refund
from tests.customers.conftest import NOW, csv
from tests.factories import DAY_0, customer, here, noon, product

pytestmark = pytest.mark.django_db
TEN = [LineOf(Decimal(10))]


def record(of, external_id="1", **extra):
    return record_purchase(
        **{
            "customer": of,
            "source": here(),
            "external_id": external_id,
            "occurred_at": noon(DAY_0),
            "at": NOW,
            "lines": TEN,
            **extra,
        }
    )


def test_recording_the_same_again_gives_the_original():
    ada = customer("Ada")
    first, again = record(ada), record(ada)
    assert (first.created, again.created, again.entry) == (True, False, first.entry)
    assert Purchase.objects.count() == 1


@pytest.mark.parametrize(("changed", "says"), [
    ({"lines": [LineOf(Decimal(11))]}, "lines"),
    ({"lines": [LineOf(Decimal(10), unit_cost=Decimal(4))]}, "lines"),
    ({"currency": "USD"}, "currency"),
    ({"occurred_at": NOW}, "occurred_at"),
    ({"covers_until": DAY_0}, "covers_until"),
])  # fmt: skip
def test_something_else_under_the_same_id_is_refused_naming_what_differs(changed, says):
    ada = customer("Ada")
    record(ada)
    with pytest.raises(Contradicted, match=says):
        record(ada, **changed)
    assert Purchase.objects.get().amount == 10


def test_what_a_line_cost_is_kept_through_a_correction_and_never_below_nothing():
    ada, tea = customer("Ada"), LineOf(Decimal(10), unit_cost=Decimal("3.5"), product=product("tea"))
    gift = LineOf(Decimal(10), free=True, product=tea.product)  # of the same price, which takes no part
    bought = record(ada, lines=[tea, gift]).entry
    assert not record(ada, lines=[gift, tea]).created
    corrected = correct_purchase(bought, at=NOW, channel="shop")
    assert sorted(corrected.lines.values_list("free", "unit_cost", "copy")) == [(False, Decimal("3.5"), 1), (True, None, 2)]
    with pytest.raises(ValidationError, match="not_negative"):
        record(ada, "2", lines=[LineOf(Decimal(10), unit_cost=Decimal(-1))])


def test_another_customer_under_the_same_id_is_refused():
    record(customer("Ada"))
    with pytest.raises(Contradicted, match="customer"):
        record(customer("Bob"))


def test_without_an_id_everything_is_new():
    ada = customer("Ada")
    assert record(ada, "").entry.external_id != record(ada, "").entry.external_id


def test_equal_lines_are_told_apart():
    assert sorted(record(customer("Ada"), lines=TEN * 3).entry.lines.values_list("copy", flat=True)) == [1, 2, 3]


@pytest.mark.parametrize("lines", [[LineOf(Decimal(-1))], [LineOf(Decimal(1), Decimal(0))]])
def test_a_bad_line_stores_nothing(lines):
    with pytest.raises((ValidationError, Exception)):
        record(customer("Ada"), lines=lines)
    assert not Purchase.objects.exists()


@pytest.mark.parametrize("words", [{}, {"whole": True}, {"whole": True, "lines": TEN, "names": "1"}])
def test_a_refund_takes_back_lines_or_all_of_a_purchase_it_names(words):
    with pytest.raises(ValueError, match="takes back lines"):
        record_refund(customer=customer("Ada"), source=here(), occurred_at=NOW, at=NOW, **words)


def test_a_refund_recorded_again_gives_the_original_also_when_its_purchase_has_come_meanwhile():
    ada = customer("Ada")
    words = {"customer": ada, "source": here(), "external_id": "r1", "occurred_at": NOW, "at": NOW, "names": "1", "whole": True}
    first = record_refund(**words)
    record(ada)
    again = record_refund(**words)
    assert (again.created, again.entry) == (False, first.entry)
    assert Refund.objects.get().amount == 10


def test_a_corrected_purchase_stands_in_the_place_of_the_first():
    ada = customer("Ada")
    first = record(ada).entry
    second = correct_purchase(first, at=NOW, lines=[LineOf(Decimal(12))])
    first.refresh_from_db()
    assert (first.withdrawn_at, second.corrects, second.external_id, second.amount) == (NOW, first, "1", 12)
    with pytest.raises(Contradicted, match="already"):
        correct_purchase(first, at=NOW)


def test_a_file_does_not_bring_back_what_a_correction_replaced(bring):
    text = csv("1,ada,2024-01-01,tea,2,3.5")
    bring(text)
    correct_purchase(Purchase.objects.get(), at=NOW, lines=[LineOf(Decimal(5))])
    assert bring(text)["already"] == 1
    assert Purchase.objects.standing().get().amount == 5


def test_a_file_does_not_move_a_corrected_purchase_back_in_time_or_to_its_old_customer(bring):
    text = csv("1,ada,2024-01-01,tea,2,3.5")
    bring(text)
    correct_purchase(Purchase.objects.get(), at=NOW, occurred_at=noon(date(2024, 3, 1)), customer=customer("Bob"))
    again = bring(text + "1,ada,2024-01-01,cup,1,2\n")
    assert (again["already"], again["taken"], again["refused"]) == (1, 1, {})
    stands = Purchase.objects.standing().get()
    assert (str(stands.day), stands.customer.name, stands.amount, {line.customer.name for line in stands.lines.all()}) == (
        "2024-03-01",
        "Bob",
        9,
        {"Bob"},
    )
