"""What REST takes and gives of what customers say: the bodies of requests and answers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.core.validators import URLValidator
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.rest import Instant, OpaqueId
from customers.bodies import PRICE, DayField, EntryShown, FactBody, MoneyField
from customers.days import day_of
from feedback.models import (
    Ask,
    Channel,
    Complaint,
    ComplaintStep,
    Matter,
    Question,
    Recommendation,
    Remedy,
    Satisfaction,
    Severity,
)

WORDS: dict[str, Any] = {"max_length": 5000, "required": False, "default": "", "allow_blank": True}


class RecommendationBody(FactBody):
    kind = serializers.ChoiceField(
        choices=Recommendation.Kind.choices,
        default=Recommendation.Kind.RECOMMENDATION.value,
        help_text="A reference is given when a prospect asks for one.",
    )
    prompted = serializers.BooleanField(
        help_text="By our code, link or form, a promised reward, or somebody of ours who asked in the 30 days before."
    )
    favourable = serializers.BooleanField(
        required=False,
        allow_null=True,
        default=None,
        help_text="Of a public review or mention, which counts only if this is true.",
    )
    to_whom = serializers.CharField(max_length=200, required=False, default="")
    channel: Any = serializers.SlugRelatedField(
        slug_field="slug", queryset=Channel.objects.filter(active=True), required=False, help_text="How we heard of it."
    )
    evidence = serializers.URLField(
        max_length=500, required=False, default="", allow_blank=True, validators=[URLValidator(["http", "https"])]
    )
    words = serializers.CharField(**WORDS)


class AskBody(FactBody):
    what = serializers.ChoiceField(choices=Ask.What.choices, default=Ask.What.RECOMMENDATION.value)
    words = serializers.CharField(**WORDS)


class ResponseBody(FactBody):
    score = serializers.IntegerField(min_value=0, max_value=10)
    words = serializers.CharField(**WORDS)


class SatisfactionBody(FactBody):
    score = serializers.IntegerField(min_value=1, max_value=5, help_text="1 to 5; how likely they recommend us is a response.")
    subject = serializers.ChoiceField(choices=Satisfaction.Subject.choices, default=Satisfaction.Subject.OVERALL.value)
    purchase = serializers.CharField(
        max_length=200, required=False, help_text="External id, at the same source, of the purchase of theirs that it is about."
    )
    words = serializers.CharField(**WORDS)


class OpinionBody(FactBody):
    question = serializers.ChoiceField(choices=Question.Topic.choices, default=Question.Topic.OTHER.value)
    words = serializers.CharField(max_length=5000)


class ImportanceBody(FactBody):
    matter: Any = serializers.SlugRelatedField(
        slug_field="slug", queryset=Matter.objects.all(), help_text="As in price or delivery."
    )
    importance = serializers.IntegerField(min_value=1, max_value=5)
    words = serializers.CharField(**WORDS)

    def validate_matter(self, matter: Matter) -> str:
        return matter.slug


class ComplaintBody(FactBody):
    words = serializers.CharField(**WORDS)
    severity = serializers.ChoiceField(choices=Severity.choices, default=Severity.MINOR.value)
    due_day = DayField(
        required=False, help_text="The last day on which an answer is in time; by the service level of its severity if left out."
    )


class StepBody(serializers.Serializer[Any]):
    """When a complaint was answered or reopened, after it was received; the same again changes nothing."""

    occurred_at = Instant()
    words = serializers.CharField(**WORDS)


class GradeBody(serializers.Serializer[Any]):
    severity = serializers.ChoiceField(choices=Severity.choices)
    words = serializers.CharField(**WORDS)


class GiveBody(serializers.Serializer[Any]):
    to = serializers.CharField(max_length=150, help_text="The username of somebody who may see the customer.")
    words = serializers.CharField(**WORDS)


class CheckBody(serializers.Serializer[Any]):
    content = serializers.BooleanField(help_text="Whether all is well again; if not, the complaint is open again.")
    words = serializers.CharField(**WORDS)


class RemedyBody(serializers.Serializer[Any]):
    """Something that should put a complaint right. A key decides nothing: somebody signed in grants or declines it."""

    id = serializers.UUIDField(
        required=False, help_text="Of your making: the same again changes nothing, something else under it is refused."
    )
    kind = serializers.ChoiceField(choices=Remedy.Kind.choices)
    amount = serializers.DecimalField(**PRICE, default=Decimal(0))
    currency = serializers.RegexField("^[A-Z]{3}$", required=False, help_text="The business's if left out.")
    words = serializers.CharField(max_length=2000, required=False, default="", allow_blank=True)


class RemedyShown(serializers.Serializer[Any]):
    id = OpaqueId("rem")
    kind = serializers.ChoiceField(choices=Remedy.Kind.choices)
    cost = MoneyField()
    words = serializers.CharField()
    state = serializers.ChoiceField(choices=Remedy.State.choices)
    asked_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)
    why = serializers.CharField()


class HostileActBody(FactBody):
    audience = serializers.CharField(max_length=100, help_text="Before whom: a trade fair, a review site.")
    evidence = serializers.CharField(max_length=5000, help_text="What shows it: words, a link, who heard it.")


class LeavingNoticeBody(FactBody):
    words = serializers.CharField(**WORDS)


class CompetitorConsideredBody(FactBody):
    competitor = serializers.CharField(max_length=200)
    words = serializers.CharField(**WORDS)


class RecommendationShown(EntryShown):
    id = OpaqueId("rec")
    kind = serializers.ChoiceField(choices=Recommendation.Kind.choices)
    prompted = serializers.BooleanField(help_text="As recorded; an ask in the 30 days before prompts as well.")
    favourable = serializers.BooleanField(allow_null=True)
    to_whom = serializers.CharField()
    channel = serializers.CharField(source="channel.slug", allow_null=True)
    evidence = serializers.CharField()
    words = serializers.CharField()


class AskShown(EntryShown):
    id = OpaqueId("ask")
    what = serializers.ChoiceField(choices=Ask.What.choices)
    words = serializers.CharField()


class ResponseShown(EntryShown):
    id = OpaqueId("rsp")
    score = serializers.IntegerField()
    words = serializers.CharField()


class SatisfactionShown(EntryShown):
    id = OpaqueId("sat")
    score = serializers.IntegerField()
    subject = serializers.ChoiceField(choices=Satisfaction.Subject.choices)
    purchase = serializers.SerializerMethodField()
    words = serializers.CharField()

    def get_purchase(self, entry: Satisfaction) -> str | None:
        return f"pur_{entry.purchase.uuid.hex}" if entry.purchase else None


class OpinionShown(EntryShown):
    id = OpaqueId("opn")
    question = serializers.ChoiceField(choices=Question.Topic.choices)
    words = serializers.CharField()


class ImportanceShown(EntryShown):
    id = OpaqueId("imp")
    matter = serializers.CharField()
    importance = serializers.IntegerField()
    words = serializers.CharField()


class StepShown(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=ComplaintStep.Kind.choices)
    occurred_at = serializers.DateTimeField()
    words = serializers.CharField()


class ComplaintShown(EntryShown):
    id = OpaqueId("cmp")
    severity = serializers.ChoiceField(choices=Severity.choices, source="graded", help_text="As it is graded by now.")
    due_day = DayField(source="due_by", help_text="The last day on which an answer is in time: the earliest that was promised.")
    owner = serializers.CharField(
        source="owner.username", default=None, allow_null=True, read_only=True, help_text="Who sees to it."
    )
    state = serializers.SerializerMethodField()
    words = serializers.CharField()
    is_open = serializers.BooleanField(help_text="Whether it waits for an answer.")
    steps = StepShown(many=True)

    @extend_schema_field(serializers.ChoiceField(choices=Complaint.State.choices))
    def get_state(self, entry: Complaint) -> str:
        return entry.state(day_of(timezone.now()))


class HostileActShown(EntryShown):
    id = OpaqueId("hos")
    audience = serializers.CharField()
    evidence = serializers.CharField()
    confirmed = serializers.BooleanField(help_text="Whether two people confirmed it. Until then it counts for nothing.")


class LeavingNoticeShown(EntryShown):
    id = OpaqueId("lvn")
    words = serializers.CharField()


class CompetitorConsideredShown(EntryShown):
    id = OpaqueId("cpt")
    competitor = serializers.CharField()
    words = serializers.CharField()
