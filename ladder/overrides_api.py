"""REST: overrides of a customer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.rest import OpaqueId, Unprocessable, read_id, strict
from customers import days
from customers.bodies import DayField
from customers.rest import read, saying, stored
from ladder import overriding
from ladder.api import OfCustomer
from ladder.models import Override, Rung

if TYPE_CHECKING:
    from datetime import date

    from rest_framework.request import Request


class OverrideBody(serializers.Serializer[Any]):
    ladder = serializers.SlugField()
    rung = serializers.SlugField()
    how = serializers.ChoiceField(Override.How.choices)
    reason = serializers.CharField(max_length=300)
    since = DayField(required=False, help_text="The first day on which it holds; today if left out, never before.")
    until = DayField(help_text="The first day on which it no longer holds, at most two years later.")

    def validate_since(self, since: date) -> date:
        overriding.refuse_past(since, days.day_of(timezone.now()))
        return since


class OverrideShown(serializers.Serializer[Any]):
    id = OpaqueId("ovr")
    ladder = serializers.CharField(source="rung.ladder.slug")
    rung = serializers.CharField(source="rung.slug")
    how = serializers.ChoiceField(Override.How.choices)
    reason = serializers.CharField()
    by = serializers.CharField(source="author")
    since = serializers.DateField()
    until = serializers.DateField()
    made_at = serializers.DateTimeField()
    withdrawn_at = serializers.DateTimeField(allow_null=True)


class OverrideList(OfCustomer):
    """What somebody says of a customer in the rules' place, for some days. The same again is there once."""

    serializer_class = OverrideShown

    @extend_schema(
        responses=OverrideShown(many=True), description="Every override of a customer, withdrawn ones too, newest first."
    )
    def get(self, request: Request, key: str) -> Response:
        strict(request)
        return self.listed(Override.objects.told().filter(customer=self.customer(key)), OverrideShown)

    @extend_schema(request=OverrideBody, responses={200: OverrideShown, 201: OverrideShown})
    def post(self, request: Request, key: str) -> Response:
        strict(request)
        customer, said, now = self.customer(key), read(OverrideBody, request), timezone.now()
        rung = Rung.objects.filter(ladder__slug=said.pop("ladder"), slug=said.pop("rung")).first()
        if rung is None:
            raise Unprocessable("There is no such rung on a ladder of that name.", "/rung")
        override = Override(customer=customer, rung=rung, **{"since": days.day_of(now), **said})
        with transaction.atomic():
            return stored(overriding.record(override, at=now, by=self.key()), OverrideShown)


class OverrideWithdrawal(OfCustomer):
    """It counts on none of its days from now on, as if it had not been made; it stays readable."""

    serializer_class = OverrideShown

    @extend_schema(request=None, responses=OverrideShown)
    def post(self, request: Request, key: str, override: str) -> Response:
        strict(request)
        found = get_object_or_404(Override.objects.told().filter(customer=self.customer(key)), uuid=read_id(override, "ovr"))
        saying(overriding.withdraw, found, at=timezone.now(), by=self.key())
        return Response(OverrideShown(found).data)
