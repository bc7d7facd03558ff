"""Closing the loop: everyone affected by a failure of ours is told, and whoever wanted what is built or declined.

What calls for such an action stands in its key, so that it is there once for each failure or idea, whoever looks how
often. It is called for by what happened and by no placement, so no movement cancels it; a failure that nobody is to be
told of after all does.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, Exists, F, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat

from customers.days import day_of
from feedback.models import Affected, Supporter
from feedback.suggesting import SETTLED
from ladder import programmes
from ladder.models import Action, Placement, ProgrammeStep
from ladder.models.actions import State
from ladder.wording import day

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django.db.models import QuerySet

    from feedback.models import Failure, Suggestion

AT_A_TIME = 2_000
UNTOLD = "Nobody is to be told of it after all."


def close(*, now: datetime) -> int:
    """Queue what failures and answered ideas call for, cancel what they no longer do; how many are new."""
    queued = 0
    for step in ProgrammeStep.objects.filter(programme__on=True, starts__in=CALLS).select_related("rung"):
        calls = CALLS[step.starts](step, now - timedelta(days=step.fresh_days))
        rows = unanswered(step, calls, now)[:AT_A_TIME]
        queued += programmes.store(step, [action(step, row, now) for row in rows])
    forget(now)
    return queued


def affected(step: ProgrammeStep, since: datetime) -> QuerySet[Any]:
    """Affected customers whom nobody has told yet, since an instant."""
    found = Affected.objects.filter(failure__tell=True, recorded_at__gt=since).select_related("customer", "failure")
    return found.annotate(key=_key("called:failure:", "failure_id"))


def defended(step: ProgrammeStep, since: datetime) -> QuerySet[Any]:
    """Those of them who stood on the step's rung on the last day of the failure."""
    last = OuterRef("failure__last_day")
    stood = Placement.objects.current().filter(customer=OuterRef("customer"), rung=step.rung_id, since__lte=last)
    return affected(step, since).filter(Exists(stood.filter(Q(until=None) | Q(until__gt=last))))


def answered(step: ProgrammeStep, since: datetime) -> QuerySet[Any]:
    """Who wanted an idea before it was built or declined."""
    wanted = Supporter.objects.filter(
        suggestion__state__in=SETTLED, suggestion__settled_at__gt=since, at__lte=F("suggestion__settled_at")
    )
    return wanted.select_related("customer", "suggestion").annotate(key=_key("called:idea:", "suggestion_id"))


CALLS: dict[str, Callable[[ProgrammeStep, datetime], QuerySet[Any]]] = {
    ProgrammeStep.Starts.FAILURE: affected,
    ProgrammeStep.Starts.DEFEND: defended,
    ProgrammeStep.Starts.IDEA: answered,
}


def _key(kind: str, column: str) -> Concat:
    return Concat(Value(kind), Cast(column, CharField()), output_field=CharField())


def unanswered(step: ProgrammeStep, calls: QuerySet[Any], now: datetime) -> QuerySet[Any]:
    """Those calls for which the step has no action yet, and no stop stands."""
    there = Action.objects.filter(step=step, customer=OuterRef("customer"), key=OuterRef("key"))
    return calls.exclude(programmes.stopped(day_of(now))).exclude(Exists(there)).order_by("pk")


def action(step: ProgrammeStep, call: Any, now: datetime) -> Action:
    due = now + timedelta(days=step.after_days)
    why = idea_reason(call.suggestion) if isinstance(call, Supporter) else failure_reason(call.failure)
    return Action(
        customer=call.customer, step=step, key=call.key, reason=why, queued_at=now, due_at=due, expires_at=due + timedelta(days=step.expires_days)
    )  # fmt: skip


def failure_reason(failure: Failure) -> str:
    days = day(failure.first_day)
    if failure.last_day != failure.first_day:
        days += f" to {day(failure.last_day)}"
    return f"Our failure, {days}: {failure.what}"


def idea_reason(suggestion: Suggestion) -> str:
    said = f"They wanted this, and it is {suggestion.state}: {suggestion.title}."
    return f"{said} {suggestion.answer}"[:500].strip()


def forget(now: datetime) -> int:
    """Cancel open actions on failures that nobody is to be told of any more, or that no longer affected them."""
    still = Affected.objects.filter(customer=OuterRef("customer"), failure__tell=True).annotate(
        call=_key("called:failure:", "failure_id")
    )
    gone = Action.objects.open().filter(key__startswith="called:failure:").exclude(Exists(still.filter(call=OuterRef("key"))))
    return gone.update(state=State.CANCELLED, state_reason=UNTOLD, finished_at=now)
