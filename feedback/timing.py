"""How complaints were answered: how soon, in time or not, and whether anybody asked the customer afterwards.

n counts people: of somebody the latest complaint of the period that the figure can be said of. What is not answered yet is in no time to
answer; it is late in `in_time` once its day has passed.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Exists, Min, OuterRef, Subquery

from customers.intervals import median_of
from feedback.figures import Figure, share_of
from feedback.models import Complaint, ComplaintStep

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from feedback.figures import Asked


class Told(NamedTuple):
    customer: int
    day: date
    due: date
    answered: date | None
    checked: bool


def time_to_answer(asked: Asked) -> Figure:
    """The median of the days from a complaint to the first answer to it, with its interval by order statistics."""
    return days_to_answer(answered(asked))


def in_time(asked: Asked) -> Figure:
    """The share first answered by the day that was promised, in percent, of what is answered or late."""
    return share_in_time(judged(asked))


def loop_closed(asked: Asked) -> Figure:
    """The share of the answered of whom somebody asked afterwards whether all is well again, in percent."""
    return share_checked(answered(asked))


def answered(asked: Asked) -> list[Told]:
    return [one for one in _told(asked) if one.answered is not None]


def judged(asked: Asked) -> list[Told]:
    """Answered, or late."""
    return [one for one in _told(asked) if one.answered is not None or one.due < asked.today]


def days_to_answer(told: Iterable[Told]) -> Figure:
    days = [(one.answered - one.day).days for one in latest(told) if one.answered]
    return Figure(len(days), dict(sorted(Counter(days).items())), median_of(days) if days else None)


def share_in_time(told: Iterable[Told]) -> Figure:
    last = latest(told)
    return share_of(sum(one.answered is not None and one.answered <= one.due for one in last), len(last))


def share_checked(told: Iterable[Told]) -> Figure:
    last = latest(told)
    return share_of(sum(one.checked for one in last), len(last))


def latest(told: Iterable[Told]) -> list[Told]:
    """Of each person the latest, out of complaints in the order in which they were received."""
    return list({one.customer: one for one in told}.values())


def _told(asked: Asked) -> list[Told]:
    steps = ComplaintStep.objects.filter(complaint=OuterRef("pk")).order_by()
    first = steps.filter(kind=ComplaintStep.Kind.ANSWERED).values("complaint").annotate(first=Min("day")).values("first")
    checked = steps.filter(kind__in=(ComplaintStep.Kind.CHECKED, ComplaintStep.Kind.DISCONTENT))
    rows = asked.seen(Complaint.objects.standing().told()).filter(asked.dated())
    rows = rows.annotate(first_answer=Subquery(first), was_checked=Exists(checked)).order_by("day", "occurred_at", "pk")
    return [Told(*row) for row in rows.values_list("customer", "day", "due", "first_answer", "was_checked")]
