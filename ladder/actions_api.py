"""REST: what is to be done for customers, and doing it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.response import Response

from accounts.auditing import note
from accounts.rest import Conflict, Instant, OpaqueId, read_id, strict
from customers import days, preferring
from customers.rest import Endpoint, read
from ladder import acting
from ladder.models import Action
from ladder.models.actions import State

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from rest_framework.request import Request


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
    instead = serializers.SerializerMethodField(
        help_text="By which ways they do not want to be reached, and which others are free and known; empty if they refuse none."
    )

    def get_customer(self, action: Action) -> str:
        return f"cus_{action.customer.uuid.hex}"

    def get_instead(self, action: Action) -> str:
        said: str = self.context["instead"].get(action.customer_id, "")
        return said


class DoneBody(serializers.Serializer[Any]):
    answer = serializers.IntegerField(min_value=1, max_value=5, required=False, allow_null=True, default=None)
    note = serializers.CharField(max_length=5000, required=False, allow_blank=True, default="")


class SnoozeBody(serializers.Serializer[Any]):
    until = Instant()


class DismissBody(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


def shown(actions: Sequence[Action]) -> list[dict[str, Any]]:
    """With how their customers are reached, in as many queries however many there are."""
    instead = preferring.instead({a.customer_id for a in actions}, days.day_of(timezone.now()))
    return list(ActionShown(actions, many=True, context={"instead": instead}).data)


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
        return self.get_paginated_response(shown(self.paginate_queryset(found) or []))


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
        return Response(shown([action])[0])


class ActionDone(ActOn):
    @extend_schema(request=DoneBody, responses=ActionShown)
    def post(self, request: Request, key: str) -> Response:
        said = read(DoneBody, request)
        return self.act(key, "done", lambda a: acting.done(a, by=None, at=timezone.now(), **said))


class ActionSnooze(ActOn):
    @extend_schema(request=SnoozeBody, responses=ActionShown)
    def post(self, request: Request, key: str) -> Response:
        said = read(SnoozeBody, request)
        return self.act(key, "snoozed", lambda a: acting.snooze(a, by=None, at=timezone.now(), **said))


class ActionDismiss(ActOn):
    @extend_schema(request=DismissBody, responses=ActionShown)
    def post(self, request: Request, key: str) -> Response:
        said = read(DismissBody, request)
        return self.act(key, "dismissed", lambda a: acting.dismiss(a, by=None, at=timezone.now(), **said))
