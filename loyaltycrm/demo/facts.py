"""Single facts of invented customers: what they need, buy, give back, say and recommend."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from customers.days import start_of
from customers.models import Customer, Purchase, PurchaseLine, Qualification, Refund
from feedback.languages import known
from feedback.models import Invitation, Recommendation, Response, Satisfaction

if TYPE_CHECKING:
    from datetime import date, datetime

    from loyaltycrm.demo.business import Business

PROMISED, LATER = 6, 7  # days; LATER came what was bought while the carrier was on strike
LATE_WORDS = ("It came a week after the day you promised.", "Waited and waited for the parcel.", "Late, and nobody told me.")


def qualified(b: Business, customer: Customer, since: date, need: str, ability: str) -> None:
    for subject, answer in (("need", need), ("ability", ability)):
        reason = "Buys elsewhere and is content." if answer == "no" else ""
        b.made.add(Qualification(customer=customer, subject=subject, answer=answer, since=since, reason=reason))


def bought(b: Business, customer: Customer, day: date, kinds: list[str]) -> None:
    if day > b.today:
        return
    dice, at = b.dice, b.instant(day)
    later = LATER if b.strike[0] <= day <= b.strike[1] else 0
    purchase = Purchase(
        customer=customer, source=b.source, external_id=f"O-{b.number()}", occurred_at=at, day=day, recorded_at=at, currency="EUR",
        channel=dice.choice(["shop", "online", "phone"]), fulfilled=day + timedelta(days=dice.randrange(0, 6) + later), promised=day + timedelta(days=PROMISED),
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
    elif day > b.today - timedelta(days=120) and int(purchase.external_id[2:]) % 4 == 0:
        satisfied(b, purchase)


def satisfied(b: Business, purchase: Purchase) -> None:
    """What they say about a purchase two days after it came; late ones please nobody. No die falls for it."""
    day, serial = purchase.fulfilled + timedelta(days=2), int(purchase.external_id[2:])
    if day > b.today:
        return
    late = purchase.fulfilled > purchase.promised
    at = start_of(day) + timedelta(hours=9 + serial % 9, minutes=serial % 60)
    at = min(at, b.now)
    b.made.add(
        Satisfaction(
            customer=purchase.customer, source=b.source, external_id=f"Z-{b.number()}", occurred_at=at, day=day, recorded_at=at, purchase=purchase,
            score=1 + serial // 4 % 3 if late else (5, 4, 5, 4, 3, 5, 4, 2)[serial // 4 % 8],
            words=f"{LATE_WORDS[serial // 4 % 3]}" if late else "",
        )
    )  # fmt: skip


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


def asked(b: Business, customer: Customer, day: date, answered_at: datetime | None = None) -> Invitation | None:
    """Invited on a day to say whether they recommend us; now and then it comes back. No die falls for it."""
    if b.survey is None:
        return None
    at, serial = start_of(day), int(b.number())
    made = Invitation(
        survey=b.survey, version=b.survey.version, customer=customer, way="email", language=known(customer.language), invited_at=at,
        form_of_address=customer.form_of_address, expires_at=at + timedelta(days=b.survey.link_days), sent_at=at, answered_at=answered_at,
        bounced_at=at if answered_at is None and serial % 9 == 0 else None,
    )  # fmt: skip
    made.renew()  # nobody has the link
    found: Invitation = b.made.add(made)
    return found


def scored(b: Business, customer: Customer, day: date, value: int) -> None:
    if day <= b.today:
        at = b.instant(day)
        invitation = asked(b, customer, day - timedelta(days=2), at)
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
                invitation=invitation,
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
