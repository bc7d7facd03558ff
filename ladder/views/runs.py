"""Runs of the ranking, and whom they could not judge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from accounts.requests import Request, writing
from customers.models import Customer
from ladder import sifting

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse


@writing
@require_POST
def quarantine_try(request: Request, uuid: UUID) -> HttpResponse:
    """Have a customer tried again on whose facts the rules failed."""
    customer = get_object_or_404(Customer.objects.visible_to(request.user), uuid=uuid)
    sifting.try_again(customer)
    messages.success(request, "The rules try again within seconds.")
    return redirect(customer)
