"""Why somebody stands where they stand, and what would move them, asked of the compiled rules themselves.

Every value and verdict comes from the same conditions that ranked the customer, asked about one
row: the stored scorecard for today, the fold's last point for any other day.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import IntegerField, OuterRef, Subquery, Value

from customers import days
from customers.gathering import Kind, gather
from customers.models import Purchase, Qualification, UsableCategory
from feedback.models import Recommendation, Response
from ladder import facts, lives, reigns, sql, wording
from ladder.evidence import Evidence, Origin
from ladder.models import Edition, Placement, Point, Scorecard, Step

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from customers.models import Customer
    from ladder.models import Ladder, Rung
    from ladder.rules import Condition

MOST_SOURCES = 5


def evidence_document(evidence: Evidence) -> dict[str, Any]:
    """One comparison as it travels."""
    return {
        "fact": evidence.condition.fact.name,
        "label": evidence.condition.fact.label,
        "value": wording.value(evidence.condition.fact, evidence.value),
        "needed": wording.needed(evidence.condition, evidence.against, opposite=evidence.opposite),
        "holds": evidence.holds,
        "sources": evidence.sources,
    }


@dataclass(frozen=True)
class Explanation:
    """The rung on a day, why, what would lift and what time alone will do."""

    ladder: Ladder
    edition: Edition
    rung: Rung
    step: Step
    since: date
    day: date
    why: str
    evidence: list[Evidence]
    lifts: list[str] = field(default_factory=list)
    falls_on: date | None = None
    falls_to: Rung | None = None
    falls: str = ""
    """What time alone will do, as a sentence; empty if nothing."""

    @property
    def title(self) -> str:
        return f"Why {self.rung.name}"

    @property
    def edition_number(self) -> str:
        return str(self.edition.number)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The evidence as a table shows it, what is asked twice once."""
        shown = [
            {**evidence_document(e), "value": wording.shown(e.condition.fact, e.value), "origins": e.origins}
            for e in self.evidence
        ]
        return list({(row["label"], row["needed"]): row for row in shown}.values())

    def document(self) -> dict[str, Any]:
        return {
            "ladder": self.ladder.slug,
            "rung": self.rung.slug,
            "since": self.since.isoformat(),
            "why": self.why,
            "evidence": [evidence_document(e) for e in self.evidence],
            "next": {
                "up": self.lifts,
                "falls_on": self.falls_on.isoformat() if self.falls_on else None,
                "falls_to": self.falls_to.slug if self.falls_to else None,
            },
            "edition": self.edition.number,
        }


def everywhere(customer: Customer, editions: Iterable[Edition], *, day: date) -> list[Explanation]:
    """Of the stored standing on every ladder; without those on which they do not stand (not ranked, not judged yet).

    `day` is the last ranked one: the standing is of that day, and so is its reason.
    """
    found = [_stored(customer, edition, day) for edition in editions]
    return [explanation for explanation in found if explanation]


def current(customer: Customer, ladder: Ladder, *, today: date) -> Explanation | None:
    reign = reigns.reigning(today)
    found = everywhere(customer, [e for e in reign.editions if e.ladder_id == ladder.pk], day=reign.day)
    return found[0] if found else None


def _stored(customer: Customer, edition: Edition, day: date) -> Explanation | None:
    standing = Placement.objects.current().filter(customer=OuterRef("pk"), ladder=edition.ladder_id)
    row = Scorecard.objects.filter(customer=customer).annotate(stands_since=Subquery(standing.values("since")))
    return _explain(customer, row.exclude(stands_since=None), edition, since=None, day=day)


@transaction.atomic
def as_of(customer: Customer, ladder: Ladder, *, day: date) -> Explanation | None:
    """Of the fold as of the end of a day, with everything we know now; nothing is stored."""
    judge = next((j for j in reigns.judges() if j.ladder == ladder), None)
    edition = reigns.in_force(ladder, day)
    if judge is None or edition is None:
        return None
    lives.empty_tables()
    sql.run("INSERT INTO life_customer (customer_id) VALUES (%s)", [customer.pk])
    lives.build(day)
    lives.split(judge.editions, day)
    lives.judge(ladder, judge.editions)
    lives.islands()
    last = sql.rows("SELECT since FROM life_placement WHERE until IS NULL")
    point = Point.objects.order_by("-day").values_list("day", flat=True).first()
    if not last or point is None:
        return None
    return _explain(customer, Point.objects.filter(day=point), edition, since=days.from_number(last[0][0]), day=day)


Verdict = tuple[int | None, int | None, bool]


@dataclass(frozen=True)
class Asked:
    """What one row of facts answers to an edition: the rung, every condition's value, what it is held against, whether it holds."""

    rung_id: int
    since: date | None
    verdicts: dict[Condition, Verdict]
    flips: dict[str, int]
    """The days to come on which time alone changes an answer, by the expression that says so."""


def _explain(customer: Customer, row: QuerySet[Any], edition: Edition, *, since: date | None, day: date) -> Explanation | None:
    asked = _asked(row, edition, day)
    step = next((s for s in edition.all_steps if asked and s.rung_id == asked.rung_id), None)
    since = since or (asked.since if asked else None)
    if asked is None or step is None or since is None:
        return None
    decisive = _decisive(edition, step)
    origins = _origins(customer, {condition.fact.evidence for condition, *_ in decisive}, day)
    evidence = [
        Evidence(c, value, against, holds == so, origins[c.fact.evidence], opposite=not so, beside=beside)
        for c, so, beside in decisive
        for value, against, holds in [asked.verdicts[c]]
        if holds == so or step.kind == Step.Kind.GROUND  # else one way of several, and not theirs
    ]
    falls_on, falls_to = _falls(row, edition, asked)
    return Explanation(
        edition.ladder, edition, step.rung, step, since, day, wording.why(customer, step, evidence), evidence,
        _lifts(edition, step, asked.verdicts), falls_on, falls_to.rung if falls_to else None,
        wording.falls(step, falls_to, falls_on, _keepers(edition, asked, falls_on)) if falls_on and falls_to else "",
    )  # fmt: skip


def _conditions(edition: Edition) -> list[Condition]:
    return list(dict.fromkeys(c for step in edition.in_order_of_judgement() for c, _ in step.read_rule.asked()))


def _asked(row: QuerySet[Any], edition: Edition, day: date) -> Asked | None:
    """All of it in one query."""
    today, numbers = Value(days.number(day), output_field=IntegerField()), edition.read_numbers
    conditions, flips = _conditions(edition), edition.flips()
    columns = {"rung": edition.earned(today), **{f"flip_{i}": flip for i, flip in enumerate(flips)}}
    for i, condition in enumerate(conditions):
        columns[f"value_{i}"] = condition.left(today, numbers)
        columns[f"against_{i}"] = condition.right(today, numbers)
        columns[f"holds_{i}"] = facts.flag(condition.q(today, numbers))
    since = ["stands_since"] if "stands_since" in row.query.annotations else []
    found = row.annotate(**columns).values(*columns, *since).first()
    if found is None:
        return None
    verdicts = {c: (found[f"value_{i}"], found[f"against_{i}"], bool(found[f"holds_{i}"])) for i, c in enumerate(conditions)}
    later = {repr(flip): found[f"flip_{i}"] for i, flip in enumerate(flips) if (found[f"flip_{i}"] or 0) > days.number(day)}
    return Asked(found["rung"], found.get("stands_since"), verdicts, later)


def _decisive(edition: Edition, step: Step) -> list[tuple[Condition, bool, bool]]:
    """What decides a rung: conditions, whether they are wanted so, whether they only keep from a side state.

    What the rung's own rule asks; for buyers also what keeps them from the side states; for the ground, the first steps' rules.
    """
    climb = [s for s in edition.all_steps if s.kind == Step.Kind.STEP]
    own = climb[:2] if step.kind == Step.Kind.GROUND else [step]
    found = [(c, so, False) for s in own for c, so in s.read_rule.asked()]
    if step.kind == Step.Kind.STEP and any(c.fact.evidence == "purchases" for c, *_ in found):
        sides = [s for s in edition.all_steps if s.kind == Step.Kind.SIDE]
        found += [(c, so, True) for s in sides for c, so in s.read_rule.asked(so=False) if c.fact.anchor]
    return list(dict.fromkeys(found))


def _origins(customer: Customer, ledgers: Iterable[str], day: date) -> dict[str, list[Origin]]:
    """The newest rows of these ledgers. One query."""
    kinds = {name: LEDGERS[name](customer, day) for name in sorted(ledgers) if name in LEDGERS}
    found = {name: sorted(rows, key=_dated, reverse=True) for name, rows in gather(kinds).items()}
    return defaultdict(list, {name: [Origin(_source(row, day), row) for row in rows] for name, rows in found.items()})


def _dated(row: Any) -> tuple[date, int]:
    return getattr(row, "day", None) or row.since or date.min, row.pk


def _newest(rows: QuerySet[Any], by: str) -> QuerySet[Any]:
    found: QuerySet[Any] = rows.model._default_manager.filter(pk__in=rows.order_by(f"-{by}", "-pk").values("pk")[:MOST_SOURCES])
    return found


LEDGERS = {
    "purchases": lambda of, day: Kind(
        _newest(Purchase.objects.standing().filter(customer=of, day__lte=day), "day"), ("external_id", "day", "ended")
    ),
    "qualifications": lambda of, day: Kind(
        _newest(Qualification.objects.filter(customer=of, since__lte=day), "since"), ("subject", "answer", "since")
    ),
    "usable_categories": lambda of, day: Kind(UsableCategory.objects.on(day).filter(customer=of), (), {"name": "category__name"}),
    "recommendations": lambda of, day: Kind(
        _newest(Recommendation.objects.standing().filter(customer=of, day__lte=day, prompted=False), "day"), ("prompted", "day")
    ),
    "responses": lambda of, day: Kind(
        _newest(Response.objects.standing().filter(customer=of, day__lte=day), "day"), ("score", "day")
    ),
}


def _source(row: Any, day: date) -> str:
    """A row behind a value, as a table names it."""
    match row:
        case Purchase(ended=ended) if ended and ended <= day:
            return f"{row.external_id} (taken back)"
        case Purchase():
            return str(row.external_id)
        case Qualification():
            return f"{row}, since {wording.day(row.since)}"
        case UsableCategory():
            return str(row.name)  # type: ignore[attr-defined]
        case _:
            return f"{row}, {wording.day(row.day)}"


def _lifts(edition: Edition, step: Step, verdicts: dict[Condition, Verdict]) -> list[str]:
    """What the next step up asks that is not so yet; from a side state, what leads out of it."""
    if step.kind == Step.Kind.SIDE:
        return [wording.way_out(step)]
    climb = [s for s in edition.all_steps if s.kind != Step.Kind.SIDE]
    higher = [s for s in climb if s.position > step.position]
    found = []
    for target in higher[:2] if step.kind == Step.Kind.GROUND else higher[:1]:
        missing = [(c, so) for c, so in target.read_rule.asked() if verdicts[c][2] != so]
        if missing:
            found.append(wording.lift(target, [(c, so, *verdicts[c][:2]) for c, so in missing]))
    return found


def _falls(row: QuerySet[Any], edition: Edition, asked: Asked) -> tuple[date | None, Step | None]:
    """The first day on which time alone puts the customer on another rung, and which."""
    later = sorted(set(asked.flips.values()))
    if not later:
        return None, None
    then = {f"rung_{i}": edition.earned(Value(flip, output_field=IntegerField())) for i, flip in enumerate(later)}
    rungs = row.annotate(**then).values_list(*then).first() or ()
    for flip, becomes in zip(later, rungs, strict=True):
        if becomes != asked.rung_id:
            return days.from_number(flip), next((s for s in edition.all_steps if s.rung_id == becomes), None)
    return None, None


def _keepers(edition: Edition, asked: Asked, on: date | None) -> list[str]:
    """What the customer could do against what time does on that day."""
    flips = {expression for expression, flip in asked.flips.items() if on and flip == days.number(on)}
    found = [c.fact.keeps for c in _conditions(edition) if flips & {repr(f) for f in c.flips(edition.read_numbers)}]
    return list(dict.fromkeys(filter(None, found)))
