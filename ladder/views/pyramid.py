"""The ladder: who stands where, what moved, and queueing for those who came in quietly."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.auditing import note
from accounts.requests import writing
from customers import days
from ladder import crosswalks, offers, reigns, standings
from ladder.models import Run

if TYPE_CHECKING:
    from accounts.requests import Request

COMPARED = 30  # days back that the pyramid is held against


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
        "loyal": crosswalks.loyal(levels),
        "alarms": crosswalks.shape_alarm(levels),
        "others": [e.ladder for e in reign.editions if e is not edition],
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
