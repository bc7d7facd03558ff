"""Trying a draft on everybody: asking for it, giving it up, and who would move."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh

from accounts.auditing import note
from accounts.requests import writing
from customers import days
from ladder import backtesting, simulating, trying
from ladder.forms import BacktestForm, TrialForm
from ladder.models import Backtest, Edition, Simulation
from ladder.views.rules import configuring

if TYPE_CHECKING:
    from accounts.requests import Request
    from ladder.models import Rung, SimulatedMove
    from ladder.models.simulations import SimulatedMoveQuerySet

SHOWN = 50
HALF_A_YEAR = timedelta(days=180)
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
        try:
            simulating.begin(draft, at=timezone.now(), by=request.user, first_day=form.cleaned_data["first_day"])
        except ValidationError as error:
            messages.error(request, " ".join([*error.messages, "Nothing was tried."]))
        else:
            note(request.user, "tried", draft, edition=str(draft))
    return redirect(draft)


@writing
@configuring
@require_POST
def trial_cancel(request: Request, pk: int) -> HttpResponse:
    of = get_object_or_404(Simulation.objects.select_related("edition"), pk=pk)
    if trying.cancel(of, at=timezone.now()):
        messages.success(request, "The trial is stopped." if of.finished_at else "The trial ends with the part it is at.")
    return redirect(of.edition)


@writing
@configuring
@require_POST
def backtest_cancel(request: Request, pk: int) -> HttpResponse:
    of = get_object_or_404(Backtest, pk=pk)
    if trying.cancel(of, at=timezone.now()):
        messages.success(request, "Looking back is stopped." if of.finished_at else "Looking back ends with the part it is at.")
    return redirect("ladder:edition_backtest", of.edition_id)


@writing
@configuring
def backtest(request: Request, pk: int) -> HttpResponse:
    """Ask how well an edition would have foretold who buys again, and see; for htmx how far it is."""
    edition = get_object_or_404(Edition.objects.select_related("ladder"), pk=pk)
    last, today = edition.backtests.first(), days.day_of(timezone.now())
    if request.htmx:
        return _how_far(request, edition, last)
    form = BacktestForm(request.POST or None, initial={"at": today - HALF_A_YEAR, "horizon": HALF_A_YEAR.days})
    if form.is_valid() and not (last and not last.finished_at):
        try:
            backtesting.begin(edition, **form.cleaned_data, now=timezone.now(), by=request.user)
        except backtesting.Unaskable as error:
            form.add_error(None, error)
        else:
            note(request.user, "backtested", edition, edition=str(edition))
            return redirect("ladder:edition_backtest", edition.pk)
    return render(
        request, "ladder/edition_backtest.html", {"edition": edition, "test": last, "form": form, **_came(edition, last)}
    )


def _how_far(request: Request, edition: Edition, last: Backtest | None) -> HttpResponse:
    if last is None or last.finished_at:
        return HttpResponseClientRefresh()
    return render(request, "ladder/_backtest_progress.html", {"edition": edition, "test": last})


def _came(edition: Edition, last: Backtest | None) -> dict[str, object]:
    """What a finished backtest found, the top rung first, with the names of rungs."""
    if last is None or not last.report:
        return {}
    came = last.report["rungs"]  # PostgreSQL keeps no order of names
    rungs = [(step.rung.name, came[step.rung.slug]) for step in reversed(edition.all_steps)]
    baselines = [(name, last.report["baselines"][name]) for name in backtesting.BESIDE if name in last.report["baselines"]]
    return {"report": last.report, "rungs": rungs, "baselines": baselines, "until": last.at + timedelta(days=last.horizon)}


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
