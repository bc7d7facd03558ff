"""Closing the loop: everyone affected by a failure of ours is told, and whoever wanted what is built or declined; who complained is
answered, and asked then whether all is well again; who answered what a reward was promised for gets it.

What calls for such an action stands in its key, so that it is there once for each failure or idea, whoever looks how
often. It is called for by what happened and by no placement, so no movement cancels it; a failure that nobody is to be
told of after all does.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import CharField, Count, Exists, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat

from customers.days import day_of
from feedback.models import Affected, Complaint, ComplaintStep, Reward, Supporter
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
ANSWERED = "It is answered, or taken back."
UNRECORDED = "No answer is recorded on the complaint yet."
UNASKED = "It is open again, or they were asked already."


def close(*, now: datetime) -> int:
    """Queue what was called for and cancel what no longer is; how many are new."""
    queued = 0
    for step in ProgrammeStep.objects.filter(programme__on=True, starts__in=CALLS).select_related("rung"):
        calls = CALLS[step.starts](step, now - timedelta(days=step.fresh_days))
        rows = unanswered(step, calls, now)[:AT_A_TIME]
        queued += programmes.store(step, [action(step, row, now) for row in rows])
    forget(now)
    remind(now)
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


def put_right(step: ProgrammeStep, since: datetime) -> QuerySet[Any]:
    """Complaints of whose answer we learned since an instant, of which nobody has asked whether that put it right. What a file told calls for nothing."""
    here = ComplaintStep.objects.filter(kind=ComplaintStep.Kind.ANSWERED, recorded_at__gt=since, brought_by=None)
    found: Any = _answered_complaints().filter(pk__in=here.values("complaint"))  # few: this is asked every few seconds
    last = here.filter(complaint=OuterRef("pk"), occurred_at=OuterRef("turned_at"))
    calls: QuerySet[Any] = found.filter(Exists(last)).select_related("customer")
    return calls


def complained(step: ProgrammeStep, since: datetime) -> QuerySet[Any]:
    """Complaints that we learned of, or of whose reopening, since an instant, and that wait for an answer. What a file told calls for nothing."""
    again = ComplaintStep.objects.filter(kind=ComplaintStep.Kind.REOPENED, recorded_at__gt=since, brought_by=None)
    fresh = Q(recorded_at__gt=since, brought_by=None) | Q(pk__in=again.values("complaint"))
    calls: QuerySet[Any] = _waiting_complaints().filter(fresh).select_related("customer")
    return calls


def _waiting_complaints() -> QuerySet[Any]:
    return _turned("called:complained:", Complaint.objects.standing().told().waiting())


def _answered_complaints() -> QuerySet[Any]:
    return _turned("called:complaint:", Complaint.objects.standing().told().unchecked())


def _turned(kind: str, complaints: QuerySet[Any]) -> QuerySet[Any]:
    """Their keys hold how often each was reopened, so that each turn calls once."""
    again = ComplaintStep.objects.filter(complaint=OuterRef("pk"), kind=ComplaintStep.Kind.REOPENED).order_by()
    times = Coalesce(Subquery(again.values("complaint").annotate(n=Count("pk")).values("n")), 0)
    parts = (Value(kind), Cast("pk", CharField()), Value(":"), Cast("times", CharField()))
    found: QuerySet[Any] = complaints.annotate(times=times).annotate(key=Concat(*parts, output_field=CharField()))
    return found


def earned(step: ProgrammeStep, since: datetime) -> QuerySet[Any]:
    """Rewards earned since an instant, whatever was answered."""
    found = Reward.objects.filter(earned_at__gt=since).select_related("customer", "invitation__survey")
    return found.annotate(key=_key("called:reward:", "pk"))


CALLS: dict[str, Callable[[ProgrammeStep, datetime], QuerySet[Any]]] = {
    ProgrammeStep.Starts.FAILURE: affected,
    ProgrammeStep.Starts.DEFEND: defended,
    ProgrammeStep.Starts.IDEA: answered,
    ProgrammeStep.Starts.COMPLAINT: complained,
    ProgrammeStep.Starts.ANSWER: put_right,
    ProgrammeStep.Starts.REWARD: earned,
}


def _key(kind: str, column: str) -> Concat:
    return Concat(Value(kind), Cast(column, CharField()), output_field=CharField())


def unanswered(step: ProgrammeStep, calls: QuerySet[Any], now: datetime) -> QuerySet[Any]:
    """Those calls for which the step has no action yet, and no stop stands."""
    there = Action.objects.filter(step=step, customer=OuterRef("customer"), key=OuterRef("key"))
    return calls.exclude(programmes.stopped(day_of(now))).exclude(Exists(there)).order_by("pk")


def action(step: ProgrammeStep, call: Any, now: datetime) -> Action:
    begins = call.turned_at if step.starts == ProgrammeStep.Starts.ANSWER else now  # told of late, it is due at once
    due = max(now, begins + timedelta(days=step.after_days))
    return Action(
        customer=call.customer, step=step, key=call.key, reason=reason(call), queued_at=now, due_at=due, expires_at=due + timedelta(days=step.expires_days)
    )  # fmt: skip


def reason(call: Any) -> str:
    match call:
        case Supporter():
            return idea_reason(call.suggestion)
        case Complaint():
            return complaint_reason(call)
        case Reward():
            return f"They answered “{call.invitation.survey}”, for which we promised: {call.invitation.promise}"[:500]
        case _:
            return failure_reason(call.failure)


def complaint_reason(told: Any) -> str:
    if told.turn == ComplaintStep.Kind.ANSWERED:
        return f"Their complaint of {day(told.day)} was answered: {told.words}"[:500]
    return f"They complained on {day(told.day)}; an answer is due by {day(told.due)}: {told.words}"[:500]


def failure_reason(failure: Failure) -> str:
    days = day(failure.first_day)
    if failure.last_day != failure.first_day:
        days += f" to {day(failure.last_day)}"
    return f"Our failure, {days}: {failure.what}"


def idea_reason(suggestion: Suggestion) -> str:
    said = f"They wanted this, and it is {suggestion.state}: {suggestion.title}."
    return f"{said} {suggestion.answer}"[:500].strip()


def forget(now: datetime) -> int:
    """Cancel open actions on failures that nobody is to be told of any more, or that no longer affected them, and on complaints that
    are open again or were checked."""
    still = Affected.objects.filter(customer=OuterRef("customer"), failure__tell=True).annotate(
        call=_key("called:failure:", "failure_id")
    )
    gone = Action.objects.open().filter(key__startswith="called:failure:").exclude(Exists(still.filter(call=OuterRef("key"))))
    cancelled = gone.update(state=State.CANCELLED, state_reason=UNTOLD, finished_at=now)
    for kind, calls, why in (
        ("called:complaint:", _answered_complaints(), UNASKED),
        ("called:complained:", _waiting_complaints(), ANSWERED),
    ):
        still = calls.filter(customer=OuterRef("customer"), key=OuterRef("key"))
        settled = Action.objects.open().filter(key__startswith=kind).exclude(Exists(still))
        cancelled += settled.update(state=State.CANCELLED, state_reason=why, finished_at=now)
    return cancelled


def remind(now: datetime) -> int:
    """A complaint of which no answer is recorded is nobody's task no longer because somebody ticked it off: it comes back the next day."""
    still = _waiting_complaints().filter(customer=OuterRef("customer"), key=OuterRef("key"))
    ticked = Action.objects.filter(state=State.DONE, key__startswith="called:complained:", expires_at__gt=now)
    again = {
        "state": State.DEFERRED,
        "state_reason": UNRECORDED,
        "due_at": now + timedelta(days=1),
        "finished_at": None,
        "finished_by": None,
    }
    return ticked.filter(Exists(still)).update(**again)
