"""What a person does with an action: done, snooze, dismiss, and taking any of it back."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F

from customers.entering import withdraw
from customers.models import Source
from feedback.models import Ask
from feedback.recording import record_ask
from ladder import programmes
from ladder.heeding import HAPPY
from ladder.models import Action, ActionEvent, ProgrammeStep
from ladder.models.actions import OPEN, State

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from accounts.models import User
    from customers.models import Customer

SHOWN = 10  # actions on a customer's page
FURTHEST = 90  # days for which something may be put off


def shown(customer: Customer) -> QuerySet[Action]:
    """What a customer's page lists: what is open, soonest first, then the latest that is not."""
    actions: QuerySet[Action] = customer.actions.select_related("step", "customer")
    return actions.order_by(F("finished_at").desc(nulls_first=True), "due_at")[:SHOWN]


class Overtaken(ValidationError):
    """Somebody else was faster."""


def _change(action: Action, state: State, *, by: User | None, at: datetime, act: uuid.UUID, **fields: object) -> None:
    """Claim the action by a conditional update and note what it was."""
    event = _event(action, was=action.state, became=state, by=by, at=at, act=act)
    finished = {"finished_at": None, "finished_by": None} if state in OPEN else {"finished_at": at, "finished_by": by}
    changed = Action.objects.filter(pk=action.pk, state=action.state).update(state=state, **finished, **fields)
    if not changed:
        raise Overtaken("Somebody else has just dealt with this. Reload to see how.")
    event.save()
    action.refresh_from_db()


def _event(action: Action, *, was: str, became: State, by: User | None, at: datetime, act: uuid.UUID) -> ActionEvent:
    """What is about to change, as it is; unsaved."""
    return ActionEvent(
        action=action, at=at, by=by, act=act, was=was, became=became, was_due_at=action.due_at, was_expires_at=action.expires_at,
        was_reason=action.reason, was_answer=action.answer,
    )  # fmt: skip


def _open(action: Action) -> None:
    if action.state not in OPEN:
        raise Overtaken(f"This is {action.get_state_display()} already.")


@transaction.atomic
def done(
    action: Action, *, by: User | None, at: datetime, answer: int | None = None, note: str = "", act: uuid.UUID | None = None
) -> uuid.UUID:
    """Mark as done; an answer from 1 to 5 opens or closes the gate of the welcome. Gives the act, for undo.

    Several actions done at once share one `act`, and are undone at once.
    """
    _open(action)
    if answer is not None and not (action.step.asks and 1 <= answer <= 5):
        raise ValidationError({"answer": "An answer is a whole number from 1 to 5, where the step asks for one."})
    act = act or uuid.uuid4()
    _change(action, State.DONE, by=by, at=at, act=act, answer=answer, note=note, state_reason="")
    if answer is not None:
        _answered(action, answer, by=by, at=at, act=act)
    if action.step.prompts:
        here = Source.objects.get(slug="here")
        record_ask(customer=action.customer, source=here, external_id=_ask(action, act), occurred_at=at, at=at, by=by)
    return act


def _ask(action: Action, act: uuid.UUID) -> str:
    """The external id of what doing an action leaves in the ledger of asks; another when it is done again."""
    return f"act:{act.hex}:{action.pk}"


def _answered(check: Action, answer: int, *, by: User | None, at: datetime, act: uuid.UUID) -> None:
    """4 or 5: the welcome is due now. 1 to 3: a recovery takes its place."""
    welcome = Action.objects.open().filter(customer=check.customer, step__programme__slug="welcome").first()
    if answer >= HAPPY:
        if welcome:
            _change(
                welcome,
                State.WAITING,
                by=by,
                at=at,
                act=act,
                due_at=at,
                reason=f"Said the first purchase was fine: {answer} of 5.",
            )
        return
    if welcome:
        _change(
            welcome, State.CANCELLED, by=by, at=at, act=act, state_reason=f"Not happy with the first purchase: {answer} of 5."
        )
    if step := ProgrammeStep.objects.filter(programme__slug="recovery", programme__on=True).first():
        recovery = programmes.called(step, check, now=at, reason=f"Not happy with the first purchase: {answer} of 5.")
        programmes.store(step, [recovery])
        stored = Action.objects.get(customer=check.customer, step=step, key=recovery.key)
        _event(stored, was="", became=State.WAITING, by=by, at=at, act=act).save()


@transaction.atomic
def snooze(action: Action, *, until: datetime, by: User | None, at: datetime, act: uuid.UUID | None = None) -> uuid.UUID:
    """Put off until an instant in the next 90 days."""
    _open(action)
    if not at < until <= at + timedelta(days=FURTHEST):
        raise ValidationError({"until": f"Snooze until a day within the next {FURTHEST}."})
    act = act or uuid.uuid4()
    expires = max(action.expires_at, until + timedelta(days=7))
    _change(
        action,
        State.DEFERRED,
        by=by,
        at=at,
        act=act,
        due_at=until,
        expires_at=expires,
        state_reason=f"Snoozed by {by or 'another system'}.",
    )
    return act


@transaction.atomic
def dismiss(action: Action, *, reason: str, by: User | None, at: datetime) -> uuid.UUID:
    _open(action)
    act = uuid.uuid4()
    _change(action, State.DISMISSED, by=by, at=at, act=act, state_reason=reason or "Not called for.")
    return act


@transaction.atomic
def undo(act: uuid.UUID, *, by: User, at: datetime) -> list[Action]:
    """Take back what one person did at once; refused where something has happened to it since."""
    events = list(ActionEvent.objects.filter(act=act, undone_at=None).select_related("action__placement").order_by("-id"))
    if not events:
        raise Overtaken("There is nothing to take back.")
    for event in events:
        _put_back(event, by=by, at=at)
        event.undone_at = at
        event.save(update_fields=["undone_at"])
    return [event.action for event in events]


def _put_back(event: ActionEvent, *, by: User, at: datetime) -> None:
    """The action as it was before the event; one that nothing calls for any more is cancelled instead."""
    state = event.was or State.CANCELLED
    placement, called = event.action.placement, event.action.key.startswith("called:")
    gone = placement is None or placement.until is not None or placement.superseded_at is not None
    if event.was in OPEN and gone and not called:
        state = State.CANCELLED
    back = {
        "state": state, "due_at": event.was_due_at, "expires_at": event.was_expires_at, "reason": event.was_reason,
        "answer": event.was_answer, "state_reason": "" if state in OPEN else "Nothing calls for it any more.",
        "finished_at": None if state in OPEN else at, "finished_by": None,
    }  # fmt: skip
    since = event.action.events.filter(pk__gt=event.pk, undone_at=None).exclude(act=event.act)
    if since.exists() or not Action.objects.filter(pk=event.action_id, state=event.became).update(**back):
        raise Overtaken("Something has happened to it since; it cannot be taken back any more.")
    for ask in Ask.objects.standing().filter(source__slug="here", external_id=_ask(event.action, event.act)):
        withdraw(ask, at=at, by=by)
