"""My day: what is due, most pressing first, and beside it the viewer's ladder."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils import timezone

from customers import days
from customers.models import Customer
from ladder import reigns, standings
from ladder.models import Action
from ladder.views.pyramid import COMPARED

if TYPE_CHECKING:
    from datetime import date

    from django.http import HttpResponse

    from accounts.requests import Request
    from ladder.models import Edition

SHOWN = 50  # actions on my day


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
