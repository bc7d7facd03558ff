"""What REST takes and gives of themes, failures, suggestions and notes."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.rest import Instant, OpaqueId
from customers.bodies import SLUG, CustomerReference, DayField
from customers.days import day_of
from feedback import canvassing, corroborating, sampling
from feedback.models import Channel, Failure, Sample, Suggestion, Theme

SHARE: dict[str, Any] = {"allow_null": True, "help_text": "Of 1; null while nobody has said whom it concerns."}


class CorroborationShown(serializers.Serializer[Any]):
    """How far a theme is to be believed."""

    state = serializers.ChoiceField([corroborating.CORROBORATED, corroborating.REFUTED, corroborating.ALLEGED])
    messages = serializers.IntegerField()
    anonymous = serializers.IntegerField(help_text="Messages of nobody we know; they are no voice.")
    voices = serializers.IntegerField(help_text="Distinct organisations, else households, else people.")
    exposed = serializers.IntegerField(allow_null=True, help_text="Voices it concerns; null while nobody has said whom.")
    low = serializers.FloatField(source="share.low", default=None, **SHARE)
    high = serializers.FloatField(source="share.high", default=None, **SHARE)
    loudest_share = serializers.FloatField(allow_null=True, help_text="Of the messages, that of the voice with most of them.")
    answers = serializers.IntegerField(help_text="Of those drawn by chance.")
    agree = serializers.IntegerField()


class ThemeShown(serializers.Serializer[Any]):
    slug = serializers.SlugField()
    name = serializers.CharField()
    claim = serializers.CharField()
    first_day = DayField(allow_null=True)
    last_day = DayField(allow_null=True)
    tolerance = serializers.FloatField()
    base = serializers.ChoiceField(choices=Theme.Base.choices, allow_blank=True)
    evidence = serializers.SerializerMethodField()

    def get_evidence(self, theme: Theme) -> CorroborationShown:
        found: Any = CorroborationShown(corroborating.weigh(theme, day_of(timezone.now()))).data
        return found  # type: ignore[no-any-return]


class GatheringBody(serializers.Serializer[Any]):
    said = serializers.ListField(
        child=serializers.CharField(max_length=50),
        min_length=1,
        max_length=500,
        help_text="Ids of complaints (cmp_), answers (rsp_, sat_), suggestions (sug_) and notes (msg_).",
    )


class GatheredShown(serializers.Serializer[Any]):
    gathered = serializers.IntegerField(help_text="How many were new in the theme.")


class SampleBody(serializers.Serializer[Any]):
    size = serializers.IntegerField(min_value=1, max_value=sampling.MOST)


class MemberShown(serializers.Serializer[Any]):
    id = OpaqueId("mem")
    customer = OpaqueId("cus", source="customer.uuid")
    place = serializers.IntegerField(help_text="In the order of drawing, from 1.")
    passed_over = serializers.CharField(help_text="Why they could not be asked; empty where they can.")
    asked_at = serializers.DateTimeField(allow_null=True)
    answered_at = serializers.DateTimeField(allow_null=True)
    agrees = serializers.BooleanField(allow_null=True, help_text="Whether they feel the same.")


class SampleLink(serializers.Serializer[Any]):
    customer = OpaqueId("cus", source="invitation.customer.uuid")
    link = serializers.SerializerMethodField()

    def get_link(self, made: Any) -> str:
        return str(self.context["request"].build_absolute_uri(made.path))


class SampleInvited(serializers.Serializer[Any]):
    invited = SampleLink(many=True, source="made")
    refused = serializers.DictField(
        source="told", child=serializers.IntegerField(), help_text="Reasons, and how many were not invited for each."
    )


class SampleShown(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    seed = serializers.IntegerField()
    size = serializers.IntegerField(help_text="How many are to be asked.")
    drawn = serializers.IntegerField(source="members.count", help_text="With those who were passed over.")
    passed_over = serializers.SerializerMethodField(
        help_text="How many could not be asked, by reason; the next drawn took their place."
    )
    drawn_from = serializers.IntegerField(help_text="How many silent voices there were.")
    drawn_at = serializers.DateTimeField()

    @extend_schema_field(serializers.DictField(child=serializers.IntegerField()))
    def get_passed_over(self, sample: Sample) -> dict[str, int]:
        return canvassing.passed_over(sample)


class AnswerBody(serializers.Serializer[Any]):
    agrees = serializers.BooleanField(required=False, allow_null=True, default=None, help_text="Left out: they were asked.")


class FailureBody(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=Failure.Kind.choices)
    what = serializers.CharField(max_length=300)
    first_day = DayField()
    last_day = DayField()
    tell = serializers.BooleanField(default=True)
    found_by = serializers.ChoiceField(choices=["late", "buyers", "orders"], help_text="How everyone affected is found.")
    source = serializers.RegexField(SLUG, max_length=50, required=False, help_text="Of the orders.")  # type: ignore[assignment]
    orders = serializers.ListField(child=serializers.CharField(max_length=200), required=False, default=list, max_length=10_000)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs["found_by"] == "orders" and not (attrs["orders"] and attrs.get("source")):
            raise serializers.ValidationError({"orders": "Name the orders, and their source."})
        return attrs


class FailureShown(serializers.Serializer[Any]):
    id = OpaqueId("fai")
    kind = serializers.ChoiceField(choices=Failure.Kind.choices)
    what = serializers.CharField()
    first_day = DayField()
    last_day = DayField()
    tell = serializers.BooleanField()
    customers = serializers.SerializerMethodField(help_text="How many were affected.")

    def get_customers(self, failure: Failure) -> int:
        return int(failure.affected.values("customer").distinct().count())


def channel() -> serializers.SlugRelatedField[Channel]:
    return serializers.SlugRelatedField(slug_field="slug", queryset=Channel.objects.filter(active=True))


class NoteBody(serializers.Serializer[Any]):
    customer = CustomerReference(required=False, help_text="Left out, nobody we know said it.")
    channel = channel()
    occurred_at = Instant()
    words = serializers.CharField(max_length=5000)


class SuggestionBody(NoteBody):
    title = serializers.CharField(max_length=120)
    words = serializers.CharField(max_length=5000, required=False, default="", allow_blank=True)


class SpokenShown(serializers.Serializer[Any]):
    customer = serializers.SerializerMethodField(help_text="Null if nobody we know said it.")
    channel = serializers.CharField(source="channel.slug")
    occurred_at = serializers.DateTimeField()
    words = serializers.CharField()

    def get_customer(self, spoken: Any) -> str | None:
        return f"cus_{spoken.customer.uuid.hex}" if spoken.customer else None


class NoteShown(SpokenShown):
    id = OpaqueId("msg")


class SuggestionShown(SpokenShown):
    id = OpaqueId("sug")
    title = serializers.CharField()
    state = serializers.ChoiceField(choices=Suggestion.State.choices)
    answer = serializers.CharField()
    supporters = serializers.IntegerField(source="support.count")


class SupportBody(serializers.Serializer[Any]):
    customer = CustomerReference()


class SuggestionAnswerBody(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=Suggestion.State.choices)
    answer = serializers.CharField(max_length=2000, required=False, default="", allow_blank=True)
