"""How invented customers behave, from the suspect to the advocate."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from customers.models import UsableCategory
from loyaltycrm.demo.facts import bought, habitual, qualified, recommended, scored
from loyaltycrm.demo.names import STOCK
from loyaltycrm.demo.standing import complained, stood_by, unsettled

if TYPE_CHECKING:
    from datetime import date

    from customers.models import Customer
    from loyaltycrm.demo.business import Business

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
    b.newcomers.append(customer)
    complained(b, customer, 0.04)
    if b.dice.random() < 0.15:
        scored(b, customer, day + timedelta(days=20), b.dice.choice([3, 6, 7, 8, 9, 10]))


def again(b: Business, customer: Customer, met: date) -> None:
    kinds = b.dice.sample(list(STOCK), 2)
    habitual(b, customer, met, every=b.dice.uniform(25, 160), until=b.today, kinds=kinds)
    complained(b, customer, 0.06)
    unsettled(b, customer)
    if b.dice.random() < 0.2:
        scored(b, customer, b.today - timedelta(days=b.dice.randrange(300)), b.dice.choice([2, 5, 7, 8, 8, 9, 10]))


def regular(b: Business, customer: Customer, met: date) -> None:
    met = min(met, b.today - timedelta(days=200))
    kinds = b.dice.sample(list(STOCK), b.dice.choice([3, 4, 5]))
    for kind in kinds if b.dice.random() < 0.8 else list(STOCK):
        category = b.products[kind][0].category
        b.made.add(UsableCategory(customer=customer, category=category, since=met, basis="hand"))
    habitual(b, customer, met, every=b.dice.uniform(12, 55), until=b.today, kinds=kinds)
    complained(b, customer, 0.05)
    unsettled(b, customer)
    stood_by(b, customer)
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
