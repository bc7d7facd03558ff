"""The rules of every ladder: its editions, what they ask, and writing a draft."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh

from accounts.auditing import note
from accounts.requests import form_page, writing
from customers import days
from ladder import choosing, editions, reigns, sentences, simulated
from ladder.forms import DocumentForm, NumbersForm, TrialForm
from ladder.models import Edition, Ladder
from ladder.rung_forms import RungForm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from django.http import HttpResponse
    from django.http.response import HttpResponseBase

    from accounts.requests import Request
    from ladder.models import Rung, Simulation


def configuring(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Rules move customers of every team: only who sees everything may look at them."""

    @wraps(view)
    def refused_to_others(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.sees_everything:
            raise PermissionDenied("Only administrators see and change the rules.")
        return view(request, *args, **kwargs)

    return refused_to_others


def whole_number(sent: str) -> int | None:
    """What a hidden field of a form says, if it is one."""
    return int(sent) if sent.isascii() and sent.isdecimal() and len(sent) < 10 else None


@configuring
def edition_list(request: Request) -> HttpResponse:
    now = timezone.now()
    return render(request, "ladder/edition_list.html", {"ladders": [_told(ladder, now) for ladder in Ladder.objects.all()]})


def _told(ladder: Ladder, now: datetime) -> dict[str, object]:
    live = reigns.in_force(ladder, days.day_of(now))
    found = ladder.editions.told().order_by("-number")
    held = set(ladder.editions.held(now))
    return {
        "ladder": ladder,
        "live": live,
        "rows": [(edition, state(edition, live), edition in held) for edition in found],
    }


def state(edition: Edition, live: Edition | None) -> str:
    """In the words of the page."""
    said = reigns.state(edition, live)
    return "in force" if said == "published" else said.replace("_", " ")


@writing
@configuring
@require_POST
def edition_new(request: Request, slug: str) -> HttpResponse:
    """A draft that says what the edition in force says."""
    live = reigns.in_force(get_object_or_404(Ladder, slug=slug), days.day_of(timezone.now()))
    if live is None:
        messages.error(request, "No edition of this ladder is in force.")
        return redirect("ladder:edition_list")
    document = editions.document(live) | {"note": ""}  # what it says of itself is not said of the draft
    try:
        draft = editions.draft(document, by=request.user)
    except ValidationError as error:  # it asks for a field that was archived since
        messages.error(request, " ".join(error.messages))
        return redirect(live)
    note(request.user, "drafted", draft, edition=str(draft))
    return redirect(draft)


@configuring
def edition(request: Request, pk: int) -> HttpResponse:
    """What an edition asks, and what trying it found; for htmx how far the trial is."""
    found = get_object_or_404(Edition.objects.told(), pk=pk)
    trial = found.simulations.first()
    if request.htmx and (trial is None or trial.finished_at):
        return HttpResponseClientRefresh()
    if request.htmx:
        return render(request, "ladder/_trial_progress.html", {"edition": found, "trial": trial})
    return render(request, "ladder/edition.html", _context(found, trial, timezone.now()))


def _context(edition: Edition, trial: Simulation | None, now: datetime) -> dict[str, object]:
    live, against = reigns.in_force(edition.ladder, days.day_of(now)), compared_with(edition, now)
    report = simulated.report(trial) if trial and trial.is_completed else None
    return {
        "edition": edition,
        "state": state(edition, live),
        "held": edition.ladder.editions.held(now).filter(pk=edition.pk).exists(),
        "to_come": edition.ladder.editions.to_come().exclude(pk=edition.pk),
        "against": against,
        "differences": sentences.differences(against, edition) if against else [],
        "steps": [(step, sentences.asked(step)) for step in edition.all_steps],
        "warnings": choosing.warnings(edition),
        "numbers": sentences.numbers(edition.read_numbers),
        "trial": trial,
        "trial_form": TrialForm(),
        "rung_form": RungForm(),
        "report": report,
        "table": simulated.table(report, _rungs(edition, against)) if report else [],
    }


def compared_with(edition: Edition, now: datetime) -> Edition | None:
    """What a draft would take the place of; of one that was published, what judged before it."""
    if edition.is_draft:
        return reigns.in_force(edition.ladder, days.day_of(now))
    return reigns.before(edition)


def _rungs(edition: Edition, against: Edition | None) -> Iterable[Rung]:
    """The ladder from its ground up, then side states; at the end what the other edition alone knows."""
    both = [*edition.all_steps, *(against.all_steps if against else [])]
    return dict.fromkeys(step.rung for step in sorted(both, key=lambda step: step.kind == step.Kind.SIDE))


@writing
@configuring
def edition_edit(request: Request, pk: int) -> HttpResponse:
    """The numbers of a draft."""
    return _editing(request, pk, NumbersForm, "ladder/edition_edit.html", lambda form: form.changed_document())


@writing
@configuring
def edition_json(request: Request, pk: int) -> HttpResponse:
    """All of a draft."""
    return _editing(request, pk, DocumentForm, "ladder/edition_json.html", lambda form: form.cleaned_data["document"])


def _editing(request: Request, pk: int, of: Any, template: str, document: Callable[[Any], Any]) -> HttpResponse:
    draft = get_object_or_404(Edition.objects.drafts().select_related("ladder"), pk=pk)
    form = of(request.POST or None, edition=draft)
    if form.is_valid():
        try:
            editions.revise(draft, document(form), by=request.user, seen=form.cleaned_data["version"])
        except ValidationError as error:
            form.add_error(None, error)
        else:
            note(request.user, "revised", draft, edition=str(draft))
            messages.success(request, "The draft is saved. It judges nobody until it is published.")
            return redirect(draft)
    return form_page(request, template, form, edition=draft)


@writing
@configuring
@require_POST
def edition_discard(request: Request, pk: int) -> HttpResponse:
    draft = get_object_or_404(Edition.objects.drafts().select_related("ladder"), pk=pk)
    try:
        with transaction.atomic():
            note(request.user, "discarded", draft, edition=str(draft), document=editions.document(draft))
            editions.discard(draft, seen=whole_number(request.POST.get("version", "")))
    except editions.Overtaken as error:
        messages.error(request, " ".join(error.messages))
        return redirect(draft)
    messages.success(request, "The draft is gone.")
    return redirect("ladder:edition_list")
