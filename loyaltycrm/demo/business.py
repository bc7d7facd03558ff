"""One filling of the demo business: its dice, its days, its people, its shelves, and the rows made so far."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from accounts.models import Role, Team, User
from customers import days
from customers.models import Category, Product, Source
from feedback.models import Survey
from loyaltycrm.demo.names import STOCK

if TYPE_CHECKING:
    from datetime import date

    from django.db import models

    from customers.models import Customer

YEARS = 3
SLUG = "demo"


@dataclass
class Made:
    """Rows made so far, written together."""

    rows: dict[type[models.Model], list[Any]] = field(default_factory=dict)

    def add(self, row: Any) -> Any:
        self.rows.setdefault(type(row), []).append(row)
        return row

    def write(self) -> None:
        for model, rows in self.rows.items():
            model._default_manager.bulk_create(rows, batch_size=1000)
        self.rows.clear()


class Business:
    """One filling: the dice, the day it is made on, the people who own customers, the shelves."""

    def __init__(self, *, now: datetime, seed: int = 7) -> None:
        self.dice = random.Random(seed)  # noqa: S311 (a demo, not a secret)
        self.now, self.today = now, days.day_of(now)
        self.opened = self.today - timedelta(days=365 * YEARS)
        self.source = Source.objects.get_or_create(slug=SLUG, defaults={"name": "the demo business"})[0]
        self.owners = owners()
        self.strike = (self.today - timedelta(days=40), self.today - timedelta(days=27))
        """While the carrier was on strike, everything came late."""
        self.products = shelves(self.source, self.opened)
        self.survey = Survey.objects.select_related("version").filter(slug="recommendation").first()
        self.serial = 0
        self.made = Made()
        self.newcomers: list[Customer] = []
        """First-time customers whom somebody may have sent."""

    def instant(self, day: date) -> datetime:
        """Some time of that day in opening hours; never later than now."""
        at = datetime.combine(day, time(9 + self.dice.randrange(9), self.dice.randrange(60)), tzinfo=days.zone())
        return min(at.astimezone(UTC), self.now)

    def number(self) -> str:
        self.serial += 1
        return f"{self.serial:05d}"


def owners() -> list[User]:
    """Three account managers in two teams, beside whoever was there first; they cannot sign in until given a password."""
    root = Team.objects.earliest("pk")
    found = []
    for username, first, last, team in (
        ("tomas", "Tomás", "Brandt", "North"),
        ("grace", "Grace", "Okafor", "North"),
        ("mira", "Mira", "Keller", "South"),
    ):
        place = Team.objects.filter(name=team, parent=root).first() or Team.objects.create(name=team, parent=root)
        user, new = User.objects.get_or_create(
            username=username, defaults={"first_name": first, "last_name": last, "team": place, "role": Role.ACCOUNT_MANAGER}
        )
        if new:
            user.set_unusable_password()
            user.save()
        found.append(user)
    return found


def shelves(source: Source, opened: date) -> dict[str, list[Product]]:
    found = {}
    for name, things in STOCK.items():
        category, _ = Category.objects.get_or_create(name=name, defaults={"first_sold": opened - timedelta(days=700)})
        found[name] = [
            Product.objects.get_or_create(
                source=source, code=f"{name[:3].upper()}-{i}", defaults={"name": thing, "category": category}
            )[0]
            for i, thing in enumerate(things, 1)
        ]
    return found
