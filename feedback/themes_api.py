"""REST: themes, our failures, suggestions, notes. What concerns customers of every team takes a key that may configure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import status
from rest_framework.permissions import SAFE_METHODS
from rest_framework.response import Response

from accounts.authentication import MayConfigure, MayUse
from accounts.rest import Unprocessable, read_id, strict
from customers.days import day_of
from customers.models import Customer, Source
from customers.rest import Endpoint, customer_called, read, saying
from feedback import canvassing, failing, gathering, sampling, suggesting
from feedback.heard import seen
from feedback.models import Failure, Invitation, Message, Sample, SampleMember, Suggestion, Theme
from feedback.themes_bodies import (
    AnswerBody,
    FailureBody,
    FailureShown,
    GatheredShown,
    GatheringBody,
    MemberShown,
    NoteBody,
    NoteShown,
    SampleBody,
    SampleInvited,
    SampleShown,
    SuggestionAnswerBody,
    SuggestionBody,
    SuggestionShown,
    SupportBody,
    ThemeShown,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rest_framework.permissions import BasePermission
    from rest_framework.request import Request

KINDS = {"cmp": "complaint", "rsp": "response", "sat": "satisfaction", "sug": "suggestion", "msg": "message"}


class OfEveryTeam(Endpoint):  # its docstring would describe each of its operations
    def get_permissions(self) -> list[BasePermission]:
        return [MayUse() if self.request.method in SAFE_METHODS else MayConfigure()]


class ThemeList(Endpoint):
    serializer_class = ThemeShown

    @extend_schema(responses=ThemeShown(many=True))
    def get(self, request: Request) -> Response:
        strict(request)
        return self.listed(Theme.objects.all(), ThemeShown)


class ThemeOne(Endpoint):
    serializer_class = ThemeShown

    def get(self, request: Request, slug: str) -> Response:
        strict(request)
        return Response(ThemeShown(get_object_or_404(Theme, slug=slug)).data)


class ThemeGathering(Endpoint):
    serializer_class = GatheredShown

    @extend_schema(request=GatheringBody, responses=GatheredShown, description="Put what was said into the theme, each once.")
    def post(self, request: Request, slug: str) -> Response:
        strict(request)
        theme, sent = get_object_or_404(Theme, slug=slug), read(GatheringBody, request)
        said = [self.said(place, key) for place, key in enumerate(sent["said"])]
        return Response({"gathered": gathering.gather(theme, said, at=timezone.now(), by=self.key())})

    def said(self, place: int, key: str) -> Any:
        kind = KINDS.get(key.partition("_")[0])
        found = seen(kind, self.key()).filter(uuid=read_id(key, key.partition("_")[0])).first() if kind else None
        if found is None:
            raise Unprocessable(f"There is no {key}.", f"/said/{place}")
        return found


class SampleList(OfEveryTeam):
    serializer_class = SampleShown

    @extend_schema(responses=SampleShown(many=True), description="What was drawn for a theme so far.")
    def get(self, request: Request, slug: str) -> Response:
        strict(request)
        return self.listed(get_object_or_404(Theme, slug=slug).samples.all(), SampleShown)

    @extend_schema(request=SampleBody, responses={201: SampleShown}, description="Draw some of the silent by chance.")
    def post(self, request: Request, slug: str) -> Response:
        strict(request)
        theme, now = get_object_or_404(Theme, slug=slug), timezone.now()
        sample = saying(sampling.draw, theme, read(SampleBody, request)["size"], on=day_of(now), at=now, by=self.key())
        return Response(SampleShown(sample).data, status=status.HTTP_201_CREATED)


class SampleInviting(OfEveryTeam):
    serializer_class = SampleInvited

    @extend_schema(
        request=None,
        responses=SampleInvited,
        description="Invite those of a sample who were not asked yet; each link is told this once.",
    )
    def post(self, request: Request, slug: str, pk: int) -> Response:
        strict(request)
        sample = get_object_or_404(Sample.objects.select_related("theme", "survey"), pk=pk, theme__slug=slug)
        outcome = saying(canvassing.canvass, sample, way=Invitation.Way.LINK, at=timezone.now(), by=self.key())
        return Response(SampleInvited(outcome, context={"request": request}).data)


class Members(Endpoint):
    serializer_class = MemberShown

    def members(self) -> Any:
        return SampleMember.objects.filter(customer__in=Customer.objects.visible_to(self.key())).select_related("customer")


class MemberList(Members):
    @extend_schema(responses=MemberShown(many=True), description="Who was drawn by chance, as far as the key sees them.")
    def get(self, request: Request, slug: str) -> Response:
        strict(request)
        theme = get_object_or_404(Theme, slug=slug)
        return self.listed(self.members().filter(sample__theme=theme), MemberShown)


class MemberAnswer(Members):
    @extend_schema(
        request=AnswerBody, responses=MemberShown, description="They were asked whether they feel the same, or answered."
    )
    def post(self, request: Request, key: str) -> Response:
        strict(request)
        member, now = get_object_or_404(self.members(), uuid=read_id(key, "mem")), timezone.now()
        if (agrees := read(AnswerBody, request)["agrees"]) is None:
            sampling.ask(member, at=now)
        else:
            saying(sampling.answer, member, agrees, at=now, by=self.key())
        member.refresh_from_db()
        return Response(MemberShown(member).data)


class FailureList(OfEveryTeam):
    serializer_class = FailureShown

    @extend_schema(responses=FailureShown(many=True))
    def get(self, request: Request) -> Response:
        strict(request)
        return self.listed(Failure.objects.all(), FailureShown)

    @extend_schema(
        request=FailureBody, responses={201: FailureShown}, description="Record what went wrong, and find everyone affected."
    )
    def post(self, request: Request) -> Response:
        strict(request)
        sent = read(FailureBody, request)
        with transaction.atomic():
            failure = self.recorded(sent)
        return Response(FailureShown(failure).data, status=status.HTTP_201_CREATED)

    def recorded(self, sent: dict[str, Any]) -> Failure:
        by, orders, source = sent.pop("found_by"), sent.pop("orders"), sent.pop("source", "")
        now = timezone.now()
        failure = failing.record(**sent, at=now, by=self.key())
        if by == "orders":
            self.affect(failure, source, orders)
        else:
            (failing.affect_late if by == "late" else failing.affect_buyers)(failure, at=now)
        return failure

    def affect(self, failure: Failure, source: str, orders: Iterable[str]) -> None:
        found = Source.objects.filter(slug=source).first()
        if found is None:
            raise Unprocessable(f"There is no source {source}.", "/source")
        try:
            failing.affect_orders(failure, found, list(orders), at=timezone.now())
        except failing.Unfound as error:
            raise Unprocessable(str(error), "/orders") from None


class Spoken(Endpoint):  # no docstring either
    entries: Any

    def visible(self) -> Any:
        return self.entries.visible_to(self.key()).select_related("customer", "channel")

    def get(self, request: Request) -> Response:
        strict(request)
        return self.listed(self.visible(), self.get_serializer_class())

    def heard(self, body: Any, request: Request) -> dict[str, Any]:
        strict(request)
        said = read(body, request)
        said["customer"] = customer_called(request, said["customer"]) if "customer" in said else None
        return said


@extend_schema_view(
    get=extend_schema(responses=NoteShown(many=True)), post=extend_schema(request=NoteBody, responses={201: NoteShown})
)
class NoteList(Spoken):
    """What was said that is nothing else; each post is a new note."""

    serializer_class, entries = NoteShown, Message.objects.all()

    def post(self, request: Request) -> Response:
        with transaction.atomic():
            made = Message.objects.create(**self.heard(NoteBody, request), recorded_at=timezone.now())
        return Response(NoteShown(made).data, status=status.HTTP_201_CREATED)


@extend_schema_view(
    get=extend_schema(responses=SuggestionShown(many=True)),
    post=extend_schema(request=SuggestionBody, responses={201: SuggestionShown}),
)
class SuggestionList(Spoken):
    """Ideas of customers; each post is a new one, and whoever else wants it supports it."""

    serializer_class, entries = SuggestionShown, Suggestion.objects.all()

    def post(self, request: Request) -> Response:
        with transaction.atomic():
            made = suggesting.suggest(**self.heard(SuggestionBody, request), at=timezone.now(), by=self.key())
        return Response(SuggestionShown(made).data, status=status.HTTP_201_CREATED)


class SuggestionSupport(Endpoint):
    serializer_class = SuggestionShown

    @extend_schema(request=SupportBody, responses=SuggestionShown, description="A customer wants it too; again changes nothing.")
    def post(self, request: Request, key: str) -> Response:
        strict(request)
        found = get_object_or_404(Suggestion.objects.visible_to(self.key()), uuid=read_id(key, "sug"))
        with transaction.atomic():
            suggesting.support(found, customer_called(request, read(SupportBody, request)["customer"]), at=timezone.now())
        return Response(SuggestionShown(found).data)


class SuggestionAnswer(Endpoint):
    serializer_class = SuggestionShown

    @extend_schema(
        request=SuggestionAnswerBody,
        responses=SuggestionShown,
        description="What becomes of it; built or declined, everyone who wants it is told.",
    )
    def post(self, request: Request, key: str) -> Response:
        strict(request)
        found = get_object_or_404(Suggestion.objects.visible_to(self.key()), uuid=read_id(key, "sug"))
        sent = read(SuggestionAnswerBody, request)
        saying(suggesting.answer, found, sent["state"], sent["answer"], at=timezone.now(), by=self.key())
        found.refresh_from_db()
        return Response(SuggestionShown(found).data)
