"""Where each customer stood on a past day, by the fold over the facts through that day with everything we know now. Nothing is stored.

Whose first fact came later had no history yet and is nowhere, as in the stored history.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from django.db import transaction

from customers.models import Customer
from ladder import judging, lives, ranking, reigns, sql
from ladder.models.ladders import NOWHERE
from ladder.models.standing import bounds

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from accounts.models import Viewer
    from ladder.models import Ladder

    Rungs = dict[int, int]


def counts(ladder: Ladder, day: date, viewer: Viewer | None = None) -> dict[int, int]:
    """How many (of the viewer's customers) stood on each rung at the end of a day. {rung id: count}"""
    found = Counter[int]()
    for (rungs,) in _each(ladder, [day], viewer):
        found.update(rungs.values())
    return dict(found)


def matrix(ladder: Ladder, since: date, until: date, viewer: Viewer | None = None) -> dict[tuple[int | None, int | None], int]:
    """How many went from each rung to each other between the ends of two days. {(rung id before, after): count}; None is no rung."""
    found = Counter[tuple[int | None, int | None]]()
    for before, after in _each(ladder, [since, until], viewer):
        found.update((before.get(who), after.get(who)) for who in before.keys() | after.keys())
    return dict(found)


def _each(ladder: Ladder, days: list[date], viewer: Viewer | None) -> Iterator[list[Rungs]]:
    """A range of customers at a time, their rungs on each of the days. {customer: rung id}"""
    for number in ranking.every_chunk():
        stood = [_stood(ladder, number, day) for day in days]
        if viewer:
            people = Customer.objects.filter(viewer.reach(), pk__range=bounds(number))
            seen = set(people.values_list("pk", flat=True))
            stood = [{who: rung for who, rung in rungs.items() if who in seen} for rungs in stood]
        yield stood


@transaction.atomic
def _stood(ladder: Ladder, number: int, day: date) -> Rungs:
    editions = next((judge.editions for judge in reigns.judges() if judge.ladder == ladder), [])
    reigning = [e for e in editions if e.first_day is None or e.first_day <= day]
    if not reigning:
        return {}
    lives.empty_tables()
    lives.choose(*bounds(number))
    judging.stand(reigning, day)
    return dict(sql.rows("SELECT customer_id, rung_id FROM life_rung WHERE rung_id <> %s", [NOWHERE]))
