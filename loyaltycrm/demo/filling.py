"""Filling the demo business, a part at a time, and ranking it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from accounts.models import Job
from customers.models import ContactPoint, Customer, ExternalId, NotRanked
from ladder import ranking
from loyaltycrm.demo import hearing
from loyaltycrm.demo.business import SLUG, YEARS, Business
from loyaltycrm.demo.facts import asked
from loyaltycrm.demo.habits import HABIT, HABITS
from loyaltycrm.demo.names import FIRST, LAST, TRADES

if TYPE_CHECKING:
    from datetime import datetime

CUSTOMERS = 2000


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
    hearing.hear(business)
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
    if int(number) % 3 == 0:
        asked(b, customer, max(met, b.today - timedelta(days=100 + int(number) % 200)))  # and never answers
    if dice.random() < 0.005:
        b.made.add(NotRanked(customer=customer, since=met, reason="staff"))
