"""The invariants of the domain, held against the live data as of the last ranked day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Count, Exists, F, OuterRef, Q

from customers import days
from customers.models import Purchase, PurchaseLine
from ladder import foreseeing, lives, ranking, reigns, scorecards, settling, sql
from ladder.models import Action, Override, Placement, Quarantine, Run, Scorecard, StaleMark, Step
from ladder.models.actions import OPEN
from ladder.models.standing import bounds

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

MOST = 20  # offenders named per invariant and chunk

WAITING = (
    "SELECT customer_id FROM ladder_stalemark WHERE day <= {end} AND customer_id BETWEEN {first} AND {last}"
    " UNION SELECT customer_id FROM ladder_quarantine WHERE customer_id BETWEEN {first} AND {last}"
)

Offender = dict[str, Any]


def check() -> tuple[list[str], list[Offender]]:
    """The names of the invariants checked, and the offenders."""
    found: list[Offender] = []
    for name, offenders in INVARIANTS.items():
        found += [{"invariant": name, "what": what} for what in offenders()]
    return list(INVARIANTS), found


def history_is_the_fold() -> list[str]:
    """Folding every life from its first day gives the stored history; customers with marks still waiting and quarantined ones apart."""
    horizon = Run.objects.ranked_through()
    if horizon is None:
        return []
    return [offender for number in ranking.every_chunk() for offender in _differences(number, horizon)]


def _waiting(number: int, horizon: date) -> str:
    """A select of the customers of a chunk who are not ranked yet as of the horizon.

    Of a chunk, for PostgreSQL goes through a list of over a quarter of a million again for every row that is held against it.
    """
    first, last = bounds(number)
    return WAITING.format(end=days.number(horizon), first=first, last=last)


def _fold(number: int, horizon: date) -> None:
    lives.empty_tables()
    lives.choose(*bounds(number))
    settling.fold(horizon, reigns.judges())


@transaction.atomic
def _differences(number: int, horizon: date) -> list[str]:
    first, last = bounds(number)
    _fold(number, horizon)
    waiting = f"customer_id IN ({_waiting(number, horizon)})"
    rows = sql.rows(
        f"SELECT customer_id, ladder_id, since, 'is missing' FROM life_placement WHERE NOT {waiting} AND NOT EXISTS (SELECT 1 FROM ladder_placement s"
        " WHERE s.superseded_at IS NULL AND s.customer_id = life_placement.customer_id AND s.ladder_id = life_placement.ladder_id"
        " AND s.rung_id = life_placement.rung_id AND s.edition_id = life_placement.edition_id AND s.since = life_placement.since"
        " AND COALESCE(s.override_id, 0) = COALESCE(life_placement.override_id, 0)"
        f" AND COALESCE(s.until, {sql.FOREVER}) = COALESCE(life_placement.until, {sql.FOREVER}))"
        f" UNION ALL SELECT customer_id, ladder_id, since, 'is not so' FROM ladder_placement WHERE superseded_at IS NULL AND NOT {waiting}"
        " AND customer_id BETWEEN %s AND %s AND NOT EXISTS (SELECT 1 FROM life_placement n WHERE n.customer_id = ladder_placement.customer_id"
        " AND n.ladder_id = ladder_placement.ladder_id AND n.rung_id = ladder_placement.rung_id AND n.since = ladder_placement.since"
        f" AND COALESCE(n.until, {sql.FOREVER}) = COALESCE(ladder_placement.until, {sql.FOREVER})) LIMIT {MOST}",
        [first, last],
    )
    return [
        f"customer {who}, ladder {ladder}: the placement since {days.from_number(since)} {how}"
        for who, ladder, since, how in rows
    ]


def nobody_is_due_too_late() -> list[str]:
    """No open placement names a later day for what time alone may do than the fold does; customers with marks still waiting apart."""
    horizon = Run.objects.ranked_through()
    if horizon is None:
        return []
    return [offender for number in ranking.every_chunk() for offender in _due_too_late(number, horizon)]


@transaction.atomic
def _due_too_late(number: int, horizon: date) -> list[str]:
    _fold(number, horizon)
    rows = sql.rows(
        f"SELECT s.customer_id, s.ladder_id, n.due FROM ladder_placement s JOIN life_placement n ON {settling.AGAIN}"
        f" WHERE s.until IS NULL AND s.superseded_at IS NULL AND n.until IS NULL AND COALESCE(s.due, {sql.FOREVER}) > n.due"
        f" AND s.customer_id NOT IN ({_waiting(number, horizon)}) LIMIT {MOST}",
    )
    return [
        f"customer {who}, ladder {ladder}: is due on {days.from_number(due)}, and would be judged later"
        for who, ladder, due in rows
    ]


def falls_are_the_fold() -> list[str]:
    """Whoever was looked ahead for is told the fall of the next days that the fold brings, or none; customers with marks waiting apart."""
    horizon = Run.objects.ranked_through()
    if horizon is None:
        return []
    return [offender for number in ranking.every_chunk() for offender in _otherwise_foretold(number, horizon)]


@transaction.atomic
def _otherwise_foretold(number: int, horizon: date) -> list[str]:
    lives.empty_tables()
    looked = (
        "INSERT INTO life_customer (customer_id) SELECT DISTINCT customer_id FROM ladder_outlook"
        f" WHERE error = '' AND customer_id BETWEEN %s AND %s AND customer_id NOT IN ({_waiting(number, horizon)})"
    )
    if not sql.run(looked, bounds(number)):
        return []
    foreseeing.fold_on(horizon)
    found = foreseeing.mistold(horizon)[:MOST]
    return [f"customer {who}, ladder {ladder}: falls otherwise than is foretold" for who, ladder in found]


def cards_say_what_the_ledgers_say() -> list[str]:
    """Read anew, every scorecard that no passing of time has changed says the same; customers with marks still waiting apart."""
    horizon = Run.objects.ranked_through()
    if horizon is None:
        return []
    return [offender for number in ranking.every_chunk() for offender in _other_cards(number, horizon)]


@transaction.atomic
def _other_cards(number: int, horizon: date) -> list[str]:
    lives.empty_tables()
    lives.choose(*bounds(number))
    now = lives.present(horizon, [edition for judge in reigns.judges() for edition in judge.editions])
    told, read = (", ".join(f"{table}.{name}" for name in lives.FACT_COLUMNS) for table in ("s", "p"))
    rows = sql.rows(
        f"SELECT s.customer_id FROM ladder_scorecard s JOIN ({now}) p ON p.customer_id = s.customer_id"
        f" WHERE ({told}) IS DISTINCT FROM ({read}) AND s.customer_id NOT IN ({_waiting(number, horizon)})"
        " AND s.customer_id NOT IN (SELECT customer_id FROM ladder_scorecard"
        f" WHERE customer_id BETWEEN %s AND %s AND {scorecards.outdated(horizon)}) LIMIT {MOST}",
        bounds(number),
    )
    return [f"customer {who}: the scorecard is not what the ledgers say" for (who,) in rows]


def overrides_show() -> list[str]:
    """Where an override holds, the open placement names one, and one that fixes is stood on; customers with marks waiting apart."""
    horizon = Run.objects.ranked_through()
    if horizon is None:
        return []
    missing = []
    for edition in reigns.reigning(horizon).editions:
        rungs = [step.rung_id for step in edition.all_steps]
        climb = [step.rung_id for step in edition.all_steps if step.kind != step.Kind.SIDE]
        counts = Q(how=Override.How.FIX, rung__in=rungs) | Q(rung__in=climb)
        held = Override.objects.standing().on(horizon).filter(counts).values("customer")
        current = Placement.objects.current().filter(ladder=edition.ladder_id)
        elsewhere = Q(override__how=Override.How.FIX) & ~Q(override__rung=F("rung"))
        missing += _not_waiting(current.filter(Q(customer__in=held, override=None) | elsewhere), horizon)
    return [f"customer {who} is under an override that their placement does not show" for who in missing]


def one_open_placement() -> list[str]:
    """Exactly one for every ranked customer and live ladder."""
    twice = Placement.objects.current().values("customer", "ladder").annotate(n=Count("pk")).filter(n__gt=1).order_by()
    return [f"customer {row['customer']} has {row['n']} open placements" for row in twice[:MOST]]


def no_gap_no_overlap() -> list[str]:
    """Valid time of the true history has no overlap; a hole only where the customer was not ranked."""
    rows = sql.rows(
        "SELECT customer_id, since FROM (SELECT customer_id, since, LAG(until) OVER w AS ended, ROW_NUMBER() OVER w AS n"
        " FROM ladder_placement WHERE superseded_at IS NULL WINDOW w AS (PARTITION BY customer_id, ladder_id ORDER BY since)) h"
        " WHERE n > 1 AND (ended IS NULL OR ended > since OR (ended < since AND NOT EXISTS (SELECT 1 FROM customers_notranked r"
        f" WHERE r.customer_id = h.customer_id))) LIMIT {MOST}"
    )
    return [f"customer {who}: the placement since {days.from_number(since)} does not join the one before" for who, since in rows]


def refunded_stand_as_never_bought() -> list[str]:
    """Whoever had everything taken back is judged by the facts of a never-buyer, on whatever ladder."""
    horizon = Run.objects.ranked_through()
    if horizon is None:
        return []
    keeps = Purchase.objects.filter(withdrawn_at=None, priced=True, day__lte=horizon).filter(Q(ended=None) | Q(ended__gt=horizon))
    bought = Scorecard.objects.exclude(occasions=0, invoices=0, first_day=None, quiet_since=None)
    wrong = bought.filter(~Exists(keeps.filter(customer=OuterRef("customer"))))
    return [f"customer {who} is judged as a buyer without a purchase that stands" for who in _not_waiting(wrong, horizon)]


def _not_waiting(rows: Any, horizon: date) -> list[int]:
    """The first customers of these rows who have no mark whose day has come."""
    some = list(rows.values_list("customer", flat=True)[: MOST * 10])
    waiting = {*StaleMark.objects.filter(customer_id__in=some, day__lte=horizon).values_list("customer_id", flat=True)}
    waiting |= {*Quarantine.objects.filter(customer__in=some).values_list("customer", flat=True)}
    return [who for who in some if who not in waiting][:MOST]


def rungs_are_of_their_ladder() -> list[str]:
    """Every step of an edition is a rung of the ladder that the edition is of."""
    astray = Step.objects.exclude(rung__ladder=F("edition__ladder")).values_list("edition", "rung__slug")
    return [f"edition {edition} has {slug}, a rung of another ladder" for edition, slug in astray[:MOST]]


def actions_are_called_for() -> list[str]:
    """An open action stands on an open placement; no two are for the same."""
    orphans = Action.objects.filter(state__in=OPEN).exclude(key__startswith="called:")
    orphans = orphans.filter(~Exists(Placement.objects.current().filter(pk=OuterRef("placement"))))
    return [f"action {pk} is open, but nothing calls for it" for pk in orphans.values_list("pk", flat=True)[:MOST]]


def returns_add_up() -> list[str]:
    """Nobody gives back more than was bought; what is taken back is what the matches say."""
    over = PurchaseLine.objects.filter(returned__gt=F("quantity"))
    return [f"purchase line {pk} has more taken back than bought" for pk in over.values_list("pk", flat=True)[:MOST]]


INVARIANTS: dict[str, Callable[[], list[str]]] = {
    "history is the fold over days": history_is_the_fold,
    "a scorecard says what the ledgers say": cards_say_what_the_ledgers_say,
    "nobody is due too late": nobody_is_due_too_late,
    "who is about to fall is who the fold lowers": falls_are_the_fold,
    "an override in force shows on its placement": overrides_show,
    "at most one open placement per customer and ladder": one_open_placement,
    "valid time has no gap and no overlap": no_gap_no_overlap,
    "whoever had everything taken back stands where a never-buyer stands": refunded_stand_as_never_bought,
    "an edition has the rungs of its own ladder": rungs_are_of_their_ladder,
    "an open action is called for by an open placement": actions_are_called_for,
    "nobody gives back more than was bought": returns_add_up,
}
