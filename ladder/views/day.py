"""My day: what is due, most pressing first, and beside it the viewer's ladder."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import OuterRef, Subquery
from django.shortcuts import render
from django.utils import timezone

from customers import days, preferring
from customers.models import Customer
from feedback import remedying
from ladder import reigns, standings
from ladder.models import Action, ActionEvent
from ladder.models.actions import State
from ladder.views.pyramid import COMPARED

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet
    from django.http import HttpResponse

    from accounts.models import User
    from accounts.requests import Request
    from ladder.models import Edition

SHOWN = 50  # actions on my day
DEALT_WITH = (State.DONE, State.DISMISSED)


def my_day(request: Request) -> HttpResponse:
    """The whole page; for htmx after an act, what the act has changed."""
    now = timezone.now()
    today = days.day_of(now)
    reign = reigns.reigning(today)
    edition = next(iter(reign.editions), None)
    due = Action.objects.visible_to(request.user).due(now).select_related("customer", "customer__owner", "step")
    rows = list(due.order_by("step__programme__priority", "due_at", "pk")[:SHOWN])
    chips = standings.in_edition([a.customer_id for a in rows], edition, reign.day) if edition else {}
    counted = standings.tally(
        due=Action.objects.visible_to(request.user).due(now),
        falling=standings.falling(request.user, edition.ladder, today=today) if edition else None,
        done=standings.done_since(request.user, today - timedelta(days=today.weekday())),
    )
    instead = preferring.instead({a.customer_id for a in rows}, today)
    for action in rows:
        action.instead = instead.get(action.customer_id, "")  # type: ignore[attr-defined]
    context = {
        "hour": timezone.localtime(now, days.zone()).hour,
        "rows": [(action, chips.get(action.customer_id)) for action in rows],
        "first_run": not rows and not Customer.objects.exists(),
        "how_many": counted["due"],
        "falling": counted["falling"],
        "done": counted["done"],
        "nav_counts": {"day": counted["due"]},
        "ranked": reign.ranked_at,
        "mine": list(_done_by(request.user, today)),
    }
    if request.htmx:
        return render(request, "ladder/_day_changed.html", context)
    context["remedies"] = remedying.waiting_for(request.user)[:SHOWN]
    return render(request, "ladder/my_day.html", {**context, **(_beside(request, edition, today) if edition else {})})


def _done_by(user: User, today: date) -> QuerySet[Action]:
    """What the viewer has done today, the latest first, each with the act that takes it back."""
    act = ActionEvent.objects.filter(action=OuterRef("pk"), by=user, undone_at=None).order_by("-pk").values("act")[:1]
    mine = Action.objects.visible_to(user).filter(finished_by=user, finished_at__gte=days.start_of(today))
    return (
        mine.filter(state__in=DEALT_WITH)
        .select_related("customer", "step")
        .annotate(act=Subquery(act))
        .order_by("-finished_at", "-pk")[:SHOWN]
    )


def _beside(request: Request, edition: Edition, today: date) -> dict[str, object]:
    """What stands beside the day: the viewer's ladder, and who moved on it."""
    known, ladder = standings.stands(edition), edition.ladder
    moves = standings.movements(ladder, request.user, since=today - timedelta(days=2), today=today)[:8]
    return {
        "ladder": ladder,
        "levels": standings.levels(ladder, edition, request.user, today=today, against=today - timedelta(days=COMPARED)),
        "moves": [(m, known.get(m.came_from), known.get(m.rung_id)) for m in moves],
    }
