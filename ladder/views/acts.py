"""What a person does with an action: done, snooze, dismiss, and taking it back."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from accounts.auditing import note, note_each
from accounts.requests import writing
from customers import days
from ladder import acting
from ladder.models import Action, ActionEvent

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from accounts.requests import Request

MOST_AT_ONCE = 200


def _back(request: Request) -> HttpResponse:
    """To where the button stood: what is left of the day for htmx, or that page again."""
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return redirect(wanted if safe else reverse("my_day"))


def _act(request: Request, uuid: UUID, do: Callable[[Action], UUID], told: str) -> HttpResponse:
    """Do one thing with one visible action, and offer to take it back."""
    action = get_object_or_404(Action.objects.visible_to(request.user).select_related("step", "customer"), uuid=uuid)
    try:
        act = do(action)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        note(request.user, told, action)
        undo = reverse("ladder:action_undo", args=[act])
        messages.success(request, f"{action.customer.name}: {action.step.name.lower()}, {told}.", extra_tags=f"undo:{undo}")
    return _back(request)


def _act_on_many(request: Request, do: Callable[[Action, UUID], object], told: str) -> HttpResponse:
    """The same thing with every chosen action that is still open, as one act: one undo takes all of it back."""
    chosen = Action.objects.visible_to(request.user).filter(uuid__in=_uuids(request.POST.getlist("action")))
    act, did = uuid4(), []
    for action in chosen.select_related("step", "customer"):
        with suppress(acting.Overtaken):
            do(action, act)
            did.append(action)
    note_each(request.user, told, did, [{} for _ in did])
    if did:
        undo = reverse("ladder:action_undo", args=[act])
        messages.success(request, f"{len(did)} {'thing' if len(did) == 1 else 'things'} {told}.", extra_tags=f"undo:{undo}")
    else:
        messages.error(request, "None of this is open any more. Nothing was changed.")
    return _back(request)


def _uuids(texts: list[str]) -> list[UUID]:
    found = []
    for text in texts[:MOST_AT_ONCE]:
        with suppress(ValueError):
            found.append(UUID(text))
    return found


@writing
@require_POST
def many_done(request: Request) -> HttpResponse:
    now = timezone.now()
    return _act_on_many(request, lambda a, act: acting.done(a, by=request.user, at=now, act=act), "done")


@writing
@require_POST
def many_snooze(request: Request) -> HttpResponse:
    now = timezone.now()
    until = _ahead(request, now)
    told = f"put off until {until:%d %B}"
    return _act_on_many(request, lambda a, act: acting.snooze(a, until=until, by=request.user, at=now, act=act), told)


def _ahead(request: Request, now: datetime) -> datetime:
    """The start of the day to which something is put off: 3 days ahead unless asked otherwise."""
    asked = request.POST.get("days", "")
    ahead = int(asked) if asked.isdecimal() and len(asked) <= 2 else 3
    return days.start_of(days.day_of(now) + timedelta(days=min(max(1, ahead), acting.FURTHEST)))


@writing
@require_POST
def action_done(request: Request, uuid: UUID) -> HttpResponse:
    answer = request.POST.get("answer", "")
    given = int(answer) if answer in {"1", "2", "3", "4", "5"} else None
    words = request.POST.get("note", "")[:5000]
    return _act(request, uuid, lambda a: acting.done(a, by=request.user, at=timezone.now(), answer=given, note=words), "done")


@writing
@require_POST
def action_snooze(request: Request, uuid: UUID) -> HttpResponse:
    now = timezone.now()
    until = _ahead(request, now)
    return _act(request, uuid, lambda a: acting.snooze(a, until=until, by=request.user, at=now), f"put off until {until:%d %B}")


@writing
@require_POST
def action_dismiss(request: Request, uuid: UUID) -> HttpResponse:
    why = request.POST.get("reason", "")[:300]
    return _act(request, uuid, lambda a: acting.dismiss(a, reason=why, by=request.user, at=timezone.now()), "dismissed")


@writing
@require_POST
def action_undo(request: Request, act: UUID) -> HttpResponse:
    done = ActionEvent.objects.filter(act=act)
    mine = done.filter(action__in=Action.objects.visible_to(request.user).values("pk"))
    if not done.exists() or mine.count() < done.count():
        raise Http404
    try:
        acting.undo(act, by=request.user, at=timezone.now())
        messages.success(request, "Taken back.")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return _back(request)
