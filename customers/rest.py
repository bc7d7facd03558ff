"""What the REST of entries is made of, in whichever app: who and what a body names, recording, the lists and the steps after."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, cast

from django.db import IntegrityError, transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import serializers, status
from rest_framework.generics import GenericAPIView
from rest_framework.response import Response

from accounts.rest import Conflict, Pages, Unprocessable, read_id, strict
from customers import days, recording
from customers.models import ContactPoint, Customer, ExternalId, Purchase, Source

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

    from accounts.models import ApiKey


def key_of(request: Request) -> ApiKey:
    return cast("ApiKey", request.auth)


def customer_called(request: Request, reference: dict[str, Any], pointer: str = "/customer") -> Customer:
    """The visible customer a body names; made, in the key's team, if it gives a name and nobody is called so yet."""
    called = ExternalId.objects.filter(source__slug=reference["source"], external_id=reference["external_id"])
    found = called.select_related("customer").first()
    if found is None and "name" in reference:
        with suppress(IntegrityError), transaction.atomic():
            return new_customer(request, {"name": reference["name"]}, [reference], [])
        found = called.select_related("customer").first()  # another request has made them at this very moment
    if found and Customer.objects.visible_to(key_of(request)).filter(pk=found.customer_id).exists():
        return found.customer
    message = f"There is no customer {reference['source']}:{reference['external_id']}; give a name to make one."
    raise Unprocessable(message, pointer)


def purchase_called(customer: Customer, source: str, external_id: str) -> Purchase:
    """The purchase of a customer that a body names."""
    bought: QuerySet[Purchase] = Purchase.objects.standing().filter(customer=customer)
    if (found := bought.filter(source__slug=source, external_id=external_id).first()) is None:
        raise Unprocessable(f"They have no purchase {source}:{external_id}.", "/purchase")
    return found


def new_customer(request: Request, fields: dict[str, Any], ids: list[dict[str, Any]], reach: list[dict[str, Any]]) -> Customer:
    now = timezone.now()
    source = source_called(ids[0]["source"] if ids else "api")
    customer = Customer.objects.create(
        **fields, source=source, team=key_of(request).team, recorded_at=now, recorded_day=days.day_of(now)
    )
    for slug, external_id in dict.fromkeys((row["source"], row["external_id"]) for row in ids):
        ExternalId.objects.create(customer=customer, source=source_called(slug), external_id=external_id)
    points = {(row["kind"], row["value"]): ContactPoint(customer=customer, **row) for row in reach}
    ContactPoint.objects.bulk_create(points.values())
    return customer


def source_called(slug: str) -> Source:
    return Source.objects.get_or_create(slug=slug)[0]


class Endpoint(GenericAPIView[Any]):
    pagination_class = Pages
    queryset: QuerySet[Any] | None = Customer.objects.none()
    filter_backends = []

    def key(self) -> ApiKey:
        return key_of(self.request)

    def listed(self, found: QuerySet[Any], shown: type[serializers.BaseSerializer[Any]]) -> Response:
        page = self.paginate_queryset(found)
        return self.get_paginated_response(shown(page, many=True).data)


def visible_entries(entries: Any, key: ApiKey, asked: dict[str, str]) -> Any:
    found = entries.filter(key.reach("customer__owner", "customer__team")).select_related("customer", "source")
    return found.filter(customer__uuid=read_id(asked["customer"], "cus")) if "customer" in asked else found


def once(record: Any, **said: Any) -> recording.Recorded:
    """Record, or say how it contradicts what is there."""
    recorded: recording.Recorded = saying(record, **said)
    return recorded


def saying(do: Any, *of: Any, **said: Any) -> Any:
    """Do it, or answer why not."""
    try:
        return do(*of, **said)
    except recording.Contradicted as error:
        raise Conflict(str(error)) from None
    except ValueError as error:
        raise Unprocessable(str(error)) from None


def stored(recorded: recording.Recorded, shown: type[serializers.BaseSerializer[Any]]) -> Response:
    code = status.HTTP_201_CREATED if recorded.created else status.HTTP_200_OK
    return Response(shown(recorded.entry).data, status=code)


def read(body: type[serializers.Serializer[Any]], request: Request) -> dict[str, Any]:
    sent = body(data=request.data)
    sent.is_valid(raise_exception=True)
    return dict(sent.validated_data)


def takes(body: type[serializers.Serializer[Any]], shown: type[serializers.Serializer[Any]]) -> Any:
    """The description of a ledger's list and of recording in it."""
    return extend_schema_view(
        get=extend_schema(parameters=[OpenApiParameter("customer")], responses=shown(many=True)),
        post=extend_schema(request=body, responses={200: shown, 201: shown}),
    )


class Entries(Endpoint):  # its docstring would describe each of its operations
    entries: Any
    body: type[serializers.Serializer[Any]]
    record: Any

    def get(self, request: Request) -> Response:
        found = visible_entries(self.entries, self.key(), strict(request, "customer"))
        return self.listed(found, self.get_serializer_class())

    def post(self, request: Request) -> Response:
        said = read(self.body, request)
        with transaction.atomic():
            said["source"] = source_called(said["source"])
            said["customer"] = customer_called(request, said["customer"])
            self.look_up(said)
            recorded = once(type(self).record, at=timezone.now(), by=self.key(), **said)
        return stored(recorded, self.get_serializer_class())

    def look_up(self, said: dict[str, Any]) -> None:
        """Put in the place of other names in the body what they name."""


class Step(Endpoint):  # no docstring either
    entries: Any
    prefix: str
    body: type[serializers.Serializer[Any]]

    def post(self, request: Request, key: str) -> Response:
        strict(request)
        entry = get_object_or_404(visible_entries(self.entries, self.key(), {}), uuid=read_id(key, self.prefix))
        said = read(self.body, request)
        with transaction.atomic():
            taken = self.take(entry, said)
        return Response(self.get_serializer_class()(taken).data)

    def take(self, entry: Any, said: dict[str, Any]) -> Any:
        """Do with the entry what was said; the entry as it stands then."""
        raise NotImplementedError
