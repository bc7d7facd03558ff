"""What REST takes and gives of what customers say: the bodies of requests and answers."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from accounts.rest import Instant, OpaqueId
from customers.bodies import DayField, EntryShown, FactBody
from feedback.models import ComplaintStep, Question, Recommendation, Satisfaction

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
    to_whom = serializers.CharField(max_length=200, required=False, default="")
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


class ComplaintBody(FactBody):
    words = serializers.CharField(**WORDS)
    due_day = DayField(
        required=False, help_text="The last day on which an answer is in time; 14 days after the complaint if left out."
    )


class StepBody(serializers.Serializer[Any]):
    """When a complaint was answered or reopened, after it was received; the same again changes nothing."""

    occurred_at = Instant()
    words = serializers.CharField(**WORDS)


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
    prompted = serializers.BooleanField()
    to_whom = serializers.CharField()
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


class StepShown(serializers.Serializer[Any]):
    kind = serializers.ChoiceField(choices=ComplaintStep.Kind.choices)
    occurred_at = serializers.DateTimeField()
    words = serializers.CharField()


class ComplaintShown(EntryShown):
    id = OpaqueId("cmp")
    due_day = DayField()
    words = serializers.CharField()
    is_open = serializers.BooleanField(help_text="Whether it waits for an answer.")
    steps = StepShown(many=True)


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
