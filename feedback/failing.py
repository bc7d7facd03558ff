"""Finding everyone whom a failure of ours affected, through their purchases. Found again, nobody is affected twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from accounts.auditing import note
from customers.models import Purchase
from customers.recording import user_of
from feedback.models import Affected, Failure

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import date, datetime

    from django.db.models import QuerySet

    from accounts.models import ApiKey, User
    from customers.models import Customer, Source

AT_A_TIME = 2_000


class Unfound(ValueError):
    """Orders are named that nobody knows; the message names them."""


@transaction.atomic
def record(
    kind: str, what: str, *, first_day: date, last_day: date, tell: bool = True, at: datetime, by: User | ApiKey | None = None
) -> Failure:
    """Something went wrong on our side; whom it affected is found by what follows. Raises ValidationError."""
    failure = Failure(
        kind=kind, what=what, first_day=first_day, last_day=last_day, tell=tell, recorded_at=at, recorded_by=user_of(by)
    )
    failure.full_clean()
    failure.save()
    note(by, "recorded", failure, what=what)
    return failure


def affect_orders(failure: Failure, source: Source, external_ids: Collection[str], *, at: datetime) -> int:
    """Whose purchases are named; how many are new. Raises Unfound, and then nobody is affected."""
    wanted = list(dict.fromkeys(one.strip() for one in external_ids if one.strip()))
    found: dict[str, Purchase] = {}
    for start in range(0, len(wanted), AT_A_TIME):
        rows = Purchase.objects.standing().filter(source=source, external_id__in=wanted[start : start + AT_A_TIME])
        found |= {row.external_id: row for row in rows}
    if missing := [one for one in wanted if one not in found]:
        more = f" and {len(missing) - 5:,} more" if len(missing) > 5 else ""
        raise Unfound(f"There is no purchase {', '.join(missing[:5])}{more} at {source.slug}.")
    return _affect(failure, ((row.customer_id, row.pk) for row in found.values()), at)


def affect_buyers(failure: Failure, *, at: datetime) -> int:
    """Whoever bought on its days; how many purchases are new."""
    return _affect(failure, _pairs(bought(failure)), at)


def affect_late(failure: Failure, *, at: datetime) -> int:
    """Whose purchases were promised for its days and delivered after the promised one; how many are new."""
    return _affect(failure, _pairs(late(failure.first_day, failure.last_day)), at)


def affect(failure: Failure, customers: Iterable[Customer], *, at: datetime) -> int:
    """Customers, through no purchase we know; how many are new."""
    return _affect(failure, [(one.pk, None) for one in customers], at)


def bought(failure: Failure) -> QuerySet[Purchase]:
    return Purchase.objects.standing().filter(day__gte=failure.first_day, day__lte=failure.last_day)


def late(first_day: date, last_day: date) -> QuerySet[Purchase]:
    """Purchases that were there only after the day on which they were promised to be, calendar days both."""
    promised = Purchase.objects.standing().filter(promised__gte=first_day, promised__lte=last_day)
    return promised.filter(fulfilled__gt=F("promised"))


def _pairs(purchases: QuerySet[Purchase]) -> Iterable[tuple[int, int]]:
    return purchases.order_by("pk").values_list("customer_id", "pk").iterator(AT_A_TIME)


@transaction.atomic
def _affect(failure: Failure, pairs: Iterable[tuple[int, int | None]], at: datetime) -> int:
    before = failure.affected.count()
    rows = [Affected(failure=failure, customer_id=customer, purchase_id=purchase, recorded_at=at) for customer, purchase in pairs]
    Affected.objects.bulk_create(rows, ignore_conflicts=True, batch_size=AT_A_TIME)
    return failure.affected.count() - before
