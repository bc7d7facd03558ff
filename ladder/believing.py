"""Where customers stood on past days: by the fold with everything we know now, or as it was believed at some instant.

Of a belief the stored rows are read as they were recorded and nothing is reckoned again, so nothing can be told here that was not written down: of a belief
the rung, since when and by which edition, but not the facts behind it, which are kept as we know them now.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db.models import Count, OuterRef, Q, Subquery

from customers import days
from ladder import folding, reigns, wording
from ladder.models import Override, Placement, Run, Step

if TYPE_CHECKING:
    from datetime import date, datetime

    from accounts.models import Viewer
    from customers.models import Customer
    from ladder.models import Ladder, Rung

    Matrix = dict[tuple[int | None, int | None], int]

NOWHERE = "nowhere"  # on no rung: not known yet, or not ranked


class Unrecorded(ValidationError):
    """Asked of a day or an instant of which nothing was written down."""


def ranked_through(known_at: datetime | None = None) -> date:
    """The last day up to which anybody had been ranked by an instant; by now, without one."""
    runs = Run.objects.filter(started_at__lte=known_at) if known_at else Run.objects.all()
    last = runs.ranked_through()
    if last is None:
        raise Unrecorded(f"Nobody had been ranked by {instant(known_at)}." if known_at else "Nobody has been ranked yet.")
    return last


def on(day: date, known_at: datetime | None = None) -> Any:
    """The placements in which customers stood on a day, at most one a ladder; Unrecorded after the last day ranked (by then)."""
    last = ranked_through(known_at)
    if day > last:
        by = f" by {instant(known_at)}" if known_at else ""
        raise Unrecorded(f"Customers were ranked through {last}{by}: of {day} nothing was recorded.")
    return Placement.objects.believed_on(day, known_at) if known_at else Placement.objects.true().on(day)


def instant(at: datetime) -> str:
    """2026-01-31 09:30, by the business's clock."""
    return f"{at.astimezone(days.zone()):%Y-%m-%d %H:%M}"


def counts(ladder: Ladder, day: date, *, known_at: datetime | None, viewer: Viewer | None = None) -> dict[int, int]:
    """How many (of the viewer's customers) stood on each rung on a day, by the fold, or as it was believed. {rung id: count}"""
    if known_at is None:
        return folding.counts(ladder, day, viewer)
    rows = on(day, known_at).filter(_reach(viewer), ladder=ladder)
    return dict(rows.values_list("rung").annotate(n=Count("pk")).order_by())


def _reach(viewer: Viewer | None) -> Q:
    return viewer.reach("customer__owner", "customer__team") if viewer else Q()


def rungs(ladder: Ladder, day: date, found: set[int]) -> dict[int, Step]:
    """The steps of the edition in force on a day, then those of others on whose rungs somebody was found. {rung id: step}"""
    edition = reigns.in_force(ladder, day)
    known = {step.rung_id: step for step in edition.all_steps} if edition else {}
    others = Step.objects.filter(rung__in=found - set(known)).select_related("rung").order_by("position", "rung", "-edition")
    for step in others:
        known.setdefault(step.rung_id, step)
    return known


@dataclass(frozen=True)
class Movements:
    """Who stood where on one day and where on another. {(rung id before, after): how many}; None is no rung: not known yet, not ranked."""

    ladder: Ladder
    since: date
    until: date
    matrix: Matrix
    rungs: dict[int, Rung]
    """Every rung in the order of the ladder. {rung id: rung}"""

    @property
    def slugs(self) -> dict[int, str]:
        return {pk: rung.slug for pk, rung in self.rungs.items()}

    @property
    def before(self) -> dict[str, int]:
        """The sums of the rows: the standing on the first day."""
        return self._sums(0)

    @property
    def after(self) -> dict[str, int]:
        """The sums of the columns: the standing on the second day."""
        return self._sums(1)

    def _sums(self, side: int) -> dict[str, int]:
        found = Counter[int | None]()
        for pair, n in self.matrix.items():
            found[pair[side]] += n
        return {rung.slug: found[pk] for pk, rung in self.rungs.items()}

    def _said(self, rung: int | None) -> str:
        return NOWHERE if rung is None else self.rungs[rung].slug

    @property
    def came(self) -> int:
        return sum(n for (before, _), n in self.matrix.items() if before is None)

    @property
    def left(self) -> int:
        return sum(n for (_, after), n in self.matrix.items() if after is None)

    @property
    def moved(self) -> int:
        return sum(n for (before, after), n in self.matrix.items() if None not in (before, after) and before != after)

    def document(self) -> dict[str, Any]:
        """As it travels, in the words of a trial: from a rung, to a rung: how many, those who stay among them."""
        rows: dict[str, dict[str, int]] = {}
        order = {pk: i for i, pk in enumerate(self.rungs)}
        for (b, a), n in sorted(self.matrix.items(), key=lambda cell: [-1 if pk is None else order[pk] for pk in cell[0]]):
            rows.setdefault(self._said(b), {})[self._said(a)] = n
        return {
            "ladder": self.ladder.slug, "from": self.since.isoformat(), "to": self.until.isoformat(), "matrix": rows,
            "before": self.before, "after": self.after,
            "came": self.came, "left": self.left, "moved": self.moved,
        }  # fmt: skip


def movements(
    ladder: Ladder, *, since: date, until: date, known_at: datetime | None = None, viewer: Viewer | None = None
) -> Movements:
    """From where to where customers moved between the ends of two days, by the fold, or as it was believed."""
    if known_at is None:
        return _told(ladder, since, until, folding.matrix(ladder, since, until, viewer))
    return recorded(ladder, since=since, until=until, known_at=known_at, viewer=viewer)


def recorded(
    ladder: Ladder, *, since: date, until: date, known_at: datetime | None = None, viewer: Viewer | None = None
) -> Movements:
    """The same by the stored rows, which a page can wait for: as they are now, or as they were by an instant."""
    rows = (on(day, known_at).filter(_reach(viewer), ladder=ladder).order_by() for day in (since, until))
    return _told(ladder, since, until, _believed(*rows))


def _told(ladder: Ladder, since: date, until: date, matrix: Matrix) -> Movements:
    seen = {pk for pair in matrix for pk in pair if pk is not None}
    return Movements(ladder, since, until, matrix, {pk: s.rung for pk, s in rungs(ladder, until, seen).items()})


def _believed(first: Any, second: Any) -> Matrix:
    """How many went from a placement among the first to one among the second. Two queries."""
    there = first.annotate(then=_rung_in(second)).values_list("rung", "then").annotate(n=Count("pk"))
    new = second.annotate(then=_rung_in(first)).filter(then=None).values_list("then", "rung").annotate(n=Count("pk"))
    return {(before, after): n for before, after, n in [*there, *new]}


def _rung_in(placements: Any) -> Subquery:
    return Subquery(placements.filter(customer=OuterRef("customer")).values("rung")[:1])


@dataclass(frozen=True)
class Belief:
    """Where a customer was believed, at an instant, to stand on a day; and where they stood then as we know it now."""

    placement: Placement
    day: date
    known_at: datetime
    now: Placement | None
    overrides: list[Override]
    """What somebody had said by then and not taken back, about that day."""

    @property
    def why(self) -> str:
        p, name = self.placement, self.placement.customer.name
        said = (
            f"As known at {instant(self.known_at)}, {name} stood on {p.rung.name} on {wording.day(self.day)}, since"
            f" {wording.day(p.since)}, by rules edition {p.edition.number} (recorded at {instant(p.recorded_at)})."
        )
        held = [
            f" {o} by {o.author} from {wording.day(o.since)} until {wording.day(o.until)} (“{o.reason}”)." for o in self.overrides
        ]
        return f"{said}{''.join(held)} On what facts cannot be told: they are kept as we know them now. {self.since_then}"

    @property
    def since_then(self) -> str:
        """What has become of the belief."""
        p, now = self.placement, self.now
        if p.superseded_at is None:
            return "It is what we know now, too."
        wrong = f"At {instant(p.superseded_at)} it was found to be wrong"
        if now is None:
            return f"{wrong}: as we know it now, they stood on no rung that day."
        same = ", by other rules or since another day" if now.rung_id == p.rung_id else ""
        return f"{wrong}: as we know it now, they stood on {now.rung.name} that day{same}, since {wording.day(now.since)}."

    def document(self) -> dict[str, Any]:
        """With the words of an explanation, so that one reader reads both; what cannot be told is empty."""
        p, now = self.placement, self.now
        return {
            "ladder": p.ladder.slug, "rung": p.rung.slug, "since": p.since.isoformat(), "why": self.why, "evidence": [],
            "next": {"up": [], "falls_on": None, "falls_to": None}, "position": None, "last_evidence": None, "edition": p.edition.number, "override": None,
            "known": {
                "at": self.known_at.isoformat(), "day": self.day.isoformat(), "recorded_at": p.recorded_at.isoformat(),
                "wrong_since": p.superseded_at.isoformat() if p.superseded_at else None,
                "now": now.rung.slug if now else None, "now_since": now.since.isoformat() if now else None,
            },
        }  # fmt: skip


def beliefs(customer: Customer, *, known_at: datetime, day: date | None = None) -> list[Belief]:
    """On every ladder on which somebody was believed to stand; on the last day ranked by then, if no day is named. Three queries."""
    day = day or ranked_through(known_at)
    told = ("customer", "ladder", "rung", "edition")
    believed = on(day, known_at).filter(customer=customer).select_related(*told).order_by("ladder__position", "ladder")
    true = Placement.objects.true().on(day).filter(customer=customer).select_related("rung")
    now = {placement.ladder_id: placement for placement in true}
    said = Override.objects.told().on(day).filter(Q(withdrawn_at=None) | Q(withdrawn_at__gt=known_at), customer=customer)
    held = list(said.filter(made_at__lte=known_at))
    return [
        Belief(p, day, known_at, now.get(p.ladder_id), [o for o in held if o.rung.ladder_id == p.ladder_id]) for p in believed
    ]
