"""Pages that record what a customer says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect

from accounts.requests import Request, form_page, writing
from customers.models import Customer, Source
from feedback import recording
from feedback.forms import RecommendationForm, ResponseForm

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse


def _customer(request: Request, uuid: UUID) -> Customer:
    return get_object_or_404(Customer.objects.visible_to(request.user), uuid=uuid)


@writing
def recommendation_new(request: Request, uuid: UUID) -> HttpResponse:
    customer = _customer(request, uuid)
    form = RecommendationForm(request.POST or None)
    if form.is_valid():
        asked = form.cleaned_data
        _, new = recording.record_recommendation(
            customer=customer, source=Source.objects.get(slug="here"), external_id=str(asked["key"]),
            occurred_at=form.occurred_at(),
            prompted=asked["prompted"], to_whom=asked["to_whom"], words=asked["words"], recorded_by=request.user,
        )  # fmt: skip
        messages.success(request, "The recommendation is recorded." if new else "It was recorded already; it is there once.")
        return redirect(customer)
    return form_page(request, "feedback/recommendation_new.html", form, customer=customer)


@writing
def response_new(request: Request, uuid: UUID) -> HttpResponse:
    customer = _customer(request, uuid)
    form = ResponseForm(request.POST or None)
    if form.is_valid():
        asked = form.cleaned_data
        _, new = recording.record_response(
            customer=customer, source=Source.objects.get(slug="here"), external_id=str(asked["key"]),
            occurred_at=form.occurred_at(),
            score=asked["score"], words=asked["words"], recorded_by=request.user,
        )  # fmt: skip
        messages.success(request, "The answer is recorded." if new else "It was recorded already; it is there once.")
        return redirect(customer)
    return form_page(request, "feedback/response_new.html", form, customer=customer)
