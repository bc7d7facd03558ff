"""Pages of the ladder: my day, the pyramid, why somebody stands where they stand, and what is to be done."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from accounts.auditing import note
from accounts.requests import writing
from customers import days
from customers.models import Customer
from ladder import acting, offers, reigns, standings
from ladder.models import Action, Run

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from uuid import UUID

    from accounts.requests import Request
    from ladder.models import Edition

SHOWN = 50  # actions on my day
COMPARED = 30  # days back that the pyramid is held against


def my_day(request: Request) -> HttpResponse:
    now = timezone.now()
    today = days.day_of(now)
    edition = next(iter(reigns.reigning(today).editions), None)
    due = Action.objects.visible_to(request.user).due(now).select_related("customer", "customer__owner", "step")
    rows = list(due.order_by("step__programme__priority", "due_at", "pk")[:SHOWN])
    chips = standings.in_edition([a.customer_id for a in rows], edition) if edition else {}
    context = {
        "hour": timezone.localtime(now, days.zone()).hour,
        "rows": [(action, chips.get(action.customer_id)) for action in rows],
    }
    context["first_run"] = not rows and not Customer.objects.exists()
    if request.htmx:
        return render(request, "ladder/_day_rows.html", context)
    context["how_many"] = due.count()
    context["done"] = standings.done_since(request.user, today - timedelta(days=today.weekday()))
    return render(request, "ladder/my_day.html", {**context, **(_beside(request, edition, today) if edition else {})})


def _beside(request: Request, edition: Edition, today: date) -> dict[str, object]:
    """What stands beside the day: the viewer's ladder, and who moved on it."""
    known, ladder = standings.stands(edition), edition.ladder
    moves = standings.movements(ladder, request.user, since=today - timedelta(days=2), today=today)[:8]
    return {
        "ladder": ladder,
        "falling": standings.falling(request.user, ladder, today=today),
        "levels": standings.levels(ladder, edition, request.user, today=today, against=today - timedelta(days=COMPARED)),
        "moves": [(m, known.get(m.came_from), known.get(m.rung_id)) for m in moves],
    }


def pyramid(request: Request, slug: str = "") -> HttpResponse:
    reign = reigns.reigning(days.day_of(timezone.now()))
    edition = next((e for e in reign.editions if slug in {"", e.ladder.slug}), None)
    if edition is None:
        raise Http404("No ladder of that name has a published edition.")
    ladder, today = edition.ladder, reign.day
    against = today - timedelta(days=COMPARED)
    levels = standings.levels(ladder, edition, request.user, today=today, against=against)
    offered = offers.offered(horizon=today, ladder=ladder.slug)
    context = {
        "ladder": ladder,
        "ladders": [e.ladder for e in reign.editions],
        "edition": edition,
        "today": today,
        "against": against,
        "people": sum(level.count for level in levels),
        "steps": [level for level in levels if not level.stand.side],
        "beside": [level for level in levels if level.stand.side],
        "flows": standings.flows(ladder, edition, request.user, since=against, today=today),
        "most_counted": offers.MOST_COUNTED,
        "offered": offers.would_queue(offered, horizon=today, now=timezone.now()) if request.user.sees_everything else 0,
    }
    return render(request, "ladder/pyramid.html", context)


@writing
@require_POST
def queue_offered(request: Request) -> HttpResponse:
    """Queue for everybody who entered a rung in the last 14 days and came in quietly."""
    if not request.user.sees_everything:
        raise Http404
    now = timezone.now()
    queued = offers.queue_offered(now=now, horizon=Run.objects.ranked_through() or days.day_of(now))
    note(request.user, "queued for lately entered", request.user, actions=queued)
    messages.success(request, f"{queued} actions queued.")
    return redirect("ladder:pyramid")


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
    now, asked = timezone.now(), request.POST.get("days", "")
    ahead = int(asked) if asked.isdecimal() and len(asked) <= 2 else 3
    until = days.start_of(days.day_of(now) + timedelta(days=max(1, ahead)))
    return _act(request, uuid, lambda a: acting.snooze(a, until=until, by=request.user, at=now), f"put off until {until:%d %B}")


@writing
@require_POST
def action_dismiss(request: Request, uuid: UUID) -> HttpResponse:
    why = request.POST.get("reason", "")[:300]
    return _act(request, uuid, lambda a: acting.dismiss(a, reason=why, by=request.user, at=timezone.now()), "dismissed")


@writing
@require_POST
def action_undo(request: Request, act: UUID) -> HttpResponse:
    seen = Action.objects.visible_to(request.user).filter(events__act=act)
    if not seen.exists():
        raise Http404
    try:
        acting.undo(act, by=request.user, at=timezone.now())
        messages.success(request, "Taken back.")
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return _back(request)
