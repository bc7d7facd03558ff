"""Every figure but the net promoter score cut into groups: by month, by team, or wherever somebody puts each customer.

People count within each group, so who is in two months counts in both. The net promoter score is cut by `feedback.comparing`.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from customers.days import day_of
from customers.models import Customer
from feedback import comparing, figures, timing
from feedback.comparing import Group
from feedback.models import Complaint, Invitation, Response, Satisfaction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import date

    from django.db.models import QuerySet

    from feedback.figures import Asked, Figure

    Grouping = Callable[[int, date], str]
    """The group of a customer on a day; empty for none."""


class Row(NamedTuple):
    customer: int
    day: date
    value: int


class Cut(NamedTuple):
    """What a figure is made of, row by row, and what it makes of any of them."""

    rows: Callable[[Asked, str], Iterable[Any]]
    figure: Callable[[Sequence[Any]], Figure]
    share: bool = True
    """Whether it is a share, whose groups may be held against each other."""


def _satisfied(asked: Asked, subject: str) -> Iterable[Row]:
    answers = asked.among(Satisfaction.objects.filter(subject=subject or Satisfaction.Subject.OVERALL))
    return [Row(*row) for row in answers.order_by().values_list("customer", "day", "score")]


def _mean(rows: Sequence[Row]) -> Figure:
    people: dict[int, list[int]] = defaultdict(list)
    for row in rows:
        people[row.customer].append(row.value)
    return figures.mean(people)


def _invited(asked: Asked, subject: str) -> Iterable[Row]:
    told = figures.invited(asked).order_by().values_list("customer", "invited_at", "answered_at")
    return [Row(customer, day_of(at), answered is not None) for customer, at, answered in told]


def _answered(rows: Sequence[Row]) -> Figure:
    return figures.share_of(len({row.customer for row in rows if row.value}), len({row.customer for row in rows}))


CUTS = {
    "satisfaction": Cut(_satisfied, _mean, share=False),
    "response-rate": Cut(_invited, _answered),
    "time-to-answer": Cut(lambda asked, _: timing.answered(asked), timing.days_to_answer, share=False),
    "answered-in-time": Cut(lambda asked, _: timing.judged(asked), timing.share_in_time),
    "loop-closed": Cut(lambda asked, _: timing.answered(asked), timing.share_checked),
}


def groups(name: str, asked: Asked, grouping: Grouping, order: Sequence[str] = (), *, subject: str = "") -> list[Group]:
    """The figure of every group, in an order or by its name. Rows without a group are left out."""
    cut, parts = CUTS[name], defaultdict(list)
    for row in cut.rows(asked, subject):
        if group := grouping(row.customer, row.day):
            parts[group].append(row)
    names = [each for each in order if each in parts] or sorted(parts)
    found = {each: cut.figure(parts[each]) for each in names}
    if cut.share:
        return comparing.compared(found, lambda figure: figure.distribution[1])
    return [Group(each, figure) for each, figure in found.items()]


def concerned() -> QuerySet[Customer]:
    """Customers who are in any figure."""
    kinds: tuple[Any, ...] = (Response, Satisfaction, Invitation, Complaint)
    first, *others = [kind.objects.order_by().exclude(customer=None).values("customer") for kind in kinds]
    return Customer.objects.filter(pk__in=first.union(*others))


def by_month(customer: int, day: date) -> str:
    return f"{day:%Y-%m}"


def by_team() -> Grouping:
    """Of the team that each customer is in now."""
    teams = dict(concerned().values_list("pk", "team__name"))
    return lambda customer, day: teams.get(customer, "")
