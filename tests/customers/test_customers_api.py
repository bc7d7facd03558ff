"""Customers over REST: the same words again give the original, other words contradict it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from customers.models import ContactPoint, Customer
from tests.test_api import key, post

if TYPE_CHECKING:
    from rest_framework.test import APIClient

pytestmark = pytest.mark.django_db
TILL = {"source": "till", "external_id": "ada"}
MAIL = {"kind": "email", "value": "ada@example.org"}
ADA = {"name": "Ada", "country": "GB", "external_ids": [TILL], "contact_points": [MAIL]}


@pytest.fixture
def till() -> APIClient:
    return key()


def test_a_customer_sent_again_is_the_original_also_when_more_is_known_since(till: APIClient) -> None:
    first = post(till, "customers", ADA)
    ContactPoint.objects.create(customer=Customer.objects.get(), kind="phone", value="+44 1")
    again = post(till, "customers", ADA)
    assert (first.status_code, again.status_code, again.json()["id"]) == (201, 200, first.json()["id"])
    assert Customer.objects.count() == 1


@pytest.mark.parametrize(("changed", "says"), [
    ({"country": "FR"}, "country"),
    ({"external_ids": [TILL, {"source": "shop", "external_id": "1"}]}, "external_ids"),
    ({"contact_points": [{**MAIL, "value": "ada@example.com"}]}, "contact_points"),
    ({"contact_points": [{**MAIL, "preferred": True}]}, "contact_points"),
])  # fmt: skip
def test_something_else_of_the_same_customer_is_refused_naming_what_differs(
    till: APIClient, changed: dict[str, Any], says: str
) -> None:
    post(till, "customers", ADA)
    answer = post(till, "customers", ADA | changed)
    assert (answer.status_code, answer.json()["detail"]) == (409, f"Of this customer something else is recorded: {says}.")
    assert ContactPoint.objects.values_list("value", "preferred").get() == ("ada@example.org", False)


def test_what_a_body_says_twice_is_kept_once(till: APIClient) -> None:
    twice = ADA | {"external_ids": [TILL, TILL], "contact_points": [MAIL, MAIL]}
    assert [post(till, "customers", twice).status_code for _ in range(2)] == [201, 200]
    assert ContactPoint.objects.count() == 1


def test_a_page_of_customers_takes_as_many_queries_as_one(till: APIClient, django_assert_max_num_queries: Any) -> None:
    for n in range(12):
        post(till, "customers", {**ADA, "external_ids": [{"source": "till", "external_id": str(n)}]})
    with django_assert_max_num_queries(10):
        assert len(till.get("/api/v1/customers/").json()["results"]) == 12
