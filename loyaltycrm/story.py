"""A customer's story: everything dated that is known of them, newest first, over the ledgers of every app.

A new kind of thing is one Chapter in CHAPTERS. Entries are ordered by day, then by chapter, then by
row; a mark "20412.3.77" (day, chapter, row) says where a page begins, so any page costs the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Model, Q, QuerySet

from customers.days import number
from customers.models import Customer, NotRanked, Purchase, Qualification, Refund, Stop
from feedback.models import Recommendation, Response

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

SIZE = 25


@dataclass(frozen=True)
class Chapter:
    """One kind of entry: its rows of a customer, the field that holds their day, the include that shows one."""

    kind: str
    day: str
    rows: Callable[[Customer], QuerySet[Any]]

    @property
    def template(self) -> str:
        return f"loyaltycrm/story/_{self.kind}.html"


def _refunds(customer: Customer) -> QuerySet[Refund]:
    return Refund.objects.standing().filter(customer=customer).select_related("purchase").prefetch_related("lines__product")


def _purchases(customer: Customer) -> QuerySet[Purchase]:
    return Purchase.objects.standing().filter(customer=customer).select_related("source").prefetch_related("lines__product")


# Within a day what stands first here is shown first: a refund above the purchase it takes back.
CHAPTERS = (
    # Movements of the ladder join here.
    Chapter("response", "day", lambda c: Response.objects.standing().filter(customer=c)),
    Chapter("recommendation", "day", lambda c: Recommendation.objects.standing().filter(customer=c)),
    Chapter("refund", "day", _refunds),
    Chapter("purchase", "day", _purchases),
    Chapter("qualification", "since", lambda c: Qualification.objects.filter(customer=c)),
    Chapter("not_ranked", "since", lambda c: NotRanked.objects.filter(customer=c)),
    Chapter("stop", "since", lambda c: Stop.objects.filter(customer=c)),
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
    found = []
    for place, chapter in enumerate(CHAPTERS):
        rows = chapter.rows(customer).order_by(f"-{chapter.day}", "-pk")
        if start:
            rows = rows.filter(_past(chapter, place, *start))
        found += [(getattr(row, chapter.day), -place, row.pk, row) for row in rows[: size + 1]]
    found.sort(key=lambda entry: entry[:3], reverse=True)
    shown = [Entry(day, CHAPTERS[-place], row) for day, place, _, row in found[:size]]
    return Page(shown, _mark(shown[-1]) if len(found) > size else "")


def _mark(entry: Entry) -> str:
    return f"{number(entry.day)}.{CHAPTERS.index(entry.chapter)}.{entry.row.pk}"


def _read_mark(text: str) -> tuple[int, int, int] | None:
    parts = text.split(".")
    if len(parts) != 3 or not all(p.lstrip("-").isdecimal() and len(p) < 18 for p in parts):
        return None
    return int(parts[0]), int(parts[1]), int(parts[2])


def _past(chapter: Chapter, place: int, day: int, at: int, row: int) -> Q:
    """Rows of a chapter at `place` that come after row `row` of chapter `at` on `day`."""
    on, before = Q(**{chapter.day: day}), Q(**{f"{chapter.day}__lt": day})
    if place < at:
        return before
    return before | (on & Q(pk__lt=row) if place == at else on)
