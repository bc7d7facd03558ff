"""Publishing a draft, and calling a publication back while it is held."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.auditing import note
from accounts.requests import form_page, writing
from customers import days
from ladder import choosing, editions, sentences, simulated, wording
from ladder.forms import PublishForm
from ladder.models import Edition
from ladder.views.rules import compared_with, configuring

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from accounts.requests import Request


@writing
@configuring
def edition_publish(request: Request, pk: int) -> HttpResponse:
    draft = get_object_or_404(Edition.objects.drafts().select_related("ladder"), pk=pk)
    now = timezone.now()
    form = PublishForm(request.POST or None, edition=draft, today=days.day_of(now))
    if form.is_valid() and _publish(request, draft, form):
        return redirect(draft)
    live, trial = compared_with(draft, now), draft.simulations.completed().first()
    return form_page(
        request, "ladder/edition_publish.html", form, edition=draft, against=live, trial=trial, to_come=draft.ladder.editions.to_come(),
        differences=sentences.differences(live, draft) if live else [], report=simulated.report(trial) if trial else None,
        warnings=choosing.warnings(draft),
    )  # fmt: skip


def _publish(request: Request, draft: Edition, form: PublishForm) -> bool:
    said, hold = form.cleaned_data, timedelta(hours=form.cleaned_data["hold_hours"])
    try:
        editions.publish(
            draft, at=timezone.now(), by=request.user, first_day=said.get("first_day"), hold=hold, seen=said["version"]
        )
    except ValidationError as error:
        form.add_error(None, error)
        return False
    note(request.user, "published", draft, edition=str(draft), first_day=str(draft.first_day or ""))
    when = (
        f"It begins on {wording.day(draft.first_day)}."
        if draft.is_to_come and draft.first_day
        else "Everybody is judged again within minutes."
    )
    messages.success(request, f"Published. {when}")
    return True


@writing
@configuring
@require_POST
def edition_call_back(request: Request, pk: int) -> HttpResponse:
    told = "Called back. Where it had begun, everybody is judged again as if it had never been."
    return _held(request, pk, lambda of: editions.call_back(of, at=timezone.now(), by=request.user), "called back", told)


@writing
@configuring
@require_POST
def edition_keep(request: Request, pk: int) -> HttpResponse:
    return _held(request, pk, lambda of: editions.keep(of, at=timezone.now()), "kept", "It stays.")


def _held(request: Request, pk: int, do: Callable[[Edition], None], verb: str, told: str) -> HttpResponse:
    found = get_object_or_404(Edition.objects.exclude(published_at=None).select_related("ladder"), pk=pk)
    try:
        do(found)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        note(request.user, verb, found, edition=str(found))
        messages.success(request, told)
    return redirect(found)
