"""Documents are corrected over REST, never edited."""

from __future__ import annotations

from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import ApiKey
from customers.models import Purchase
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


def bought(till: APIClient, **changes: Any) -> dict[str, Any]:
    body = {
        "source": "till", "external_id": "4711", "customer": {"source": "till", "external_id": "7", "name": "Ada"},
        "occurred_at": "2026-03-01T10:00:00+01:00", "lines": [{"product": "plate", "quantity": "2", "unit_price": "3.50"}],
    }  # fmt: skip
    answer = till.post("/api/v1/purchases/", body | changes, format="json")
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
