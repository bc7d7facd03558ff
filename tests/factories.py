"""A small cast and the facts of their lives."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from accounts.models import Role, Team, User
from customers.models import (
    Category,
    Customer,
    ExternalId,
    NotRanked,
    Product,
    Purchase,
    PurchaseLine,
    Qualification,
    Refund,
    Source,
    UsableCategory,
)
from feedback.models import Recommendation, Response

DAY_0 = date(2024, 1, 1)
serial = itertools.count(1)


def here() -> Source:
    return Source.objects.get_or_create(slug="here")[0]


def team(name: str = "Everyone") -> Team:
    return Team.objects.filter(name=name).first() or Team.objects.create(name=name, parent=Team.objects.get(name="Everyone"))


def user(name: str = "ingrid", role: str = Role.ACCOUNT_MANAGER, of: Team | None = None) -> User:
    return User.objects.create_user(name, password="a long pass phrase", team=of or team(), role=role)


def customer(name: str = "Ada", *, recorded: date = DAY_0, **extra: Any) -> Customer:
    extra.setdefault("team", team())
    found = Customer.objects.create(name=name, source=here(), recorded_day=recorded, **extra)
    ExternalId.objects.create(customer=found, source=here(), external_id=name)
    return found


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=UTC)


def purchase(of: Customer, day: date, *, product: Product | None = None, ended: date | None = None, **extra: Any) -> Purchase:
    """One purchase with one line; `ended` as if all of it had been taken back that day."""
    bought = Purchase.objects.create(
        customer=of, source=here(), external_id=f"p{next(serial)}", occurred_at=noon(day), currency="EUR",
        amount=Decimal(10), ended=ended, **extra,
    )  # fmt: skip
    PurchaseLine.objects.create(purchase=bought, customer=of, product=product, quantity=1, unit_price=Decimal(10), ended=ended)
    return bought


def product(category: str, first_sold: date = DAY_0 - timedelta(days=3000)) -> Product:
    kind, _ = Category.objects.get_or_create(name=category, defaults={"first_sold": first_sold})
    return Product.objects.get_or_create(source=here(), code=category, defaults={"category": kind})[0]


def usable(of: Customer, category: str, since: date, until: date | None = None) -> UsableCategory:
    return UsableCategory.objects.create(customer=of, category=product(category).category, since=since, until=until)


def qualification(of: Customer, subject: str, answer: str, since: date) -> Qualification:
    return Qualification.objects.create(customer=of, subject=subject, answer=answer, since=since)


def not_ranked(of: Customer, since: date, until: date | None = None) -> NotRanked:
    return NotRanked.objects.create(customer=of, reason="staff", since=since, until=until)


def score(of: Customer, day: date, value: int) -> Response:
    return Response.objects.create(customer=of, source=here(), external_id=f"s{next(serial)}", occurred_at=noon(day), score=value)


def recommendation(of: Customer, day: date, *, prompted: bool = False) -> Recommendation:
    return Recommendation.objects.create(
        customer=of, source=here(), external_id=f"r{next(serial)}", occurred_at=noon(day), prompted=prompted
    )


def refund(of: Customer, bought: Purchase) -> Refund:
    """All of a purchase, taken back the next day."""
    return Refund.objects.create(
        customer=of, source=here(), external_id=f"b{next(serial)}", occurred_at=bought.occurred_at + timedelta(days=1), purchase=bought,
        whole=True, currency="EUR", amount=bought.amount,
    )  # fmt: skip
