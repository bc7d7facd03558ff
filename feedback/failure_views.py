"""Pages of our failures: what went wrong, whom it affected, whether they are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.db import transaction
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.auditing import note
from accounts.requests import Request, form_page, overseeing, writing
from customers.models import Customer
from feedback import failing
from feedback.listening_forms import FailureForm
from feedback.models import Failure

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

SHOWN = 100


def failure_list(request: Request) -> HttpResponse:
    found = Failure.objects.annotate(people=Count("affected__customer", distinct=True))
    return render(request, "feedback/failure_list.html", {"failures": found[:SHOWN]})


def failure(request: Request, uuid: UUID) -> HttpResponse:
    found = get_object_or_404(Failure.objects.annotate(people=Count("affected__customer", distinct=True)), uuid=uuid)
    affected = found.affected.filter(customer__in=Customer.objects.visible_to(request.user)).select_related(
        "customer", "purchase"
    )
    context = {
        "failure": found,
        "affected": affected.order_by("customer__name", "pk")[:SHOWN],
        "themes": found.themes.all(),
        "shown": SHOWN,
    }
    return render(request, "feedback/failure.html", context)


@writing
@overseeing
def failure_new(request: Request) -> HttpResponse:
    """Record what went wrong, and find everyone affected; both or nothing."""
    form = FailureForm(request.POST or None)
    if form.is_valid():
        try:
            found, people = _record(request, form)
        except failing.Unfound as error:
            form.add_error("orders", str(error))
        else:
            messages.success(request, f"Recorded, with {people} affected purchase{'' if people == 1 else 's'}.")
            return redirect(found)
    return form_page(request, "feedback/failure_new.html", form)


@transaction.atomic
def _record(request: Request, form: FailureForm) -> tuple[Failure, int]:
    said, now = form.cleaned_data, timezone.now()
    found = failing.record(
        said["kind"],
        said["what"],
        first_day=said["first_day"],
        last_day=said["last_day"],
        tell=said["tell"],
        at=now,
        by=request.user,
    )
    if said["found_by"] == "orders":
        return found, failing.affect_orders(found, said["source"], form.numbers(), at=now)
    find = failing.affect_late if said["found_by"] == "late" else failing.affect_buyers
    return found, find(found, at=now)


@writing
@overseeing
@require_POST
def failure_silence(request: Request, uuid: UUID) -> HttpResponse:
    """Nobody is to be told of it any more, or everyone after all."""
    found = get_object_or_404(Failure, uuid=uuid)
    found.tell = not found.tell
    found.save(update_fields=["tell"])
    note(request.user, "has told" if found.tell else "has nobody told", found, what=found.what)
    messages.success(request, "Everyone affected is told." if found.tell else "What waits to be told is cancelled.")
    return redirect(found)
