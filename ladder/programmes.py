"""Programmes: which actions a movement queues, and which of them nothing calls for any more.

Runs inside the transaction that wrote the placements, for the customers in life_customer. What
"once" means is the unique (customer, step, key) of an action: a second row is refused by the
database, whoever tries.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, F, OuterRef, Q

from customers import days
from customers.models import NotRanked, Purchase, Refund, Stop
from customers.sql import instant
from ladder import gates, sql
from ladder.models import Action, Chosen, Placement, ProgrammeStep
from ladder.models.actions import State
from ladder.wording import lowered, movement_reason

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from django.db.models import QuerySet

    from ladder.gates import Hurdle
    from ladder.models.standing import PlacementQuerySet

A_STOP = "a stop"
FEW = 5_000  # so many keys every SQLite takes in one statement


def follow(horizon: date, *, now: datetime, queue: bool, moved: bool = True) -> int:
    """Move actions with their placements, queue what new movements call for, cancel what none does; gives how many queued.

    `moved`: whether anybody did, just now.
    """
    at = instant(now)
    carry_over(now)
    reopen(at)
    queued = 0
    if queue:
        queued = queue_for(_fresh(now), horizon=horizon, now=now) if moved else 0
        queued += turn_to_recovery(now, horizon)
    cancel(at)
    return queued


def _fresh(now: datetime) -> PlacementQuerySet:
    """The placements just made that are no import's doing. A few are looked up once: else every step reads all who stand on its rung."""
    found = Placement.objects.current().filter(recorded_at=now, imported=False, customer__in=chosen())
    keys = list(found.values_list("pk", flat=True)[: FEW + 1])
    return found if len(keys) > FEW else Placement.objects.filter(pk__in=keys)


def chosen() -> QuerySet[Chosen, Any]:
    return Chosen.objects.values("customer_id")


# The heir of a placement that was wrong is the one on the same rung since the same day, or of those by which it is replaced, since days on
# which nobody was believed to have come onto it, the one that begins nearest; it takes one action of a step, the nearest's. Another stay
# on the rung is another movement, with actions of its own.
HEIRS = """
    SELECT action_id, heir_id, since, far, ROW_NUMBER() OVER (PARTITION BY step_id, heir_id, slot ORDER BY far, action_id) AS place FROM (
        SELECT a.id AS action_id, a.step_id, heir.id AS heir_id, heir.since, ABS(heir.since - old.since) AS far,
            CASE WHEN a.key LIKE 'movement:%%' THEN 0 ELSE a.id END AS slot,
            ROW_NUMBER() OVER (PARTITION BY a.id ORDER BY ABS(heir.since - old.since), heir.since DESC) AS nearness
        FROM ladder_action a
        JOIN ladder_placement old ON old.id = a.placement_id AND old.superseded_at = %s
        JOIN ladder_placement heir ON heir.customer_id = old.customer_id AND heir.ladder_id = old.ladder_id
            AND heir.rung_id = old.rung_id AND heir.superseded_at IS NULL AND (heir.since = old.since
                OR (heir.recorded_at = old.superseded_at AND NOT EXISTS (
                    SELECT 1 FROM ladder_placement believed WHERE believed.customer_id = heir.customer_id
                    AND believed.ladder_id = heir.ladder_id AND believed.rung_id = heir.rung_id AND believed.since = heir.since
                    AND believed.superseded_at = old.superseded_at)))
        WHERE a.customer_id IN (SELECT customer_id FROM life_customer)
    ) pairs WHERE nearness = 1
"""


def carry_over(now: datetime) -> None:
    """When late facts replace a placement by one on the same rung, its actions go along, done ones too."""
    at = instant(now)
    other_day = sql.rows(f"SELECT action_id FROM ({HEIRS}) h WHERE h.place = 1 AND h.far > 0", [at])
    sql.run(
        f"""
        UPDATE ladder_action SET placement_id = h.heir_id,
            key = CASE WHEN ladder_action.key LIKE 'movement:%%' THEN 'movement:' || h.since ELSE ladder_action.key END
        FROM ({HEIRS}) h
        WHERE h.action_id = ladder_action.id AND h.place = 1 AND NOT EXISTS (
            SELECT 1 FROM ladder_action twin WHERE twin.customer_id = ladder_action.customer_id AND twin.step_id = ladder_action.step_id
            AND twin.id <> ladder_action.id AND twin.key = 'movement:' || h.since AND ladder_action.key LIKE 'movement:%%')
        """,
        [at],
    )
    reschedule([pk for (pk,) in other_day], now)


def reschedule(moved: list[int], now: datetime) -> None:
    """Actions that nobody has touched follow the day of their movement."""
    untouched = Action.objects.filter(pk__in=moved, state=State.WAITING, events=None).exclude(key__startswith="called:")
    for action in untouched.select_related("step", "placement__customer", "placement__rung"):
        if action.placement and (due := action_for(action.step, action.placement, now=now)):
            Action.objects.filter(pk=action.pk).update(due_at=due.due_at, expires_at=due.expires_at, reason=due.reason)


GONE = "They no longer stand where this was called for."


def cancel(at: object) -> int:
    """Cancel open actions that no current placement calls for any more. What another action called for stays."""
    return sql.run(
        "UPDATE ladder_action SET state = 'cancelled', state_reason = %s, finished_at = %s"
        " WHERE state IN ('waiting', 'deferred') AND customer_id IN (SELECT customer_id FROM life_customer)"
        " AND key NOT LIKE 'called:%%' AND NOT EXISTS (SELECT 1 FROM ladder_placement p WHERE p.id = ladder_action.placement_id"
        " AND p.until IS NULL AND p.superseded_at IS NULL)",
        [GONE, at],
    )


def reopen(at: object) -> int:
    """What was cancelled only because they no longer stood there waits again once they stand there since the same day."""
    return sql.run(
        "UPDATE ladder_action SET state = 'waiting', state_reason = '', finished_at = NULL, placement_id = again.id"
        " FROM ladder_placement old JOIN ladder_placement again ON again.customer_id = old.customer_id"
        " AND again.ladder_id = old.ladder_id AND again.rung_id = old.rung_id AND again.since = old.since"
        " AND again.until IS NULL AND again.superseded_at IS NULL"
        " WHERE old.id = ladder_action.placement_id AND ladder_action.state = 'cancelled' AND ladder_action.state_reason = %s"
        " AND ladder_action.finished_by_id IS NULL AND ladder_action.expires_at > %s"
        " AND ladder_action.customer_id IN (SELECT customer_id FROM life_customer)",
        [GONE, at],
    )


def active_steps() -> QuerySet[ProgrammeStep]:
    """The steps that movements start."""
    starts = (ProgrammeStep.Starts.ENTERS, ProgrammeStep.Starts.LEAVES_BUYING)
    steps = ProgrammeStep.objects.filter(programme__on=True, starts__in=starts)
    return steps.select_related("programme", "rung")


def queue_for(placements: PlacementQuerySet, *, horizon: date, now: datetime) -> int:
    """Queue every step that these current placements start; gives how many actions were new."""
    queued = 0
    reached = set(placements.order_by().values_list("ladder_id", "rung_id").distinct())
    for step in active_steps() if reached else ():
        if not _may_start(step, reached):
            continue
        found = allowed(step, placements, horizon=horizon, now=now).select_related("customer", "rung", "ladder")
        queued += store(step, [a for p in found if (a := action_for(step, p, now=now))])
    return queued


def _may_start(step: ProgrammeStep, reached: set[tuple[int, int]]) -> bool:
    """Whether a movement to one of these rungs, each beside its ladder, can start a step: most steps nobody's does on a given night."""
    if step.starts == ProgrammeStep.Starts.ENTERS:
        return (step.rung.ladder_id, step.rung_id) in reached
    return any(ladder == step.rung.ladder_id for ladder, _ in reached)


def allowed(step: ProgrammeStep, placements: PlacementQuerySet, *, horizon: date, now: datetime) -> QuerySet[Placement, Any]:
    """Those of the placements that start a step, lately enough, past its gate and no stop."""
    found: QuerySet[Placement, Any] = _starting(placements, step)
    for _, past in hurdles(step, horizon=horizon, now=now):
        found = past(found)
    return found


def hurdles(step: ProgrammeStep, *, horizon: date, now: datetime) -> Iterable[Hurdle]:
    """What may hold back a step that a placement starts, in order: why, and who comes past it."""
    oldest = horizon - timedelta(days=step.fresh_days)
    yield "too long ago", lambda found: found.filter(since__gt=oldest, since__lte=horizon)
    yield A_STOP, lambda found: found.exclude(stopped(horizon))
    yield from gates.GATES[step.gate or "open"](horizon)
    if step.most_a_year:
        yield "often enough this year", gates.nobody_of(_often_enough(step, now))


def stops(horizon: date) -> Iterable[Hurdle]:
    """The kinds of what `stopped` asks about at once: so many questions would cost those who queue more than one."""
    for kind in Stop.Reason:
        yield f"{A_STOP}: {lowered(kind.label)}", gates.nobody_of(Stop.objects.on(horizon).filter(reason=kind))
    yield f"{A_STOP}: not ranked", gates.nobody_of(NotRanked.objects.on(horizon))


def held_back(placements: PlacementQuerySet, *, horizon: date, now: datetime) -> Counter[str]:
    """Of the steps that these placements start, how many `queue_for` would not queue, by the first reason."""
    found = Counter[str]()

    def past_all(left: Any, hurdles: Iterable[Hurdle]) -> Any:
        """Who comes past; whom each hurdle holds back is counted."""
        count = left.count()
        for why, past in hurdles:
            if not count:
                break
            before, left, of = left, past(left), count
            count = left.count()
            if why == A_STOP and count < of:
                past_all(before, stops(horizon))
            else:
                found[why] += of - count
        return left

    for step in active_steps():
        left = past_all(_starting(placements, step), hurdles(step, horizon=horizon, now=now))
        due = [action_for(step, placement, now=now) for placement in left.select_related("customer", "rung", "ladder")]
        wanted = [action for action in due if action]
        there = Action.objects.filter(step=step, customer__in=left.values("customer")) if wanted else Action.objects.none()
        keys = set(there.exclude(state=State.CANCELLED, finished_by=None).values_list("customer", "key"))
        found["too late to be worth doing"] += len(due) - len(wanted)
        found["queued before"] += sum((action.customer_id, action.key) in keys for action in wanted)
    return +found


def _starting(placements: PlacementQuerySet, step: ProgrammeStep) -> Any:
    bought = Exists(standing_orders().filter(customer=OuterRef("customer"), day=OuterRef("since")))
    if step.starts == ProgrammeStep.Starts.ENTERS:
        entered = placements.filter(rung=step.rung)
        # What counts from a delivery is about the purchase that made the movement, not about coming back some other way.
        return entered.filter(bought) if step.counts_from == ProgrammeStep.Counts.DELIVERY else entered
    # Left by buying: the rung before it ended on the very day on which they bought again.
    return placements.filter(ladder=step.rung.ladder_id).entered_from().filter(came_from=step.rung_id).filter(bought)


def standing_orders() -> QuerySet[Purchase, Any]:
    """Purchases that make their day an occasion: priced, not withdrawn, not wholly taken back the same day."""
    return Purchase.objects.filter(withdrawn_at=None, priced=True).filter(Q(ended=None) | Q(ended__gt=F("day")))


def stopped(horizon: date) -> Q:
    """Customers for whom nothing may be queued or sent."""
    here = OuterRef("customer")
    return Q(Exists(Stop.objects.on(horizon).filter(customer=here))) | Q(
        Exists(NotRanked.objects.on(horizon).filter(customer=here))
    )


def _often_enough(step: ProgrammeStep, now: datetime) -> QuerySet[Action, Any]:
    lately = Action.objects.filter(step=step, queued_at__gt=now - timedelta(days=365)).exclude(state=State.CANCELLED)
    return lately.values("customer").annotate(times=Count("pk")).filter(times__gte=step.most_a_year)


def store(step: ProgrammeStep, wanted: list[Action]) -> int:
    """Write the actions that are new, and open again those that were only cancelled; gives how many."""
    if not wanted:
        return 0
    Action.objects.bulk_create(wanted, ignore_conflicts=True, batch_size=500)
    added = sum(Action.objects.filter(uuid__in=[a.uuid for a in part]).count() for part in _parts(wanted))
    for action in wanted if added < len(wanted) else []:
        added += Action.objects.filter(customer=action.customer, step=step, key=action.key, state=State.CANCELLED, finished_by=None).update(
            state=State.WAITING, state_reason="", finished_at=None, placement=action.placement, reason=action.reason,
            due_at=action.due_at, expires_at=action.expires_at, queued_at=action.queued_at,
        )  # fmt: skip
    return added


def _parts(wanted: list[Action]) -> Iterable[list[Action]]:
    return (wanted[i : i + 500] for i in range(0, len(wanted), 500))


def action_for(step: ProgrammeStep, placement: Placement, *, now: datetime) -> Action | None:
    """The action that a step calls for on a movement, unsaved; None if it would be too old already, or nothing was delivered."""
    delivered = step.counts_from == ProgrammeStep.Counts.DELIVERY
    order = first_order(placement) if delivered else None
    if delivered and order is None:
        return None  # nothing was bought that day: they came onto the rung some other way
    begins = (order.fulfilled or order.day) if order else placement.since
    due = days.start_of(begins + timedelta(days=step.after_days))
    expires = due + timedelta(days=step.expires_days)
    if expires <= now:
        return None
    key = "ever" if step.once == ProgrammeStep.Once.EVER else f"movement:{days.number(placement.since)}"
    return Action(
        customer=placement.customer, step=step, placement=placement, key=key, due_at=due, expires_at=expires,
        queued_at=now, reason=movement_reason(step, placement, order),
    )  # fmt: skip


def first_order(placement: Placement) -> Purchase | None:
    """The purchase that made the movement: the first still standing on its day."""
    orders = standing_orders().filter(customer=placement.customer_id, day=placement.since)
    return orders.order_by("occurred_at", "external_id").first()


def expire(now: datetime) -> int:
    """Drop, visibly, what is older than its freshness limit."""
    old = Action.objects.open().filter(expires_at__lte=now)
    # Asked first: this is looked for every two seconds, and to write what is nothing keeps others waiting too.
    return old.update(state=State.EXPIRED, state_reason="Too old to be worth doing.", finished_at=now) if old.exists() else 0


def turn_to_recovery(now: datetime, horizon: date) -> int:
    """Where something was returned before the welcome, the welcome gives way to a recovery, unless there is a stop."""
    returned = Refund.objects.standing().filter(day__lte=horizon, customer=OuterRef("customer"))
    doomed = Action.objects.open().filter(step__gate="no_return", step__once=ProgrammeStep.Once.EVER).filter(Exists(returned))
    doomed = doomed.filter(customer__in=chosen()).select_related("customer", "placement")
    recovery = ProgrammeStep.objects.filter(programme__slug="recovery", programme__on=True).first()
    reason = "Returned something before being welcomed."
    wanted = [called(recovery, a, now=now, reason=reason) for a in doomed.exclude(stopped(horizon))] if recovery else []
    doomed.update(state=State.CANCELLED, state_reason="Something was returned: a recovery comes first.", finished_at=now)
    return store(recovery, wanted) if recovery else 0


def called(step: ProgrammeStep, by: Action, *, now: datetime, reason: str) -> Action:
    """The action of a step that another action calls for: once for that one."""
    return Action(
        customer=by.customer, step=step, placement=by.placement, key=f"called:{by.uuid}", reason=reason, queued_at=now,
        due_at=now + timedelta(days=step.after_days), expires_at=now + timedelta(days=step.after_days + step.expires_days),
    )  # fmt: skip
