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
from ladder import acting, explaining, programmes, standings
from ladder.models import Action, Ladder, Run

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from accounts.requests import Request

SHOWN = 50  # actions on my day
COMPARED = 30  # days back that the pyramid is held against


def my_day(request: Request) -> HttpResponse:
    now = timezone.now()
    today, ladder = days.day_of(now), standings.primary()
    due = (
        Action.objects.visible_to(request.user).due(now).select_related("customer", "customer__owner", "step", "step__programme")
    )
    rows = list(due.order_by("step__programme__priority", "due_at", "pk")[:SHOWN])
    chips = standings.of_customers([a.customer_id for a in rows], ladder, today)
    monday = today - timedelta(days=today.weekday())
    context = {
        "now": now,
        "rows": [(action, chips.get(action.customer_id)) for action in rows],
        "how_many": due.count(),
        "done": standings.done_since(request.user, monday),
        "falling": standings.falling(request.user, ladder, today=today) if ladder else 0,
        **_ladder_beside(request, ladder),
    }
    return render(request, "ladder/_day_rows.html" if request.htmx else "ladder/my_day.html", context)


def _ladder_beside(request: Request, ladder: Ladder | None) -> dict[str, object]:
    today = days.day_of(timezone.now())
    edition = standings.in_force_now(ladder, today) if ladder else None
    if not (ladder and edition):
        return {}
    known = standings.stands(edition)
    moves = standings.movements(ladder, request.user, since=today - timedelta(days=2), today=today)[:8]
    return {
        "ladder": ladder,
        "levels": standings.levels(ladder, edition, request.user, today=today, against=today - timedelta(days=COMPARED)),
        "moves": [(m, known.get(m.came_from), known.get(m.rung_id)) for m in moves],
    }


def pyramid(request: Request, slug: str = "") -> HttpResponse:
    ladder = get_object_or_404(Ladder, slug=slug) if slug else standings.primary()
    today = Run.objects.ranked_through() or days.day_of(timezone.now())
    edition = standings.in_force_now(ladder, today) if ladder else None
    if ladder is None or edition is None:
        raise Http404("No ladder has a published edition.")
    against = today - timedelta(days=COMPARED)
    levels = standings.levels(ladder, edition, request.user, today=today, against=against)
    offered = programmes.offered(horizon=today, ladder=ladder.slug)
    context = {
        "ladder": ladder,
        "ladders": Ladder.objects.all(),
        "edition": edition,
        "today": today,
        "against": against,
        "people": sum(level.count for level in levels),
        "steps": [level for level in levels if not level.stand.side],
        "beside": [level for level in levels if level.stand.side],
        "flows": standings.flows(ladder, edition, request.user, since=against, today=today),
        "offered": programmes.would_queue(offered, horizon=today, now=timezone.now()) if request.user.sees_everything else 0,
    }
    return render(request, "ladder/pyramid.html", context)


@writing
@require_POST
def queue_offered(request: Request) -> HttpResponse:
    """Queue for everybody who entered a rung in the last 14 days and came in quietly."""
    if not request.user.sees_everything:
        raise Http404
    now = timezone.now()
    queued = programmes.queue_offered(now=now, horizon=Run.objects.ranked_through() or days.day_of(now))
    note(request.user, "queued for lately entered", request.user, actions=queued)
    messages.success(request, f"{queued} actions queued.")
    return redirect("ladder:pyramid")


def _customer(request: Request, uuid: UUID) -> Customer:
    return get_object_or_404(Customer.objects.visible_to(request.user), uuid=uuid)


def _fragment(request: Request, template: str, context: dict[str, object]) -> HttpResponse:
    """A card for the customer's page; the whole of a page without JavaScript."""
    return render(request, template if request.htmx else "ladder/alone.html", {**context, "fragment": template})


def _explained(customer: Customer) -> list[explaining.Explanation]:
    today = days.day_of(timezone.now())
    return [e for ladder in Ladder.objects.all() if (e := explaining.current(customer, ladder, today=today))]


def standing(request: Request, uuid: UUID) -> HttpResponse:
    customer = _customer(request, uuid)
    found = [(e, standings.stands(e.edition)[e.rung.pk]) for e in _explained(customer)]
    return _fragment(request, "ladder/_standing.html", {"customer": customer, "explained": found})


def reason(request: Request, uuid: UUID) -> HttpResponse:
    customer, ladder = _customer(request, uuid), standings.primary()
    found = explaining.current(customer, ladder, today=days.day_of(timezone.now())) if ladder else None
    return _fragment(request, "ladder/_reason.html", {"customer": customer, "explained": found})


def customer_actions(request: Request, uuid: UUID) -> HttpResponse:
    customer = _customer(request, uuid)
    actions = customer.actions.select_related("step", "step__programme").order_by("due_at")
    context = {
        "customer": customer,
        "actions": [a for a in actions if a.is_open],
        "past": [a for a in actions if not a.is_open][-6:],
    }
    return _fragment(request, "ladder/_customer_actions.html", context)


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
