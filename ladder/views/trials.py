"""Trying a draft on everybody: asking for it, giving it up, and who would move."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.auditing import note
from accounts.requests import writing
from ladder import simulating
from ladder.forms import TrialForm
from ladder.models import Edition, Simulation
from ladder.views.rules import configuring

if TYPE_CHECKING:
    from accounts.requests import Request
    from ladder.models import Rung, SimulatedMove
    from ladder.models.simulations import SimulatedMoveQuerySet

SHOWN = 50
NOWHERE = "nowhere"


@writing
@configuring
@require_POST
def trial_new(request: Request, pk: int) -> HttpResponse:
    draft = get_object_or_404(Edition.objects.drafts().select_related("ladder"), pk=pk)
    form = TrialForm(request.POST)
    if not form.is_valid():
        messages.error(request, "The day is not a date. Nothing was tried.")
    elif draft.simulations.filter(finished_at=None).exists():
        messages.error(request, "This draft is being tried already.")
    else:
        simulating.begin(draft, at=timezone.now(), by=request.user, first_day=form.cleaned_data["first_day"])
        note(request.user, "tried", draft, edition=str(draft))
    return redirect(draft)


@writing
@configuring
@require_POST
def trial_cancel(request: Request, pk: int) -> HttpResponse:
    of = get_object_or_404(Simulation.objects.select_related("edition"), pk=pk)
    if simulating.cancel(of, at=timezone.now()):
        messages.success(request, "The trial ends with the part it is at.")
    return redirect(of.edition)


@dataclass(frozen=True)
class Page:
    rows: list[SimulatedMove]
    before: str
    after: str


@configuring
def trial_moves(request: Request, pk: int) -> HttpResponse:
    """Who would move, all or from one rung to another, and why."""
    of = get_object_or_404(Simulation.objects.select_related("edition__ladder"), pk=pk)
    rungs = {rung.slug: rung for rung in of.edition.ladder.rungs.all()}
    moves = of.moves.visible_to(request.user)
    for name, field in (("from", "before"), ("to", "after")):
        if wanted := request.GET.get(name):
            moves = _only(moves, field, wanted, rungs)
    context = {
        "trial": of,
        "edition": of.edition,
        "before": rungs.get(request.GET.get("from", "")),
        "after": rungs.get(request.GET.get("to", "")),
        "how_many": moves.count(),
        "page": _page(moves, request.GET.get("after", "")),
    }
    return render(request, "ladder/trial_moves.html", context)


def _only(moves: SimulatedMoveQuerySet, field: str, wanted: str, rungs: dict[str, Rung]) -> SimulatedMoveQuerySet:
    if wanted != NOWHERE and wanted not in rungs:
        raise Http404("This ladder has no such rung.")
    return moves.filter(**{field: rungs.get(wanted)})


def _page(moves: SimulatedMoveQuerySet, after: str) -> Page:
    """Those after a row, in the order in which they were found."""
    start = int(after) if after.isascii() and after.isdecimal() and len(after) < 19 else 0
    rows = list(moves.filter(pk__gt=start).select_related("customer", "before", "after").order_by("pk")[: SHOWN + 1])
    more, rows = len(rows) > SHOWN, rows[:SHOWN]
    return Page(rows, "", str(rows[-1].pk) if more else "")
