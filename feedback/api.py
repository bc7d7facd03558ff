"""REST: what customers say. A hostile act is recorded here and confirmed by people, each signed in: a key is nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.exceptions import ParseError
from rest_framework.response import Response as Answer

from accounts.rest import Unprocessable, read_id, strict
from customers.days import day_of
from customers.rest import Endpoint, Entries, Step, purchase_called, read, saying, takes, visible_entries
from feedback import answering, handling, recording, remedying
from feedback.bodies import (
    AskBody,
    AskShown,
    CheckBody,
    CompetitorConsideredBody,
    CompetitorConsideredShown,
    ComplaintBody,
    ComplaintShown,
    GiveBody,
    GradeBody,
    HostileActBody,
    HostileActShown,
    ImportanceBody,
    ImportanceShown,
    LeavingNoticeBody,
    LeavingNoticeShown,
    RecommendationBody,
    RecommendationShown,
    RemedyBody,
    RemedyShown,
    ResponseBody,
    ResponseShown,
    SatisfactionBody,
    SatisfactionShown,
    StepBody,
)
from feedback.models import (
    Ask,
    CompetitorConsidered,
    Complaint,
    HostileAct,
    Importance,
    LeavingNotice,
    Recommendation,
    Remedy,
    Response,
    Satisfaction,
)

if TYPE_CHECKING:
    from rest_framework import serializers
    from rest_framework.request import Request


@takes(RecommendationBody, RecommendationShown)
class RecommendationList(Entries):
    serializer_class = RecommendationShown
    entries = Recommendation.objects.standing().select_related("channel")
    body, record = RecommendationBody, staticmethod(recording.record_recommendation)


@takes(AskBody, AskShown)
class AskList(Entries):
    """We asked them to tell others: what they tell in the 30 days after is prompted."""

    serializer_class = AskShown
    entries = Ask.objects.standing()
    body, record = AskBody, staticmethod(recording.record_ask)


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
        if "purchase" in said:
            said["purchase"] = purchase_called(said["customer"], said["source"].slug, said["purchase"])


@takes(ImportanceBody, ImportanceShown)
class ImportanceList(Entries):
    """What matters to customers, as they say it, 1 to 5."""

    serializer_class = ImportanceShown
    entries = Importance.objects.standing()
    body, record = ImportanceBody, staticmethod(recording.record_importance)


class Complaints(Endpoint):
    serializer_class = ComplaintShown
    entries: Any = Complaint.objects.standing().select_related("customer__owner").prefetch_related("steps__to")
    prefix = "cmp"


@takes(ComplaintBody, ComplaintShown)
class ComplaintList(Complaints, Entries):
    body, record = ComplaintBody, staticmethod(recording.record_complaint)

    @extend_schema(
        parameters=[OpenApiParameter("customer"), OpenApiParameter("which", enum=["open", "late", "unchecked", "all"])],
        responses=ComplaintShown(many=True),
    )
    def get(self, request: Request) -> Answer:
        asked = strict(request, "customer", "which")
        found = visible_entries(self.entries.told(), self.key(), asked)
        try:
            return self.listed(found.which(asked.get("which", "all"), day_of(timezone.now())), ComplaintShown)
        except KeyError:
            raise ParseError("which: it is open, late, unchecked or all.") from None


class ComplaintOne(Complaints):
    @extend_schema(responses=ComplaintShown)
    def get(self, request: Request, key: str) -> Answer:
        strict(request)
        found = visible_entries(self.entries, self.key(), {})
        return Answer(ComplaintShown(get_object_or_404(found, uuid=read_id(key, self.prefix))).data)


class ComplaintStepTaken(Complaints, Step):
    body: type[serializers.Serializer[Any]] = StepBody
    step: Any

    def take(self, entry: Complaint, said: dict[str, Any]) -> Complaint:
        saying(type(self).step, entry, at=timezone.now(), by=self.key(), **said)
        kept: Complaint = self.entries.get(pk=entry.pk)
        return kept


@extend_schema_view(post=extend_schema(request=StepBody, responses=ComplaintShown))
class ComplaintAnswer(ComplaintStepTaken):
    """The complaint was answered, and is no longer open from then on."""

    step = staticmethod(answering.answer)


@extend_schema_view(post=extend_schema(request=StepBody, responses=ComplaintShown))
class ComplaintReopening(ComplaintStepTaken):
    """The complaint was taken up again, and is open from then on."""

    step = staticmethod(answering.reopen)


@extend_schema_view(post=extend_schema(request=GradeBody, responses=ComplaintShown))
class ComplaintGrading(ComplaintStepTaken):
    """It is more or less severe than was thought. Of what was promised and what the new grade promises the earlier holds."""

    body, step = GradeBody, staticmethod(handling.regrade)


@extend_schema_view(post=extend_schema(request=CheckBody, responses=ComplaintShown))
class ComplaintCheck(ComplaintStepTaken):
    """The customer was asked whether all is well again."""

    body, step = CheckBody, staticmethod(handling.check)


@extend_schema_view(post=extend_schema(request=GiveBody, responses=ComplaintShown))
class ComplaintGiving(ComplaintStepTaken):
    """Somebody sees to it from now on."""

    body, step = GiveBody, staticmethod(handling.give)

    def take(self, entry: Complaint, said: dict[str, Any]) -> Complaint:
        to = next((user for user in handling.givable(entry) if user.username == said["to"]), None)
        if to is None:
            raise Unprocessable(f"Nobody called {said['to']} may work on it.", "/to")
        return super().take(entry, {**said, "to": to})


class RemedyList(Endpoint):
    """What should put a complaint right, asked for here and decided by people, each signed in; each post is a new one unless it has an id."""

    serializer_class = RemedyShown

    def complaint(self, key: str) -> Complaint:
        strict(self.request)
        found: Complaint = get_object_or_404(
            visible_entries(Complaints.entries, self.key(), {}), uuid=read_id(key, Complaints.prefix)
        )
        return found

    @extend_schema(responses=RemedyShown(many=True))
    def get(self, request: Request, key: str) -> Answer:
        return self.listed(Remedy.objects.filter(complaint=self.complaint(key)), RemedyShown)

    @extend_schema(request=RemedyBody, responses={200: RemedyShown, 201: RemedyShown})
    def post(self, request: Request, key: str) -> Answer:
        complaint, sent, now = self.complaint(key), read(RemedyBody, request), timezone.now()
        made = saying(remedying.propose, complaint, at=now, by=self.key(), key=sent.pop("id", None), **sent)
        code = status.HTTP_201_CREATED if made.asked_at == now else status.HTTP_200_OK
        return Answer(RemedyShown(made).data, status=code)


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
