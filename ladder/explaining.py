"""Why somebody stands where they stand, and what would move them, asked of the compiled rules themselves.

Every value and verdict comes from the same conditions that ranked the customer, asked about one
row: the stored scorecard for today, the fold's last point for any other day.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import IntegerField, Value

from customers import days
from customers.models import Purchase, Qualification, UsableCategory
from feedback.models import Recommendation, Response
from ladder import facts, lives, ranking, sql, wording
from ladder.models import Edition, Placement, Point, Run, Scorecard, Step

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

    from customers.models import Customer
    from ladder.models import Ladder, Rung
    from ladder.rules import Condition

MOST_SOURCES = 5


@dataclass(frozen=True)
class Evidence:
    """One comparison, with the customer's value, what it is held against, and the rows behind it."""

    condition: Condition
    value: int | None
    against: int | None
    holds: bool
    sources: list[str]

    def document(self) -> dict[str, Any]:
        return {
            "fact": self.condition.fact.name,
            "label": self.condition.fact.label,
            "value": wording.value(self.condition.fact, self.value),
            "needed": wording.needed(self.condition, self.against),
            "holds": self.holds,
            "sources": self.sources,
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

    @property
    def title(self) -> str:
        return f"Why {self.rung.name}"

    @property
    def edition_number(self) -> str:
        return str(self.edition.number)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The evidence as a table shows it, what is asked twice once."""
        shown = [{**e.document(), "value": wording.shown(e.condition.fact, e.value)} for e in self.evidence]
        return list({(row["label"], row["needed"]): row for row in shown}.values())

    @property
    def falls(self) -> str:
        if not (self.falls_on and self.falls_to):
            return ""
        return f"{self.falls_to.name} on {wording.day(self.falls_on)} unless something happens before."

    def document(self) -> dict[str, Any]:
        return {
            "ladder": self.ladder.slug,
            "rung": self.rung.slug,
            "since": self.since.isoformat(),
            "why": self.why,
            "evidence": [e.document() for e in self.evidence],
            "next": {
                "up": self.lifts,
                "falls_on": self.falls_on.isoformat() if self.falls_on else None,
                "falls_to": self.falls_to.slug if self.falls_to else None,
            },
            "edition": self.edition.number,
        }


def current(customer: Customer, ladder: Ladder, *, today: date) -> Explanation | None:
    """Of the stored standing; None for somebody who stands nowhere (not ranked, or not judged yet)."""
    placement = Placement.objects.current().filter(customer=customer, ladder=ladder).first()
    day = Run.objects.ranked_through() or today  # the standing is of the last ranked day, and so is its reason
    edition = ranking.in_force(ladder, day)
    if placement is None or edition is None:
        return None
    return _explain(customer, Scorecard.objects.filter(customer=customer), edition, since=placement.since, day=day)


@transaction.atomic
def as_of(customer: Customer, ladder: Ladder, *, day: date) -> Explanation | None:
    """Of the fold as of the end of a day, with everything we know now; nothing is stored."""
    judge = next((j for j in ranking.judges() if j.ladder == ladder), None)
    edition = ranking.in_force(ladder, day)
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


def _explain(customer: Customer, row: QuerySet[Any], edition: Edition, *, since: date, day: date) -> Explanation | None:
    today = Value(days.number(day), output_field=IntegerField())
    asked = _asked(row, edition, today)
    if asked is None:
        return None
    rung_id, verdicts = asked
    step = next((s for s in edition.all_steps if s.rung_id == rung_id), None)
    if step is None:
        return None
    decisive = _decisive(edition, step)
    evidence = [_evidence(customer, c, verdicts[c], day) for c in decisive]
    lifts = _lifts(edition, step, verdicts)
    falls_on, falls_to = _falls(row, edition, rung_id, day)
    return Explanation(
        edition.ladder,
        edition,
        step.rung,
        step,
        since,
        day,
        wording.why(customer, step, evidence),
        evidence,
        lifts,
        falls_on,
        falls_to,
    )


Verdict = tuple[int | None, int | None, bool]


def _asked(row: QuerySet[Any], edition: Edition, today: facts.Expression) -> tuple[int, dict[Condition, Verdict]] | None:
    """The rung, and for every condition of the edition its value, what it is held against, whether it holds: one query."""
    conditions = list(dict.fromkeys(c for step in edition.in_order_of_judgement() for c in step.read_rule.conditions()))
    numbers, columns = edition.read_numbers, {"rung": edition.earned(today)}
    for i, condition in enumerate(conditions):
        columns[f"value_{i}"] = condition.left(today, numbers)
        columns[f"against_{i}"] = condition.right(today, numbers)
        columns[f"holds_{i}"] = facts.flag(condition.q(today, numbers))
    found = row.annotate(**columns).values(*columns).first()
    if found is None:
        return None
    verdicts = {c: (found[f"value_{i}"], found[f"against_{i}"], bool(found[f"holds_{i}"])) for i, c in enumerate(conditions)}
    return found["rung"], verdicts


def _decisive(edition: Edition, step: Step) -> list[Condition]:
    """What the rung's own rule asks; for buyers also what keeps them from the side states; for the ground, the first step."""
    if step.kind == Step.Kind.GROUND:
        first = next((s for s in edition.all_steps if s.kind == Step.Kind.STEP), None)
        bought = [s for s in edition.all_steps if s.kind == Step.Kind.STEP][1:2]
        return [c for s in filter(None, [first, *bought]) for c in s.read_rule.conditions()]
    found = list(step.read_rule.conditions())
    if step.kind == Step.Kind.STEP and any(c.fact.evidence == "purchases" for c in found):
        sides = [s for s in edition.all_steps if s.kind == Step.Kind.SIDE]
        found += [c for s in sides for c in s.read_rule.conditions() if c.fact.anchor]
    return list(dict.fromkeys(found))


def _evidence(customer: Customer, condition: Condition, verdict: Verdict, day: date) -> Evidence:
    value, against, holds = verdict
    return Evidence(condition, value, against, holds, SOURCES.get(condition.fact.evidence, _nothing)(customer, day))


def _nothing(customer: Customer, day: date) -> list[str]:
    return []


def _purchases(customer: Customer, day: date) -> list[str]:
    found = Purchase.objects.filter(customer=customer, withdrawn_at=None, day__lte=day).order_by("-day", "-occurred_at")[
        :MOST_SOURCES
    ]
    return [f"{p.external_id}, taken back {p.ended}" if p.ended and p.ended <= day else p.external_id for p in found]


def _qualifications(customer: Customer, day: date) -> list[str]:
    found = Qualification.objects.filter(customer=customer, since__lte=day).order_by("-since")[:MOST_SOURCES]
    return [f"{q}, since {q.since}" for q in found]


def _usable(customer: Customer, day: date) -> list[str]:
    return sorted(str(u) for u in UsableCategory.objects.on(day).filter(customer=customer).select_related("category"))


def _recommendations(customer: Customer, day: date) -> list[str]:
    found = Recommendation.objects.standing().filter(customer=customer, day__lte=day).order_by("-day")[:MOST_SOURCES]
    return [f"{r}, {r.day}" for r in found]


def _responses(customer: Customer, day: date) -> list[str]:
    found = Response.objects.standing().filter(customer=customer, day__lte=day).order_by("-day")[:MOST_SOURCES]
    return [f"{r}, {r.day}" for r in found]


SOURCES = {
    "purchases": _purchases,
    "qualifications": _qualifications,
    "usable_categories": _usable,
    "recommendations": _recommendations,
    "responses": _responses,
}


def _lifts(edition: Edition, step: Step, verdicts: dict[Condition, Verdict]) -> list[str]:
    """What the next step up asks that is not so yet; from a side state, what leads out of it."""
    if step.kind == Step.Kind.SIDE:
        return [wording.way_out(step)]
    climb = [s for s in edition.all_steps if s.kind != Step.Kind.SIDE]
    higher = [s for s in climb if s.position > step.position]
    found = []
    for target in higher[:2] if step.kind == Step.Kind.GROUND else higher[:1]:
        missing = [c for c in target.read_rule.conditions() if not verdicts[c][2]]
        if missing:
            found.append(wording.lift(target, [(c, verdicts[c][0], verdicts[c][1]) for c in missing]))
    return found


def _falls(row: QuerySet[Any], edition: Edition, rung_id: int, day: date) -> tuple[date | None, Rung | None]:
    """The first day on which time alone puts the customer on another rung, and which."""
    flips = edition.flips()
    found = (
        row.annotate(**{f"flip_{i}": flip for i, flip in enumerate(flips)})
        .values_list(*(f"flip_{i}" for i in range(len(flips))))
        .first()
    )
    today = days.number(day)
    later = sorted({flip for flip in found or () if flip is not None and flip > today})
    if not later:
        return None, None
    then = {f"rung_{i}": edition.earned(Value(flip, output_field=IntegerField())) for i, flip in enumerate(later)}
    rungs = row.annotate(**then).values_list(*then).first() or ()
    for flip, becomes in zip(later, rungs, strict=True):
        if becomes != rung_id:
            return days.from_number(flip), next((s.rung for s in edition.all_steps if s.rung_id == becomes), None)
    return None, None
