"""REST: recommendations and responses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers

from accounts.rest import OpaqueId, strict
from customers.api import Endpoint, customer_called, once, source_called, stored, visible_entries
from customers.bodies import EntryShown, FactBody
from feedback import recording
from feedback.models import Recommendation, Response

if TYPE_CHECKING:
    from rest_framework import response
    from rest_framework.request import Request


class RecommendationBody(FactBody):
    prompted = serializers.BooleanField(
        help_text="By our code, link or form, a promised reward, or somebody of ours who asked in the 30 days before."
    )
    to_whom = serializers.CharField(max_length=200, required=False, default="")
    words = serializers.CharField(max_length=5000, required=False, default="", allow_blank=True)


class ResponseBody(FactBody):
    score = serializers.IntegerField(min_value=0, max_value=10)
    words = serializers.CharField(max_length=5000, required=False, default="", allow_blank=True)


class RecommendationShown(EntryShown):
    id = OpaqueId("rec")
    prompted = serializers.BooleanField()
    to_whom = serializers.CharField()
    words = serializers.CharField()


class ResponseShown(EntryShown):
    id = OpaqueId("rsp")
    score = serializers.IntegerField()
    words = serializers.CharField()


class RecommendationList(Endpoint):
    serializer_class = RecommendationShown

    @extend_schema(parameters=[OpenApiParameter("customer")], responses=RecommendationShown(many=True))
    def get(self, request: Request) -> response.Response:
        return self.listed(
            visible_entries(Recommendation.objects.standing(), self.key(), strict(request, "customer")), RecommendationShown
        )

    @extend_schema(request=RecommendationBody, responses={200: RecommendationShown, 201: RecommendationShown})
    def post(self, request: Request) -> response.Response:
        return _record(
            request, RecommendationBody, recording.record_recommendation, RecommendationShown, "prompted", "to_whom", "words"
        )


class ResponseList(Endpoint):
    serializer_class = ResponseShown

    @extend_schema(parameters=[OpenApiParameter("customer")], responses=ResponseShown(many=True))
    def get(self, request: Request) -> response.Response:
        return self.listed(visible_entries(Response.objects.standing(), self.key(), strict(request, "customer")), ResponseShown)

    @extend_schema(request=ResponseBody, responses={200: ResponseShown, 201: ResponseShown})
    def post(self, request: Request) -> response.Response:
        return _record(request, ResponseBody, recording.record_response, ResponseShown, "score", "words")


def _record(request: Request, body: Any, record: Any, shown: Any, *names: str) -> response.Response:
    sent = body(data=request.data)
    sent.is_valid(raise_exception=True)
    said = sent.validated_data
    with transaction.atomic():
        recorded = once(
            record,
            customer=customer_called(request, said["customer"]),
            source=source_called(said["source"]),
            external_id=said["external_id"],
            occurred_at=said["occurred_at"],
            at=timezone.now(),
            **{name: said[name] for name in names},
        )
    return stored(recorded, shown)
