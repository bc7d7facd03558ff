"""REST: editions of rules, trying a draft, publishing it and calling it back. Only for keys that may configure."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.response import Response

from accounts.auditing import note
from accounts.authentication import MayConfigure
from accounts.rest import Conflict, Unprocessable, strict
from customers.api import Endpoint, key_of, read
from customers.bodies import DayField
from ladder import backtesting, editions, simulated, simulating, trying
from ladder.api import one_of
from ladder.models import Backtest, Edition, Ladder, Simulation
from ladder.models.simulations import STATES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rest_framework.request import Request


CANCELLING = "It ends at once, or with the part it is at where somebody is at it; one that has ended stays."


class EditionShown(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    ladder = serializers.CharField(source="ladder.slug")
    number = serializers.IntegerField()
    state = serializers.SerializerMethodField()
    note = serializers.CharField()
    version = serializers.IntegerField(help_text="Counts what a draft said; who changes it says which one they read.")
    made_at = serializers.DateTimeField()
    published_at = serializers.DateTimeField(allow_null=True)
    first_day = serializers.DateField(allow_null=True, help_text="It judges from this day; null means from the first fact.")
    held_until = serializers.DateTimeField(allow_null=True, help_text="Until then it can be called back.")
    called_back_at = serializers.DateTimeField(allow_null=True)

    def get_state(self, edition: Edition) -> str:
        if edition.called_back_at:
            return "called_back"
        return "draft" if edition.is_draft else "published" if edition.begun_at else "to_come"


class EditionWhole(EditionShown):
    document = serializers.SerializerMethodField(help_text="The ladder as it travels: rungs, rules and numbers.")

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


class TrialBody(serializers.Serializer[Any]):
    edition = serializers.IntegerField()
    first_day = DayField(required=False, help_text="As if it judged from then; the last ranked day if left out.")


class ReportShown(serializers.Serializer[Any]):
    people = serializers.IntegerField()
    moved = serializers.IntegerField()
    matrix = serializers.DictField(source="slugs", help_text="From a rung, to a rung: how many, those who stay among them.")
    actions = serializers.IntegerField(help_text="Could be queued for those who move.")
    cancelled = serializers.IntegerField(help_text="Waiting actions that would be cancelled.")
    steps = serializers.DictField(child=serializers.IntegerField())
    held_back = serializers.DictField(child=serializers.IntegerField())
    money = serializers.DictField(child=serializers.CharField(), help_text="What those who move bought within a year.")


class TrialShown(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    edition = serializers.IntegerField(source="edition_id")
    day = serializers.DateField()
    first_day = serializers.DateField(allow_null=True)
    asked_at = serializers.DateTimeField()
    percent = serializers.IntegerField()
    state = serializers.ChoiceField(
        STATES,
        help_text="Of what failed three times the error tells why; ask again.",
    )
    error = serializers.CharField(help_text="What went wrong last; until it has failed it is tried again by itself.")
    finished_at = serializers.DateTimeField(allow_null=True)
    cancelled_at = serializers.DateTimeField(allow_null=True)
    report = serializers.SerializerMethodField()

    @extend_schema_field(ReportShown(allow_null=True))
    def get_report(self, of: Simulation) -> dict[str, Any] | None:
        """Of everybody, whatever the key's team; nobody is named in it."""
        return ReportShown(simulated.report(of)).data if of.is_completed else None


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
        return get_object_or_404(Edition.objects.select_related("ladder"), pk=pk)


class EditionList(Configuring):
    @extend_schema(parameters=[OpenApiParameter("ladder")], responses=EditionShown(many=True))
    def get(self, request: Request) -> Response:
        asked, found = strict(request, "ladder"), Edition.objects.select_related("ladder")
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
            editions.publish(edition, at=timezone.now(), first_day=said.get("first_day"), hold=hold, seen=said.get("version"))
        note(self.key(), "published", edition, edition=str(edition), first_day=str(edition.first_day or ""))
        return Response(EditionShown(edition).data)


class EditionCallBack(Configuring):
    @extend_schema(request=None, responses=EditionShown)
    def post(self, request: Request, pk: int) -> Response:
        strict(request)
        edition = self.edition(pk)
        editions.call_back(edition, at=timezone.now())
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


class TrialList(Configuring):
    serializer_class = TrialShown

    @extend_schema(
        request=TrialBody, responses={202: TrialShown}, description="Try a draft on everybody; ask again until it is finished."
    )
    def post(self, request: Request) -> Response:
        strict(request)
        said = read(TrialBody, request)
        draft = Edition.objects.drafts().select_related("ladder").filter(pk=said["edition"]).first()
        if draft is None:
            raise Unprocessable("There is no such draft.", "/edition")
        of = simulating.begin(draft, at=timezone.now(), first_day=said.get("first_day"))
        note(self.key(), "tried", draft, edition=str(draft))
        return Response(TrialShown(of).data, status=status.HTTP_202_ACCEPTED)


class BacktestBody(serializers.Serializer[Any]):
    edition = serializers.IntegerField(help_text="Any edition, a draft too; the one in force that day then stands beside it.")
    at = DayField(help_text="What is known by its end.")
    horizon = serializers.IntegerField(
        min_value=1, max_value=3650, help_text="How many days after it to look at; they must have come."
    )


class BacktestShown(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    edition = serializers.IntegerField(source="edition_id")
    at = serializers.DateField()
    horizon = serializers.IntegerField()
    asked_at = serializers.DateTimeField()
    percent = serializers.IntegerField()
    state = serializers.ChoiceField(
        STATES,
        help_text="Of what failed three times the error tells why; ask again.",
    )
    error = serializers.CharField(help_text="What went wrong last; until it has failed it begins again by itself.")
    finished_at = serializers.DateTimeField(allow_null=True)
    cancelled_at = serializers.DateTimeField(allow_null=True)
    report = serializers.DictField(help_text="As `backtest --json` tells it; empty until it is finished.")


class BacktestList(Configuring):
    serializer_class = BacktestShown

    @extend_schema(
        request=BacktestBody,
        responses={202: BacktestShown},
        description="Ask what came of where an edition would have put everybody on a past day; ask again until it is finished.",
    )
    def post(self, request: Request) -> Response:
        strict(request)
        said = read(BacktestBody, request)
        edition = Edition.objects.select_related("ladder").filter(pk=said.pop("edition")).first()
        if edition is None:
            raise Unprocessable("There is no such edition.", "/edition")
        of = backtesting.begin(edition, **said, now=timezone.now())
        note(self.key(), "backtested", edition, edition=str(edition))
        return Response(BacktestShown(of).data, status=status.HTTP_202_ACCEPTED)


class BacktestOne(Configuring):
    serializer_class = BacktestShown

    @extend_schema(responses=BacktestShown)
    def get(self, request: Request, pk: int) -> Response:
        strict(request)
        return Response(BacktestShown(get_object_or_404(Backtest, pk=pk)).data)


class BacktestCancelling(Configuring):
    serializer_class = BacktestShown

    @extend_schema(request=None, responses=BacktestShown, description=CANCELLING)
    def post(self, request: Request, pk: int) -> Response:
        strict(request)
        of = get_object_or_404(Backtest, pk=pk)
        trying.cancel(of, at=timezone.now())
        return Response(BacktestShown(of).data)


class TrialOne(Configuring):
    serializer_class = TrialShown

    @extend_schema(responses=TrialShown)
    def get(self, request: Request, pk: int) -> Response:
        strict(request)
        return Response(TrialShown(get_object_or_404(Simulation.objects.select_related("edition__ladder"), pk=pk)).data)


class TrialCancelling(Configuring):
    serializer_class = TrialShown

    @extend_schema(request=None, responses=TrialShown, description=CANCELLING)
    def post(self, request: Request, pk: int) -> Response:
        strict(request)
        of = get_object_or_404(Simulation.objects.select_related("edition__ladder"), pk=pk)
        trying.cancel(of, at=timezone.now())
        return Response(TrialShown(of).data)
