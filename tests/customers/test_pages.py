"""Pages that describe a customer and record what they did: who may, what is stored, what is refused."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, Role, User
from customers.days import day_of
from customers.models import (
    Customer,
    CustomerTag,
    NotRanked,
    Product,
    Purchase,
    Qualification,
    Refund,
    Source,
    Stop,
    Tag,
    UsableCategory,
)
from tests import factories
from tests.factories import DAY_0, customer, product, purchase, team, user

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
WRITING = ["customer_edit", "owner", "qualify", "usable_edit", "tags_edit", "ids_edit", "limits_edit", "purchase_new"]


def at(name: str, of: Customer, *more: object) -> str:
    return reverse(f"customers:{name}", args=[of.uuid, *more])


def today() -> date:
    return day_of(timezone.now())


@pytest.fixture
def ingrid(client: Client) -> User:
    ingrid = user()
    client.force_login(ingrid)
    return ingrid


@pytest.fixture
def ada(ingrid: User) -> Customer:
    return customer("Ada", owner=ingrid)


@pytest.fixture
def stranger() -> Customer:
    return customer("Stranger", team=team("South"), owner=user("paul", of=team("South")))


def a_purchase(**changed: Any) -> dict[str, Any]:
    """A form as the browser sends it: one line filled, two left as they were."""
    empty = {
        f"lines-{i}-{name}": value for i in (1, 2) for name, value in (("product", ""), ("quantity", "1"), ("unit_price", ""))
    }
    sent = {
        "key": str(uuid.uuid4()), "day": str(today()), "currency": "eur", "lines-TOTAL_FORMS": "3", "lines-INITIAL_FORMS": "0",
        "lines-0-product": "Oak chair", "lines-0-quantity": "2", "lines-0-unit_price": "49.50", **empty,
    }  # fmt: skip
    return {**sent, **changed}


# --- who may ------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", WRITING)
def test_customers_of_others_are_not_there(client: Client, ingrid: User, stranger: Customer, page: str) -> None:
    assert client.post(at(page, stranger)).status_code == 404


@pytest.mark.parametrize("page", WRITING)
def test_a_reader_is_refused(client: Client, page: str) -> None:
    client.force_login(user("rita", role=Role.READER))
    assert client.post(at(page, customer())).status_code == 403


def test_owners_to_choose_from_are_those_in_reach(client: Client, ingrid: User, ada: Customer, stranger: Customer) -> None:
    client.post(at("owner", ada), {"owner": stranger.owner_id})
    ada.refresh_from_db()
    assert ada.owner == ingrid


# --- describing ---------------------------------------------------------------------------------


def test_a_new_customer_is_mine_with_their_contact_points(client: Client, ingrid: User) -> None:
    sent = {
        "kind": "person", "name": "Grace", "team": ingrid.team_id, "owner": ingrid.pk,
        "points-TOTAL_FORMS": "2", "points-INITIAL_FORMS": "0",
        "points-0-kind": "email", "points-0-value": "grace@example.org", "points-1-kind": "", "points-1-value": "",
    }  # fmt: skip
    grace_page = client.post(reverse("customers:customer_new"), sent).url
    grace = Customer.objects.get(name="Grace")
    assert grace_page == grace.get_absolute_url()
    assert (grace.owner, grace.source.slug, grace.recorded_day) == (ingrid, "here", today())
    assert [str(p) for p in grace.contact_points.all()] == ["grace@example.org"]
    assert AuditEntry.objects.filter(user=ingrid, verb="added", thing=f"customer {grace.pk}").exists()


def test_nothing_is_stored_by_halves_when_a_contact_point_is_wrong(client: Client, ingrid: User) -> None:
    sent = {
        "kind": "person", "name": "Grace", "team": ingrid.team_id, "points-TOTAL_FORMS": "1", "points-INITIAL_FORMS": "0",
        "points-0-kind": "email", "points-0-value": "not an address",
    }  # fmt: skip
    answer = client.post(reverse("customers:customer_new"), sent)
    assert answer.status_code == 422
    assert "valid email" in answer.content.decode()
    assert not Customer.objects.exists()


def test_hostile_names_are_shown_inert(client: Client, ingrid: User) -> None:
    mallory = customer('<script>alert("x")</script>', owner=ingrid)
    for address in (mallory.get_absolute_url(), reverse("customer_list"), at("customer_edit", mallory)):
        assert "<script>alert" not in client.get(address).content.decode()


def test_only_what_is_said_anew_becomes_a_row(client: Client, ada: Customer) -> None:
    factories.qualification(ada, "need", "yes", DAY_0)
    sent = {"need": "yes", "ability": "yes", "since": "2024-02-01"}
    client.post(at("qualify", ada), sent)
    rows = [(q.subject, q.answer, q.since) for q in Qualification.objects.order_by("pk")]
    assert rows == [("need", "yes", DAY_0), ("ability", "yes", date(2024, 2, 1))]


def test_a_no_needs_its_reason(client: Client, ada: Customer) -> None:
    answer = client.post(at("qualify", ada), {"need": "no", "ability": "unknown", "since": "2024-02-01"})
    assert answer.status_code == 422
    assert "Say why not" in answer.content.decode()
    assert not Qualification.objects.exists()


def test_usable_categories_end_and_begin_and_the_past_stays(client: Client, ada: Customer) -> None:
    textiles, lighting = product("Textiles").category, product("Lighting").category
    factories.usable(ada, "Textiles", DAY_0)
    since = DAY_0 + timedelta(days=100)
    client.post(at("usable_edit", ada), {"categories": [lighting.pk], "since": str(since)})
    spans = {row.category: (row.since, row.until) for row in UsableCategory.objects.all()}
    assert spans == {textiles: (DAY_0, since), lighting: (since, None)}


def test_what_holds_already_is_not_said_again(client: Client, ada: Customer) -> None:
    textiles = product("Textiles").category
    factories.usable(ada, "Textiles", DAY_0)
    client.post(at("usable_edit", ada), {"categories": [textiles.pk], "since": str(today())})
    assert UsableCategory.objects.count() == 1


def test_tags_begin_end_and_find_their_customer(client: Client, ada: Customer) -> None:
    vip, press = Tag.objects.create(name="VIP"), Tag.objects.create(name="press")
    CustomerTag.objects.create(customer=ada, tag=press, since=DAY_0)
    customer("Berit", owner=ada.owner)
    sent = {"tags": [vip.pk], "new": "vip,  trade   fair ,", "since": "2024-02-01"}
    assert client.post(at("tags_edit", ada), sent).url == ada.get_absolute_url()
    spans = {row.tag.name: (row.since, row.until) for row in CustomerTag.objects.select_related("tag")}
    since = date(2024, 2, 1)
    assert spans == {"press": (DAY_0, since), "VIP": (since, None), "trade fair": (since, None)}
    page = client.get(ada.get_absolute_url()).content.decode()
    assert "?tag=trade%20fair" in page
    found = client.get(reverse("customer_list"), {"tag": "trade fair"}).content.decode()
    assert ("Ada" in found, "Berit" in found) == (True, False)
    assert "Ada" not in client.get(reverse("customer_list"), {"tag": "press"}).content.decode(), "it holds no more"


def test_a_tag_that_is_too_long_is_refused_at_its_field(client: Client, ada: Customer) -> None:
    answer = client.post(at("tags_edit", ada), {"new": "x" * 51, "since": "2024-02-01"})
    assert answer.status_code == 422
    assert "up to 50 characters" in answer.content.decode()
    assert not Tag.objects.exists()


def ids_sent(of: Customer, *rows: tuple[Any, str], first: str = "") -> dict[str, Any]:
    """The form as the browser sends it: the one id that is there, and new rows."""
    there = of.external_ids.get()
    sent = {
        "ids-TOTAL_FORMS": str(1 + len(rows)), "ids-INITIAL_FORMS": "1", "ids-0-id": there.pk, "ids-0-source": there.source_id,
        "ids-0-external_id": first or there.external_id,
    }  # fmt: skip
    for place, (source, external_id) in enumerate(rows, 1):
        sent |= {f"ids-{place}-source": source.pk if source else "", f"ids-{place}-external_id": external_id}
    return sent


def test_ids_elsewhere_are_added_changed_and_removed(client: Client, ada: Customer) -> None:
    till = Source.objects.create(slug="till")
    client.post(at("ids_edit", ada), ids_sent(ada, (till, "77"), (None, ""), first="A-1"))
    assert {str(one) for one in ada.external_ids.select_related("source")} == {"here:A-1", "till:77"}
    ada.external_ids.get(external_id="A-1").delete()
    client.post(at("ids_edit", ada), {**ids_sent(ada), "ids-0-DELETE": "on"})
    assert not ada.external_ids.exists()
    assert AuditEntry.objects.filter(verb="edited ids of", thing=f"customer {ada.pk}").count() == 2


def test_an_id_that_is_taken_says_whose_to_those_who_may_know(client: Client, ada: Customer, stranger: Customer) -> None:
    here = factories.here()
    berit = customer("<b>Berit</b>", owner=ada.owner)
    answer = client.post(at("ids_edit", ada), ids_sent(ada, (here, "<b>Berit</b>")))
    text = answer.content.decode()
    assert answer.status_code == 422
    assert f'<a href="{berit.get_absolute_url()}">&lt;b&gt;Berit&lt;/b&gt;</a> already' in text
    text = client.post(at("ids_edit", ada), ids_sent(ada, (here, "Stranger"))).content.decode()
    assert "a customer you do not see" in text
    assert ">Stranger<" not in text
    assert [one.external_id for one in ada.external_ids.all()] == ["Ada"]


def test_the_same_id_twice_is_refused(client: Client, ada: Customer) -> None:
    till = Source.objects.create(slug="till")
    answer = client.post(at("ids_edit", ada), ids_sent(ada, (till, "77"), (till, "77")))
    assert answer.status_code == 422
    assert "stands here twice" in answer.content.decode()


def test_not_ranked_and_stops_hold_until_taken_back(client: Client, ada: Customer) -> None:
    client.post(at("limits_edit", ada), {"not_ranked": "staff", "stops": ["minor", "legal"], "since": "2024-03-01"})
    client.post(at("limits_edit", ada), {"not_ranked": "", "stops": ["legal"], "since": "2024-04-01"})
    assert [(n.reason, n.until) for n in NotRanked.objects.all()] == [("staff", date(2024, 4, 1))]
    assert {s.reason: s.until for s in Stop.objects.all()} == {"minor": date(2024, 4, 1), "legal": None}


# --- owners -------------------------------------------------------------------------------------


def test_many_change_owner_at_once_and_back_again(client: Client) -> None:
    lead, tom = user("lead", role=Role.TEAM_LEAD), user("tom", of=team("North"))
    client.force_login(lead)
    people = [customer(f"C{n}", owner=lead) for n in range(50)]
    before = customer("Other", owner=lead)
    client.post(reverse("customers:owner_many"), {"customer": [str(c.uuid) for c in people], "owner": tom.pk})
    assert tom.customers.count() == 50
    assert AuditEntry.objects.filter(verb="set owner of").count() == 50
    assert {c.team for c in tom.customers.all()} == {tom.team}
    client.post(reverse("customers:owner_undo"))
    assert {(c.owner, c.team) for c in Customer.objects.all()} == {(lead, before.team)}


def test_setting_owners_of_many_leaves_strangers_alone(client: Client, ingrid: User, stranger: Customer) -> None:
    client.post(reverse("customers:owner_many"), {"customer": [str(stranger.uuid), "nonsense"], "owner": ingrid.pk})
    stranger.refresh_from_db()
    assert stranger.owner != ingrid


def test_pressing_without_a_choice_unassigns_nobody(client: Client, ingrid: User, ada: Customer) -> None:
    client.post(reverse("customers:owner_many"), {"customer": [str(ada.uuid)], "owner": ""})
    ada.refresh_from_db()
    assert ada.owner == ingrid


def test_setting_owners_takes_as_many_queries_for_fifty_as_for_five(
    client: Client, ingrid: User, django_assert_max_num_queries: Any
) -> None:
    people = [customer(f"C{n}", owner=ingrid) for n in range(50)]
    sent = {"customer": [str(c.uuid) for c in people], "owner": "nobody"}
    with django_assert_max_num_queries(15):
        client.post(reverse("customers:owner_many"), sent)


# --- recording ----------------------------------------------------------------------------------


def test_a_purchase_is_recorded_with_its_lines(client: Client, ingrid: User, ada: Customer) -> None:
    chair = Product.objects.create(source=factories.here(), code="P-1", name="Oak chair")
    sent = a_purchase(**{"lines-1-product": "A cushion", "lines-1-quantity": "1", "lines-1-free": "on", "channel": "shop"})
    assert client.post(at("purchase_new", ada), sent).url == ada.get_absolute_url()
    bought = Purchase.objects.get()
    assert (bought.customer, bought.day, bought.currency, bought.channel, bought.recorded_by) == (
        ada,
        today(),
        "EUR",
        "shop",
        ingrid,
    )
    assert bought.amount == Decimal("99.00")
    lines = [(line.product.name, line.quantity, line.free) for line in bought.lines.all()]
    assert lines == [(chair.name, 2, False), ("A cushion", 1, True)]


def test_a_form_sent_twice_records_once(client: Client, ada: Customer) -> None:
    sent = a_purchase()
    client.post(at("purchase_new", ada), sent)
    again = client.post(at("purchase_new", ada), sent, follow=True)
    assert Purchase.objects.count() == 1
    assert "recorded already" in again.content.decode()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"lines-0-product": ""}, "required"),
        ({"lines-0-unit_price": ""}, "What did one cost?"),
        ({"lines-0-quantity": "0"}, "greater than or equal"),
        ({"lines-0-unit_price": "-1"}, "greater than or equal"),
        ({"day": "2999-01-01"}, "has not come yet"),
        ({"fulfilled": "2001-01-01"}, "before the purchase"),
        ({"currency": "E"}, "valid value"),
        ({"key": "nonsense"}, "valid UUID"),
    ],
)
def test_a_wrong_purchase_is_refused_at_its_field(client: Client, ada: Customer, changed: dict[str, str], said: str) -> None:
    answer = client.post(at("purchase_new", ada), a_purchase(**changed))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Purchase.objects.exists()
    assert not Product.objects.exists()


def test_a_purchase_of_nothing_is_refused_in_plain_words(client: Client, ada: Customer) -> None:
    sent = {name: value for name, value in a_purchase().items() if not name.startswith("lines-")}
    answer = client.post(at("purchase_new", ada), {**sent, "lines-TOTAL_FORMS": "0", "lines-INITIAL_FORMS": "0"})
    assert answer.status_code == 422
    assert "Say at least one thing that they bought." in answer.content.decode()


def test_another_line_keeps_what_was_typed_and_judges_nothing(client: Client, ada: Customer) -> None:
    sent = a_purchase(more="1", channel="fair", **{"lines-0-unit_price": ""})
    page = client.post(at("purchase_new", ada), sent)
    text = page.content.decode()
    assert page.status_code == 200
    assert 'value="Oak chair"' in text
    assert 'value="fair"' in text
    assert 'name="lines-3-product"' in text
    assert sent["key"] in text
    assert "errorlist" not in text
    assert not Purchase.objects.exists()


def test_a_purchase_is_taken_back_wholly(client: Client, ada: Customer) -> None:
    bought = purchase(ada, DAY_0)
    sent = {"key": str(uuid.uuid4()), "day": str(DAY_0 + timedelta(days=9)), "what": "whole", "reason": "scratched"}
    client.post(at("refund_new", ada, bought.uuid), sent)
    client.post(at("refund_new", ada, bought.uuid), sent)
    refund = Refund.objects.get()
    bought.refresh_from_db()
    assert (refund.purchase, refund.whole, refund.reason) == (bought, True, "scratched")
    assert bought.ended == DAY_0 + timedelta(days=9)


def test_a_line_is_taken_back_in_part(client: Client, ada: Customer) -> None:
    bought = purchase(ada, DAY_0)
    line = bought.lines.get()
    sent = {"key": str(uuid.uuid4()), "day": str(DAY_0), "what": "lines", f"line_{line.pk}": "0.5"}
    client.post(at("refund_new", ada, bought.uuid), sent)
    assert [back.quantity for back in Refund.objects.get().lines.all()] == [Decimal("0.5")]


@pytest.mark.parametrize(("amount", "day"), [("2", DAY_0), ("", DAY_0), ("0", DAY_0), ("0.5", DAY_0 - timedelta(days=1))])
def test_more_than_was_bought_nothing_or_too_early_is_refused(client: Client, ada: Customer, amount: str, day: date) -> None:
    bought = purchase(ada, DAY_0)
    sent = {"key": str(uuid.uuid4()), "day": str(day), "what": "lines", f"line_{bought.lines.get().pk}": amount}
    assert client.post(at("refund_new", ada, bought.uuid), sent).status_code == 422
    assert not Refund.objects.exists()


def test_a_purchase_of_somebody_else_is_not_taken_back_here(client: Client, ada: Customer, stranger: Customer) -> None:
    assert client.get(at("refund_new", ada, purchase(stranger, DAY_0).uuid)).status_code == 404


def test_something_else_under_the_same_key_is_refused_and_says_so(client: Client, ada: Customer) -> None:
    sent = a_purchase()
    client.post(at("purchase_new", ada), sent)
    answer = client.post(at("purchase_new", ada), {**sent, "lines-0-quantity": "9"})
    assert answer.status_code == 422
    assert "something else is recorded" in answer.content.decode()
    assert Purchase.objects.get().lines.get().quantity == 2


def test_a_purchase_recorded_by_mistake_is_taken_out_and_counts_for_nothing(client: Client, ada: Customer) -> None:
    bought = purchase(ada, DAY_0)
    client.post(f"/customers/{ada.uuid}/purchases/{bought.uuid}/withdraw/")
    assert not ada.purchases.standing().exists()
    assert ada.purchases.get().withdrawn_at, "it stays readable"
    assert client.post(f"/customers/{ada.uuid}/purchases/{bought.uuid}/withdraw/").status_code == 404
