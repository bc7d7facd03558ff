"""Why somebody stands where they stand, and what would move them, asked of the compiled rules themselves.

Every value and verdict comes from the same conditions that ranked the customer, asked about one
row: the stored scorecard for today, the fold's last point for any other day.
"""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from customers import days
from ladder import asking, judging, lives, looking, nearing, origins, reigns, rules, sql, wording
from ladder.asking import Row
from ladder.evidence import Evidence, Origin
from ladder.explanation import Explanation
from ladder.models import Edition, Override, Placement, Point, Scorecard, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Mapping
    from datetime import date

    from django.db.models import QuerySet

    from customers.models import Customer
    from ladder.asking import Asked, Verdict
    from ladder.models import Ladder
    from ladder.rules import Condition

    Earned = Callable[[Edition, date], int]

TELLING_OVERRIDE = ("override__rung", "override__made_by", "override__made_with")
MOST_WAYS = 3  # that lead to one rung


def everywhere(customer: Customer, editions: Iterable[Edition], *, day: date) -> list[Explanation]:
    """Of the stored standing on every ladder; without those on which they do not stand (not ranked, not judged yet).

    `day` is the last ranked one: the standing is of that day, and so is its reason. Four queries, however many ladders.
    """
    current = Placement.objects.current().filter(customer=customer).with_before().select_related(*TELLING_OVERRIDE)
    current = current.annotate(override_comes=Exists(_to_come(OuterRef("customer"), day).filter(rung__ladder=OuterRef("ladder"))))
    stands = {placement.ladder_id: placement for placement in current}
    panel = [e for e in editions if e.ladder_id in stands]
    row = Row(Scorecard, "customer_id", customer.pk)
    return _explain(customer, row, panel, stands, day=day, earned=partial(looking.earned, customer))


def current(customer: Customer, ladder: Ladder, *, today: date) -> Explanation | None:
    reign = reigns.reigning(today)
    found = everywhere(customer, [e for e in reign.editions if e.ladder_id == ladder.pk], day=reign.day)
    return found[0] if found else None


@transaction.atomic
def as_of(customer: Customer, ladder: Ladder, *, day: date) -> Explanation | None:
    """Of the fold as of the end of a day, with everything we know now; nothing is stored."""
    judge = next((j for j in reigns.judges() if j.ladder == ladder), None)
    edition = reigns.in_force(ladder, day)
    if judge is None or edition is None:
        return None
    lives.empty_tables()
    lives.choose_one(customer.pk)
    lives.build(day, judge.editions)
    lives.split(judge.editions, day)
    judging.judge([judge], day)
    last = sql.rows(
        "SELECT p.rung_id, p.since, p.falls_on, p.override_id, before.rung_id FROM life_placement p"
        " LEFT JOIN life_placement before ON before.until = p.since WHERE p.until IS NULL"
    )
    point = Point.objects.order_by("-day").values_list("day", flat=True).first()
    if not last or point is None:
        return None
    rung, since, falls_on, held, before = last[0]
    override = Override.objects.told().get(pk=held) if held else None
    grace = days.from_number(falls_on) if falls_on else None
    stood = Placement(rung_id=rung, since=days.from_number(since), falls_on=grace, override=override)
    stood.came_from = before  # type: ignore[attr-defined]  # as `with_before` annotates
    stood.override_comes = _to_come(customer, day).filter(rung__ladder=ladder).exists()  # type: ignore[attr-defined]
    stands = {ladder.pk: stood}
    row = Row(Point, "day", point)
    return next(iter(_explain(customer, row, [edition], stands, day=day, earned=looking.earned_in_fold)), None)


def _to_come(customer: Any, day: date) -> QuerySet[Override]:
    return Override.objects.standing().filter(customer=customer, since__gt=day)


def _explain(
    customer: Customer, row: Row, editions: list[Edition], stands: Mapping[int, Placement], *, day: date, earned: Earned
) -> list[Explanation]:
    answers = asking.ask(row, editions, day)
    ruled = {e: _ruled(e, asked.rung_id, stands[e.ladder_id], partial(earned, e, day)) for e, asked in answers.items()}
    held = {e: override for e in ruled if (override := stands[e.ladder_id].override)}
    kept = {e for e, step in ruled.items() if step.rung_id != answers[e].rung_id}
    decisive = {e: _decisive(e, step, kept=e in kept) for e, step in ruled.items()}
    behind = origins.of(customer, {ledger for found in decisive.values() for c, *_ in found for ledger in c.fact.evidence}, day)
    evidence = {e: _evidence(step, decisive[e], answers[e], behind, failing=e in kept) for e, step in ruled.items()}
    planned = {e for e in ruled if stands[e.ladder_id].override_comes}  # type: ignore[attr-defined]
    falls = _falls(customer, row, list(ruled), answers, held, day, planned=planned)
    begins = {e: _begins(customer, e, falls[e][0]) for e in planned & falls.keys()}
    return [
        _told(customer, step, stands[e.ladder_id], answers[e], evidence[e], falls.get(e), day, begins=begins.get(e))
        for e, step in ruled.items()
    ]


def _begins(customer: Customer, edition: Edition, day: date) -> Override | None:
    """The override that begins on a day."""
    return Override.objects.told().standing().filter(customer=customer, rung__ladder=edition.ladder_id, since=day).first()


def _falls(
    customer: Customer,
    row: Row,
    editions: list[Edition],
    answers: Mapping[Edition, Asked],
    held: Mapping[Edition, Override],
    day: date,
    *,
    planned: Container[Edition],
) -> dict[Edition, tuple[date, Step]]:
    """What time alone will do first, where it does anything. By the row, or where that does not reach, by folding the life on, which is dear.

    A row knows what a window holds up to the day on which it lets something out, and no further; and nothing of overrides to come.
    """
    found = asking.falls(row, [e for e in editions if not e.soft_steps], answers, held)
    unsure = [e for e in editions if e.soft_steps or e in planned or _reaches_past(answers[e].changes_on, found.get(e))]
    return {e: fall for e, fall in found.items() if e not in unsure} | looking.ahead(customer, unsure, day)


def _reaches_past(changes_on: int | None, fall: tuple[date, Step] | None) -> bool:
    """Whether what the row says, be it nothing, lies on or after the day on which a column of it is no longer so."""
    return changes_on is not None and (fall is None or days.number(fall[0]) >= changes_on)


def _ruled(edition: Edition, entered: int, stands: Placement, earned: Callable[[], int]) -> Step:
    """The step that the rules put somebody on: the one they enter today, or the higher one that softness keeps.

    Under an override where they stand does not tell, and `earned` does, which is dear.
    """
    soft = {step.rung_id: step for step in edition.soft_steps}
    if stands.override is None and stands.rung_id in soft:
        return soft[stands.rung_id]
    rung = earned() if stands.override and soft else entered
    return next(step for step in edition.all_steps if step.rung_id == rung)


def reasons(
    customers: Mapping[int, Customer], edition: Edition, *, day: date, before: Mapping[int, int | None]
) -> dict[int, str]:
    """Why each would stand where an edition puts them, by their stored scorecards: the sentence alone. {customer id: sentence}

    `before` has the rung they come from, by customer. Whom an override holds on the ladder now is told as standing by it.
    """
    found = {}
    here = Placement.objects.current().filter(ladder=edition.ladder_id, customer__in=customers)
    stands = {placement.customer_id: placement for placement in here.select_related(*TELLING_OVERRIDE)}
    for pk, answers in asking.ask_each(list(customers), [edition], day).items():
        asked = answers[edition]
        if placement := stands.get(pk):
            step = _ruled(edition, asked.rung_id, placement, partial(looking.earned, customers[pk], edition, day))
            kept = step.rung_id != asked.rung_id
            evidence = _evidence(step, _decisive(edition, step, kept=kept), asked, defaultdict(list), failing=kept)
            found[pk] = _sentence(customers[pk], step, placement, asked, evidence, before=before.get(pk))
    return found


def _sentence(
    customer: Customer, ruled: Step, stands: Placement, asked: Asked, evidence: list[Evidence], *, before: int | None
) -> str:
    """`before` is the rung they came from."""
    held = stands.override
    if ruled.rung_id != asked.rung_id and held is None:
        return wording.kept(customer, ruled, evidence, stands.falls_on)
    if held is None:
        return wording.why(customer, ruled, evidence) + _no_longer(ruled, before, asked)
    return wording.overridden(customer, asking.stood_on(ruled.edition, ruled.rung_id, held), held, ruled, evidence)


def _no_longer(ruled: Step, before: int | None, asked: Asked) -> str:
    """What a higher rung that they came from asks and is not so; nothing where they came from below. Ground and side states say it themselves."""
    climb = [s for s in ruled.edition.all_steps if s.kind == Step.Kind.STEP] if ruled.kind == Step.Kind.STEP else []
    lost = next((s for s in climb if s.rung_id == before and s.position > ruled.position), None)
    missing = rules.ways(lost.read_rule, lambda c: asked.verdicts[c][2])[:1] if lost else []
    evidence = [Evidence(c, *asked.verdicts[c][:2], holds=False, origins=[], opposite=not so) for way in missing for c, so in way]
    return wording.no_longer(lost, evidence) if lost and evidence else ""


def _evidence(
    step: Step,
    decisive: list[tuple[Condition, bool, bool]],
    asked: Asked,
    behind: dict[str, list[Origin]],
    *,
    failing: bool = False,
) -> list[Evidence]:
    """`failing`: also what is not as the rule wants it."""
    return [
        Evidence(
            c,
            value,
            against,
            holds == so,
            [o for ledger in c.fact.evidence for o in behind[ledger]],
            opposite=not so,
            beside=beside,
        )
        for c, so, beside in decisive
        for value, against, holds in [asked.verdicts[c]]
        if failing or holds == so or step.kind == Step.Kind.GROUND  # else one way of several, and not theirs
    ]


def _told(
    customer: Customer,
    ruled: Step,
    stands: Placement,
    asked: Asked,
    evidence: list[Evidence],
    falls: tuple[date, Step] | None,
    day: date,
    *,
    begins: Override | None = None,
) -> Explanation:
    edition, held, (falls_on, falls_to) = ruled.edition, stands.override, falls or (None, None)
    step = asking.stood_on(edition, ruled.rung_id, held)
    why = _sentence(customer, ruled, stands, asked, evidence, before=stands.came_from)  # type: ignore[attr-defined]
    keepers = asking.keepers(edition, asked, falls_on)
    return Explanation(
        edition.ladder, edition, step.rung, step, stands.since, day, why, evidence, _lifts(edition, step, asked.verdicts, held),
        falls_on, falls_to.rung if falls_to else None,
        wording.falls(step, falls_to, falls_on, keepers, override=held, begins=begins) if falls_on and falls_to else "", held,
        ruled if held else None, asked.inactive, nearing.position(edition, step, asked.verdicts),
        rises=bool(falls_to and wording.rises(step, falls_to)),
    )  # fmt: skip


def _decisive(edition: Edition, step: Step, *, kept: bool = False) -> list[tuple[Condition, bool, bool]]:
    """What decides a rung: conditions, whether they are wanted so, whether they only keep from a side state.

    What the rung's own rule asks, or the one that keeps them on it; for buyers also what keeps them from the side states; for the ground, the first steps' rules.
    """
    climb = [s for s in edition.all_steps if s.kind == Step.Kind.STEP]
    own = climb[:2] if step.kind == Step.Kind.GROUND else [step]
    asks = [step.read_stay or step.read_rule] if kept else [s.read_rule for s in own]
    found = [(c, so, False) for rule in asks for c, so in rule.asked()]
    if step.kind == Step.Kind.STEP and any("purchases" in c.fact.evidence for c, *_ in found):
        sides = [s for s in edition.all_steps if s.kind == Step.Kind.SIDE]
        found += [(c, so, True) for s in sides for c, so in s.read_rule.asked(so=False) if c.fact.anchor]
    return list(dict.fromkeys(found))


def _lifts(edition: Edition, step: Step, verdicts: dict[Condition, Verdict], held: Override | None) -> list[str]:
    """What the next step up asks that is not so yet; from a side state, what leads out of it; nothing where an override keeps them."""
    if held and step.rung_id == held.rung_id and held.how != Override.How.AT_LEAST:
        return [wording.held_back(held)]
    if step.kind == Step.Kind.SIDE:
        return [wording.way_out(step)]
    climb = [s for s in edition.all_steps if s.kind != Step.Kind.SIDE]
    higher = [s for s in climb if s.position > step.position]
    found = []
    for target in higher[:2] if step.kind == Step.Kind.GROUND else higher[:1]:
        for way in rules.ways(target.read_rule, lambda c: verdicts[c][2])[:MOST_WAYS]:
            if way:
                found.append(wording.lift(target, [(c, so, *verdicts[c][:2], _made_of(c, verdicts)) for c, so in way]))
    return list(dict.fromkeys(found))


def _made_of(condition: Condition, verdicts: dict[Condition, Verdict]) -> list[str]:
    """Which of the things that make a flag are so."""
    return [wording.said(part.fact, verdicts[part][0]) for part in condition.parts if verdicts[part][2]]
