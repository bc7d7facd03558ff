"""Runs of the ranking, and whom they could not judge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.auditing import note
from accounts.requests import Request, writing
from customers.models import Customer
from ladder import running, sifting
from ladder.models import Quarantine, Run
from ladder.views.rules import configuring

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

SHOWN = 30


@configuring
def run_list(request: Request) -> HttpResponse:
    """The last runs; for htmx the table of them alone."""
    runs = list(Run.objects.all()[:SHOWN])
    quarantined = Quarantine.objects.visible_to(request.user).select_related("customer")
    context = {"runs": runs, "goes_on": any(run.goes_on for run in runs), "quarantined": quarantined[:SHOWN]}
    return render(request, "ladder/_runs.html" if request.htmx else "ladder/run_list.html", context)


@writing
@configuring
@require_POST
def run_new(request: Request) -> HttpResponse:
    run = running.ask(at=timezone.now())
    if run is None:
        messages.error(request, "A run goes on already.")
    else:
        note(request.user, "asked for", run, run=str(run))
        messages.success(request, "It begins within seconds." if run.chunks else "Nobody is stale or due: everybody is ranked.")
    return redirect("ladder:run_list")


@writing
@configuring
@require_POST
def run_cancel(request: Request, pk: int) -> HttpResponse:
    run = get_object_or_404(Run, pk=pk)
    if running.cancel(run, at=timezone.now()):
        note(request.user, "cancelled", run, run=str(run))
        messages.success(request, "It ends with the part it is at, and can be resumed.")
    return redirect("ladder:run_list")


@writing
@configuring
@require_POST
def run_resume(request: Request, pk: int) -> HttpResponse:
    run = get_object_or_404(Run, pk=pk)
    if running.resume(run, at=timezone.now()):
        note(request.user, "resumed", run, run=str(run))
        messages.success(request, "It goes on within seconds.")
    return redirect("ladder:run_list")


@writing
@require_POST
def quarantine_try(request: Request, uuid: UUID) -> HttpResponse:
    """Have a customer tried again on whose facts the rules failed."""
    customer = get_object_or_404(Customer.objects.visible_to(request.user), uuid=uuid)
    sifting.try_again(customer)
    messages.success(request, "The rules try again within seconds.")
    return redirect(customer)
