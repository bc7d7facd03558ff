"""REST: figures of what customers told us, over those whom the key sees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from accounts.rest import strict
from customers.bodies import DayField
from customers.rest import Endpoint
from feedback import figures
from feedback.models import Satisfaction
from feedback.naming import NAMED
from loyaltycrm.beside import BY, OFFERED, Beside

if TYPE_CHECKING:
    from rest_framework.request import Request


class FigureAsked(serializers.Serializer[Any]):
    """Whose answers, and side by side by what."""

    survey = serializers.CharField(required=False, default="", help_text="A survey or a source.")
    since = DayField(required=False, default=None)
    until = DayField(required=False, default=None)
    subject = serializers.ChoiceField(choices=Satisfaction.Subject.choices, default=Satisfaction.Subject.OVERALL.value)
    by = serializers.ChoiceField(choices=list(BY.items()), required=False, default="")

    def validate(self, said: dict[str, Any]) -> dict[str, Any]:
        name, initial = self.context["figure"], self.initial_data
        if said["since"] and said["until"] and said["since"] > said["until"]:
            raise serializers.ValidationError({"until": "This is before the first day."})
        if said["by"] and said["by"] not in OFFERED[name]:
            raise serializers.ValidationError({"by": f"There is no {name} by {said['by']}."})
        if "subject" in initial and name != "satisfaction":
            raise serializers.ValidationError({"subject": "It goes with satisfaction."})
        if said["survey"] and not (NAMED[name].of_answers and figures.is_known(said["survey"])):
            raise serializers.ValidationError({"survey": f"There is no survey and no source {said['survey']} of this figure."})
        return said


class FigureShown(serializers.Serializer[Any]):
    """With fewer than 30 people it is not shown, and says nothing but n and the distribution."""

    n = serializers.IntegerField(help_text="People.")
    distribution = serializers.DictField(child=serializers.IntegerField())
    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True, help_text="Of the 95 % interval.")
    high = serializers.FloatField(allow_null=True)
    shown = serializers.BooleanField()


class GroupShown(serializers.Serializer[Any]):
    name = serializers.CharField()
    figure = FigureShown()
    apart = serializers.ListField(
        child=serializers.FloatField(), allow_null=True,
        help_text="Of a share (of promoters, answered, in time) against everybody else's, in points: difference, low, high; null where too few say, or of a mean.",
    )  # fmt: skip
    differs = serializers.BooleanField(help_text="Whether that holds together with all others here.")


class FigureAndGroups(FigureShown):
    groups = GroupShown(many=True)


class FigureOne(Endpoint):
    serializer_class = FigureAndGroups

    @extend_schema(
        parameters=[FigureAsked, OpenApiParameter("figure", location="path", enum=sorted(NAMED))],
        responses=FigureAndGroups,
        description="A figure of the customers the key sees, as a whole and side by side.",
    )
    def get(self, request: Request, figure: str) -> Response:
        if figure not in NAMED:
            raise Http404
        sent = FigureAsked(data=strict(request, "survey", "since", "until", "subject", "by"), context={"figure": figure})
        sent.is_valid(raise_exception=True)
        said = sent.validated_data
        asked = figures.Asked(said["survey"], said["since"], said["until"], self.key())
        whole = FigureShown(NAMED[figure].of(asked, said["subject"])).data
        groups = Beside(asked, said["by"]).groups(figure, said["subject"]) if said["by"] else []
        return Response({**whole, "groups": GroupShown(groups, many=True).data})
