"""REST: runs of the ranking. Only for keys that may configure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response

from accounts.auditing import note
from accounts.rest import Conflict, strict
from ladder import running
from ladder.editions_api import Configuring
from ladder.models import Run

if TYPE_CHECKING:
    from rest_framework.request import Request


class RunShown(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    kind = serializers.ChoiceField(Run.Kind.choices)
    day = serializers.DateField(help_text="Everybody is ranked up to its end.")
    started_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    cancelled_at = serializers.DateTimeField(allow_null=True, help_text="It may be resumed.")
    parts = serializers.IntegerField(source="chunks")
    done = serializers.IntegerField()
    judged = serializers.IntegerField()
    moved = serializers.IntegerField()
    actions = serializers.IntegerField()
    failed = serializers.IntegerField(help_text="Parts that could not be ranked; the next run tries them again.")
    quarantined = serializers.IntegerField(help_text="Customers on whose facts the rules fail.")
    error = serializers.CharField()


class RunList(Configuring):
    serializer_class = RunShown

    @extend_schema(responses=RunShown(many=True))
    def get(self, request: Request) -> Response:
        strict(request)
        return self.listed(Run.objects.all(), RunShown)

    @extend_schema(
        request=None, responses={202: RunShown}, description="Rank who is stale or due; ask again until it is finished."
    )
    def post(self, request: Request) -> Response:
        strict(request)
        run = running.ask(at=timezone.now())
        if run is None:
            raise Conflict("A run goes on already.")
        note(self.key(), "asked for", run, run=str(run))
        return Response(RunShown(run).data, status=status.HTTP_202_ACCEPTED)


class RunOne(Configuring):
    serializer_class = RunShown

    @extend_schema(responses=RunShown)
    def get(self, request: Request, pk: int) -> Response:
        strict(request)
        return Response(RunShown(get_object_or_404(Run, pk=pk)).data)


class RunCancelling(Configuring):
    serializer_class = RunShown

    @extend_schema(request=None, responses=RunShown, description="It ends with the part it is at; one that has ended stays.")
    def post(self, request: Request, pk: int) -> Response:
        strict(request)
        run = get_object_or_404(Run, pk=pk)
        if running.cancel(run, at=timezone.now()):
            note(self.key(), "cancelled", run, run=str(run))
        run.refresh_from_db()
        return Response(RunShown(run).data)


class RunResuming(Configuring):
    serializer_class = RunShown

    @extend_schema(request=None, responses=RunShown, description="A cancelled run goes on; one that was not stays.")
    def post(self, request: Request, pk: int) -> Response:
        strict(request)
        run = get_object_or_404(Run, pk=pk)
        if running.resume(run, at=timezone.now()):
            note(self.key(), "resumed", run, run=str(run))
        run.refresh_from_db()
        return Response(RunShown(run).data)
