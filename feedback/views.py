"""Pages that record what a customer says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from accounts.requests import Request, form_page, writing
from customers.models import Customer, Source
from customers.recording import Contradicted
from feedback import recording
from feedback.forms import RecommendationForm, ResponseForm

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from django.forms import Form
    from django.http import HttpResponse

    from customers.recording import Recorded


def _customer(request: Request, uuid: UUID) -> Customer:
    return get_object_or_404(Customer.objects.visible_to(request.user), uuid=uuid)


def _record(request: Request, what: str, record: Callable[..., Recorded], form: Form, **said: object) -> None:
    """Record what a form says, once; the same form sent again changes nothing."""
    here = Source.objects.get(slug="here")
    key, now = str(form.cleaned_data["key"]), timezone.now()
    try:
        new = record(source=here, external_id=key, at=now, by=request.user, **said).created
    except Contradicted:
        new = False
    messages.success(request, f"The {what} is recorded." if new else "It was recorded already; it is there once.")


@writing
def recommendation_new(request: Request, uuid: UUID) -> HttpResponse:
    customer = _customer(request, uuid)
    form = RecommendationForm(request.POST or None)
    if form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("prompted", "to_whom", "words")}
        record, at = recording.record_recommendation, form.occurred_at()
        _record(request, "recommendation", record, form, customer=customer, occurred_at=at, **said)
        return redirect(customer)
    return form_page(request, "feedback/recommendation_new.html", form, customer=customer)


@writing
def response_new(request: Request, uuid: UUID) -> HttpResponse:
    customer = _customer(request, uuid)
    form = ResponseForm(request.POST or None)
    if form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("score", "words")}
        _record(request, "answer", recording.record_response, form, customer=customer, occurred_at=form.occurred_at(), **said)
        return redirect(customer)
    return form_page(request, "feedback/response_new.html", form, customer=customer)
