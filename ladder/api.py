"""REST: ladders and their rungs, where customers stand and how they moved, actions."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.response import Response

from accounts.auditing import note
from accounts.rest import Conflict, Instant, OpaqueId, read_id, strict
from customers import days
from customers.api import Endpoint
from customers.models import Customer
from ladder import acting, explaining, reigns, standings
from ladder.models import Action, Ladder, Override, Placement, Rung
from ladder.models.actions import State

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet
    from rest_framework.request import Request

AS_OF = OpenApiParameter("as_of", OpenApiTypes.DATE, description="The fold as of the end of this day; without it, as stored.")
DAY_ERROR = "“{}” is not a date like 2026-01-31."


class RungShown(serializers.Serializer[Any]):
    rung = serializers.CharField()
    name = serializers.CharField()
    side = serializers.BooleanField()
    count = serializers.IntegerField()


class EvidenceShown(serializers.Serializer[Any]):
    fact = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    value = serializers.JSONField()
    needed = serializers.CharField()
    holds = serializers.BooleanField()
    sources = serializers.ListField(child=serializers.CharField())


class NextShown(serializers.Serializer[Any]):
    up = serializers.ListField(child=serializers.CharField())
    falls_on = serializers.DateField(allow_null=True)
    falls_to = serializers.CharField(allow_null=True)


class OverrideInForce(serializers.Serializer[Any]):
    """What somebody says in the rules' place, and the rung that the rules would say."""

    id = serializers.CharField()
    how = serializers.ChoiceField(Override.How.choices)
    rung = serializers.CharField()
    reason = serializers.CharField()
    by = serializers.CharField()
    since = serializers.DateField()
    until = serializers.DateField()
    rules_say = serializers.CharField()


class ExplanationShown(serializers.Serializer[Any]):
    ladder = serializers.CharField()
    rung = serializers.CharField()
    since = serializers.DateField()
    why = serializers.CharField()
    evidence = EvidenceShown(many=True)
    next = NextShown()
    edition = serializers.IntegerField()
    override = OverrideInForce(allow_null=True)
    inactive = serializers.BooleanField(help_text="Bought, and silent for longer than is usual for them, whatever the rung.")


class PlacementShown(serializers.Serializer[Any]):
    customer = serializers.SerializerMethodField()
    ladder = serializers.CharField(source="ladder.slug")
    rung = serializers.CharField(source="rung.slug")
    since = serializers.DateField()
    until = serializers.DateField(allow_null=True)
    edition = serializers.IntegerField(source="edition.number")
    recorded_at = serializers.DateTimeField()
    override = OpaqueId(
        "ovr", source="override.uuid", allow_null=True, help_text="The one that holds at its end; now, if it goes on."
    )
    inactive = serializers.BooleanField(
        allow_null=True,
        help_text="Bought, and silent for longer than is usual for them, whatever the rung; null of one that ended.",
    )

    def get_customer(self, placement: Placement) -> str:
        return f"cus_{placement.customer.uuid.hex}"


class ActionShown(serializers.Serializer[Any]):
    id = OpaqueId("act")
    customer = serializers.SerializerMethodField()
    programme = serializers.CharField(source="step.programme.slug")
    step = serializers.CharField(source="step.slug")
    name = serializers.CharField(source="step.name")
    reason = serializers.CharField()
    words = serializers.CharField()
    state = serializers.ChoiceField(State.choices)
    state_reason = serializers.CharField()
    due_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    answer = serializers.IntegerField(allow_null=True)

    def get_customer(self, action: Action) -> str:
        return f"cus_{action.customer.uuid.hex}"


class DoneBody(serializers.Serializer[Any]):
    answer = serializers.IntegerField(min_value=1, max_value=5, required=False, allow_null=True, default=None)
    note = serializers.CharField(max_length=5000, required=False, allow_blank=True, default="")


class SnoozeBody(serializers.Serializer[Any]):
    until = Instant()


class DismissBody(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


def day_asked(asked: dict[str, str], name: str) -> date | None:
    try:
        return date.fromisoformat(asked[name]) if name in asked else None
    except ValueError:
        raise exceptions.ParseError(f"{name}: {DAY_ERROR.format(asked[name][:40])}") from None


def one_of(known: QuerySet[Any], name: str, slug: str) -> Any:
    """The one that a query parameter names; 400 says which there are."""
    found = known.filter(slug=slug).first()
    if found is None:
        there = ", ".join(known.order_by("slug").values_list("slug", flat=True).distinct())
        raise exceptions.ParseError(f"{name}: “{slug[:40]}” is none; there are {there or 'none yet'}.")
    return found


class RungList(Endpoint):
    serializer_class = RungShown

    @extend_schema(responses=RungShown(many=True))
    def get(self, request: Request, slug: str) -> Response:
        strict(request)
        ladder = get_object_or_404(Ladder, slug=slug)
        edition = standings.in_force_now(ladder, days.day_of(timezone.now()))
        counts = standings.counts(ladder, self.key())
        known = standings.stands(edition) if edition else {}
        rows = [{"rung": s.slug, "name": s.name, "side": s.side, "count": counts.get(pk, 0)} for pk, s in known.items()]
        return Response(RungShown(rows, many=True).data)


def _shown(placements: Any) -> Any:
    """With all that is shown of each, in as many queries however many there are."""
    reign = reigns.reigning(days.day_of(timezone.now()))
    related = placements.select_related("customer", "ladder", "rung", "edition", "override")
    return standings.with_inactive(related, reign.editions, reign.day)


class PlacementList(Endpoint):
    """Where customers stand now."""

    serializer_class = PlacementShown

    @extend_schema(parameters=[OpenApiParameter("ladder"), OpenApiParameter("rung")], responses=PlacementShown(many=True))
    def get(self, request: Request) -> Response:
        asked = strict(request, "ladder", "rung")
        found = Placement.objects.current().filter(self.key().reach("customer__owner", "customer__team"))
        if "ladder" in asked:
            found = found.filter(ladder=one_of(Ladder.objects.all(), "ladder", asked["ladder"]))
        if "rung" in asked:
            of = {"ladder__slug": asked["ladder"]} if "ladder" in asked else {}
            one_of(Rung.objects.filter(**of), "rung", asked["rung"])
            found = found.filter(rung__slug=asked["rung"])
        return self.listed(_shown(found), PlacementShown)


class OfCustomer(Endpoint):
    def customer(self, key: str) -> Customer:
        return get_object_or_404(Customer.objects.visible_to(self.key()), uuid=read_id(key, "cus"))


class CustomerPlacements(OfCustomer):
    """Each ladder's rung of a customer, explained."""

    serializer_class = ExplanationShown

    @extend_schema(parameters=[AS_OF], responses=ExplanationShown(many=True))
    def get(self, request: Request, key: str) -> Response:
        asked = strict(request, "as_of")
        customer, day, today = self.customer(key), day_asked(asked, "as_of"), days.day_of(timezone.now())
        found = [
            explaining.as_of(customer, ladder, day=day) if day else explaining.current(customer, ladder, today=today)
            for ladder in Ladder.objects.all()
        ]
        return Response([{**e.document(), "inactive": e.inactive} for e in found if e])


class CustomerMovements(OfCustomer):
    """A customer's history, newest first, as we know it now."""

    serializer_class = PlacementShown

    @extend_schema(responses=PlacementShown(many=True))
    def get(self, request: Request, key: str) -> Response:
        strict(request)
        found = Placement.objects.true().filter(customer=self.customer(key))
        return self.listed(_shown(found), PlacementShown)


class ActionList(Endpoint):
    serializer_class = ActionShown

    @extend_schema(
        parameters=[
            OpenApiParameter("state", enum=[*State.values, "due"], description="“due” is open and due by now."),
            OpenApiParameter("customer"),
        ],
        responses=ActionShown(many=True),
    )
    def get(self, request: Request) -> Response:
        asked = strict(request, "state", "customer")
        found = Action.objects.visible_to(self.key()).select_related("customer", "step", "step__programme")
        if "customer" in asked:
            found = found.filter(customer__uuid=read_id(asked["customer"], "cus"))
        if asked.get("state") == "due":
            found = found.due(timezone.now())
        elif "state" in asked:
            if asked["state"] not in State.values:
                raise exceptions.ParseError(f"state: “{asked['state'][:40]}” is none; there are due, {', '.join(State.values)}.")
            found = found.filter(state=asked["state"])
        return self.listed(found, ActionShown)


class ActOn(Endpoint):
    """One thing done with an action; 409 if somebody was faster."""

    serializer_class = ActionShown

    def act(self, key: str, told: str, do: Callable[[Action], object]) -> Response:
        seen = Action.objects.visible_to(self.key()).select_related("customer", "step", "step__programme")
        action = get_object_or_404(seen, uuid=read_id(key, "act"))
        try:
            do(action)
        except acting.Overtaken as error:
            raise Conflict(" ".join(error.messages)) from None
        note(self.key(), told, action)
        return Response(ActionShown(action).data)

    def said(self, body: type[serializers.Serializer[Any]]) -> dict[str, Any]:
        sent = body(data=self.request.data)
        sent.is_valid(raise_exception=True)
        return dict(sent.validated_data)


class ActionDone(ActOn):
    @extend_schema(request=DoneBody, responses=ActionShown)
    def post(self, request: Request, key: str) -> Response:
        said = self.said(DoneBody)
        return self.act(key, "done", lambda a: acting.done(a, by=None, at=timezone.now(), **said))


class ActionSnooze(ActOn):
    @extend_schema(request=SnoozeBody, responses=ActionShown)
    def post(self, request: Request, key: str) -> Response:
        said = self.said(SnoozeBody)
        return self.act(key, "snoozed", lambda a: acting.snooze(a, by=None, at=timezone.now(), **said))


class ActionDismiss(ActOn):
    @extend_schema(request=DismissBody, responses=ActionShown)
    def post(self, request: Request, key: str) -> Response:
        said = self.said(DismissBody)
        return self.act(key, "dismissed", lambda a: acting.dismiss(a, by=None, at=timezone.now(), **said))
