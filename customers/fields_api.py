"""REST: fields of the business's own, and what each customer's are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.response import Response

from accounts.rest import Unprocessable, read_id, strict
from customers import describing
from customers.bodies import DayField
from customers.models import Customer, CustomField, FieldValue
from customers.rest import Endpoint, read

if TYPE_CHECKING:
    from rest_framework.request import Request

SAID = ["string", "integer", "boolean"]


@extend_schema_field({"type": SAID})  # type: ignore[arg-type]
class TypedField(serializers.JSONField):
    """A whole number, true or false, a word of a choice, a date or text; null is unknown."""

    def to_internal_value(self, data: Any) -> Any:
        match data:
            case bool():
                return "yes" if data else "no"
            case int() | str() if len(text := str(data)) <= 1000:
                return text
        raise serializers.ValidationError("A number, true or false, a text, or null.")


class FieldShown(serializers.ModelSerializer[CustomField]):
    class Meta:
        model = CustomField
        fields = ["slug", "label", "kind", "choices", "archived_at"]


class FieldValueBody(serializers.Serializer[Any]):
    """What a field is from a day on; what was said before stays for its days."""

    field = serializers.CharField(max_length=40)
    value = TypedField(allow_null=True)
    since = DayField(help_text="The first day on which it holds.")


class FieldValueShown(serializers.Serializer[Any]):
    field = serializers.CharField(source="field.slug")
    value = serializers.SerializerMethodField("typed")
    since = DayField()
    recorded_at = serializers.DateTimeField()
    withdrawn_at = serializers.DateTimeField(allow_null=True, help_text="When something else was said of that very day.")

    @extend_schema_field({"type": [*SAID, "null"]})  # type: ignore[arg-type]
    def typed(self, row: FieldValue) -> int | bool | str | None:
        return row.field.typed(row.value)


class FieldList(Endpoint):
    serializer_class = FieldShown

    @extend_schema(responses=FieldShown(many=True), description="The fields that an administrator defined, archived ones too.")
    def get(self, request: Request) -> Response:
        strict(request)
        return self.listed(CustomField.objects.all(), FieldShown)


class FieldValueList(Endpoint):
    serializer_class = FieldValueShown

    def customer(self, key: str) -> Customer:
        return get_object_or_404(Customer.objects.visible_to(self.key()), uuid=read_id(key, "cus"))

    @extend_schema(
        parameters=[OpenApiParameter("field", description="The slug of one field.")],
        responses=FieldValueShown(many=True),
        description="Everything that was said of a customer's fields, newest first. Of each field the latest day counts.",
    )
    def get(self, request: Request, key: str) -> Response:
        asked = strict(request, "field")
        found = FieldValue.objects.filter(customer=self.customer(key)).select_related("field")
        return self.listed(found.filter(field__slug=asked["field"]) if "field" in asked else found, FieldValueShown)

    @extend_schema(
        request=FieldValueBody,
        responses={200: FieldValueShown, 201: FieldValueShown},
        description="Say what a field is from a day on. The same again changes nothing, also when something else was said of that day since.",
    )
    def post(self, request: Request, key: str) -> Response:
        strict(request)
        customer, said = self.customer(key), read(FieldValueBody, request)
        field = CustomField.objects.filter(slug=said["field"]).first()
        if field is None or field.archived_at:
            raise Unprocessable("There is no field of that slug, or it is archived.", "/field")
        try:
            value, _ = field.read(said["value"] or "")
        except ValidationError as refused:
            raise Unprocessable(" ".join(refused.messages), "/value") from None
        with transaction.atomic():
            before = FieldValue.objects.filter(customer=customer, field=field, since=said["since"], value=value).first()
            row = before or describing.say_field(customer, field, value, since=said["since"], at=timezone.now(), by=self.key())
        return Response(FieldValueShown(row).data, status=status.HTTP_200_OK if before else status.HTTP_201_CREATED)
