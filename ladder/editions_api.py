"""REST: editions of rules, publishing one and calling it back. Only for keys that may configure."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.response import Response

from accounts.auditing import note
from accounts.authentication import MayConfigure
from accounts.rest import Conflict, strict
from customers.bodies import DayField
from customers.rest import Endpoint, key_of, read
from ladder import choosing, editions, reigns
from ladder.api import one_of
from ladder.models import Edition, Ladder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rest_framework.request import Request


class EditionShown(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    ladder = serializers.CharField(source="ladder.slug")
    number = serializers.IntegerField()
    state = serializers.SerializerMethodField()
    note = serializers.CharField()
    version = serializers.IntegerField(help_text="Counts what a draft said; who changes it says which one they read.")
    made_at = serializers.DateTimeField()
    made_by = serializers.CharField(source="author")
    published_at = serializers.DateTimeField(allow_null=True)
    published_by = serializers.CharField(source="publisher", allow_null=True)
    first_day = serializers.DateField(allow_null=True, help_text="It judges from this day; null means from the first fact.")
    held_until = serializers.DateTimeField(allow_null=True, help_text="Until then it can be called back.")
    called_back_at = serializers.DateTimeField(allow_null=True)
    called_back_by = serializers.CharField(source="recaller", allow_null=True)

    @extend_schema_field(serializers.ChoiceField(choices=reigns.STATES))
    def get_state(self, edition: Edition) -> str:
        return reigns.state(edition, self.live.get(edition.ladder_id))

    @cached_property
    def live(self) -> dict[int, Edition]:
        """Of all ladders: asked once for a whole list."""
        return reigns.begun_last()


class EditionWhole(EditionShown):
    document = serializers.SerializerMethodField(help_text="The ladder as it travels: rungs, rules, numbers and note.")
    warnings = serializers.SerializerMethodField(help_text="What its rules ask about that does not exist: a tag, a channel.")

    def get_warnings(self, edition: Edition) -> list[str]:
        return choosing.warnings(edition)

    def get_document(self, edition: Edition) -> dict[str, Any]:
        return editions.document(edition)


class DocumentBody(serializers.Serializer[Any]):
    ladder = serializers.SlugField()
    name = serializers.CharField(max_length=100)
    numbers = serializers.DictField(child=serializers.IntegerField(), required=False)
    rungs = serializers.ListField(child=serializers.DictField())
    note = serializers.CharField(max_length=300, required=False)


class RevisionBody(DocumentBody):
    version = serializers.IntegerField(
        min_value=1, required=False, help_text="The version that was read: 409 if the draft says something else by now."
    )


class PublishBody(serializers.Serializer[Any]):
    first_day = DayField(
        required=False,
        help_text="Today if left out; a past day judges the days from it on again, a day to come within a year begins then.",
    )
    hold_hours = serializers.IntegerField(
        min_value=0, max_value=720, required=False, help_text="As the ladder says, if left out."
    )
    version = serializers.IntegerField(min_value=1, required=False, help_text="The version that was read and is meant.")


@contextmanager
def as_conflict() -> Iterator[None]:
    """Who was overtaken by somebody else's change gets 409."""
    try:
        yield
    except editions.Overtaken as error:
        raise Conflict(" ".join(error.messages)) from None


class Configuring(Endpoint):
    permission_classes = [MayConfigure]
    serializer_class: type[serializers.Serializer[Any]] = EditionShown

    def edition(self, pk: int) -> Edition:
        return get_object_or_404(Edition.objects.told(), pk=pk)


class EditionList(Configuring):
    @extend_schema(parameters=[OpenApiParameter("ladder")], responses=EditionShown(many=True))
    def get(self, request: Request) -> Response:
        asked, found = strict(request, "ladder"), Edition.objects.told()
        if "ladder" in asked:
            found = found.filter(ladder=one_of(Ladder.objects.all(), "ladder", asked["ladder"]))
        return self.listed(found, EditionShown)

    @extend_schema(request=DocumentBody, responses={201: EditionWhole}, description="A new draft; it judges nobody.")
    def post(self, request: Request) -> Response:
        strict(request)
        draft = editions.draft(request.data, by=key_of(request))
        note(self.key(), "drafted", draft, edition=str(draft))
        return Response(EditionWhole(draft).data, status=status.HTTP_201_CREATED)


class EditionOne(Configuring):
    @extend_schema(responses=EditionWhole)
    def get(self, request: Request, pk: int) -> Response:
        strict(request)
        return Response(EditionWhole(self.edition(pk)).data)

    @extend_schema(request=RevisionBody, responses=EditionWhole, description="Let a draft say something else.")
    def put(self, request: Request, pk: int) -> Response:
        strict(request)
        draft, seen = self.edition(pk), read(RevisionBody, request).get("version")
        draft.refuse_published()
        document = {name: said for name, said in dict(request.data).items() if name != "version"}
        with as_conflict():
            editions.revise(draft, document, by=key_of(request), seen=seen)
        note(self.key(), "revised", draft, edition=str(draft))
        return Response(EditionWhole(self.edition(pk)).data)

    @extend_schema(
        parameters=[OpenApiParameter("version", int, description="The version that was read and is meant.")],
        responses={204: None}, description="Let a draft go, with the rungs and the ladder that nothing else speaks of.",
    )  # fmt: skip
    def delete(self, request: Request, pk: int) -> Response:
        asked, draft = strict(request, "version"), self.edition(pk)
        seen = serializers.IntegerField(min_value=1).run_validation(asked["version"]) if "version" in asked else None
        draft.refuse_published()
        with as_conflict(), transaction.atomic():
            note(self.key(), "discarded", draft, edition=str(draft), document=editions.document(draft))
            editions.discard(draft, seen=seen)
        return Response(status=status.HTTP_204_NO_CONTENT)


class EditionPublication(Configuring):
    @extend_schema(request=PublishBody, responses=EditionShown)
    def post(self, request: Request, pk: int) -> Response:
        strict(request)
        edition, said = self.edition(pk), read(PublishBody, request)
        if not edition.is_draft:
            raise Conflict("It is published already.")
        hold = timedelta(hours=said.get("hold_hours", edition.ladder.hold_hours))
        with as_conflict():
            editions.publish(
                edition, at=timezone.now(), by=self.key(), first_day=said.get("first_day"), hold=hold, seen=said.get("version")
            )
        note(self.key(), "published", edition, edition=str(edition), first_day=str(edition.first_day or ""))
        return Response(EditionShown(edition).data)


class EditionCallBack(Configuring):
    @extend_schema(request=None, responses=EditionShown)
    def post(self, request: Request, pk: int) -> Response:
        strict(request)
        edition = self.edition(pk)
        editions.call_back(edition, at=timezone.now(), by=self.key())
        note(self.key(), "called back", edition, edition=str(edition))
        return Response(EditionShown(edition).data)


class EditionKeeping(Configuring):
    @extend_schema(request=None, responses=EditionShown, description="End the time in which it can be called back.")
    def post(self, request: Request, pk: int) -> Response:
        strict(request)
        edition = self.edition(pk)
        editions.keep(edition, at=timezone.now())
        note(self.key(), "kept", edition, edition=str(edition))
        return Response(EditionShown(edition).data)
