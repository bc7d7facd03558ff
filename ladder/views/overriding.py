"""Overriding the rules for a customer, and taking it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.requests import Request, form_page, writing
from customers.days import day_of
from customers.models import Customer
from customers.recording import Contradicted
from ladder import overriding, standings
from ladder.forms import OverrideForm
from ladder.models import Override

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse


@writing
def override_new(request: Request, uuid: UUID) -> HttpResponse:
    customer = get_object_or_404(Customer.objects.visible_to(request.user), uuid=uuid)
    now = timezone.now()
    today = day_of(now)
    form = OverrideForm(
        request.POST or None, instance=Override(customer=customer), editions=standings.editions(today), today=today
    )
    if form.is_valid():
        new = overriding.record(form.instance, at=now, by=request.user).created
        messages.success(request, "The override is recorded." if new else "It was recorded already; it is there once.")
        return redirect(customer)
    return form_page(request, "ladder/override_new.html", form, customer=customer)


@writing
@require_POST
def override_withdraw(request: Request, uuid: UUID, override: UUID) -> HttpResponse:
    found = get_object_or_404(
        Override.objects.visible_to(request.user).select_related("customer", "rung__ladder"), uuid=override, customer__uuid=uuid
    )
    try:
        overriding.withdraw(found, at=timezone.now(), by=request.user)
    except Contradicted as contradiction:
        messages.error(request, str(contradiction))
    else:
        messages.success(request, "The override is withdrawn; the rules decide.")
    return redirect(found.customer)
