"""What every page about a customer begins and ends with: the customer, if the viewer sees them, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404, redirect

from customers.models import Customer, Source

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from accounts.requests import Request


def customer_of(request: Request, uuid: UUID) -> Customer:
    return get_object_or_404(Customer.objects.visible_to(request.user).select_related("owner", "team"), uuid=uuid)


def back_to(request: Request, customer: Customer) -> HttpResponse:
    """The customer's page, or the list when the change took them out of the viewer's reach."""
    seen = Customer.objects.visible_to(request.user).filter(pk=customer.pk).exists()
    return redirect(customer if seen else "customer_list")


def here() -> Source:
    """The source of what is typed in."""
    return Source.objects.get(slug="here")
