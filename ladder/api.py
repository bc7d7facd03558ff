"""REST: ladders and their rungs, where customers stand and how they moved."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, DateField, IntegerField, Value
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import exceptions, serializers
from rest_framework.response import Response

from accounts.rest import OpaqueId, read_id, strict
from customers import days
from customers.models import Customer
from customers.rest import Endpoint
from ladder import believing, explaining, reigns, standings
from ladder.models import Ladder, Override, Placement, Rung, Step
from ladder.movements_api import AS_OF, KNOWN_AT, KnownShown, day_asked, known_asked, on_record

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet
    from rest_framework.request import Request


FALLS_BY = OpenApiParameter(
    "falls_by", OpenApiTypes.DATE, description="Those alone whom time alone puts lower by this day, 14 days ahead at most."
)


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
    up = serializers.ListField(child=serializers.CharField(), help_text="What lifts them: what they do, or time alone.")
    falls_on = serializers.DateField(allow_null=True, help_text="The day on which time alone lowers them.")
    falls_to = serializers.CharField(allow_null=True)


class PositionShown(serializers.Serializer[Any]):
    """Within the rung: of the smallest way to the next, how much is so already."""

    to = serializers.CharField(allow_null=True, help_text="The next rung; null at the top, and for who stands beside the ladder.")
    share = serializers.FloatField(min_value=0, max_value=1, help_text="A counted fact counts by its part, as 3 of 4.")
    holding = serializers.IntegerField()
    conditions = serializers.IntegerField()
    words = serializers.CharField()


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
    position = PositionShown(allow_null=True, help_text="Null of what was believed: it cannot be told.")
    last_evidence = serializers.DateField(allow_null=True, help_text="The newest day of what the reason rests on.")
    edition = serializers.IntegerField()
    override = OverrideInForce(allow_null=True)
    known = KnownShown(required=False, help_text="Only with `known_at`: what was recorded by then.")
    inactive = serializers.BooleanField(
        required=False, help_text="Bought, and silent for longer than is usual for them, whatever the rung."
    )


class PlacementShown(serializers.Serializer[Any]):
    customer = serializers.SerializerMethodField()
    ladder = serializers.CharField(source="ladder.slug")
    rung = serializers.CharField(source="rung.slug")
    since = serializers.DateField()
    until = serializers.SerializerMethodField()
    edition = serializers.IntegerField(source="edition.number")
    recorded_at = serializers.DateTimeField()
    override = OpaqueId(
        "ovr", source="override.uuid", allow_null=True, help_text="The one that holds at its end; now, if it goes on."
    )
    inactive = serializers.BooleanField(
        allow_null=True,
        help_text="Bought, and silent for longer than is usual for them, whatever the rung; null of one that ended, and of a past"
        " day.",
    )

    falls_on = serializers.DateField(
        source="lower_on",
        allow_null=True,
        help_text="Within 14 days, the first day on which time alone puts them lower; null of the past.",
    )
    falls_to = serializers.CharField(source="lower_to", allow_null=True, help_text="The rung that is then.")

    def get_customer(self, placement: Placement) -> str:
        return f"cus_{placement.customer.uuid.hex}"

    @extend_schema_field(serializers.DateField(allow_null=True))
    def get_until(self, placement: Placement) -> date | None:
        """As it was known then, of what was believed."""
        found: date | None = getattr(placement, "was_until", placement.until)
        return found


def one_of(known: QuerySet[Any], name: str, slug: str) -> Any:
    """The one that a query parameter names; 400 says which there are."""
    found = known.filter(slug=slug).first()
    if found is None:
        there = ", ".join(known.order_by("slug").values_list("slug", flat=True).distinct())
        raise exceptions.ParseError(f"{name}: “{slug[:40]}” is none; there are {there or 'none yet'}.")
    return found


class RungList(Endpoint):
    serializer_class = RungShown

    @extend_schema(parameters=[AS_OF, KNOWN_AT], responses=RungShown(many=True))
    def get(self, request: Request, slug: str) -> Response:
        asked = {k: v for k, v in strict(request, "as_of", "known_at").items() if k in {"as_of", "known_at"}}
        ladder = get_object_or_404(Ladder, slug=slug)
        if asked:
            return self.past(ladder, asked)
        edition = standings.in_force_now(ladder, days.day_of(timezone.now()))
        counts = standings.counts(ladder, self.key())
        known = standings.stands(edition) if edition else {}
        rows = [{"rung": s.slug, "name": s.name, "side": s.side, "count": counts.get(pk, 0)} for pk, s in known.items()]
        return Response(RungShown(rows, many=True).data)

    def past(self, ladder: Ladder, asked: dict[str, str]) -> Response:
        """As it was on a day, or was believed to be."""
        known = known_asked(asked)
        with on_record():
            day = day_asked(asked, "as_of") or believing.ranked_through(known)
            counts = believing.counts(ladder, day, known_at=known, viewer=self.key())
        steps = believing.rungs(ladder, day, set(counts))
        rows = [
            {"rung": s.rung.slug, "name": s.rung.name, "side": s.kind == Step.Kind.SIDE, "count": counts.get(pk, 0)}
            for pk, s in steps.items()
        ]
        return Response(RungShown(rows, many=True).data)


def _shown(placements: Any, *, past: bool = False) -> Any:
    """With all that is shown of each, in as many queries however many there are. Of the past nobody is silent now."""
    related = placements.select_related("customer", "ladder", "rung", "edition", "override")
    if past:
        nothing = {"lower_on": Value(None, output_field=DateField()), "lower_to": Value(None, output_field=CharField())}
        return related.annotate(inactive=Value(None, output_field=IntegerField()), **nothing)
    today = days.day_of(timezone.now())
    reign = reigns.reigning(today)
    return standings.with_falls(standings.with_inactive(related, reign.editions, reign.day), today)


def _falls_by(asked: dict[str, str]) -> date:
    """The day asked about, of those that it is looked ahead to."""
    by, last = day_asked(asked, "falls_by"), days.day_of(timezone.now()) + timedelta(days=standings.SOON)
    if by is None or by > last or {"as_of", "known_at"} & set(asked):
        raise exceptions.ParseError(
            f"falls_by: a day until {last} is asked for, of where customers stand now; further it is not looked ahead."
        )
    return by


def _standing(asked: dict[str, str]) -> Any:
    """The placements of the day and the moment that are asked about."""
    day, known = day_asked(asked, "as_of"), known_asked(asked)
    if day is None and known is None:
        return Placement.objects.current()
    with on_record():
        return believing.on(day or believing.ranked_through(known), known)


class PlacementList(Endpoint):
    """Where customers stand now; or stood on a day, or were believed to."""

    serializer_class = PlacementShown

    @extend_schema(
        parameters=[OpenApiParameter("ladder"), OpenApiParameter("rung"), FALLS_BY, AS_OF, KNOWN_AT],
        responses=PlacementShown(many=True),
    )
    def get(self, request: Request) -> Response:
        asked = strict(request, "ladder", "rung", "falls_by", "as_of", "known_at")
        found = _standing(asked).filter(self.key().reach("customer__owner", "customer__team"))
        if "ladder" in asked:
            found = found.filter(ladder=one_of(Ladder.objects.all(), "ladder", asked["ladder"]))
        if "rung" in asked:
            of = {"ladder__slug": asked["ladder"]} if "ladder" in asked else {}
            one_of(Rung.objects.filter(**of), "rung", asked["rung"])
            found = found.filter(rung__slug=asked["rung"])
        shown = _shown(found, past=bool({"as_of", "known_at"} & set(asked)))
        if "falls_by" in asked:
            shown = shown.filter(lower_on__lte=_falls_by(asked))
        return self.listed(shown, PlacementShown)


class OfCustomer(Endpoint):
    def customer(self, key: str) -> Customer:
        return get_object_or_404(Customer.objects.visible_to(self.key()), uuid=read_id(key, "cus"))


class CustomerPlacements(OfCustomer):
    """Each ladder's rung of a customer, explained."""

    serializer_class = ExplanationShown

    @extend_schema(parameters=[AS_OF, KNOWN_AT], responses=ExplanationShown(many=True))
    def get(self, request: Request, key: str) -> Response:
        asked = strict(request, "as_of", "known_at")
        if known := known_asked(asked):
            with on_record():
                believed = believing.beliefs(self.customer(key), known_at=known, day=day_asked(asked, "as_of"))
            return Response([belief.document() for belief in believed])
        customer, day, today = self.customer(key), day_asked(asked, "as_of"), days.day_of(timezone.now())
        found = [
            explaining.as_of(customer, ladder, day=day) if day else explaining.current(customer, ladder, today=today)
            for ladder in Ladder.objects.all()
        ]
        return Response([{**e.document(), "inactive": e.inactive} for e in found if e])


class CustomerMovements(OfCustomer):
    """A customer's history, newest first, as we know it now or knew it then."""

    serializer_class = PlacementShown

    @extend_schema(parameters=[KNOWN_AT], responses=PlacementShown(many=True))
    def get(self, request: Request, key: str) -> Response:
        known = known_asked(strict(request, "known_at"))
        rows = Placement.objects.known_at(known) if known else Placement.objects.true()
        found = rows.filter(customer=self.customer(key))
        return self.listed(_shown(found, past=known is not None), PlacementShown)
