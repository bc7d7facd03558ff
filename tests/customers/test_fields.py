"""Fields of the business's own: defined once, said of customers from a day on, on every way in, and never overwritten."""

from __future__ import annotations

import csv as table
import io
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role, User
from customers import describing, mappings, undoing
from customers.days import day_of
from customers.models import Customer, CustomField, FieldValue
from tests import factories as make
from tests.customers.conftest import NOW
from tests.test_api import key

if TYPE_CHECKING:
    from django.test import Client

    from tests.customers.conftest import Bring

pytestmark = pytest.mark.django_db
D = date(2024, 3, 1)


@pytest.fixture
def size() -> CustomField:
    return field("size", "choice", choices=["small", "large"])


def field(slug: str, kind: str, **extra: Any) -> CustomField:
    made = CustomField(slug=slug, label=slug.title(), kind=kind, **extra)
    made.full_clean()
    made.save()
    return made


def rows() -> list[tuple[Any, ...]]:
    found = FieldValue.objects.order_by("pk").values_list("field__slug", "value", "since", "withdrawn_at")
    return [(slug, value, since, withdrawn is None) for slug, value, since, withdrawn in found]


@pytest.mark.parametrize(("kind", "text", "kept", "number"), [
    ("number", " 012 ", "12", 12), ("number", "-7", "-7", -7), ("number", "1000000000000", "1000000000000", 10**12),
    ("choice", "LARGE", "large", 2), ("flag", "Yes", "yes", 1), ("flag", "no", "no", 0), ("date", "2024-03-01", "2024-03-01", 19783),
    ("text", " two  words ", "two words", 1), ("text", "", "", None), ("number", " ", "", None),
])  # fmt: skip
def test_a_value_is_kept_in_one_way_of_writing_with_the_number_rules_compare(kind, text, kept, number):
    asked = CustomField(kind=kind, choices=["small", "large"])
    assert asked.read(text) == (kept, number)


@pytest.mark.parametrize(("kind", "text"), [
    ("number", "1.5"), ("number", "1000000000001"), ("number", "٣"), ("number", "1e3"), ("number", "--1"), ("choice", "huge"), ("flag", "true"),
    ("date", "01/03/2024"), ("text", "x" * 301), ("text", "a\0b"), ("text", "\ud800"),
])  # fmt: skip
def test_a_value_of_another_kind_is_refused(kind, text):
    with pytest.raises(ValidationError):
        CustomField(kind=kind, choices=["small", "large"]).read(text)


@pytest.mark.parametrize("changes", [
    {"kind": "text", "choices": []}, {"slug": "other"}, {"choices": ["large", "small"]}, {"choices": ["small"]}, {"choices": ["small", "large", "Small"]},
])  # fmt: skip
def test_what_rows_and_rules_name_of_a_field_never_changes(size, changes):
    for name, value in changes.items():
        setattr(size, name, value)
    with pytest.raises(ValidationError):
        size.full_clean()


def test_more_words_may_be_added_at_the_end(size):
    size.choices = ["small", "large", "huge"]
    size.full_clean()


def test_the_latest_day_counts_a_slip_of_a_day_is_replaced_and_all_of_it_stays_readable(size):
    ada, at = make.customer(), make.noon(D)
    for value, since in (("small", D), ("large", D), ("", D + timedelta(days=9)), ("small", D - timedelta(days=9))):
        describing.say_field(ada, size, value, since=since, at=at)
    on = {day: [v.value for v in describing.latest_values(ada, D + timedelta(days=day))] for day in (-10, -1, 0, 8, 9)}
    assert on == {-10: [], -1: ["small"], 0: ["large"], 8: ["large"], 9: [""]}
    assert [row[1:] for row in rows() if row[2] == D] == [("small", D, False), ("large", D, True)]


def test_of_two_that_files_gave_for_a_day_the_least_counts_whichever_came_first(size):
    for first, second in (("small", "large"), ("large", "small")):
        ada = make.customer(f"Ada {first}")
        for value in (first, second):
            FieldValue.objects.create(customer=ada, field=size, value=value, number=size.read(value)[1], since=D)
        assert [row.value for row in describing.latest_values(ada, D)] == ["small"]
        assert dict(describing.known(ada, D).fields) == {size: "small"}


def at(of: Customer) -> str:
    return reverse("customers:fields_edit", args=[of.uuid])


def test_fields_are_set_on_a_page_that_shows_how_they_were(client: Client, size: CustomField) -> None:
    ingrid, staff, vip = make.user("ingrid"), field("staff", "number"), field("vip", "flag")
    ada = make.customer(owner=ingrid)
    client.force_login(ingrid)
    sent = {"field_size": "large", "field_staff": "1200", "field_vip": "", "since": "2024-03-01"}
    assert client.post(at(ada), sent).url == ada.get_absolute_url()
    assert rows() == [("size", "large", D, True), ("staff", "1200", D, True)]
    page = client.get(ada.get_absolute_url()).content.decode()
    assert all(words in page for words in ("Staff", "1,200", "Vip", "large"))
    assert client.post(at(ada), {**sent, "field_size": "", "since": "2024-04-01"}).status_code == 302
    assert rows()[2:] == [("size", "", date(2024, 4, 1), True)], "only what was changed is said anew"
    assert "unknown" in client.get(at(ada)).content.decode()
    assert {vip, staff} <= set(CustomField.objects.all())


@pytest.mark.parametrize(
    ("name", "value"), [("field_staff", "1.5"), ("field_staff", str(10**13)), ("field_size", "huge"), ("since", "2999-01-01")]
)
def test_a_wrong_value_is_refused_at_its_field(client: Client, size: CustomField, name: str, value: str) -> None:
    field("staff", "number")
    ada = make.customer(owner=make.user("ingrid"))
    client.force_login(ada.owner)  # type: ignore[arg-type]
    answer = client.post(at(ada), {"field_size": "large", "since": "2024-03-01", name: value})
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [name])
    assert rows() == []


def test_a_system_says_and_reads_fields(size: CustomField) -> None:
    ada, till = make.customer(), key()
    field("vip", "flag"), field("staff", "number")
    address = f"/api/v1/customers/cus_{ada.uuid.hex}/fields/"
    for name, value in (("vip", False), ("staff", -3), ("size", "Large"), ("vip", None)):
        said = till.post(address, {"field": name, "value": value, "since": "2024-03-01"}, format="json")
        assert said.status_code == 201, said.json()
    found = [(row["field"], row["value"], row["withdrawn_at"] is None) for row in till.get(address).json()["results"]]
    assert found == [("vip", None, True), ("size", "large", True), ("staff", -3, True), ("vip", False, False)]
    assert [row["value"] for row in till.get(f"{address}?field=size").json()["results"]] == ["large"]
    assert {row["slug"] for row in till.get("/api/v1/fields/").json()["results"]} == {"size", "vip", "staff"}


def test_the_same_again_changes_nothing_also_when_it_was_replaced_since(size: CustomField) -> None:
    ada, till = make.customer(), key()
    address = f"/api/v1/customers/cus_{ada.uuid.hex}/fields/"
    said = [
        till.post(address, {"field": "size", "value": v, "since": "2024-03-01"}, format="json")
        for v in ("small", "large", "small")
    ]
    assert [answer.status_code for answer in said] == [201, 201, 200]
    assert [row.value for row in describing.latest_values(ada, D)] == ["large"]


@pytest.mark.parametrize(("changes", "pointer"), [
    ({"field": "shoe"}, "/field"), ({"field": "old"}, "/field"), ({"value": "huge"}, "/value"), ({"value": 1.5}, "/value"), ({"value": ["large"]}, "/value"),
    ({"since": "soon"}, "/since"),
])  # fmt: skip
def test_what_a_system_says_wrongly_is_refused_at_its_place(size: CustomField, changes: dict[str, Any], pointer: str) -> None:
    field("old", "text", archived_at=timezone.now())
    address = f"/api/v1/customers/cus_{make.customer().uuid.hex}/fields/"
    answer = key().post(address, {"field": "size", "value": "large", "since": "2024-03-01", **changes}, format="json")
    assert (answer.status_code, [error["pointer"] for error in answer.json()["errors"]]) == (422, [pointer])
    assert rows() == []


MAPPING = """
kind = "customers"
source = "file"
optional = ["field:staff"]
[columns]
customer = "id"
"field:size" = "Size"
"field:staff" = "Staff"
"""


def test_a_file_of_customers_fills_fields_and_is_taken_back(bring: Bring, size: CustomField) -> None:
    field("staff", "number")
    text = "id,Size,Staff\nada,Large,12\nbob,,7\ncid,huge,1\n"
    found = bring(text, mapping=MAPPING, kind="customers")
    assert (found["taken"], found["refused"]) == (2, {"size is not what the field takes": 1})
    on = day_of(NOW)
    assert rows() == [("size", "large", on, True), ("staff", "12", on, True), ("staff", "7", on, True)]
    assert FieldValue.objects.get(value="large").number == 2
    assert bring(text, mapping=MAPPING, kind="customers")["taken"] == 0, "nothing of it is new"
    undoing.undo(found["import"])
    assert (FieldValue.objects.count(), Customer.objects.count()) == (0, 0)


def test_a_file_leaves_what_others_said_and_adds_what_is_new(bring: Bring, size: CustomField) -> None:
    bring(
        "id,Size\nada,small\n",
        mapping=MAPPING.replace('"field:staff" = "Staff"', "").replace('optional = ["field:staff"]', ""),
        kind="customers",
    )
    describing.say_field(Customer.objects.get(), size, "large", since=D, at=NOW)
    field("staff", "number")
    found = bring("id,Size,Staff\nada,small,3\n", mapping=MAPPING, kind="customers")
    assert found["taken"] == 1
    undoing.undo(found["import"])
    assert [row[:2] for row in rows()] == [("size", "small"), ("size", "large")]


@pytest.mark.parametrize("slug", ["shoe", "old"])
def test_a_mapping_that_names_no_field_of_ours_is_refused_before_the_file_is_read(bring: Bring, slug: str) -> None:
    field("old", "text", archived_at=timezone.now())
    with pytest.raises(mappings.Rejected, match=f"columns.field:{slug}: there is no field"):
        bring(
            "id,x\nada,1\n",
            mapping=f'kind = "customers"\nsource = "file"\n[columns]\ncustomer = "id"\n"field:{slug}" = "x"\n',
            kind="customers",
        )


def test_the_export_has_a_column_for_each_field_that_is_asked(client: Client, size: CustomField) -> None:
    ada = make.customer("Ada", owner=make.user("ingrid"))
    field("old", "text", archived_at=timezone.now())
    describing.say_field(ada, size, "small", since=D, at=NOW)
    describing.say_field(ada, size, "large", since=D + timedelta(days=1), at=NOW)
    client.force_login(ada.owner)  # type: ignore[arg-type]
    answer = b"".join(client.get("/customers/customers.csv")).decode("utf-8-sig")  # type: ignore[arg-type]
    (row,) = table.DictReader(io.StringIO(answer))
    assert (row["name"], row["field:size"], "field:old" in row) == ("Ada", "large", False)


@pytest.fixture
def anna(client: Client) -> User:
    person = make.user("anna", role=Role.ADMINISTRATOR)
    User.objects.filter(pk=person.pk).update(is_staff=True, is_superuser=True)
    client.force_login(person)
    return person


def test_an_administrator_defines_a_field_adds_words_archives_it_and_never_removes_it(client: Client, anna: User) -> None:
    sent = {"slug": "size", "label": "Size", "kind": "choice", "choices": "small\r\n large \r\n"}
    assert client.post(reverse("admin:customers_customfield_add"), sent).status_code == 302
    made = CustomField.objects.get()
    assert made.choices == ["small", "large"]
    change = reverse("admin:customers_customfield_change", args=[made.pk])
    assert client.post(change, {"label": "Sizes", "choices": "large\nsmall"}).status_code == 200, "words stay in their place"
    assert client.post(change, {"label": "Sizes", "choices": "small\nlarge\nhuge"}).status_code == 302
    listed = reverse("admin:customers_customfield_changelist")
    client.post(listed, {"action": "archive", "_selected_action": [made.pk]})
    made.refresh_from_db()
    assert (made.label, made.choices, made.archived_at is None) == ("Sizes", ["small", "large", "huge"], False)
    assert client.get(reverse("admin:customers_customfield_delete", args=[made.pk])).status_code == 403


def test_a_value_is_added_in_the_admin_site_and_not_changed(client: Client, anna: User, size: CustomField) -> None:
    sent = {"customer": make.customer().pk, "field": size.pk, "value": "Large", "since": "2024-03-01"}
    add = reverse("admin:customers_fieldvalue_add")
    assert client.post(add, {**sent, "value": "huge"}).status_code == 200
    assert client.post(add, sent).status_code == 302
    made = FieldValue.objects.get()
    assert (made.value, made.number, made.recorded_by) == ("large", 2, anna)
    assert client.post(reverse("admin:customers_fieldvalue_change", args=[made.pk]), sent).status_code == 403
