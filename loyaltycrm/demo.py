"""The demo business: an interior outfitter with three years of invented customers, so that a first look shows a living ladder.

Everything it makes hangs on the source "demo", and clearing it removes exactly that. Its history is
not drawn: only facts are made up, the ladder is what the fold makes of them.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction

from accounts.models import Job, Role, Team, User
from customers import days
from customers.models import (
    Category,
    ContactPoint,
    Customer,
    ExternalId,
    NotRanked,
    Product,
    Purchase,
    PurchaseLine,
    Qualification,
    Refund,
    RefundLine,
    ReturnMatch,
    Source,
    UsableCategory,
)
from feedback.models import Recommendation, Response
from ladder import ranking
from ladder.models import Action, Placement, Scorecard

if TYPE_CHECKING:
    from datetime import date

    from django.db import models

CUSTOMERS = 2000
YEARS = 3
SLUG = "demo"

FIRST = [
    "Ada",
    "Bruno",
    "Carla",
    "Dario",
    "Elif",
    "Femi",
    "Grace",
    "Hanna",
    "Ivo",
    "Jonas",
    "Karin",
    "Leila",
    "Marta",
    "Nils",
    "Olga",
    "Pavel",
    "Quinn",
    "Rosa",
    "Sven",
    "Tomás",
    "Uma",
    "Vera",
    "Wanda",
    "Xenia",
    "Yuki",
    "Zoran",
    "Anton",
    "Birgit",
    "Chloé",
    "Dina",
    "Emil",
    "Freya",
    "Goran",
    "Hilde",
    "Ines",
    "Jakob",
    "Kofi",
    "Lars",
    "Mira",
    "Noor",
    "Oskar",
    "Petra",
    "Rafael",
    "Signe",
    "Tariq",
    "Ulla",
    "Viktor",
    "Yara",
]
LAST = [
    "Lindqvist",
    "Ferreira",
    "Okafor",
    "Weber",
    "Nowak",
    "Tanaka",
    "Castellani",
    "Lund",
    "Moreau",
    "Haddad",
    "Sørensen",
    "Novák",
    "Brandt",
    "Keller",
    "Silva",
    "Rossi",
    "Dubois",
    "Jansen",
    "Petrov",
    "Costa",
    "Meyer",
    "Eriksen",
    "Kowalski",
    "Horvat",
    "Fischer",
    "Garnier",
    "Almeida",
    "Vogel",
    "Larsen",
    "Bianchi",
    "Santos",
    "Krause",
    "Holm",
    "Marchetti",
    "Popov",
    "Laurent",
    "Schmid",
    "Aydin",
]
TRADES = [
    "Interiors",
    "Atelier",
    "Bistro",
    "Hotel",
    "Studio",
    "Café",
    "Gallery",
    "Practice",
    "Bakery",
    "Workshop",
    "Bookshop",
    "Guesthouse",
]
STOCK = {
    "Tableware": ("Stoneware plate", "Carafe", "Linen napkin ring", "Serving board"),
    "Textiles": ("Wool throw", "Linen curtain", "Cushion", "Table runner"),
    "Lighting": ("Pendant lamp", "Reading lamp", "Candle holder", "Wall light"),
    "Seating": ("Oak chair", "Bench", "Lounge chair", "Stool"),
    "Storage": ("Shelf", "Basket", "Coat stand", "Sideboard"),
}
# How customers behave, and how many in a hundred do.
HABITS = (
    ("suspect", 8),
    ("prospect", 9),
    ("disqualified", 2),
    ("once", 24),
    ("again", 27),
    ("client", 20),
    ("advocate", 5),
    ("lapsed", 5),
)


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
        self.products = shelves(self.source, self.opened)
        self.serial = 0
        self.made = Made()

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


def fill(*, now: datetime, customers: int = CUSTOMERS) -> Job:
    """Make the business and rank it. Progress stands in the job; a part that failed leaves nothing half made."""
    job = Job.objects.create(kind=SLUG, title="Filling the demo business", total=customers + customers // 4, started_at=now)
    business = Business(now=now)
    for start in range(0, customers, 250):
        with transaction.atomic():
            for _ in range(min(250, customers - start)):
                person(business)
            business.made.write()
        job.reached(min(start + 250, customers))
    ranking.rank(now=now)
    job.finished_at = now
    job.reached(job.total)
    job.save(update_fields=["finished_at"])
    return job


def person(b: Business) -> None:
    dice = b.dice
    first, last = dice.choice(FIRST), dice.choice(LAST)
    firm = dice.random() < 0.3
    owner = dice.choice(b.owners) if dice.random() < 0.92 else None
    name = f"{last} {dice.choice(TRADES)}" if firm else f"{first} {last}"
    habit = dice.choices([h for h, _ in HABITS], [w for _, w in HABITS])[0]
    met = b.opened + timedelta(days=int(dice.random() * 365 * YEARS * 0.97))
    customer = b.made.add(
        Customer(
            kind="organisation" if firm else "person", name=name, source=b.source, owner=owner,
            team=owner.team if owner else dice.choice(b.owners).team, recorded_day=met, recorded_at=b.instant(met),
            form_of_address=dice.choice(["first_name", "formal", ""]), language=dice.choice(["en", "de", "fr", "sv"]),
            country=dice.choice(["Sweden", "Germany", "France", "Portugal", "Denmark"]),
        )
    )  # fmt: skip
    number = b.number()
    b.made.add(ExternalId(customer=customer, source=b.source, external_id=number))
    address = f"{first}.{last}{number}@example.com".lower().encode("ascii", "ignore").decode()
    b.made.add(ContactPoint(customer=customer, kind="email", value=address, preferred=True))
    if dice.random() < 0.6:
        b.made.add(ContactPoint(customer=customer, kind="phone", value=f"+46 555 {number}"))
    HABIT[habit](b, customer, met)
    if dice.random() < 0.005:
        b.made.add(NotRanked(customer=customer, since=met, reason="staff"))


def qualified(b: Business, customer: Customer, since: date, need: str, ability: str) -> None:
    for subject, answer in (("need", need), ("ability", ability)):
        reason = "Buys elsewhere and is content." if answer == "no" else ""
        b.made.add(Qualification(customer=customer, subject=subject, answer=answer, since=since, reason=reason))


def bought(b: Business, customer: Customer, day: date, kinds: list[str]) -> None:
    if day > b.today:
        return
    dice, at = b.dice, b.instant(day)
    purchase = Purchase(
        customer=customer, source=b.source, external_id=f"O-{b.number()}", occurred_at=at, day=day, recorded_at=at, currency="EUR",
        channel=dice.choice(["shop", "online", "phone"]), fulfilled=min(day + timedelta(days=dice.randrange(0, 6)), day + timedelta(days=6)),
    )  # fmt: skip
    lines = []
    for product in {dice.choice(b.products[kind]) for kind in kinds}:
        price, quantity = Decimal(dice.randrange(800, 24000)) / 100, dice.choice([1, 1, 2, 4, 6])
        lines.append(PurchaseLine(purchase=purchase, customer=customer, product=product, quantity=quantity, unit_price=price))
        purchase.amount += price * quantity
    returned = dice.random() < 0.02 and day < b.today - timedelta(days=10)
    if returned:
        refund = give_back(b, purchase, lines)
    b.made.add(purchase)
    for line in lines:
        b.made.add(line)
    if returned:
        b.made.add(refund)


def give_back(b: Business, purchase: Purchase, lines: list[PurchaseLine]) -> Refund:
    day = purchase.day + timedelta(days=b.dice.randrange(2, 10))
    at = b.instant(day)
    purchase.ended, purchase.returned = day, purchase.amount
    for line in lines:
        line.ended, line.returned = day, line.quantity
    return Refund(
        customer=purchase.customer, source=b.source, external_id=f"R-{b.number()}", occurred_at=at, day=day, recorded_at=at,
        purchase=purchase, whole=True, currency="EUR", amount=purchase.amount, reason=b.dice.choice(["Scratched", "Wrong colour", "Came late"]),
    )  # fmt: skip


def habitual(b: Business, customer: Customer, start: date, *, every: float, until: date, kinds: list[str]) -> None:
    """Buys every so many days, give or take, of these kinds in turn."""
    day, turn = start, 0
    while day <= until:
        bought(b, customer, day, [kinds[turn % len(kinds)], kinds[(turn + 1) % len(kinds)]])
        day += timedelta(days=max(4, round(b.dice.gauss(every, every * 0.2))))
        turn += 1


def scored(b: Business, customer: Customer, day: date, value: int) -> None:
    if day <= b.today:
        at = b.instant(day)
        words = (
            ""
            if b.dice.random() < 0.5
            else ("Great range, delivery could be quicker." if value >= 7 else "It took too long to arrive.")
        )
        b.made.add(
            Response(
                customer=customer,
                source=b.source,
                external_id=f"S-{b.number()}",
                occurred_at=at,
                day=day,
                recorded_at=at,
                score=value,
                words=words,
            )
        )


def recommended(b: Business, customer: Customer, day: date, *, prompted: bool) -> None:
    if day <= b.today:
        at = b.instant(day)
        b.made.add(
            Recommendation(
                customer=customer, source=b.source, external_id=f"W-{b.number()}", occurred_at=at, day=day, recorded_at=at, prompted=prompted,
                to_whom=b.dice.choice(["a neighbour", "a colleague", "a supplier", "friends"]),
            )
        )  # fmt: skip


def suspect(b: Business, customer: Customer, met: date) -> None:
    if b.dice.random() < 0.3:
        qualified(b, customer, met, "yes", "unknown")


def prospect(b: Business, customer: Customer, met: date) -> None:
    qualified(b, customer, met, "yes", "yes")


def disqualified(b: Business, customer: Customer, met: date) -> None:
    qualified(b, customer, met, b.dice.choice(["no", "yes"]), "no")


def once(b: Business, customer: Customer, met: date) -> None:
    lately = b.dice.random() < 0.35
    day = b.today - timedelta(days=b.dice.randrange(0, 150)) if lately else met
    bought(b, customer, day, [b.dice.choice(list(STOCK))])
    if b.dice.random() < 0.15:
        scored(b, customer, day + timedelta(days=20), b.dice.choice([3, 6, 7, 8, 9, 10]))


def again(b: Business, customer: Customer, met: date) -> None:
    kinds = b.dice.sample(list(STOCK), 2)
    habitual(b, customer, met, every=b.dice.uniform(25, 160), until=b.today, kinds=kinds)
    if b.dice.random() < 0.2:
        scored(b, customer, b.today - timedelta(days=b.dice.randrange(300)), b.dice.choice([2, 5, 7, 8, 8, 9, 10]))


def regular(b: Business, customer: Customer, met: date) -> None:
    met = min(met, b.today - timedelta(days=200))
    kinds = b.dice.sample(list(STOCK), b.dice.choice([3, 4, 5]))
    for kind in kinds if b.dice.random() < 0.8 else list(STOCK):
        category = b.products[kind][0].category
        b.made.add(UsableCategory(customer=customer, category=category, since=met, basis="hand"))
    habitual(b, customer, met, every=b.dice.uniform(12, 55), until=b.today, kinds=kinds)
    if b.dice.random() < 0.4:
        scored(b, customer, b.today - timedelta(days=b.dice.randrange(300)), b.dice.choice([7, 8, 9, 9, 10, 10]))


def advocate(b: Business, customer: Customer, met: date) -> None:
    regular(b, customer, met)
    for _ in range(b.dice.choice([1, 1, 2, 3])):
        recommended(b, customer, b.today - timedelta(days=b.dice.randrange(0, 350)), prompted=b.dice.random() < 0.2)


def lapsed(b: Business, customer: Customer, met: date) -> None:
    met = b.opened + timedelta(days=b.dice.randrange(300))
    every = b.dice.uniform(15, 60)
    gone = met + timedelta(days=b.dice.randrange(60, 400))
    habitual(b, customer, met, every=every, until=gone, kinds=b.dice.sample(list(STOCK), 2))
    if b.dice.random() < 0.15:
        bought(b, customer, b.today - timedelta(days=b.dice.randrange(0, 12)), [b.dice.choice(list(STOCK))])


HABIT = {
    "suspect": suspect, "prospect": prospect, "disqualified": disqualified, "once": once, "again": again,
    "client": regular, "advocate": advocate, "lapsed": lapsed,
}  # fmt: skip


def is_there() -> bool:
    return Customer.objects.filter(source__slug=SLUG).exists()


def job() -> Job | None:
    """The filling, while it goes on and as long as what it made is there."""
    found = Job.objects.filter(kind=SLUG).first()
    return found if found and (found.finished_at is None or is_there()) else None


# What hangs on a customer, in an order in which nothing is missed by what is still there.
THEIRS: tuple[Any, ...] = (
    Action, Placement, Scorecard, ReturnMatch, RefundLine, Refund, PurchaseLine, Purchase, Recommendation, Response,
)  # fmt: skip


@transaction.atomic
def clear() -> int:
    """Remove the demo's rows and nothing else; gives how many customers went. Facts that others added to them go along."""
    theirs = Customer.objects.filter(source__slug=SLUG).values("pk")
    for model in THEIRS:
        model.objects.filter(customer__in=theirs).delete()
    gone, _ = Customer.objects.filter(source__slug=SLUG).delete()
    for user in User.objects.filter(username__in=("tomas", "grace", "mira"), last_login=None):
        if not user.customers.exists():
            user.delete()
    Team.objects.filter(name__in=("North", "South"), users=None, customers=None, api_keys=None, children=None).delete()
    Product.objects.filter(source__slug=SLUG, lines=None).delete()
    Category.objects.filter(name__in=STOCK, products=None).exclude(pk__in=UsableCategory.objects.values("category")).delete()
    return gone
