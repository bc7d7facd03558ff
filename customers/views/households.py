"""Households: several people, one voice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.db.models import Prefetch
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.requests import Request, writing
from customers import housing
from customers.models import Customer, Household

if TYPE_CHECKING:
    from django.http import HttpResponse

SHOWN = 100


def household_list(request: Request) -> HttpResponse:
    """Those with members whom the viewer sees, and what equal addresses propose."""
    seen = Customer.objects.visible_to(request.user)
    found = Household.objects.filter(members__in=seen).distinct().prefetch_related(Prefetch("members", seen, to_attr="known"))
    context = {"households": found[:SHOWN], "proposed": housing.proposed(seen)[:SHOWN]}
    return render(request, "customers/household_list.html", context)


@writing
@require_POST
def household_accept(request: Request) -> HttpResponse:
    """Those of one address, whom the viewer sees, are a household."""
    seen = Customer.objects.visible_to(request.user)
    made = housing.accept(request.POST.get("address", ""), seen, at=timezone.now(), by=request.user)
    if made:
        messages.success(request, "They are a household now, and one voice.")
    else:
        messages.error(request, "Nobody without a household is at that address any more.")
    return redirect("customers:household_list")
