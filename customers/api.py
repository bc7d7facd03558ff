"""REST: customers, purchases, refunds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.response import Response

from accounts.auditing import note
from accounts.rest import Conflict, read_id, strict
from customers import days, recording, returns
from customers.bodies import (
    CustomerBody,
    PurchaseBody,
    PurchaseCorrectionBody,
    PurchaseShown,
    RefundBody,
    RefundCorrectionBody,
    RefundShown,
)
from customers.models import Category, Customer, Product, Purchase, Refund, Source
from customers.rest import Endpoint, Entries, Step, new_customer, saying, takes

if TYPE_CHECKING:
    from rest_framework.request import Request


def differing(found: Customer, fields: dict[str, Any], ids: list[dict[str, Any]], reach: list[dict[str, Any]]) -> list[str]:
    """Which of what was sent is not so of a customer who is there. What was added since contradicts nothing."""
    names = [name for name, value in fields.items() if getattr(found, name) != value]
    if {(row["source"], row["external_id"]) for row in ids} - {*found.external_ids.values_list("source__slug", "external_id")}:
        names.append("external_ids")
    points = {(row["kind"], row["value"], row.get("preferred", False)) for row in reach}
    if points - {*found.contact_points.values_list("kind", "value", "preferred")}:
        names.append("contact_points")
    return names


def product_called(source: Source, line: dict[str, Any]) -> Product | None:
    if not line.get("product"):
        return None
    kind, today = None, days.day_of(timezone.now())
    if line.get("category"):
        kind, _ = Category.objects.get_or_create(name=line["category"], defaults={"first_sold": today})
    # A new product comes with its category: one given later changes the coverage of everybody who bought it.
    fresh = {"name": line.get("name", ""), "category": kind}
    product, _ = Product.objects.get_or_create(source=source, code=line["product"], defaults=fresh)
    if kind and product.category is None:
        product.category = kind
        product.save(update_fields=["category"])
    return product


def lines_of(source: Source, rows: list[dict[str, Any]]) -> list[recording.LineOf]:
    return [
        recording.LineOf(
            product=product_called(source, row),
            quantity=row["quantity"],
            unit_price=row["unit_price"],
            free=row["free"],
            unit_cost=row.get("unit_cost"),
        )
        for row in rows
    ]


class CustomerList(Endpoint):
    serializer_class = CustomerBody

    @extend_schema(
        parameters=[OpenApiParameter("q", description="Words of the name, a contact point, or an external id.")],
        responses=CustomerBody(many=True),
    )
    def get(self, request: Request) -> Response:
        asked = strict(request, "q")
        found = (
            Customer.objects.visible_to(self.key())
            .called(asked.get("q", ""))
            .prefetch_related("contact_points", "external_ids__source")
        )
        return self.listed(found, CustomerBody)

    @extend_schema(request=CustomerBody, responses={200: CustomerBody, 201: CustomerBody})
    def post(self, request: Request) -> Response:
        body = CustomerBody(data=request.data)
        body.is_valid(raise_exception=True)
        fields = dict(body.validated_data)
        ids, reach = fields.pop("external_ids", []), fields.pop("contact_points", [])
        try:
            with transaction.atomic():
                made = new_customer(request, fields, ids, reach)
        except IntegrityError:
            return self.again(fields, ids, reach)
        return Response(CustomerBody(made).data, status=status.HTTP_201_CREATED)

    def again(self, fields: dict[str, Any], ids: list[dict[str, Any]], reach: list[dict[str, Any]]) -> Response:
        """Equal again gives the original; anything else contradicts it."""
        seen = Customer.objects.visible_to(self.key())
        for row in ids:
            found = seen.filter(external_ids__source__slug=row["source"], external_ids__external_id=row["external_id"]).first()
            if found and (names := differing(found, fields, ids, reach)):
                raise Conflict(f"Of this customer something else is recorded: {', '.join(names)}.")
            if found:
                return Response(CustomerBody(found).data)
        raise Conflict("Somebody else is called so at that source.")


class CustomerOne(Endpoint):
    serializer_class = CustomerBody

    @extend_schema(responses=CustomerBody)
    def get(self, request: Request, key: str) -> Response:
        strict(request)
        return Response(CustomerBody(get_object_or_404(Customer.objects.visible_to(self.key()), uuid=read_id(key, "cus"))).data)


class CustomerByExternal(Endpoint):
    serializer_class = CustomerBody

    @extend_schema(responses=CustomerBody)
    def get(self, request: Request, source: str, external_id: str) -> Response:
        strict(request)
        seen = Customer.objects.visible_to(self.key())
        found = seen.filter(external_ids__source__slug=source, external_ids__external_id=external_id).first()
        if found is None:
            raise Http404
        return Response(CustomerBody(found).data)


class Ledger(Entries):
    def look_up(self, said: dict[str, Any]) -> None:
        returns.lock([said["customer"].pk])  # before products are made, as importing does: two never wait for each other
        said["lines"] = lines_of(said["source"], said["lines"])


class Correction(Step):
    """A document is corrected, never edited: it is withdrawn, and another stands in its place under the same id."""

    correct: Any

    def take(self, entry: Any, said: dict[str, Any]) -> Any:
        returns.lock([entry.customer_id])
        kept = self.corrected(entry, said)
        note(self.key(), "withdrew" if kept is entry else "corrected", entry)
        return kept

    def corrected(self, entry: Any, said: dict[str, Any]) -> Any:
        now = timezone.now()
        if said.pop("withdrawn"):
            saying(recording.withdraw, entry, at=now)
            return entry
        if "lines" in said:
            said["lines"] = lines_of(entry.source, said["lines"])
        return saying(type(self).correct, entry, at=now, **said)


class Purchases(Endpoint):
    serializer_class = PurchaseShown
    entries, prefix = Purchase.objects.standing().prefetch_related("lines__product"), "pur"


class Refunds(Endpoint):
    serializer_class = RefundShown
    entries, prefix = Refund.objects.standing().select_related("purchase"), "ref"


@takes(PurchaseBody, PurchaseShown)
class PurchaseList(Purchases, Ledger):
    body, record = PurchaseBody, staticmethod(recording.record_purchase)


@takes(RefundBody, RefundShown)
class RefundList(Refunds, Ledger):
    body, record = RefundBody, staticmethod(recording.record_refund)


@extend_schema_view(post=extend_schema(request=PurchaseCorrectionBody, responses=PurchaseShown))
class PurchaseCorrection(Purchases, Correction):
    body, correct = PurchaseCorrectionBody, staticmethod(recording.correct_purchase)


@extend_schema_view(post=extend_schema(request=RefundCorrectionBody, responses=RefundShown))
class RefundCorrection(Refunds, Correction):
    body, correct = RefundCorrectionBody, staticmethod(recording.correct_refund)
