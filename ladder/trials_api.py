"""REST: what a draft would change, and what came of where an edition would have put everybody. Only for keys that may configure.

Both are long work: asked for (202), looked at again until they are finished, and called off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.response import Response

from accounts.auditing import note
from accounts.authentication import MayConfigure, MayUse
from accounts.rest import OpaqueId, Unprocessable, strict
from customers.bodies import DayField
from customers.rest import read
from ladder import backtesting, simulated, simulating, trying
from ladder.editions_api import Configuring
from ladder.models import Backtest, Edition, Simulation
from ladder.models.simulations import STATES

if TYPE_CHECKING:
    from rest_framework.request import Request

CANCELLING = "It ends at once, or with the part it is at where somebody is at it; one that has ended stays."


class TrialBody(serializers.Serializer[Any]):
    edition = serializers.IntegerField()
    first_day = DayField(required=False, help_text="As if it judged from then, today at most; the last ranked day if left out.")


class BacktestBody(serializers.Serializer[Any]):
    edition = serializers.IntegerField(help_text="Any edition, a draft too; the one in force that day then stands beside it.")
    at = DayField(help_text="What is known by its end.")
    horizon = serializers.IntegerField(
        min_value=1, max_value=3650, help_text="How many days after it to look at; they must have come."
    )


class LoadShown(serializers.Serializer[Any]):
    owner = serializers.CharField(allow_null=True, help_text="Their user name; null: of customers without an owner.")
    actions = serializers.IntegerField()


class ReportShown(serializers.Serializer[Any]):
    people = serializers.IntegerField()
    moved = serializers.IntegerField()
    matrix = serializers.DictField(source="slugs", help_text="From a rung, to a rung: how many, those who stay among them.")
    actions = serializers.IntegerField(
        help_text="Could be queued for those who move, on the ladder's page or by `rank --queue`; publishing queues none."
    )
    cancelled = serializers.IntegerField(help_text="Waiting actions that would be cancelled.")
    steps = serializers.DictField(child=serializers.IntegerField(), help_text="These actions by the name of their step.")
    held_back = serializers.DictField(child=serializers.IntegerField(), help_text="What is not queued, by the first reason.")
    load = LoadShown(many=True, source="loads", help_text="To whom these actions would fall, the most first.")
    money = serializers.DictField(child=serializers.CharField(), help_text="What those who move bought within a year.")


class MoveShown(serializers.Serializer[Any]):
    """Somebody who would stand on another rung."""

    customer = OpaqueId("cus", source="customer.uuid")
    name = serializers.CharField(source="customer.name")
    before = serializers.CharField(source="before.slug", default=None, allow_null=True, help_text="Null is no rung at all.")
    after = serializers.CharField(source="after.slug", default=None, allow_null=True, help_text="Null is no rung at all.")
    since = serializers.DateField(allow_null=True)
    why = serializers.CharField(help_text="Told of some of each pair of rungs; else empty.")


class AskedShown(serializers.Serializer[Any]):
    """Work that somebody asked for, as far as it has come."""

    id = serializers.IntegerField()
    edition = serializers.IntegerField(source="edition_id")
    asked_at = serializers.DateTimeField()
    percent = serializers.IntegerField()
    state = serializers.ChoiceField(STATES, help_text="Of what failed three times the error tells why; ask again.")
    error = serializers.CharField(help_text="What went wrong last; until it has failed it is tried again by itself.")
    finished_at = serializers.DateTimeField(allow_null=True)
    cancelled_at = serializers.DateTimeField(allow_null=True)


class TrialShown(AskedShown):
    day = serializers.DateField()
    first_day = serializers.DateField(allow_null=True)
    report = serializers.SerializerMethodField()

    @extend_schema_field(ReportShown(allow_null=True))
    def get_report(self, of: Simulation) -> dict[str, Any] | None:
        """Of everybody, whatever the key's team; no customer is named in it."""
        return ReportShown(simulated.report(of)).data if of.is_completed else None


class BacktestShown(AskedShown):
    at = serializers.DateField()
    horizon = serializers.IntegerField()
    report = serializers.DictField(help_text="As `backtest --json` tells it; empty until it is finished.")


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


class TrialOne(Configuring):
    serializer_class = TrialShown

    @extend_schema(responses=TrialShown)
    def get(self, request: Request, pk: int) -> Response:
        strict(request)
        return Response(TrialShown(get_object_or_404(Simulation.objects.select_related("edition__ladder"), pk=pk)).data)


class TrialMoves(Configuring):
    permission_classes = [MayUse, MayConfigure]  # they are customers
    serializer_class = MoveShown

    @extend_schema(responses=MoveShown(many=True), description="Who would move and why, of the customers this key sees.")
    def get(self, request: Request, pk: int) -> Response:
        strict(request)
        of = get_object_or_404(Simulation, pk=pk)
        return self.listed(of.moves.visible_to(self.key()).select_related("customer", "before", "after"), MoveShown)


class TrialCancelling(Configuring):
    serializer_class = TrialShown

    @extend_schema(request=None, responses=TrialShown, description=CANCELLING)
    def post(self, request: Request, pk: int) -> Response:
        strict(request)
        of = get_object_or_404(Simulation.objects.select_related("edition__ladder"), pk=pk)
        trying.cancel(of, at=timezone.now())
        return Response(TrialShown(of).data)


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
