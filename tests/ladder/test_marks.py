"""Nothing that rules read is written without a mark."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps

from customers import days, describing
from customers.days import DayField
from customers.models import Bringing, Category, Customer, CustomField, FieldValue, Purchase, UsableCategory
from ladder import marks, sources
from ladder.models import StaleMark
from tests import factories as make
from tests.customers.conftest import bring, csv  # noqa: F401

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db
WATCHED = {watched.table for watched in marks.WATCHED}
NO_FACTS = {
    "customers_stop",  # gates of programmes read it, no rule does
    "customers_refusedway",  # only what is sent heeds it
    "customers_returnmatch",  # derived, and its purchase is written in the same transaction
    "feedback_message",  # words that themes gather; no rule reads them
    "feedback_suggestion",
}
D = date(2024, 3, 1)


def test_every_ledger_with_which_a_life_may_begin_leaves_marks() -> None:
    assert {table for table, *_ in sources.FIRST_FACTS} - WATCHED == set()


def test_every_dated_row_of_a_customer_leaves_a_mark_or_is_said_to_be_no_fact() -> None:
    ours = [model for app in ("customers", "feedback") for model in apps.get_app_config(app).get_models()]
    dated = {
        model._meta.db_table
        for model in ours
        if any(f.related_model is Customer and f.name == "customer" for f in model._meta.concrete_fields)
        and any(isinstance(f, DayField) and f.name in {"day", "since"} for f in model._meta.concrete_fields)
    }
    assert dated - WATCHED == NO_FACTS


def marked(do: Callable[[], Any]) -> set[date]:
    """The days that a write leaves marks of."""
    StaleMark.objects.all().delete()
    do()
    return set(StaleMark.objects.values_list("day", flat=True))


@pytest.fixture
def size() -> CustomField:
    return CustomField.objects.create(slug="size", label="Size", kind="choice", choices=["small", "large"])


def test_a_field_marks_its_day_when_it_is_said_replaced_and_taken_away(size: CustomField) -> None:
    ada, at = make.customer(), make.noon(D)
    assert marked(lambda: describing.say_field(ada, size, "small", since=D, at=at)) == {D}
    assert marked(lambda: describing.say_field(ada, size, "small", since=D, at=at)) == set(), "the same says nothing new"
    assert marked(lambda: describing.say_field(ada, size, "large", since=D, at=at)) == {D}
    later = FieldValue.objects.create(customer=ada, field=size, value="", since=D + timedelta(days=9))
    assert marked(later.delete) == {D + timedelta(days=9)}


def test_another_category_of_a_product_marks_who_bought_it() -> None:
    ada, _ = make.customer("Ada"), make.customer("Bert")
    tea = make.product("tea")
    make.purchase(ada, D, product=tea)
    tea.category = Category.objects.create(name="drinks", first_sold=D)
    assert marked(tea.save) == {days.EPOCH}
    assert set(StaleMark.objects.values_list("customer_id", flat=True)) == {ada.pk}
    assert marked(tea.save) == set(), "nothing has changed"


def test_the_first_categories_on_sale_mark_everybody_for_as_many_must_be_known() -> None:
    ada, bert = make.customer("Ada"), make.customer("Bert")

    def made(name: str, since: date) -> set[int | None]:
        StaleMark.objects.all().delete()
        made = Category.objects.create(name=name, first_sold=since)
        return changed(made.save)

    def changed(do: Callable[[], Any]) -> set[int | None]:
        do()
        return set(StaleMark.objects.values_list("customer_id", flat=True))

    everybody = {ada.pk, bert.pk}
    assert [made(name, D + timedelta(days=day)) for name, day in (("a", 0), ("b", 9), ("c", 9), ("d", 20), ("e", 5))] == [
        everybody, everybody, everybody, set(), everybody,
    ]  # fmt: skip
    StaleMark.objects.all().delete()
    assert changed(Category.objects.filter(name="d").delete) == set()
    assert changed(lambda: Category.objects.filter(name="a").update(name="first")) == set()
    assert changed(lambda: Category.objects.filter(name="first").update(first_sold=D + timedelta(days=30))) == everybody
    StaleMark.objects.all().delete()
    assert changed(Category.objects.filter(name="e").delete) == everybody


def said_of_imports(do: Callable[[], Any]) -> set[bool | None]:
    StaleMark.objects.all().delete()
    do()
    return set(StaleMark.objects.values_list("imported", flat=True))


def test_what_an_import_changes_of_a_known_purchase_is_its_doing(bring: Any) -> None:  # noqa: F811
    bring(csv("i1,ada,2024-03-09,TEA,1,5.00"))
    earlier = csv("i1,ada,2024-03-01,TEA,1,5.00")
    assert said_of_imports(lambda: bring(earlier)) == {True}
    bought = Purchase.objects.get()
    assert bought.day == D
    assert said_of_imports(lambda: Purchase.objects.filter(pk=bought.pk).update(day=D + timedelta(days=1))) == {None}
    assert not Bringing.objects.exists()


def test_what_the_catalogue_moves_is_nobodys_doing() -> None:
    ada = make.customer()
    UsableCategory.objects.create(customer=ada, category=Category.objects.create(name="Tea", first_sold=D), since=D)
    assert said_of_imports(lambda: Category.objects.create(name="Cups", first_sold=D)) == {True}
