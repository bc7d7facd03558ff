"""Long work that somebody asked for, whichever worker does it: taken into hands, called off, broken off, and given up in the end."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Case, F, Value, When

if TYPE_CHECKING:
    from datetime import datetime

    from ladder.models.simulations import Trying

LEASE = timedelta(minutes=5)
MOST = 3
"""Beginnings that lead nowhere, after which it is given up."""
DIED = "Whoever was at it died each time without a word."


def claim(of: Trying, *, now: datetime) -> bool:
    """Take it into our hands; False if it has ended, or ends here, or somebody else holds it."""
    waiting = type(of).objects.waiting(now).filter(pk=of.pk)
    ended = {"finished_at": now, "lease_until": None}
    waiting.exclude(cancelled_at=None).update(**ended)
    waiting.filter(attempts__gte=MOST).update(**ended, error=Case(When(error="", then=Value(DIED)), default=F("error")))
    taken = waiting.update(lease_until=now + LEASE, attempts=F("attempts") + 1, error="")
    of.refresh_from_db()
    return bool(taken)


def renew(of: Trying, *, at: datetime, **progress: int) -> bool:
    """Hold it for another while; False if it was called off, or taken by somebody who thought it abandoned."""
    until = at + LEASE
    ours = type(of).objects.filter(pk=of.pk, lease_until=of.lease_until, cancelled_at=None)
    held = bool(ours.update(lease_until=until, **progress))
    if held:
        of.lease_until = until
    return held


def finish(of: Trying, *, at: datetime, **found: Any) -> bool:
    """Let it end, done or called off; False if it is in somebody else's hands."""
    ours = type(of).objects.filter(pk=of.pk, lease_until=of.lease_until, finished_at=None)
    return bool(ours.update(finished_at=at, lease_until=None, **{"error": "", **found}))


def cancel(of: Trying, *, at: datetime) -> bool:
    """Let it end: at once where nobody is at it, else with the part it is at. False if it has ended already."""
    this = type(of).objects.filter(pk=of.pk, finished_at=None)
    cancelled = this.filter(cancelled_at=None).update(cancelled_at=at)
    this.waiting(at).update(finished_at=at, lease_until=None)
    of.refresh_from_db()
    return bool(cancelled)


def break_off(of: Trying, error: Exception, *, at: datetime) -> None:
    """Note what went wrong, if it is still ours. It is tried again once its lease is over, unless that was the last time."""
    this = type(of).objects.filter(pk=of.pk, finished_at=None, lease_until=of.lease_until)
    this.update(error=repr(error)[:500])
    this.filter(attempts__gte=MOST).update(finished_at=at, lease_until=None)
