"""Returns take back what they should, whatever the order and the portions in which facts arrive."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from customers import importing, returns, undoing
from customers.models import Customer, ExternalId, Product, Purchase, PurchaseLine, Refund, RefundLine, ReturnMatch, Source
from customers.recording import LineOf, correct_purchase, correct_refund, record_purchase, record_refund, withdraw
from tests.customers.conftest import NOW, csv, ledgers
from tests.factories import customer, here

DAY = datetime(2024, 1, 1, 12, tzinfo=UTC)
PRICE = Decimal("3.5")


def on(day: int) -> datetime:
    return DAY + timedelta(days=day - 1)


def tea() -> Product:
    return Product.objects.get_or_create(source=here(), code="tea")[0]


def bought(of, day, quantity=1, price=PRICE, name=""):
    lines = [LineOf(price, Decimal(quantity), tea())]
    return record_purchase(
        customer=of, source=here(), external_id=name or f"p{day}", occurred_at=on(day), at=NOW, lines=lines
    ).entry


def brought_back(of, day, quantity=1, price=PRICE, name="", **extra):
    lines = () if extra.get("whole") else [LineOf(price, Decimal(quantity), tea())]
    return record_refund(
        customer=of, source=here(), external_id=name or f"r{day}", occurred_at=on(day), at=NOW, lines=lines, **extra
    ).entry


def left() -> dict[str, tuple[int, date | None]]:
    return {p.external_id: (int(p.lines.get().quantity - p.lines.get().returned), p.ended) for p in Purchase.objects.standing()}


@pytest.fixture
def ada(db):
    return customer("Ada")


def test_a_return_takes_from_the_latest_purchase_at_or_before_it(ada):
    for day in (1, 3, 9):
        bought(ada, day, 2)
    brought_back(ada, 5, 3)
    assert left() == {"p1": (1, None), "p3": (0, date(2024, 1, 5)), "p9": (2, None)}
    assert Purchase.objects.get(external_id="p3").returned == 7


def test_a_return_takes_nothing_of_another_product_price_or_customer(ada):
    bought(ada, 1, price=Decimal(4))
    bought(customer("Bob"), 2)
    brought_back(ada, 5)
    assert not ReturnMatch.objects.exists()
    assert RefundLine.objects.get().matched == 0


def test_a_return_that_names_its_purchase_has_first_claim(ada):
    first, second = bought(ada, 1), bought(ada, 2)
    brought_back(ada, 3)
    assert left()["p2"] == (0, date(2024, 1, 3))
    brought_back(ada, 4, purchase=second)
    assert left() == {"p1": (0, date(2024, 1, 3)), "p2": (0, date(2024, 1, 4))}
    assert first.pk != second.pk


def test_all_of_a_purchase_is_taken_back_by_one_word(ada):
    purchase = record_purchase(
        customer=ada, source=here(), external_id="1", occurred_at=on(1), at=NOW,
        lines=[LineOf(PRICE, Decimal(2), tea()), LineOf(Decimal(9)), LineOf(Decimal(0), free=True)],
    ).entry  # fmt: skip
    brought_back(ada, 7, whole=True, names="1")
    purchase.refresh_from_db()
    assert (purchase.ended, purchase.returned) == (date(2024, 1, 7), 16)


def test_a_return_dated_before_the_purchase_it_names_counts_from_the_purchase(ada):
    brought_back(ada, 2, names="p5")
    bought(ada, 5)
    assert left() == {"p5": (0, date(2024, 1, 5))}
    assert Refund.objects.get().names == ""


def test_a_purchase_has_ended_when_all_its_priced_lines_have(ada):
    lines = [
        LineOf(PRICE, Decimal(1), tea()),
        LineOf(Decimal(9), Decimal(1), tea()),
        LineOf(Decimal(0), Decimal(1), tea(), free=True),
    ]
    purchase = record_purchase(customer=ada, source=here(), external_id="1", occurred_at=on(1), at=NOW, lines=lines).entry
    brought_back(ada, 2)
    purchase.refresh_from_db()
    assert purchase.ended is None
    brought_back(ada, 4, price=Decimal(9))
    purchase.refresh_from_db()
    assert purchase.ended == date(2024, 1, 4)


def test_correcting_and_withdrawing_give_back(ada):
    purchase = bought(ada, 1, 2)
    refund = brought_back(ada, 3, 2)
    assert left() == {"p1": (0, date(2024, 1, 3))}
    corrected = correct_refund(refund, at=NOW, lines=[LineOf(PRICE, Decimal(1), tea())])
    assert left() == {"p1": (1, None)}
    later = correct_purchase(purchase, at=NOW, occurred_at=on(4))
    assert (left(), later.corrects) == ({"p1": (2, None)}, purchase)
    correct_purchase(later, at=NOW, occurred_at=on(2))
    assert left() == {"p1": (1, None)}
    withdraw(corrected, at=NOW)
    assert left() == {"p1": (2, None)}
    assert not ReturnMatch.objects.exists()


def test_deriving_again_writes_nothing(ada):
    bought(ada, 1, 2)
    brought_back(ada, 3, 1)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        returns.rematch([ada.pk])
    assert not [q["sql"] for q in queries if q["sql"].split()[0] in ("UPDATE", "INSERT", "DELETE")]


def test_many_customers_are_derived_with_few_queries(bring, django_assert_max_num_queries):
    rows = [
        f"{n}{kind},c{n},2024-01-0{day},tea,{sign}1,2" for n in range(300) for kind, day, sign in (("p", 1, ""), ("r", 2, "-"))
    ]
    bring(csv(*rows))
    with django_assert_max_num_queries(12):
        returns.rematch(Customer.objects.values_list("pk", flat=True))


fact = st.tuples(
    st.sampled_from("pr"),
    st.integers(1, 4),
    st.integers(0, 3),
    st.sampled_from("ab"),
    st.sampled_from(["2", "3"]),
    st.integers(1, 4),
)


class Arrival(TestCase):
    @settings(max_examples=40, deadline=None)
    @given(st.lists(fact, min_size=2, max_size=12), st.randoms(use_true_random=False), st.integers(1, 3))
    def test_no_order_or_portion_of_arrival_changes_anything(self, facts, chance, files):
        """The same rows in one file, and shuffled over several, name for name and line for line."""
        rows = [
            f"{kind}{document}{who},{who},2024-01-0{document}T0{hour}:00:00,tea,{'-' if kind == 'r' else ''}{quantity},{price}"
            for kind, document, hour, who, price, quantity in facts
        ]
        self.arrive([rows])
        once = ledgers()
        for of in importing.Import.objects.exclude(state="undone"):
            undoing.undo(of)
        assert not Purchase.objects.exists()
        assert not Customer.objects.exists()
        chance.shuffle(rows)
        # Equal rows of one document stay together: in two files they would be the same line, named twice.
        portions = [[row for row in rows if hash_of(row) % files == portion] for portion in range(files)]
        self.arrive([portion for portion in portions if portion])
        assert ledgers() == once

    def arrive(self, portions: list[list[str]]) -> None:
        import tempfile
        from pathlib import Path

        for rows in portions:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "file.csv"
                path.write_text(csv(*rows))
                of = importing.begin(path, kind="purchases", mapping=importing.find_mapping("purchases"), at=NOW)
                importing.run(of, path, at=NOW)


def hash_of(row: str) -> int:
    """Of what makes a line the same line: all but its time."""
    cells = row.split(",")
    return sum(map(ord, "".join([*cells[:2], *cells[3:]])))


class Typed(TestCase):
    @settings(max_examples=40, deadline=None)
    @given(st.lists(st.tuples(st.sampled_from(["buy", "return", "return named", "return all"]), st.integers(1, 6), st.integers(1, 3)),
                    min_size=2, max_size=7, unique_by=lambda fact: fact[:2]), st.randoms(use_true_random=False))  # fmt: skip
    def test_no_order_of_typing_changes_anything(self, facts, chance):
        self.type_in(facts)
        once = ledgers()
        for model in (ReturnMatch, RefundLine, Refund, PurchaseLine, Purchase, ExternalId, Customer):
            model.objects.all().delete()
        chance.shuffle(facts)
        self.type_in(facts)
        assert ledgers() == once

    def type_in(self, facts):
        ada = customer("Ada")
        Source.objects.get_or_create(slug="here")
        for kind, day, quantity in facts:
            if kind == "buy":
                bought(ada, day, quantity)
            else:
                extra = {"return named": {"names": f"p{7 - day}"}, "return all": {"names": f"p{7 - day}", "whole": True}}.get(
                    kind, {}
                )
                brought_back(ada, day, quantity, name=f"{kind} {day}", **extra)
