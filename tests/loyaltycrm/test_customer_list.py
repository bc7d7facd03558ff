"""The list of customers: who is on it, in which order, over how many pages, and as a file."""

from __future__ import annotations

import csv
import io
from base64 import urlsafe_b64encode
from datetime import timedelta
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import AuditEntry, Role, User
from customers import importing, paging
from customers.days import day_of
from customers.models import ContactPoint, Customer, ExternalId, Source, people
from ladder import ranking
from tests.factories import DAY_0, customer, not_ranked, purchase, team, user

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def ingrid(client: Client) -> User:
    ingrid = user()
    client.force_login(ingrid)
    return ingrid


def names(client: Client, query: str = "") -> list[str]:
    return [row[0].name for row in client.get(f"/customers/{query}").context["rows"]]


def test_an_account_manager_sees_their_book_and_the_unassigned_of_their_team(client: Client, ingrid: User) -> None:
    customer("Mine", owner=ingrid)
    customer("Nobody's here")
    customer("Tom's", owner=user("tom"))
    customer("Nobody's there", team=team("South"))
    assert names(client) == ["Mine", "Nobody's here"]


def test_part_of_a_name_an_address_a_number_or_an_id_finds(client: Client, ingrid: User) -> None:
    ada = customer("Ada Lindqvist", owner=ingrid)
    ContactPoint.objects.create(customer=ada, kind="email", value="ada@hallberg.example")
    ContactPoint.objects.create(customer=ada, kind="phone", value="+46 70 555 0123")
    customer("Grace", owner=ingrid)
    for words in ("lindq", "ADA", "hallberg", "0123", "Ada Lindqvist", "lind hallb"):
        assert names(client, f"?q={words}") == ["Ada Lindqvist"], words
    assert names(client, "?q=zzz") == []


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Jürgen Müller", "muller"), ("Jürgen Müller", "MÜLLER"), ("Łukasz Wójcik", "lukasz wojcik"), ("Weißgerber", "weissgerber"),
        ("Søren Ærø", "soren aero"), ("Đặng", "dang"), ("Þórr", "thorr"), ("Aydın IŞIK", "aydin isik"), ("Cœur", "coeur"),
        ("Jose\u0301", "josé"), ("muller", "Müller"), ("ＷＩＤＥ", "wide"),
    ],
)  # fmt: skip
def test_capitals_and_accents_do_not_matter(client: Client, ingrid: User, name: str, typed: str) -> None:
    customer(name, owner=ingrid)
    customer("Somebody else", owner=ingrid)
    assert names(client, f"?q={typed}") == [name]


def test_a_name_that_changes_is_found_by_the_new_one(client: Client, ingrid: User) -> None:
    of = customer("Ångström", owner=ingrid)
    of.name = "Čapek"
    of.save(update_fields=["name"])
    assert names(client, "?q=capek") == ["Čapek"]
    assert names(client, "?q=angstrom") == []


def test_imported_customers_are_found_without_their_accents(client: Client, tmp_path: Path) -> None:
    client.force_login(user("lead", role=Role.ADMINISTRATOR))
    path = tmp_path / "people.csv"
    path.write_text("customer,name\n1,Łukasz Żuk\n")
    brought = importing.begin(path, kind="customers", mapping=importing.find_mapping("customers"), at=timezone.now(), by=None)
    importing.run(brought, path, at=timezone.now())
    assert names(client, "?q=lukasz zuk") == ["Łukasz Żuk"]


def test_filters_narrow_together_and_an_unknown_one_finds_nobody(client: Client, ingrid: User) -> None:
    customer("Ada", owner=ingrid, country="Sweden")
    customer("Grace", owner=ingrid, country="Germany")
    customer("Jonas", country="Sweden")
    assert names(client, "?country=Sweden") == ["Ada", "Jonas"]
    assert names(client, "?country=Sweden&owner=none") == ["Jonas"]
    assert names(client, f"?owner={ingrid.pk}&source=here") == ["Ada", "Grace"]
    assert names(client, "?country=Atlantis") == []
    assert names(client, "?q=%00") == []


def test_pages_forward_and_back_show_everybody_once(ingrid: User) -> None:
    everybody = [customer(f"{n}", owner=ingrid) for n in range(7)]
    for person, name in zip(everybody, ("Bo", "Ada", "Bo", "Cleo", "Bo", "Ada", "Dan"), strict=True):
        person.name = name
        person.save()
    expected = [c.pk for c in sorted(everybody, key=lambda c: (c.name, c.pk))]
    for descending in (False, True):
        pages, where = [], {}
        while True:
            page = paging.page(Customer.objects.all(), where, paging.Order(descending=descending), size=2)
            pages.append(page)
            if not page.after:
                break
            where = {"after": page.after}
        assert [c.pk for p in pages for c in p.rows] == (expected[::-1] if descending else expected)
        back = paging.page(Customer.objects.all(), {"before": pages[-1].before}, paging.Order(descending=descending), size=2)
        assert back.rows == pages[-2].rows
        assert not pages[0].before


OF_A_DAY = urlsafe_b64encode(b'["falls_on", "~", 1]').decode()


@pytest.mark.parametrize("mark", ["nonsense", "WzEsMl0", "", "%00", "bnVsbA", OF_A_DAY])
def test_a_mark_nobody_here_wrote_is_the_first_page(client: Client, ingrid: User, mark: str) -> None:
    customer("Ada", owner=ingrid)
    assert names(client, f"?after={mark}") == ["Ada"]


def test_the_list_takes_as_many_queries_for_fifty_as_for_one(
    client: Client, ingrid: User, django_assert_max_num_queries: Any
) -> None:
    for n in range(60):
        purchase(customer(f"C{n}", owner=ingrid), day_of(timezone.now()))
    with django_assert_max_num_queries(15):
        client.get("/customers/")


def test_htmx_gets_the_table_alone_and_caches_know(client: Client, ingrid: User) -> None:
    customer("Ada", owner=ingrid)
    part = client.get("/customers/", headers={"HX-Request": "true", "HX-Target": "people"})
    assert "<html" not in part.content.decode()
    assert "Ada" in part.content.decode()
    assert "HX-Target" in part.headers["Vary"]


def test_the_file_holds_what_the_list_shows_and_starts_no_formula(client: Client, ingrid: User) -> None:
    bought = day_of(timezone.now()) - timedelta(days=3)
    for name in ("=1+1", "+1", "-1", "@x", 'Ada; "the" first\nof all'):
        purchase(customer(name, owner=ingrid), bought)
    customer("Tom's", owner=user("tom"))
    answer = client.get("/customers/customers.csv")
    rows = list(csv.DictReader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
    assert [row["name"] for row in rows] == ["'+1", "'-1", "'=1+1", "'@x", 'Ada; "the" first\nof all']
    assert {(row["purchases"], row["last_bought"], row["bought_in_all"]) for row in rows} == {("1", str(bought), "10.00 EUR")}
    assert AuditEntry.objects.filter(user=ingrid, verb="exported customers").exists()


def test_the_file_comes_in_pages_and_misses_nobody(client: Client, ingrid: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("customers.exporting.CHUNK", 2)
    for n in range(5):
        customer(f"C{n}", owner=ingrid)
    lines = b"".join(client.get("/customers/customers.csv")).decode("utf-8-sig").splitlines()
    assert len(lines) == 6


def test_a_reader_sees_the_list_without_what_changes_it(client: Client) -> None:
    client.force_login(user("rita", role=Role.READER))
    customer("Ada")
    text = client.get("/customers/").content.decode()
    assert "Ada" in text
    assert "Set owner" not in text
    assert "New customer" not in text


def test_empty_and_no_match_say_what_to_do(client: Client, ingrid: User) -> None:
    assert "No customers yet" in client.get("/customers/").content.decode()
    assert "Nobody fits" in client.get("/customers/?q=zzz").content.decode()


def test_the_list_and_the_ladder_say_whom_they_count(client: Client, ingrid: User) -> None:
    customer("Ada", owner=ingrid)
    staff = customer("Emil", owner=ingrid)
    not_ranked(staff, DAY_0)
    ranking.rank(now=timezone.now())
    assert "2 customers, ranked or not" in client.get("/customers/").content.decode()
    assert "ranked or not" not in client.get("/customers/?q=Ada").content.decode()
    assert "1 ranked customer," in client.get("/ladder/").content.decode()


@pytest.mark.parametrize("listed", [people.LISTED, 1])
def test_few_or_many_may_hold_a_part_of_a_name_an_address_or_an_id(listed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people, "LISTED", listed)
    ada, bea, cy = (customer(name) for name in ("Åda Hållberg", "Bea Hallmark", "Cy"))
    ContactPoint.objects.create(customer=ada, kind="email", value="Ada@Hallberg.example")
    ContactPoint.objects.create(customer=cy, kind="email", value="hall@example.org")
    ExternalId.objects.create(customer=cy, source=Source.objects.get_or_create(slug="till")[0], external_id="X1")
    found = {
        "hallb": [ada], "@hallberg": [ada], "hallb example": [ada], "hall": [ada, bea, cy], "hall example": [ada, cy],
        "hall m": [ada, bea, cy], "bea example": [], "x1": [cy], "hall x1": [cy],
    }  # fmt: skip
    for words, those in found.items():
        assert list(Customer.objects.called(words).order_by("pk")) == those, words


def test_a_part_of_a_name_an_address_or_an_id_is_found_by_an_index_of_it() -> None:
    if connection.vendor == "postgresql":  # SQLite reads everybody, and has few to read
        with connection.cursor() as cursor:
            cursor.execute(
                "SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off; SET LOCAL enable_indexonlyscan = off"
            )
        plan = people.holding("hallberg").explain()
        for index in ("customer_name_in_parts", "contact_point_in_parts", "external_id_in_capitals"):
            assert index in plan


def test_where_what_makes_the_index_is_out_of_reach_a_search_goes_on_without(caplog: pytest.LogCaptureFixture) -> None:
    if connection.vendor == "postgresql":
        migration = import_module("customers.migrations.0027_search_on_postgresql")
        with connection.schema_editor() as editor:
            migration.remove(None, editor)
            editor.execute("CREATE SCHEMA elsewhere")
            editor.execute("ALTER EXTENSION pg_trgm SET SCHEMA elsewhere")
            migration.add(None, editor)
        assert "searched without an index" in caplog.text
    one = customer("Åda Hållberg")
    assert list(Customer.objects.called("hallb")) == [one]
