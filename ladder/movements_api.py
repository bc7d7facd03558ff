"""REST: the two times one may ask about, the day it was and the moment at which it was known; and movements between two days."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.response import Response

from accounts.rest import strict
from customers import days
from customers.rest import Endpoint
from ladder import believing
from ladder.models import Ladder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from rest_framework.request import Request

AS_OF = OpenApiParameter(
    "as_of",
    OpenApiTypes.DATE,
    description="The end of this day, with everything we know now; without it, as stored. Of a day to come, what time alone will have"
    " done by then; placements are listed through the last day ranked.",
)
KNOWN_AT = OpenApiParameter(
    "known_at",
    OpenApiTypes.STR,
    description="A date, which means its end, or an instant: as it was recorded by then, of `as_of` or the last day ranked by then.",
)
DAY_ERROR = "“{}” is not a date like 2026-01-31."


def day_asked(asked: Mapping[str, str], name: str) -> date | None:
    if name not in asked:
        return None
    try:
        found = date.fromisoformat(asked[name])
    except ValueError:
        raise exceptions.ParseError(f"{name}: {DAY_ERROR.format(asked[name][:40])}") from None
    if found == date.max:  # it has no end, for no day follows
        raise exceptions.ParseError(f"{name}: {found} is too far ahead.")
    return found


def known_asked(asked: Mapping[str, str]) -> datetime | None:
    """The instant of known_at, if it was given: a past one, or some time of today."""
    if "known_at" not in asked:
        return None
    text = asked["known_at"][:40]
    try:
        at = days.parse(text)
    except ValueError as error:
        raise exceptions.ParseError(f"known_at: {error}") from None
    if days.day_of(at) > days.day_of(timezone.now()):
        raise exceptions.ParseError(f"known_at: {text} lies ahead; what will be known then nobody knows.")
    return at


@contextmanager
def on_record() -> Iterator[None]:
    """What was never written down is a 400 that says so."""
    try:
        yield
    except believing.Unrecorded as error:
        raise exceptions.ParseError(" ".join(error.messages)) from None


class KnownShown(serializers.Serializer[Any]):
    """What was recorded by an instant, and what we know of that day now."""

    at = serializers.DateTimeField()
    day = serializers.DateField()
    recorded_at = serializers.DateTimeField()
    wrong_since = serializers.DateTimeField(allow_null=True, help_text="When it was found to be wrong; null if it still stands.")
    now = serializers.CharField(allow_null=True, help_text="The rung on that day as we know it now.")
    now_since = serializers.DateField(allow_null=True)


class MovementsShown(serializers.Serializer[Any]):
    ladder = serializers.CharField()
    matrix = serializers.DictField(
        help_text="From a rung, to a rung: how many, those who stay among them. “nowhere” is on no rung: not known yet, or not ranked."
    )
    before = serializers.DictField(
        child=serializers.IntegerField(), help_text="The standing on the first day: the sums of the rows."
    )
    after = serializers.DictField(
        child=serializers.IntegerField(), help_text="The standing on the second day: the sums of the columns."
    )
    came = serializers.IntegerField()
    left = serializers.IntegerField()
    moved = serializers.IntegerField(help_text="From a rung to another.")


class LadderMovements(Endpoint):
    """From where to where customers moved between the ends of two days."""

    serializer_class = MovementsShown

    @extend_schema(
        parameters=[
            OpenApiParameter("from", OpenApiTypes.DATE, required=True),
            OpenApiParameter("to", OpenApiTypes.DATE, required=True),
            KNOWN_AT,
        ],
        responses=MovementsShown,
    )
    def get(self, request: Request, slug: str) -> Response:
        asked = strict(request, "from", "to", "known_at")
        ladder = get_object_or_404(Ladder, slug=slug)
        since, until = day_asked(asked, "from"), day_asked(asked, "to")
        if since is None or until is None or until < since:
            raise exceptions.ParseError("Give two days, `from` and `to`, the second not before the first.")
        with on_record():
            found = believing.movements(ladder, since=since, until=until, known_at=known_asked(asked), viewer=self.key())
        return Response(found.document())
