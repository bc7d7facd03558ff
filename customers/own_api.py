"""REST: what customers say is not right of what we keep of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.response import Response

from accounts.rest import OpaqueId, read_id, strict
from customers import correcting
from customers.bodies import DayField
from customers.models import Correction
from customers.rest import Endpoint, read, saying

if TYPE_CHECKING:
    from rest_framework.request import Request


class CorrectionShown(serializers.Serializer[Any]):
    id = OpaqueId("cor")
    customer = serializers.SerializerMethodField()
    shown = serializers.CharField(help_text="What their page said.")
    words = serializers.CharField()
    received_at = serializers.DateTimeField()
    due_day = DayField(help_text="The last day on which an answer is in time.")
    answered_at = serializers.DateTimeField(allow_null=True)
    outcome = serializers.CharField(help_text="corrected or kept; empty while it waits.")
    answer = serializers.CharField()

    def get_customer(self, correction: Correction) -> str:
        return f"cus_{correction.customer.uuid.hex}"


class CorrectionAnswerBody(serializers.Serializer[Any]):
    outcome = serializers.ChoiceField(choices=Correction.Outcome.choices)
    words = serializers.CharField(max_length=2000, help_text="They read it on their page.")


class CorrectionList(Endpoint):
    """What customers say on their own page is not right."""

    serializer_class = CorrectionShown

    @extend_schema(
        parameters=[
            OpenApiParameter("customer"),
            OpenApiParameter("open", enum=["1"], description="1: those alone that wait for an answer."),
        ],
        responses=CorrectionShown(many=True),
    )
    def get(self, request: Request) -> Response:
        asked = strict(request, "customer", "open")
        found = Correction.objects.visible_to(self.key()).select_related("customer")
        if "customer" in asked:
            found = found.filter(customer__uuid=read_id(asked["customer"], "cus"))
        if asked.get("open", "1") != "1":
            raise ParseError("open: it is 1, or not there.")
        return self.listed(found.open() if "open" in asked else found, CorrectionShown)


class CorrectionAnswer(Endpoint):
    """Say what came of it, once."""

    serializer_class = CorrectionShown

    @extend_schema(request=CorrectionAnswerBody, responses=CorrectionShown)
    def post(self, request: Request, key: str) -> Response:
        strict(request)
        found = Correction.objects.visible_to(self.key()).select_related("customer")
        asked = get_object_or_404(found, uuid=read_id(key, "cor"))
        said = read(CorrectionAnswerBody, request)
        answered = saying(correcting.answer, asked, said["outcome"], said["words"], at=timezone.now(), by=self.key())
        return Response(CorrectionShown(answered).data)
