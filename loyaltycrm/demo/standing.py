"""What invented customers do beside buying: whom they bring, what they take part in, complain of, plan and threaten."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from customers.days import start_of
from customers.models import Involvement, JointPlan, Referral
from feedback.models import (
    CompetitorConsidered,
    Complaint,
    ComplaintStep,
    HostileAct,
    Importance,
    LeavingNotice,
    Opinion,
    Recommendation,
)

if TYPE_CHECKING:
    from datetime import date

    from customers.models import Customer
    from loyaltycrm.demo.business import Business

COMPLAINTS = (
    "Came two weeks late.",
    "One leg is shorter than the others.",
    "Nobody answers the telephone.",
    "The wrong lamp again.",
)
WHY_US = ("You know what fits.", "The lamps are made nearby.", "Somebody answers when I call.")
AUDIENCES = ("a review site", "the trade fair", "the residents' association")


def entry(b: Business, model: Any, customer: Customer, day: date, **fields: Any) -> Any:
    """A row of a ledger on a day up to today; None after it."""
    if day > b.today:
        return None
    at = b.instant(day)
    row = model(
        customer=customer, source=b.source, external_id=f"E-{b.number()}", occurred_at=at, day=day, recorded_at=at, **fields
    )
    return b.made.add(row)


def ago(b: Business, least: int, most: int) -> date:
    return b.today - timedelta(days=b.dice.randrange(least, most))


def complained(b: Business, customer: Customer, chance: float) -> None:
    """Mostly answered in time; a few wait, and some of those too long."""
    if b.dice.random() >= chance:
        return
    day = ago(b, 1, 200)
    made = entry(b, Complaint, customer, day, due_day=day + timedelta(days=14), words=b.dice.choice(COMPLAINTS))
    answered = day + timedelta(days=b.dice.randrange(1, 12))
    if answered <= b.today and b.dice.random() < 0.9:
        b.made.add(
            ComplaintStep(complaint=made, customer=customer, kind="answered", occurred_at=b.instant(answered), day=answered)
        )


def stood_by(b: Business, customer: Customer) -> None:
    """What the better half of regular customers do for us."""
    dice = b.dice
    if dice.random() < 0.06:
        entry(b, Recommendation, customer, ago(b, 5, 340), kind="reference", prompted=True, to_whom="a prospect")
    told(b, customer)
    if dice.random() < 0.08:
        for _ in range(dice.choice([1, 2, 2, 3])):
            entry(
                b,
                Involvement,
                customer,
                ago(b, 1, 360),
                kind=dice.choice(["attended", "served", "answered"]),
                what="customers' forum",
            )
    if dice.random() < 0.02:
        since = ago(b, 30, 300)
        b.made.add(JointPlan(customer=customer, since=since, name="Year plan", accepted_by_us=since, accepted_by_them=since))
    if b.newcomers and dice.random() < 0.05:
        friend = b.newcomers.pop()
        entry(b, Referral, customer, ago(b, 1, 340), referred=friend, name=friend.name, prompted=dice.random() < 0.7)


def told(b: Business, customer: Customer) -> None:
    """What some say matters to them, why us, and where they praised us. No die falls for it."""
    serial = int(b.number())
    day = b.today - timedelta(days=5 + serial % 300)
    if serial % 3 == 0:
        for matter, importance in (("quality", 4 + serial % 2), ("delivery", 2 + serial % 4), ("price", 1 + serial % 5)):
            entry_without_dice(b, Importance, customer, day, matter=matter, importance=min(importance, 5))
    if serial % 11 == 0:
        entry_without_dice(b, Opinion, customer, day, question="why-us", words=WHY_US[serial % 3])
    if serial % 97 == 0:
        site = "https://reviews.example.com/loyal"
        entry_without_dice(b, Recommendation, customer, day, kind="review", prompted=True, favourable=True, evidence=site)


def entry_without_dice(b: Business, model: Any, customer: Customer, day: date, **fields: Any) -> None:
    at = min(start_of(day) + timedelta(hours=11), b.now)
    b.made.add(
        model(
            customer=customer, source=b.source, external_id=f"E-{b.number()}", occurred_at=at, day=day, recorded_at=at, **fields
        )
    )


def unsettled(b: Business, customer: Customer) -> None:
    """What makes an account manager call."""
    dice = b.dice
    if dice.random() < 0.02:
        entry(b, CompetitorConsidered, customer, ago(b, 1, 170), competitor=dice.choice(["Nordlys", "Casa & Co", "Bauwerk"]))
    if dice.random() < 0.01:
        entry(b, LeavingNotice, customer, ago(b, 1, 170))
    if dice.random() < 0.012:
        for audience in dice.sample(AUDIENCES, 2):
            evidence = "Told everybody that our lamps catch fire. Two of us heard it."
            entry(b, HostileAct, customer, ago(b, 1, 170), audience=audience, evidence=evidence, confirmed=True)
