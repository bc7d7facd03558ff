"""Deriving what returns have taken back, for the customers concerned, writing only what differs.

The rule itself stands in `customers.claims`. Whoever adds, moves or withdraws a purchase or a
refund calls `lock` before it reads anything, and `rematch` in the same transaction.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models import Count, F, Max, Q, Sum
from django.db.models.expressions import RawSQL

from customers import sql
from customers.claims import NOTHING, Bought, Matches, Returned, Whole, key, settle
from customers.models import Customer, Purchase, PurchaseLine, Refund, RefundLine, ReturnMatch

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

TOGETHER = 400  # customers, or rows, in one statement
UNIT = Decimal("0.0001")

# Lines a return could have to do with, now or before: the same customer, product and price as a return,
# of a purchase that a return names, or taken back as far as we have stored.
# One branch each, not one condition with OR: each walks an index, whether or not the database has statistics yet.
CONCERNED = """
SELECT l.id FROM {purchaseline} l WHERE l.customer_id IN ({marks}) AND l.returned <> 0
UNION SELECT l.id FROM {refundline} r JOIN {purchaseline} l ON l.customer_id = r.customer_id AND l.unit_price = r.unit_price
    AND coalesce(l.product_id, 0) = coalesce(r.product_id, 0) WHERE r.customer_id IN ({marks})
UNION SELECT l.id FROM {refund} f JOIN {purchaseline} l ON l.purchase_id = f.purchase_id
    WHERE f.customer_id IN ({marks}) AND l.customer_id IN ({marks})
"""
# Waiting refunds whose purchase is there.
ARRIVED = """
SELECT r.id, p.id, r.customer_id FROM {refund} r JOIN {purchase} p
ON p.source_id = r.source_id AND p.external_id = r.names AND p.customer_id = r.customer_id
WHERE r.source_id = %s AND r.names <> '' AND r.withdrawn_at IS NULL AND p.withdrawn_at IS NULL AND r.customer_id {whose}
"""


def lock(customers: Iterable[int]) -> None:
    """Nobody else records or matches what these customers bought and gave back until the transaction ends.

    Who records a purchase looks for the refunds that wait for it, who records a refund for the purchases it takes back; two at
    once would each miss the other's row. All are locked in one order, that of their keys, so two never wait for each other;
    and not their keys themselves, so rows that only name a customer (placements, answers) do not wait. SQLite has one writer.
    """
    if connection.features.has_select_for_update:
        for some in slices(sorted(set(customers))):
            list(Customer.objects.filter(pk__in=some).order_by("pk").select_for_update(no_key=True).values_list("pk"))


def rematch(customers: Iterable[int]) -> None:
    """Derive anew what these customers' returns take back."""
    everyone = sorted(set(customers))
    with transaction.atomic():
        for some in slices(everyone):
            rematch_some(some)


def connect(source_id: int, whose: str, *values: Any) -> set[int]:
    """Give refunds that waited for the purchase they name that purchase, where it has arrived; whose they are.

    `whose` is a condition of SQL on the customer, with its values, so that nobody is touched who is not locked.
    """
    arrived = sql.rows(ARRIVED, source_id, *values, whose=whose)
    for refund, purchase, _ in arrived:
        Refund.objects.filter(pk=refund).update(purchase=purchase, names="")
    return {customer for _, _, customer in arrived}


def slices(everything: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(everything), TOGETHER):
        yield everything[start : start + TOGETHER]


def rematch_some(customers: Sequence[int]) -> None:
    bought, stored_lines, withdrawn = bought_by(customers)
    returned, stored_open, idle = returned_by(customers)
    wholes = [
        Whole(purchase, key(slug, external_id, NOTHING, 0), at, day)
        for purchase, slug, external_id, at, day in Refund.objects.standing()
        .filter(customer__in=customers, whole=True, purchase__isnull=False)
        .values_list("purchase", "source__slug", "external_id", "occurred_at", "day")
    ]
    matches = settle(bought, returned, wholes)
    keep_matches(customers, matches)
    connected = Refund.objects.filter(customer__in=customers, whole=True, purchase__isnull=False)
    for refund, amount in connected.exclude(amount=F("purchase__amount")).values_list("pk", "purchase__amount"):
        Refund.objects.filter(pk=refund).update(amount=amount)
    sql.update(RefundLine, ("matched",), [((line.quantity - line.open,), stored_open[line.id], line.id) for line in returned])
    sql.update(RefundLine, ("matched",), [((NOTHING,), (None,), line) for line in idle])
    sql.update(
        PurchaseLine, ("returned", "ended"), [((line.returned, line.ended), stored_lines[line.id], line.id) for line in bought]
    )
    sql.update(PurchaseLine, ("returned", "ended"), [((NOTHING, None), (), line) for line in withdrawn])
    purchases = {line.purchase for line in bought} | {whole.purchase for whole in wholes}
    end_purchases(
        sorted(purchases | set(Purchase.objects.filter(customer__in=customers, returned__gt=0).values_list("pk", flat=True)))
    )


def bought_by(customers: Sequence[int]) -> tuple[list[Bought], dict[int, tuple[Any, ...]], list[int]]:
    """Purchase lines that matter, what is stored of each, and withdrawn ones that are still marked."""
    marks = ", ".join(["%s"] * len(customers))
    concerned = RawSQL(CONCERNED.format(**sql.tables(), marks=marks), [*customers] * 4)  # noqa: S611 - bound
    bought, stored, withdrawn = [], {}, []
    rows = PurchaseLine.objects.filter(pk__in=concerned).values_list(
        "id", "purchase", "customer", "product", "unit_price", "quantity", "copy", "returned", "ended",
        "purchase__source__slug", "purchase__external_id", "purchase__occurred_at", "purchase__day", "purchase__withdrawn_at",
    )  # fmt: skip
    for pk, purchase, customer, product, price, quantity, copy, back, ended, slug, external_id, at, day, gone in rows:
        if gone is None:
            at_key = key(slug, external_id, quantity, copy)
            bought.append(Bought(pk, purchase, (customer, product, price), at_key, at, day, quantity, quantity))
            stored[pk] = (back, ended)
        elif back:
            withdrawn.append(pk)
    return bought, stored, withdrawn


def returned_by(customers: Sequence[int]) -> tuple[list[Returned], dict[int, tuple[Any, ...]], list[int]]:
    """Refund lines, what is stored of each, and those that may match nothing (withdrawn, or waiting) but are marked."""
    returned, stored, idle = [], {}, []
    rows = RefundLine.objects.filter(customer__in=customers).values_list(
        "id", "customer", "product", "unit_price", "quantity", "copy", "matched", "purchase_line", "refund__purchase", "refund__names",
        "refund__source__slug", "refund__external_id", "refund__occurred_at", "refund__day", "refund__withdrawn_at",
    )  # fmt: skip
    for pk, customer, product, price, quantity, copy, matched, line, purchase, names, slug, external_id, at, day, gone in rows:
        if gone is None and not names:
            at_key = key(slug, external_id, quantity, copy)
            returned.append(Returned(pk, (customer, product, price), at_key, at, day, quantity, quantity, purchase, line))
            stored[pk] = (matched,)
        elif matched:
            idle.append(pk)
    return returned, stored, idle


def keep_matches(customers: Sequence[int], matches: Matches) -> None:
    """Make the stored matches of these customers the derived ones."""
    stored: dict[tuple[int, int], tuple[int, Decimal, date]] = {
        (refund_line, purchase_line): (pk, quantity, day)
        for pk, refund_line, purchase_line, quantity, day in ReturnMatch.objects.filter(customer__in=customers).values_list(
            "id", "refund_line", "purchase_line", "quantity", "day"
        )
    }
    same = {pair for pair, (_, *found) in stored.items() if matches.get(pair) == tuple(found)}
    for some in slices([pk for pair, (pk, *_) in stored.items() if pair not in same]):
        ReturnMatch.objects.filter(pk__in=some).delete()
    new = {pair: found for pair, found in matches.items() if pair not in same}
    whose: dict[int, int] = {}
    for some in slices([refund_line for refund_line, _ in new]):
        whose |= dict(RefundLine.objects.filter(pk__in=some).values_list("pk", "customer"))
    ReturnMatch.objects.bulk_create(
        [
            ReturnMatch(refund_line_id=back, purchase_line_id=line, customer_id=whose[back], quantity=quantity, day=day)
            for (back, line), (quantity, day) in sorted(new.items())
        ],
        batch_size=TOGETHER,
    )


def end_purchases(purchases: Sequence[int]) -> None:
    """Bring what is derived of the purchases in step with their lines."""
    for some in slices(purchases):
        wholes = dict(
            Refund.objects.standing()
            .filter(purchase__in=some, whole=True)
            .values("purchase")
            .annotate(last=Max("day"))
            .values_list("purchase", "last")
        )
        counted = Q(lines__free=False)
        rows = Purchase.objects.filter(pk__in=some).annotate(
            priced_lines=Count("lines", filter=counted),
            ended_lines=Count("lines", filter=counted & Q(lines__ended__isnull=False)),
            last=Max("lines__ended", filter=counted),
            every=Count("lines"),
            every_ended=Count("lines", filter=Q(lines__ended__isnull=False)),
            every_last=Max("lines__ended"),
            back=Sum(F("lines__returned") * F("lines__unit_price")),
        )
        changes = []
        for row in rows:
            lines, ended, last = (
                (row.priced_lines, row.ended_lines, row.last)
                if row.priced_lines
                else (row.every, row.every_ended, row.every_last)
            )
            on = last if lines and lines == ended else None
            if not lines and row.pk in wholes:
                on = max(wholes[row.pk], row.day)
            back = Decimal(str(row.back or 0)).quantize(UNIT)
            changes.append(((back, on), (row.returned, row.ended), row.pk))
        sql.update(Purchase, ("returned", "ended"), changes)
