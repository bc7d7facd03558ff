"""REST: what customers say. A hostile act is recorded here and confirmed by people, each signed in: a key is nobody."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view

from accounts.rest import Unprocessable
from customers.api import Endpoint, Entries, Step, saying, takes
from customers.models import Purchase
from feedback import answering, recording
from feedback.bodies import (
    CompetitorConsideredBody,
    CompetitorConsideredShown,
    ComplaintBody,
    ComplaintShown,
    HostileActBody,
    HostileActShown,
    LeavingNoticeBody,
    LeavingNoticeShown,
    RecommendationBody,
    RecommendationShown,
    ResponseBody,
    ResponseShown,
    SatisfactionBody,
    SatisfactionShown,
    StepBody,
)
from feedback.models import CompetitorConsidered, Complaint, HostileAct, LeavingNotice, Recommendation, Response, Satisfaction


@takes(RecommendationBody, RecommendationShown)
class RecommendationList(Entries):
    serializer_class = RecommendationShown
    entries = Recommendation.objects.standing()
    body, record = RecommendationBody, staticmethod(recording.record_recommendation)


@takes(ResponseBody, ResponseShown)
class ResponseList(Entries):
    serializer_class = ResponseShown
    entries = Response.objects.standing()
    body, record = ResponseBody, staticmethod(recording.record_response)


@takes(SatisfactionBody, SatisfactionShown)
class SatisfactionList(Entries):
    serializer_class = SatisfactionShown
    entries = Satisfaction.objects.standing().select_related("purchase")
    body, record = SatisfactionBody, staticmethod(recording.record_satisfaction)

    def look_up(self, said: dict[str, Any]) -> None:
        if "purchase" not in said:
            return
        purchases = Purchase.objects.standing().filter(source=said["source"], customer=said["customer"])
        if (found := purchases.filter(external_id=said["purchase"]).first()) is None:
            raise Unprocessable(f"They have no purchase {said['purchase']} at {said['source']}.", "/purchase")
        said["purchase"] = found


class Complaints(Endpoint):
    serializer_class = ComplaintShown
    entries, prefix = Complaint.objects.standing().prefetch_related("steps"), "cmp"


@takes(ComplaintBody, ComplaintShown)
class ComplaintList(Complaints, Entries):
    body, record = ComplaintBody, staticmethod(recording.record_complaint)


class ComplaintStepTaken(Complaints, Step):
    body = StepBody
    step: Any

    def take(self, entry: Complaint, said: dict[str, Any]) -> Complaint:
        saying(type(self).step, entry, at=timezone.now(), by=self.key(), **said)
        entry.refresh_from_db()
        return entry


@extend_schema_view(post=extend_schema(request=StepBody, responses=ComplaintShown))
class ComplaintAnswer(ComplaintStepTaken):
    """The complaint was answered, and is no longer open from then on."""

    step = staticmethod(answering.answer)


@extend_schema_view(post=extend_schema(request=StepBody, responses=ComplaintShown))
class ComplaintReopening(ComplaintStepTaken):
    """The complaint was taken up again, and is open from then on."""

    step = staticmethod(answering.reopen)


@takes(HostileActBody, HostileActShown)
class HostileActList(Entries):
    """It counts once two people confirmed it, each signed in to the application; a key confirms nothing."""

    serializer_class = HostileActShown
    entries = HostileAct.objects.standing()
    body, record = HostileActBody, staticmethod(recording.record_hostile_act)


@takes(LeavingNoticeBody, LeavingNoticeShown)
class LeavingNoticeList(Entries):
    serializer_class = LeavingNoticeShown
    entries = LeavingNotice.objects.standing()
    body, record = LeavingNoticeBody, staticmethod(recording.record_leaving_notice)


@takes(CompetitorConsideredBody, CompetitorConsideredShown)
class CompetitorConsideredList(Entries):
    serializer_class = CompetitorConsideredShown
    entries = CompetitorConsidered.objects.standing()
    body, record = CompetitorConsideredBody, staticmethod(recording.record_competitor)
