"""Documents are corrected over REST, never edited."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import ApiKey
from customers.models import Purchase, Refund
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def till() -> APIClient:
    key = ApiKey(name="till", team=make.team(), scopes=["read", "write"])
    secret = key.renew()
    key.save()
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client


PURCHASE = {
    "source": "till", "external_id": "4711", "customer": {"source": "till", "external_id": "7", "name": "Ada"},
    "occurred_at": "2026-03-01T10:00:00+01:00", "lines": [{"product": "plate", "quantity": "2", "unit_price": "3.50"}],
}  # fmt: skip
REFUND = {**PURCHASE, "external_id": "4712"}


def bought(till: APIClient, **changes: Any) -> dict[str, Any]:
    answer = till.post("/api/v1/purchases/", PURCHASE | changes, format="json")
    assert answer.status_code == 201, answer.content
    return answer.json()


def test_a_wrong_price_is_corrected_and_the_wrong_row_stays_readable(till: APIClient) -> None:
    wrong = bought(till)
    lines = [{"product": "plate", "quantity": "2", "unit_price": "4.50"}]
    right = till.post(f"/api/v1/purchases/{wrong['id']}/corrections/", {"lines": lines}, format="json")
    assert (right.status_code, right.json()["amount"]["amount"], right.json()["external_id"]) == (200, "9.00", "4711")
    assert Purchase.objects.count() == 2
    assert Purchase.objects.get(withdrawn_at=None).corrects == Purchase.objects.exclude(withdrawn_at=None).get()


def test_a_purchase_that_never_was_is_withdrawn_once(till: APIClient) -> None:
    address = f"/api/v1/purchases/{bought(till)['id']}/corrections/"
    assert till.post(address, {"withdrawn": True}, format="json").status_code == 200
    assert not Purchase.objects.standing().exists()
    assert till.post(address, {"withdrawn": True}, format="json").status_code == 404


def test_a_correction_says_where_it_is_not_right(till: APIClient) -> None:
    answer = till.post(
        f"/api/v1/purchases/{bought(till)['id']}/corrections/", {"occurred_at": "2026-03-01T10:00:00"}, format="json"
    )
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/occurred_at")


@pytest.mark.parametrize(("ledger", "body"), [("purchases", PURCHASE), ("refunds", REFUND)])
def test_what_was_withdrawn_and_is_sent_again_stays_withdrawn(till: APIClient, ledger: str, body: dict[str, Any]) -> None:
    first = till.post(f"/api/v1/{ledger}/", body, format="json").json()
    till.post(f"/api/v1/{ledger}/{first['id']}/corrections/", {"withdrawn": True}, format="json")
    again = till.post(f"/api/v1/{ledger}/", body, format="json")
    assert (again.status_code, again.json()["id"]) == (200, first["id"])
    assert again.json()["withdrawn_at"] is not None
    assert till.get(f"/api/v1/{ledger}/").json()["results"] == []
    other = till.post(f"/api/v1/{ledger}/", body | {"occurred_at": "2026-03-02T10:00:00+01:00"}, format="json")
    assert (other.status_code, "and was withdrawn: occurred_at" in other.json()["detail"]) == (409, True)


def test_what_was_corrected_and_is_sent_again_is_answered_with_what_stands(till: APIClient) -> None:
    lines = [{"product": "plate", "quantity": "2", "unit_price": "4.50"}]
    right = till.post(f"/api/v1/purchases/{bought(till)['id']}/corrections/", {"lines": lines}, format="json").json()
    for said in (PURCHASE, PURCHASE | {"lines": lines}):
        again = till.post("/api/v1/purchases/", said, format="json")
        assert (again.status_code, again.json()["id"], again.json()["amount"]["amount"]) == (200, right["id"], "9.00")
    assert Purchase.objects.count() == 2


def test_a_return_of_a_withdrawn_purchase_takes_nothing_back_when_the_purchase_is_sent_again(till: APIClient) -> None:
    first = bought(till)
    till.post(f"/api/v1/purchases/{first['id']}/corrections/", {"withdrawn": True}, format="json")
    till.post(
        "/api/v1/refunds/", {k: v for k, v in REFUND.items() if k != "lines"} | {"purchase": "4711", "whole": True}, format="json"
    )
    till.post("/api/v1/purchases/", PURCHASE, format="json")
    assert Refund.objects.get().purchase is None
