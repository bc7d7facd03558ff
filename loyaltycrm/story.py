"""A customer's story: everything dated that is known of them, newest first, over the ledgers of every app.

A new kind of thing is one Chapter in CHAPTERS. Entries are ordered by day, then by chapter, then by
row; a mark "20412.3.77" (day, chapter, row) says where a page begins, so any page costs the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import F, Model, Prefetch, Q, QuerySet, Value

from customers.days import number
from customers.models import Customer, NotRanked, Purchase, PurchaseLine, Qualification, Refund, RefundLine, Stop
from feedback.models import Recommendation, Response

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

SIZE = 25


@dataclass(frozen=True)
class Chapter:
    """One kind of entry: its rows, the field that holds their day, the include that shows one."""

    kind: str
    day: str
    rows: Callable[[], QuerySet[Any]]
    lines: type[Model] | None = None

    @property
    def template(self) -> str:
        return f"loyaltycrm/story/_{self.kind}.html"

    def shown(self, pks: list[int]) -> dict[int, Model]:
        """These rows with what their include needs."""
        found = self.rows()
        if self.lines:
            lines = self.lines._default_manager.select_related("product")
            found = found.select_related("source").prefetch_related(Prefetch("lines", lines))
        return {row.pk: row for row in found.filter(pk__in=pks)}


# Within a day what stands first here is shown first: a refund above the purchase it takes back.
CHAPTERS = (
    # Movements of the ladder join here.
    Chapter("response", "day", Response.objects.standing),
    Chapter("recommendation", "day", Recommendation.objects.standing),
    Chapter("refund", "day", lambda: Refund.objects.standing().select_related("purchase"), RefundLine),
    Chapter("purchase", "day", Purchase.objects.standing, PurchaseLine),
    Chapter("qualification", "since", Qualification.objects.all),
    Chapter("not_ranked", "since", NotRanked.objects.all),
    Chapter("stop", "since", Stop.objects.all),
)


@dataclass(frozen=True)
class Entry:
    day: date
    chapter: Chapter
    row: Model


@dataclass(frozen=True)
class Page:
    entries: list[Entry]
    after: str


def page(customer: Customer, after: str = "", size: int = SIZE) -> Page:
    """The entries past a mark; from the newest on without one."""
    start = _read_mark(after)
    keys = [_keys(chapter, place, customer, start) for place, chapter in enumerate(CHAPTERS)]
    found = list(keys[0].union(*keys[1:], all=True).order_by("-on_day", "place", "-row")[: size + 1])
    rows = {
        place: chapter.shown(pks)
        for place, chapter in enumerate(CHAPTERS)
        if (pks := [row for _, at, row in found[:size] if at == place])
    }
    entries = [Entry(day, CHAPTERS[place], rows[place][row]) for day, place, row in found[:size]]
    day, place, row = found[size - 1] if len(found) > size else (None, 0, 0)
    return Page(entries, f"{number(day)}.{place}.{row}" if day else "")


def _keys(
    chapter: Chapter, place: int, customer: Customer, start: tuple[int, int, int] | None
) -> QuerySet[Any, tuple[date, int, int]]:
    """Day, place of the chapter and key of a chapter's rows past `start`."""
    rows = chapter.rows().filter(customer=customer).order_by()
    if start:
        rows = rows.filter(_past(chapter, place, *start))
    keys: QuerySet[Any, tuple[date, int, int]] = rows.annotate(
        on_day=F(chapter.day), place=Value(place), row=F("pk")
    ).values_list("on_day", "place", "row")
    return keys


def _read_mark(text: str) -> tuple[int, int, int] | None:
    parts = text.split(".")
    if len(parts) != 3 or not all(p.lstrip("-").isdecimal() and len(p) <= 18 for p in parts):
        return None
    return int(parts[0]), int(parts[1]), int(parts[2])


def _past(chapter: Chapter, place: int, day: int, at: int, row: int) -> Q:
    """Rows of a chapter at `place` that come after row `row` of chapter `at` on `day`."""
    on, before = Q(**{chapter.day: day}), Q(**{f"{chapter.day}__lt": day})
    if place < at:
        return before
    return before | (on & Q(pk__lt=row) if place == at else on)
