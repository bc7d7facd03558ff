"""Heeding the first-purchase check when the customer answers it themselves.

A 4 or a 5 makes the welcome due now, a 1 to 3 puts a recovery in its place, and nobody has to ask any more.
An answer is how satisfied they are on the whole with the purchase that made the movement, by whatever way it
came, save by a file. Read from the ledger whenever the customer is ranked, so once more changes nothing.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from feedback.models import Satisfaction
from ladder.models import Action, ProgrammeStep
from ladder.models.actions import OPEN, State
from ladder.programmes import called, chosen, stopped, store

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from django.db.models import QuerySet

HAPPY = 4  # of 5; below it an answer is one to recover from
FRESH = timedelta(days=30)  # an answer that we learned of before that calls for nothing any more
ANSWERED = ("first-purchase-check", "welcome")


def heed(horizon: date, *, now: datetime) -> int:
    """Follow the latest answers of the customers in life_customer; gives how many actions that queued."""
    latest = {(answer.customer_id, answer.purchase.day): answer for answer in answers(horizon, now) if answer.purchase}
    if not latest:
        return 0
    actions = Action.objects.filter(customer__in={customer for customer, _ in latest}, step__programme__slug__in=ANSWERED)
    found: dict[tuple[int, date], list[Action]] = {}
    for action in actions.exclude(placement=None).select_related("step", "customer", "placement"):
        found.setdefault((action.customer_id, action.placement.since), []).append(action)  # type: ignore[union-attr]
    recovery = ProgrammeStep.objects.filter(programme__slug="recovery", programme__on=True).first()
    wanted = [action for of, rows in found.items() if of in latest for action in _follow(latest[of].score, rows, recovery, now)]
    hindered = set(Action.objects.filter(stopped(horizon), pk__in=[by.pk for by, _ in wanted]).values_list("pk", flat=True))
    return store(recovery, [made for by, made in wanted if by.pk not in hindered]) if recovery else 0


def answers(horizon: date, now: datetime) -> QuerySet[Satisfaction]:
    """Of each purchase the last one is the one that counts: the latest day's, and of one day the lowest."""
    said = Satisfaction.objects.standing().filter(subject=Satisfaction.Subject.OVERALL, brought_by=None, customer__in=chosen())
    lately = said.filter(purchase__withdrawn_at=None, day__lte=horizon, recorded_at__gt=now - FRESH, recorded_at__lte=now)
    return lately.exclude(purchase=None).select_related("purchase").order_by("day", "-score", "pk")


def _follow(score: int, rows: list[Action], recovery: ProgrammeStep | None, now: datetime) -> Iterable[tuple[Action, Action]]:
    """Do what an answer means for a movement's check and welcome; gives what is to be queued, beside what calls for it."""
    checks = [action for action in rows if action.step.asks]
    welcomes = [action for action in rows if not action.step.asks]
    _end(checks, State.DONE, now, answer=score, state_reason=f"They answered it themselves: {score} of 5.")
    if score >= HAPPY:
        said = f"Said the first purchase was fine: {score} of 5."
        ahead = Action.objects.filter(pk__in=_keys(welcomes), state=State.WAITING, events=None, due_at__gt=now)
        ahead.update(due_at=now, reason=said)
        return
    said = f"Not happy with the first purchase: {score} of 5."
    _end(welcomes, State.CANCELLED, now, state_reason=said)
    for by in [*checks, *welcomes][:1] if recovery else []:
        yield by, called(recovery, by, now=now, reason=said)  # type: ignore[arg-type]


def _end(actions: list[Action], state: State, now: datetime, **said: Any) -> None:
    Action.objects.filter(pk__in=_keys(actions), state__in=OPEN).update(state=state, finished_at=now, **said)


def _keys(actions: list[Action]) -> list[int]:
    return [action.pk for action in actions]
