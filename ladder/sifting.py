"""Finding whom a chunk fails on: it is judged in ever smaller parts, until only those are left out on whose facts the rules fail.

They are quarantined, with the error; everybody else in the chunk is judged. What says nothing about a customer is not sifted: a busy
or a full database, or an error that meets one after the other, which is the rule's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import F

from customers import days
from customers.models import Customer
from ladder.models import Chunk, Outlook, Quarantine, Run, StaleMark
from ladder.models.standing import CHUNK_SIZE

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

MOST = 20  # in a chunk and run; where there are more, it is not the customers

Part = tuple[int, int]
"""Customers, from the first id to the last."""

# Classes of SQLSTATE: connection, rolled back for a deadlock, out of room, locked, stopped by hand, the system.
PASSING_STATES = ("08", "40", "53", "55", "57", "58")
PASSING_NAMES = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_NOMEM", "SQLITE_READONLY")


def sift(whole: Part, judge: Callable[[Part], None], *, run: Run, now: datetime) -> int:
    """Judge everybody in a range that failed as a whole, but those whom it fails on; gives how many are quarantined.

    Raises the error again where it is not a customer's.
    """
    waiting, found = _halves(whole) or [whole], 0
    while waiting:
        part = waiting.pop(0)
        known = _marks(part, run)  # before they are tried: what arrives meanwhile is new
        try:
            judge(part)
        except Exception as error:
            if is_passing(error) or not connection.is_usable() or found == MOST:
                Quarantine.objects.filter(run=run, customer__gte=whole[0], customer__lte=whole[1]).delete()
                raise
            if parts := _halves(part):
                waiting = parts + waiting
                continue
            quarantine(part, error, marks=known, run=run, now=now)
            found += 1
    Run.objects.filter(pk=run.pk).update(quarantined=F("quarantined") + found)
    return found


def is_passing(error: Exception) -> bool:
    """Of the moment, not of the facts: what was tried then may well succeed later."""
    cause = error.__cause__
    state, name = getattr(cause, "pgcode", None) or "", getattr(cause, "sqlite_errorname", None) or ""
    return state.startswith(PASSING_STATES) or name.startswith(PASSING_NAMES)


def quarantine(part: Part, error: Exception, *, marks: int, run: Run, now: datetime) -> None:
    """Leave out the one customer of this range until something new comes. Raises the error where there is none."""
    one = Customer.objects.filter(pk__range=part).first()
    if one is None:
        raise error
    said = {"run": run, "since": now, "error": str(error)[:500], "marks": marks}
    with transaction.atomic():
        # As whoever looks ahead: else they might note of somebody what comes who has just been left out.
        list(Chunk.objects.select_for_update().filter(number=one.pk // CHUNK_SIZE))
        Quarantine.objects.update_or_create(customer=one, defaults=said)
        Outlook.objects.filter(customer=one).delete()


def try_again(customer: Customer) -> None:
    """A mark of their whole life, which is something new; what it finds comes in quietly, unless another mark says otherwise."""
    with transaction.atomic():
        if Quarantine.objects.filter(customer=customer).exists():
            StaleMark.objects.create(customer_id=customer.pk, day=days.EPOCH, imported=True)


def _halves(part: Part) -> list[Part]:
    """A range in two, each with half of its customers; nothing if there is but one."""
    inside = Customer.objects.filter(pk__range=part).order_by("pk").values_list("pk", flat=True)
    if (count := inside.count()) <= 1:
        return []
    middle = inside[count // 2]
    return [(part[0], middle - 1), (middle, part[1])]


def _marks(part: Part, run: Run) -> int:
    return StaleMark.objects.filter(customer_id__range=part, day__lte=run.day).count()
