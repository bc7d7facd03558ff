"""A customer's story: everything dated that is known of them, newest first, over the ledgers of every app.

A new kind of thing is one Chapter in CHAPTERS. Entries are ordered by day, then by chapter, then by
row; a mark "20412.3.77" (day, chapter, row) says where a page begins, so any page costs the same: one
query for the entries, one each for the lines of purchases and refunds and the steps of complaints.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Value, prefetch_related_objects

from customers.days import from_number, number
from customers.gathering import Kind, made
from customers.models import (
    Customer,
    Involvement,
    JointPlan,
    NotRanked,
    Purchase,
    PurchaseLine,
    Qualification,
    Referral,
    Refund,
    RefundLine,
    RefusedWay,
    Stop,
)
from feedback.models import (
    Affected,
    Ask,
    CompetitorConsidered,
    Complaint,
    ComplaintStep,
    Confirmation,
    Failure,
    HostileAct,
    Importance,
    LeavingNotice,
    Message,
    Opinion,
    Recommendation,
    Response,
    Satisfaction,
    Suggestion,
)
from feedback.models.advocacy import asked_before
from ladder import wording
from ladder.models import Ladder, Override, Placement, Rung

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from ladder.standings import Stand

SIZE = 25


def primary() -> Any:
    """True placements on the primary ladder."""
    return Placement.objects.true().filter(ladder=Subquery(Ladder.objects.values("pk")[:1]))


def movements() -> QuerySet[Any]:
    """The name of the rung they came from in `before`."""
    entered: QuerySet[Any] = primary().entered_from()
    found: QuerySet[Any] = entered.annotate(before=Subquery(Rung.objects.filter(pk=OuterRef("came_from")).values("name")))
    return found


def first_rungs() -> QuerySet[Any]:
    """Where a history begins: nothing on that ladder lies before."""
    earlier = Placement.objects.true().filter(
        customer=OuterRef("customer"), ladder=OuterRef("ladder"), since__lt=OuterRef("since")
    )
    found: QuerySet[Any] = primary().filter(~Exists(earlier))
    return found


def hostile_acts() -> QuerySet[Any]:
    """The first who confirmed each, if anybody did, in `seen_by`: one of two, so as long as it is open, the only one."""
    confirmed: Any = Confirmation.objects.filter(act=OuterRef("pk")).order_by("pk")
    found: QuerySet[Any] = HostileAct.objects.standing().annotate(seen_by=Subquery(confirmed.values("by")[:1]))
    return found


@dataclass(frozen=True)
class Chapter:
    """One kind of entry: its rows, the field that holds their day, and what the include that shows one needs of it."""

    kind: str
    day: str
    rows: Callable[[], QuerySet[Any]]
    fields: tuple[str, ...]
    behind: Mapping[str, str] = field(default_factory=dict)

    @property
    def template(self) -> str:
        return f"loyaltycrm/story/_{self.kind}.html"

    def said(self) -> Any:
        return Kind(self.rows(), self.fields, self.behind).said()


# Within a day what stands first here is shown first: a movement above what caused it, a refund above its purchase.
CHAPTERS = (
    Chapter("movement", "since", movements, ("rung_id", "by_override"), {"came_from": "came_from", "before": "before", "after": "rung__name"}),
    Chapter("first_rung", "since", first_rungs, ("rung_id", "by_override"), {"name": "rung__name"}),
    Chapter(
        "override", "since", Override.objects.standing, ("uuid", "how", "reason", "until"),
        {"held_on": "rung__name", "ladder_name": "rung__ladder__name", "person": "made_by__username", "key_name": "made_with__name"},
    ),
    Chapter("response", "day", Response.objects.standing, ("score", "words")),
    Chapter("satisfaction", "day", Satisfaction.objects.standing, ("score", "subject", "words")),
    Chapter("opinion", "day", Opinion.objects.standing, ("question", "words")),
    Chapter("suggestion", "day", Suggestion.objects.all, ("uuid", "title", "words", "state"), {"by_way_of": "channel__name"}),
    Chapter("message", "day", Message.objects.all, ("words",), {"by_way_of": "channel__name"}),
    Chapter(
        "recommendation", "day", lambda: Recommendation.objects.standing().annotate(asked_for=asked_before()),
        ("kind", "prompted", "favourable", "evidence", "to_whom", "words"), {"asked_for": "asked_for"},
    ),
    Chapter("ask", "day", Ask.objects.standing, ("what", "words")),
    Chapter("importance", "day", Importance.objects.standing, ("matter", "importance", "words")),
    Chapter(
        "referral", "day", lambda: Referral.objects.standing().annotate(asked_for=asked_before()),
        ("prompted", "name"), {"whom": "referred__name", "asked_for": "asked_for"},
    ),
    Chapter("complaint_step", "day", ComplaintStep.objects.all, ("kind", "words")),
    Chapter("complaint", "day", Complaint.objects.standing, ("uuid", "due_day", "words")),
    Chapter(
        "failure", "failure__first_day", Affected.objects.all, (),
        {"failure_uuid": "failure__uuid", "what": "failure__what", "order": "purchase__external_id"},
    ),
    Chapter("hostile_act", "day", hostile_acts, ("uuid", "audience", "evidence", "confirmed"), {"seen_by": "seen_by"}),
    Chapter("leaving_notice", "day", LeavingNotice.objects.standing, ("words",)),
    Chapter("competitor_considered", "day", CompetitorConsidered.objects.standing, ("competitor", "words")),
    Chapter("involvement", "day", Involvement.objects.standing, ("kind", "what")),
    Chapter("joint_plan", "since", JointPlan.objects.all, ("uuid", "name", "until", "accepted_by_us", "accepted_by_them")),
    Chapter(
        "refund", "day", Refund.objects.standing, ("whole", "amount", "currency", "reason", "purchase_id"),
        {"bought_on": "purchase__day"},
    ),
    Chapter(
        "purchase", "day", Purchase.objects.standing,
        ("uuid", "priced", "amount", "currency", "channel", "fulfilled", "promised", "covers_until", "ended", "external_id"),
        {"source_name": "source__name", "source_slug": "source__slug"},
    ),
    Chapter("qualification", "since", Qualification.objects.all, ("subject", "answer", "reason")),
    Chapter("not_ranked", "since", NotRanked.objects.all, ("reason", "until")),
    Chapter("refused_way", "since", RefusedWay.objects.all, ("way", "until")),
    Chapter("stop", "since", Stop.objects.all, ("reason", "until")),
)  # fmt: skip


@dataclass(frozen=True)
class Entry:
    day: date
    chapter: Chapter
    row: Any

    @property
    def anchor(self) -> str:
        """Its name within the page."""
        return f"{self.chapter.kind}-{self.row.pk}"


@dataclass(frozen=True)
class Page:
    entries: list[Entry]
    after: str


def page(customer: Customer, after: str = "", size: int = SIZE, *, stands: Mapping[int, Stand] | None = None) -> Page:
    """The entries past a mark; from the newest on without one. `stands` tells rising from falling."""
    start = _read_mark(after)
    parts = [_told(chapter, place, customer, start) for place, chapter in enumerate(CHAPTERS)]
    found = list(parts[0].union(*parts[1:], all=True).order_by("-on_day", "place", "-row")[: size + 1])
    entries = [Entry(day, CHAPTERS[at], made(CHAPTERS[at].rows().model, pk, said)) for day, at, pk, said in found[:size]]
    _complete([entry.row for entry in entries], stands or {})
    day, place, row = found[size - 1][:3] if len(found) > size else (None, 0, 0)
    return Page(entries, f"{number(day)}.{place}.{row}" if day else "")


def leads_to(row: Any, shown: Page) -> str:
    """An address, relative to the customer's page, at which a row is read: on the page shown, else on the one it begins."""
    place = next((at for at, chapter in enumerate(CHAPTERS) if chapter.rows().model is type(row)), None)
    if place is None:
        return "#fit"  # what they can use is no event, and stands there
    on = getattr(row, CHAPTERS[place].day)
    entry = Entry(on, CHAPTERS[place], row)
    here = any(entry.anchor == other.anchor for other in shown.entries)
    return f"{'' if here else f'?after={number(on)}.{place}.{row.pk + 1}'}#{entry.anchor}"


def _complete(rows: list[Any], stands: Mapping[int, Stand]) -> None:
    """The lines of purchases and refunds, and the words for movements."""
    refunds = [row for row in rows if isinstance(row, Refund)]
    for refund in refunds:
        refund.purchase = Purchase(pk=refund.purchase_id, day=from_number(refund.bought_on)) if refund.purchase_id else None  # type: ignore[attr-defined]
    for movement in (row for row in rows if isinstance(row, Placement) and hasattr(row, "came_from")):
        movement.moved = wording.moved(stands.get(movement.came_from), stands.get(movement.rung_id))  # type: ignore[attr-defined]
    for affected in (row for row in rows if isinstance(row, Affected)):
        affected.failure = Failure(uuid=UUID(affected.failure_uuid), what=affected.what)  # type: ignore[attr-defined]
    purchases = [row for row in rows if isinstance(row, Purchase)] + [r.purchase for r in refunds if r.whole and r.purchase]
    prefetch_related_objects(purchases, Prefetch("lines", PurchaseLine.objects.select_related("product")))
    prefetch_related_objects([row for row in rows if isinstance(row, Complaint)], "steps")
    prefetch_related_objects(refunds, Prefetch("lines", RefundLine.objects.select_related("product")))


def _told(chapter: Chapter, place: int, customer: Customer, start: tuple[int, int, int] | None) -> QuerySet[Any, Any]:
    """Day, place of the chapter, key and what is told of a chapter's rows past `start`."""
    rows = chapter.rows().filter(customer=customer).order_by()
    if start:
        rows = rows.filter(_past(chapter, place, *start))
    told: QuerySet[Any, Any] = rows.annotate(
        on_day=F(chapter.day), place=Value(place), row=F("pk"), told=chapter.said()
    ).values_list("on_day", "place", "row", "told")
    return told


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
