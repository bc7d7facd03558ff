"""What the demo business makes of what its customers say: a failure of its own, themes, ideas, notes, a hypothesis.

By the processes that a person would use, on what the dice have made up.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from customers.days import day_of
from customers.models import Customer
from feedback import failing, gathering, suggesting
from feedback.models import Channel, Complaint, Failure, Hypothesis, Message, Satisfaction, Theme
from loyaltycrm.demo.facts import LATE_WORDS

if TYPE_CHECKING:
    from loyaltycrm.demo.business import Business

STRIKE = "Our carrier was on strike: parcels came a week late."
LATE, TELEPHONE = "demo-late-delivery", "demo-telephone"
HYPOTHESES = (
    (
        "Who hears from us by telephone after the first purchase buys again sooner.",
        "Of 200 first-time customers call every second; compare after 90 days.",
        "",
        "",
    ),
    (
        "A card for regular customers brings more second purchases.",
        "Two shops hand it out, two do not; compare after half a year.",
        "31 of 204 with it, 28 of 197 without: no difference shown.",
        "We do not make it.",
    ),
)
IDEAS = (
    ("Lamps in warm grey", "planned", "From spring on.", 4),
    ("Parcels without plastic", "heard", "", 7),
    ("Open on Sundays", "declined", "Nobody of us would want to stand there either.", 2),
)
NOTES = (
    ("free-phone", "Asks whether the oak table also comes in 180 cm."),
    ("interview", "Furnishes a second office next year and compares us with Nordlys."),
    ("suggestion-box", "The shop smells of fresh wood. Never change that."),
)


@transaction.atomic
def hear(b: Business) -> None:
    """Needs the rows of the customers; all of it can be cleared again."""
    late(b, strike(b))
    telephone(b)
    spoken(b)
    for claim, test, result, decision in HYPOTHESES:
        settled = b.now - timedelta(days=20) if result else None
        Hypothesis.objects.get_or_create(
            claim=claim, defaults={"test": test, "result": result, "decision": decision, "settled_at": settled}
        )


def strike(b: Business) -> Failure:
    """Long enough ago that those affected were told by hand."""
    found = failing.record("late", STRIKE, first_day=b.strike[0], last_day=b.today - timedelta(days=20), tell=False, at=b.now)
    failing.affect_late(found, at=b.now)
    return found


def late(b: Business, failure: Failure) -> None:
    told = {
        "name": "Late delivery",
        "claim": "Parcels come after the day we promised.",
        "first_day": failure.first_day,
        "base": "failures",
    }
    theme, _ = Theme.objects.get_or_create(slug=LATE, defaults=told)
    theme.failures.add(failure)
    said = Satisfaction.objects.standing().filter(source=b.source, words__in=LATE_WORDS, day__gte=failure.first_day)
    gathering.gather(theme, said, at=b.now)


def telephone(b: Business) -> None:
    """Alleged: nobody has said whom it concerns."""
    told = {"name": "The telephone", "claim": "Nobody answers the telephone."}
    theme, _ = Theme.objects.get_or_create(slug=TELEPHONE, defaults=told)
    gathering.gather(theme, Complaint.objects.standing().filter(source=b.source, words=told["claim"]), at=b.now)


def spoken(b: Business) -> None:
    channels, people = (
        Channel.objects.in_bulk(field_name="slug"),
        list(Customer.objects.filter(source=b.source).order_by("pk")[:20]),
    )
    for n, (title, state, answer, wanted) in enumerate(IDEAS):
        at = b.now - timedelta(days=30 + 9 * n)
        idea = suggesting.suggest(title, channel=channels["suggestion-box"], occurred_at=at, at=at, customer=people[n])
        for other in people[n + 1 : n + wanted]:
            suggesting.support(idea, other, at=at)
        if state != "heard":
            suggesting.answer(idea, state, answer, at=b.now - timedelta(days=25))
    for n, (channel, words) in enumerate(NOTES):
        at = b.now - timedelta(days=3 + 5 * n)
        Message.objects.create(
            customer=people[5 + n], channel=channels[channel], occurred_at=at, day=day_of(at), recorded_at=at, words=words
        )


def forget() -> None:
    """What of it hangs on no customer, and nobody has added to."""
    Theme.objects.filter(slug__in=(LATE, TELEPHONE), gathered=None, decisions=None).delete()
    Failure.objects.filter(what=STRIKE, affected=None, themes=None).delete()
    Hypothesis.objects.filter(claim__in=[claim for claim, *_ in HYPOTHESES]).delete()
