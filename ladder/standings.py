"""What pages and API say of where customers stand: rungs with their place, counts, movements, chips for lists."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Count, F, IntegerField, OuterRef, Q, Subquery, Value, When

from customers import days
from customers.models import Customer
from ladder import facts, reigns
from ladder.models import Action, Ladder, Outlook, Placement, Run, Scorecard, Step

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from django.db.models import QuerySet

    from accounts.models import Viewer
    from customers.models import CustomerQuerySet
    from ladder.facts.fact import Expression
    from ladder.facts.numbers import Numbers
    from ladder.models import Edition

SOON = 14  # days ahead that it is looked who is about to fall


@dataclass(frozen=True)
class Stand:
    """A rung as a list shows it: its name, and its place for the glyph."""

    slug: str
    name: str
    ladder: str
    side: bool
    position: int
    steps: int
    loyal: bool = False
    """From here on a customer counts as loyal."""
    overridden: bool = False
    """Somebody says so, or might: an override holds."""
    inactive: bool = False


@dataclass(frozen=True)
class Level:
    """A rung of the pyramid with how many stand on it, and how that changed."""

    stand: Stand
    count: int
    change: int
    share: float

    @property
    def size(self) -> int:
        """How large the change is, either way."""
        return abs(self.change)


def stands(edition: Edition) -> dict[int, Stand]:
    """Every rung of an edition as a Stand. {rung id: stand}"""
    climb = [s for s in edition.all_steps if s.kind != Step.Kind.SIDE]
    return {
        s.rung_id: Stand(
            s.rung.slug,
            s.rung.name,
            edition.ladder.slug,
            s.kind == Step.Kind.SIDE,
            climb.index(s) + 1 if s in climb else 0,
            len(climb),
            s.loyal,
        )
        for s in edition.all_steps
    }


def in_force_now(ladder: Ladder, today: date) -> Edition | None:
    return reigns.in_force(ladder, Run.objects.ranked_through() or today)


def editions(today: date) -> list[Edition]:
    """The edition in force of every ladder that has one, the primary ladder first."""
    return reigns.reigning(today).editions


def rungs(editions: Iterable[Edition]) -> list[tuple[Ladder, list[tuple[str, str]]]]:
    """Every ladder with its rungs, top first, side states last, for a filter: ("griffin:client", "Client")."""
    found = []
    for edition in editions:
        ordered = sorted(stands(edition).values(), key=lambda s: (s.side, -s.position))
        found.append((edition.ladder, [(f"{s.ladder}:{s.slug}", s.name) for s in ordered]))
    return found


def in_edition(customers: Iterable[int], edition: Edition, day: date) -> dict[int, Stand]:
    """The current rung of each of these customers on the ladder of an edition, judged on a day. {customer id: stand}"""
    known = stands(edition)
    here = Placement.objects.current().filter(ladder=edition.ladder_id, customer__in=list(customers))
    found = with_inactive(here, [edition], day).values_list("customer", "rung", "override", "inactive")
    return {
        who: replace(known[rung], overridden=held is not None, inactive=bool(inactive))
        for who, rung, held, inactive in found
        if rung in known
    }


def with_inactive(placements: Any, editions: Iterable[Edition], day: date) -> Any:
    """Each open one with `inactive`: whether its customer is silent for longer than is usual, by its ladder's edition. None else."""
    ladders: dict[Numbers, list[int]] = {}
    for edition in editions:
        ladders.setdefault(edition.read_numbers, []).append(edition.ladder_id)
    today = Value(days.number(day), output_field=IntegerField())
    whens = [
        When(until=None, superseded_at=None, ladder__in=ids, then=Subquery(_cards(facts.inactive(today, numbers))))
        for numbers, ids in ladders.items()
    ]
    return placements.annotate(inactive=Case(*whens, default=None, output_field=IntegerField()))


def with_falls(placements: Any, today: date) -> Any:
    """Each open one with the day `lower_on` and the slug `lower_to`, where time alone lowers it within 14 days."""
    found = about_to_fall(today).filter(customer=OuterRef("customer"), ladder=OuterRef("ladder"))
    told = {"lower_on": Subquery(found.values("falls_on")[:1]), "lower_to": Subquery(found.values("falls_to__slug")[:1])}
    is_open = Q(until=None, superseded_at=None)
    return placements.annotate(**{name: Case(When(is_open, then=what), default=None) for name, what in told.items()})


def _cards(expression: Expression) -> Any:
    return Scorecard.objects.filter(customer=OuterRef("customer")).annotate(asked=expression).values("asked")[:1]


def standing_on(rung: str) -> Q:
    """Customers on a rung named "ladder:rung", as a condition on customers; anything else fits nobody."""
    ladder, _, slug = rung.replace("\0", "").partition(":")
    on = Placement.objects.current().filter(ladder__slug=ladder, rung__slug=slug)
    return Q(pk__in=on.values("customer"))


def counts(ladder: Ladder, viewer: Viewer) -> dict[int, int]:
    """How many of the viewer's customers stand on each rung now. {rung id: count}"""
    current = Placement.objects.current().filter(ladder=ladder).filter(viewer.reach("customer__owner", "customer__team"))
    return dict(current.values_list("rung").annotate(n=Count("pk")).order_by())


def _counts_now_and(day: date, ladder: Ladder, viewer: Viewer) -> tuple[dict[int, int], dict[int, int]]:
    """How many stand on each rung now, and how many stood there on a day. One query, each half by its own index."""
    now, then = (
        placements.filter(ladder=ladder)
        .filter(viewer.reach("customer__owner", "customer__team"))
        .order_by()
        .annotate(half=Value(half))
        .values_list("half", "rung")
        .annotate(n=Count("pk"))
        for half, placements in enumerate((Placement.objects.current(), Placement.objects.true().on(day)))
    )
    found: tuple[dict[int, int], dict[int, int]] = ({}, {})
    for half, rung, n in now.union(then, all=True):
        found[half][rung] = n
    return found


def tally(**rows: QuerySet[Any] | None) -> dict[str, int]:
    """How many rows each of these has, in one query; 0 of what is None."""
    asked = [
        these.order_by().annotate(counted=Value(name)).values_list("counted").annotate(n=Count("pk"))
        for name, these in rows.items()
        if these is not None
    ]
    found = dict(asked[0].union(*asked[1:], all=True)) if asked else {}
    return {name: found.get(name, 0) for name in rows}


def levels(ladder: Ladder, edition: Edition, viewer: Viewer, *, today: date, against: date) -> list[Level]:
    """Every rung from the top down, side states last, with the change since `against`."""
    now, then = _counts_now_and(against, ladder, viewer)
    most = max(now.values(), default=0)
    known = stands(edition)
    found = [
        Level(s, now.get(pk, 0), now.get(pk, 0) - then.get(pk, 0), 100 * now.get(pk, 0) / most if most else 0)
        for pk, s in known.items()
    ]
    return sorted(found, key=lambda level: (level.stand.side, -level.stand.position))


@dataclass(frozen=True)
class Flow:
    """How many went from one rung to another."""

    before: Stand
    after: Stand
    count: int
    share: float


def movements(ladder: Ladder, viewer: Viewer, *, since: date, today: date) -> Any:
    """Placements entered after a day from another rung, whose id is in `came_from`; newest first."""
    rows = Placement.objects.true().filter(ladder=ladder, since__gt=since, since__lte=today)
    seen = rows.filter(viewer.reach("customer__owner", "customer__team"))
    return seen.entered_from().select_related("customer", "rung").order_by("-since", "-pk")


def flows(ladder: Ladder, edition: Edition, viewer: Viewer, *, since: date, today: date) -> list[Flow]:
    known = stands(edition)
    rows = movements(ladder, viewer, since=since, today=today)
    pairs = rows.order_by().values_list("came_from", "rung").annotate(n=Count("pk")).order_by("-n")
    found = [(known[b], known[a], n) for b, a, n in pairs if b in known and a in known]
    most = max((n for *_, n in found), default=1)
    return [Flow(b, a, n, 100 * n / most) for b, a, n in found[:12]]


def about_to_fall(today: date, by: date | None = None) -> QuerySet[Outlook]:
    """What lowers customers by time alone until a day, of the next 14, on any ladder."""
    return Outlook.objects.filter(_falls_soon(today, by))


def _falls_soon(today: date, by: date | None = None, *, of: str = "") -> Q:
    """Whether what an outlook tells of comes until a day, of the next 14; `of` leads to the outlook."""
    return Q((f"{of}falls_on__gt", today), (f"{of}falls_on__lte", by or today + timedelta(days=SOON)))


def falling(viewer: Viewer, ladder: Ladder, *, today: date) -> QuerySet[Outlook]:
    """Which of the viewer's customers time alone lowers on a ladder within 14 days."""
    return about_to_fall(today).filter(viewer.reach("customer__owner", "customer__team"), ladder=ladder)


def who_falls(customers: CustomerQuerySet, ladder: Ladder, today: date) -> CustomerQuerySet:
    """Those whom time alone lowers on a ladder within 14 days, each with the day as `falls_on`."""
    found = customers.filter(_falls_soon(today, of="outlooks__"), outlooks__ladder=ladder)  # one of each: outlook_one
    return found.annotate(falls_on=F("outlooks__falls_on"))


def falls(customers: Iterable[int], edition: Edition, today: date) -> dict[int, Outlook]:
    """The day on which time alone lowers each of these on an edition's ladder, and to where; of whom it does within 14 days. {customer id: outlook}"""
    found = about_to_fall(today).filter(customer__in=list(customers), ladder=edition.ladder_id).select_related("falls_to")
    return {outlook.customer_id: outlook for outlook in found}


def done_since(viewer: Viewer, day: date) -> QuerySet[Action]:
    return Action.objects.visible_to(viewer).filter(state="done", finished_at__gte=days.start_of(day))


def people(viewer: Viewer) -> int:
    return Customer.objects.filter(viewer.reach()).count()
