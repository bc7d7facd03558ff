"""Recording single purchases and refunds, and correcting them; what the pages and the API call.

Sending the same again changes nothing, also when it has been corrected or withdrawn since; sending
something else under the same id is refused. A correction withdraws the row and writes another in its place.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from customers import days, returns
from customers.models import Product, Purchase, PurchaseLine, Refund, RefundLine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date, datetime

    from accounts.models import ApiKey, User
    from customers.models import Customer, Source
    from customers.models.ledger import Entry

UNIT = Decimal("0.0001")


class Contradicted(Exception):
    """Something else is recorded under this id already; the message says what differs."""


@dataclass(frozen=True)
class LineOf:
    """So many of a product at a price, bought or brought back."""

    unit_price: Decimal
    quantity: Decimal = Decimal(1)
    product: Product | None = None
    free: bool = False
    purchase_line: PurchaseLine | None = None
    unit_cost: Decimal | None = None

    @property
    def key(self) -> tuple[Any, ...]:
        """What makes it the same line."""
        return self.product and self.product.pk, self.quantity.quantize(UNIT), self.unit_price.quantize(UNIT)

    @property
    def said(self) -> tuple[Any, ...]:
        """All that it says."""
        return *self.key, self.free, None if self.unit_cost is None else self.unit_cost.quantize(UNIT)

    @property
    def amount(self) -> Decimal:
        return Decimal(0) if self.free else (self.quantity * self.unit_price).quantize(UNIT)


@dataclass(frozen=True)
class Recorded:
    """The row, and whether this call made it."""

    entry: Any
    created: bool = field(default=True)


def record_purchase(
    *,
    customer: Customer,
    source: Source,
    occurred_at: datetime,
    at: datetime,
    external_id: str = "",
    lines: Sequence[LineOf],
    currency: str = "",
    channel: str = "",
    fulfilled: date | None = None,
    promised: date | None = None,
    covers_until: date | None = None,
    by: User | ApiKey | None = None,
    corrects: Purchase | None = None,
) -> Recorded:
    """Record a purchase, once. `at` is when we learn of it. Raises Contradicted, ValidationError, ValueError without lines."""
    if not lines:
        raise ValueError("A purchase has at least one line.")
    purchase = Purchase(
        customer=customer, source=source, external_id=external_id, occurred_at=occurred_at, day=days.day_of(occurred_at), recorded_at=at,
        recorded_by=user_of(by), currency=currency or settings.BUSINESS_CURRENCY, channel=channel, fulfilled=fulfilled,
        promised=promised, covers_until=covers_until, amount=sum((line.amount for line in lines), Decimal(0)), priced=any(not line.free for line in lines),
        corrects=corrects,
    )  # fmt: skip
    return record(purchase, lines)


@transaction.atomic
def record_refund(
    *,
    customer: Customer,
    source: Source,
    occurred_at: datetime,
    at: datetime,
    external_id: str = "",
    lines: Sequence[LineOf] = (),
    purchase: Purchase | None = None,
    names: str = "",
    whole: bool = False,
    currency: str = "",
    reason: str = "",
    by: User | ApiKey | None = None,
    corrects: Refund | None = None,
) -> Recorded:
    """Record a refund, once: of all of the named purchase, or of lines, which may name one or none.

    `names` is the external id of a purchase that may not have arrived; until it does the refund waits.
    Raises Contradicted, ValidationError, ValueError when it says neither lines nor a whole purchase.
    """
    if whole == bool(lines) or (whole and not (purchase or names)):
        raise ValueError("A refund takes back lines, or all of a purchase that it names.")
    if purchase and purchase.customer_id != customer.pk:
        raise ValueError("The purchase it names is another customer's.")
    returns.lock([customer.pk])
    if names and purchase is None:
        purchase = standing(customer, source, names)
    elif purchase:
        purchase = standing(customer, purchase.source, purchase.external_id) or purchase
    amount = purchase.amount if whole and purchase else sum((line.amount for line in lines), Decimal(0))
    refund = Refund(
        customer=customer, source=source, external_id=external_id, occurred_at=occurred_at, day=days.day_of(occurred_at), recorded_at=at,
        recorded_by=user_of(by), currency=currency or settings.BUSINESS_CURRENCY, purchase=purchase, names="" if purchase else names,
        whole=whole, amount=amount, reason=reason, corrects=corrects,
    )  # fmt: skip
    return record(refund, lines)


def standing(customer: Customer, source: Source, external_id: str) -> Purchase | None:
    """The customer's purchase of that id as it stands now."""
    return Purchase.objects.standing().filter(customer=customer, source=source, external_id=external_id).first()


def record(entry: Purchase | Refund, lines: Sequence[LineOf]) -> Recorded:
    """Store a document with its lines, unless it is known; match returns; all in one transaction."""
    entry.full_clean(exclude=["external_id"], validate_unique=False, validate_constraints=False)
    external_id = entry.external_id

    def otherwise(found: Entry) -> str:
        return difference(found, entry, lines)

    with transaction.atomic():
        returns.lock([entry.customer_id])
        if entry.corrects is None and (known := recognised(entry, external_id, otherwise)):
            return known
        try:
            with transaction.atomic():
                entry.save()
                store_lines(entry, lines)
                settle(entry)
        except IntegrityError:  # somebody recorded it for another customer at this very moment, or something else is wrong
            known = recognised(entry, external_id, otherwise)
            if entry.corrects or known is None:
                raise
            return known
    return Recorded(entry)


def recognised(entry: Entry, external_id: str, differing: Callable[[Any], str]) -> Recorded | None:
    """What is recorded under an entry's id, as it stands now: corrected, or withdrawn. Raises Contradicted.

    `differing` names in what a recorded one differs from this. Whoever sends again what has been corrected or withdrawn since says nothing new and does not bring it back.
    """
    if not external_id:
        return None
    under = type(entry)._default_manager.filter(source=entry.source, external_id=external_id)
    known = list(under.order_by(F("withdrawn_at").desc(nulls_first=True), "-pk"))
    if not known:
        return None
    differences = [differing(each) for each in known]
    if all(differences):
        out = known[0].withdrawn_at and " and was withdrawn"
        raise Contradicted(f"Under {entry.source.slug}:{external_id} something else is recorded{out or ''}: {differences[0]}.")
    same = known[differences.index("")]
    stands = known[0].customer_id == same.customer_id  # else it is somebody's whom the sender may not see
    return Recorded(known[0] if stands else same, created=False)


def store_lines(entry: Purchase | Refund, lines: Iterable[LineOf]) -> None:
    seen: Counter[tuple[Any, ...]] = Counter()
    for line in lines:
        seen[line.key] += 1
        common = {
            "customer_id": entry.customer_id,
            "product": line.product,
            "quantity": line.quantity,
            "unit_price": line.unit_price,
        }
        made: PurchaseLine | RefundLine
        if isinstance(entry, Purchase):
            made = PurchaseLine(purchase=entry, free=line.free, unit_cost=line.unit_cost, copy=seen[line.key], **common)
        else:
            made = RefundLine(refund=entry, purchase_line=line.purchase_line, copy=seen[line.key], **common)
        made.full_clean(validate_unique=False)
        made.save()


def settle(entry: Purchase | Refund) -> None:
    """What this document changes in what others have taken back."""
    if isinstance(entry, Purchase):
        returns.connect(entry.source_id, "= %s", entry.customer_id)
    if Refund.objects.filter(customer=entry.customer_id).exists():
        returns.rematch({entry.customer_id})
        entry.refresh_from_db()


def difference(found: Entry, entry: Purchase | Refund, lines: Sequence[LineOf]) -> str:
    """Which of what was sent is not what is stored; empty when it says the same."""
    fields = ["customer_id", "occurred_at", "currency"]
    fields += ["channel", "fulfilled", "promised", "covers_until"] if isinstance(entry, Purchase) else ["whole", "reason"]
    differing = [name.removesuffix("_id") for name in fields if getattr(found, name) != getattr(entry, name)]
    if isinstance(found, Refund) and isinstance(entry, Refund) and named(found) != named(entry):
        differing.append("purchase")
    stored = Counter(line.said for line in lines_of(found))  # type: ignore[arg-type]
    if stored != Counter(line.said for line in lines):
        differing.append("lines")
    return ", ".join(differing)


def named(refund: Refund) -> str:
    return refund.purchase.external_id if refund.purchase else refund.names


def correct_purchase(purchase: Purchase, *, at: datetime, **changes: Any) -> Purchase:
    """Withdraw a purchase and record it anew with the changes, under the same id. Refunds that name it follow."""
    with transaction.atomic():
        said = taken_out(purchase, ("channel", "fulfilled", "promised", "covers_until"), changes, at=at)
        corrected: Purchase = record_purchase(**said, at=at, corrects=purchase).entry
        same = Refund.objects.filter(purchase=purchase, customer=corrected.customer)
        same.update(purchase=corrected)
        Refund.objects.filter(purchase=purchase).update(purchase=None, names=purchase.external_id)
        RefundLine.objects.filter(purchase_line__purchase=purchase).update(purchase_line=None)
        returns.rematch({purchase.customer_id, corrected.customer_id})
        corrected.refresh_from_db()
    return corrected


def correct_refund(refund: Refund, *, at: datetime, **changes: Any) -> Refund:
    """Withdraw a refund and record it anew with the changes, under the same id."""
    with transaction.atomic():
        said = taken_out(refund, ("purchase", "names", "whole", "reason"), changes, at=at)
        corrected: Refund = record_refund(**said, at=at, corrects=refund).entry
        returns.rematch({refund.customer_id, corrected.customer_id})
        corrected.refresh_from_db()
    return corrected


def taken_out(entry: Purchase | Refund, names: tuple[str, ...], changes: dict[str, Any], *, at: datetime) -> dict[str, Any]:
    """Withdraw a document that is about to be corrected; what it said, with the changes. Raises Contradicted."""
    returns.lock({entry.customer_id, changes.get("customer", entry.customer).pk})
    entry.refresh_from_db()  # what it named may have been corrected, or have arrived, since it was read
    said = {name: getattr(entry, name) for name in ("customer", "source", "external_id", "occurred_at", "currency", *names)}
    said["lines"] = lines_of(entry)
    withdraw(entry, at=at)
    return said | changes


def withdraw(entry: Purchase | Refund, *, at: datetime) -> None:
    """Take a document out of what stands, in the caller's transaction; it stays readable. Raises Contradicted if it is out already."""
    with transaction.atomic():
        returns.lock([entry.customer_id])
        take_out(entry, at=at)
        returns.rematch({entry.customer_id})


def take_out(entry: Entry, *, at: datetime) -> None:
    """Mark a row of a ledger as withdrawn, once. Raises Contradicted if it is out already."""
    if not type(entry)._default_manager.filter(pk=entry.pk, withdrawn_at=None).update(withdrawn_at=at):
        raise Contradicted("This has been corrected or withdrawn already.")
    entry.withdrawn_at = at


def lines_of(entry: Purchase | Refund) -> list[LineOf]:
    return [
        LineOf(
            line.unit_price,
            line.quantity,
            line.product,
            getattr(line, "free", False),
            getattr(line, "purchase_line", None),
            getattr(line, "unit_cost", None),
        )
        for line in entry.lines.select_related("product")
    ]


def user_of(by: User | ApiKey | None) -> Any:
    return by if by is not None and by._meta.model_name == "user" else None
