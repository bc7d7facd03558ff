"""Trying a draft on the whole base: who would move and why, what that would queue or hold back. Only the report is stored.

A chunk is judged by the very code that judges it once the draft is published, in a transaction that is then taken back.
Whom the draft cannot move today is left out beforehand: both editions are asked of the stored scorecards, which costs a
hundredth of folding a life again.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Case, Count, F, Q, Sum, Value, When

from customers import days
from customers.models import Customer, Purchase
from ladder import editions, explaining, facts, lives, programmes, ranking, reigns, settling, sql, taking, trying
from ladder.models import Action, Override, Placement, Run, Scorecard, SimulatedMove, Simulation
from ladder.models.standing import bounds, in_chunk
from ladder.reigns import Judges

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date, datetime

    from accounts.models import User
    from ladder.models import Edition
    from ladder.models.standing import PlacementQuerySet

MOST_REASONS = 50  # told for each pair of rungs in a chunk: the page shows a few, nobody reads thousands


def begin(edition: Edition, *, at: datetime, by: User | None = None, first_day: date | None = None) -> Simulation:
    """Ask for a trial, as if the draft judged from `first_day`, by default from the last ranked day; a ladder's first from the first fact.

    Raises ValidationError for a day to come: on that day nobody can be judged yet.
    """
    today = days.day_of(at)
    day = Run.objects.ranked_through() or today
    if first_day and first_day > max(day, today):
        raise ValidationError({"first_day": (
            f"{first_day} has not come yet, and nobody knows what will be known of customers by then: a trial is made as of today. Leave"
            f" it out; what is tried can be published from a day to come, up to {editions.FURTHEST.days} days ahead."
        )})  # fmt: skip
    if first_day or edition.ladder.editions.published().exists():
        first_day = min(first_day or day, day)
    return Simulation.objects.create(edition=edition, day=day, first_day=first_day, asked_at=at, asked_by=by)


def simulate(of: Simulation, *, now: datetime, progress: Callable[[Simulation], None] = lambda of: None) -> bool:
    """Try what was asked for, from the chunk where it was left; False if somebody else is at it or it has ended.

    The base is brought up to its day first, so that what moves is the draft's doing alone.
    """
    clock = ranking.running_from(now)
    if not trying.claim(of, now=now):
        return False
    if ranking.waiting_chunks(of.day) or not Run.objects.ranked_through():

        def hold(run: Run) -> None:
            trying.renew(of, at=clock())

        ranking.rank(now=now, day=of.day, kind=Run.Kind.STALE, progress=hold)
    chunks = ranking.every_chunk()
    Simulation.objects.filter(pk=of.pk).update(chunks=len(chunks))
    panel = _panel(of)
    for number in chunks[of.done :]:
        if not trying.renew(of, at=clock()):
            break
        if not _store(of, *_try_chunk(number, of, panel, now=now)):
            return False
        of.refresh_from_db(fields=["done", "chunks", "report"])
        progress(of)
    ended = trying.finish(of, at=clock())
    of.refresh_from_db()
    return ended


def _panel(of: Simulation) -> list[Judges]:
    """Who would judge, were the draft published."""
    of.edition.first_day = of.first_day
    found, ladder = reigns.judges(), of.edition.ladder
    if not any(judge.ladder == ladder for judge in found):
        return [*found, Judges(ladder, [of.edition])]
    return [Judges(j.ladder, _with(of.edition, j.editions) if j.ladder == ladder else j.editions) for j in found]


def _with(draft: Edition, editions: list[Edition]) -> list[Edition]:
    """In the order in which they judge; of two from the same day the draft comes later."""
    first = [e for e in editions if e.first_day is None or (draft.first_day and e.first_day <= draft.first_day)]
    return [*first, draft, *(e for e in editions if e not in first)]


def _try_chunk(number: int, of: Simulation, panel: list[Judges], *, now: datetime) -> tuple[list[SimulatedMove], dict[str, Any]]:
    """What the draft does to one range of customers, and the report on it. Nothing stays stored."""
    with transaction.atomic():
        day = max(filter(None, [ranking.lock((number, number), now), of.day]))
        taking.clear()
        taking.hold(*bounds(number))
        report: dict[str, Any] = {}
        moves: list[SimulatedMove] = []
        if _take(number, of):
            lives.empty_tables()
            taking.choose_everybody()
            here = Placement.objects.current().filter(ladder=of.edition.ladder_id, customer__in=programmes.chosen())
            before = dict(here.values_list("customer", "rung"))
            settling.settle(day, panel, bounds(number), now=now)
            taking.choose_everybody()
            moves = _moves(of, before, here)
            report = _report(of, moves, here, now=now)
        stayed = _standing(number, of) - Counter(m.after_id for m in moves if m.after_id)
        transaction.set_rollback(True)
    return moves, {**report, "stayed": {str(rung): n for rung, n in stayed.items() if n}}


def _take(number: int, of: Simulation) -> int:
    """Whom the draft may move: everybody if it judges past days, or asks what scorecards need not hold; else whom those put elsewhere.

    Under an override anybody may move: the draft may not know its rung, or have another order.
    """
    live = reigns.in_force(of.edition.ladder, of.day)
    if live is None or of.first_day is None or of.first_day < of.day:
        return taking.take_everybody(*bounds(number), 0)
    if of.edition.needs():
        return taking.take_everybody(*bounds(number), days.number(of.day))
    today = Value(days.number(of.day))
    # A draft may ask what no published rule asked so far, so that nobody was judged on the day it changed.
    fades = Q(*((f"{column}__lte", days.number(of.day)) for column in facts.CHANGES), _connector=Q.OR)
    asked = Scorecard.objects.filter(in_chunk(number)).annotate(
        live=live.earned(today), draft=of.edition.earned(today), quiet=Value(1), since=today,
        marked=Case(When(fades, then=Value(1)), default=Value(0)),
    )  # fmt: skip
    held = Override.objects.standing().on(of.day).filter(rung__ladder=of.edition.ladder_id).values("customer")
    found = asked.filter(~Q(live=F("draft")) | fades | Q(customer__in=held))
    columns = ["customer_id", "quiet", "since", "marked"]
    return sql.insert_select("life_taken", columns, found.values_list("customer", *columns[1:]))


def _standing(number: int, of: Simulation) -> Counter[int]:
    here = Placement.objects.current().filter(in_chunk(number), ladder=of.edition.ladder_id)
    return Counter(dict(here.order_by().values_list("rung").annotate(Count("pk"))))


def _moves(of: Simulation, before: Mapping[int, int], after: PlacementQuerySet) -> list[SimulatedMove]:
    now = {customer: (rung, since) for customer, rung, since in after.values_list("customer", "rung", "since")}
    found = [
        SimulatedMove(simulation=of, customer_id=who, before_id=before.get(who), after_id=rung, since=since)
        for who in sorted(before.keys() | now.keys())
        for rung, since in [now.get(who, (None, None))]
        if rung != before.get(who)
    ]
    told, some = Counter[tuple[int | None, int | None]](), {}
    for move in found:
        told[move.before_id, move.after_id] += 1
        if told[move.before_id, move.after_id] <= MOST_REASONS:
            some[move.customer_id] = move
    people = Customer.objects.in_bulk(some)
    came_from = {who: move.before_id for who, move in some.items()}
    for who, why in explaining.reasons(people, of.edition, day=of.day, before=came_from).items():
        some[who].why = why[:1000]
    return found


def _report(of: Simulation, moves: list[SimulatedMove], here: PlacementQuerySet, *, now: datetime) -> dict[str, Any]:
    """What queueing for those who moved would queue and hold back, for whom it is work, and what the moved are worth."""
    programmes.follow(of.day, now=now, queue=False)
    moved = here.filter(recorded_at=now, customer__in=[m.customer_id for m in moves])
    held_back = programmes.held_back(moved, horizon=of.day, now=now)
    queued = programmes.queue_for(moved, horizon=of.day, now=now)
    touched = Action.objects.filter(customer__in=moved.values("customer")).order_by()
    fresh = touched.filter(queued_at=now)
    load = fresh.values_list("customer__owner").annotate(Count("pk"))
    steps = fresh.values_list("step__name").annotate(Count("pk"))
    return {
        "matrix": dict(Counter(f"{m.before_id or ''}>{m.after_id or ''}" for m in moves)),
        "actions": queued,
        "steps": dict(steps),
        "held_back": dict(held_back),
        "cancelled": touched.filter(finished_at=now).count(),
        "load": {str(owner or ""): n for owner, n in load},
        "money": _money([m.customer_id for m in moves], of.day),
    }


def _money(customers: list[int], day: date) -> dict[str, str]:
    """What these bought within a year, net of what was taken back. {currency: amount}"""
    bought = Purchase.objects.filter(withdrawn_at=None, day__gt=day - timedelta(days=365), day__lte=day, customer__in=customers)
    sums = bought.order_by().values_list("currency").annotate(net=Sum(F("amount") - F("returned")))
    return {currency: f"{net:.2f}" for currency, net in sums}


@transaction.atomic
def _store(of: Simulation, moves: list[SimulatedMove], report: dict[str, Any]) -> bool:
    """Add a chunk to the report; False if somebody who took the trial for abandoned has added it meanwhile."""
    ours = Simulation.objects.filter(pk=of.pk, done=of.done)
    if not ours.update(report=_added(of.report, report), done=F("done") + 1, attempts=1):
        return False
    SimulatedMove.objects.bulk_create(moves, batch_size=2_000)
    return True


def _added(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, Any]:
    """Two reports as one: numbers are summed, amounts too."""
    found = dict(one)
    for name, value in other.items():
        if isinstance(value, dict):
            found[name] = _added(found.get(name, {}), value)
        elif isinstance(value, str):
            found[name] = str(Decimal(found.get(name, 0)) + Decimal(value))
        else:
            found[name] = found.get(name, 0) + value
    return found
