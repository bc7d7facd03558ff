"""Pages that record what a customer says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from accounts.requests import Request, form_page, writing
from customers.models import Customer, Source
from customers.partnering import record_referral
from customers.recording import Contradicted
from feedback import answering, recording
from feedback.forms import AnswerForm, ComplaintForm, RecommendationForm, ReferralForm, ResponseForm

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


@writing
def complaint_new(request: Request, uuid: UUID) -> HttpResponse:
    customer = _customer(request, uuid)
    form = ComplaintForm(request.POST or None)
    if form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("words", "due_day")}
        _record(request, "complaint", recording.record_complaint, form, customer=customer, occurred_at=form.occurred_at(), **said)
        return redirect(customer)
    return form_page(request, "feedback/complaint_new.html", form, customer=customer)


@writing
def complaint_answer(request: Request, uuid: UUID, complaint: UUID) -> HttpResponse:
    customer = _customer(request, uuid)
    asked = get_object_or_404(customer.complaints.standing(), uuid=complaint)
    form = AnswerForm(request.POST or None, complaint=asked)
    if form.is_valid():
        try:
            answering.answer(
                asked, occurred_at=form.occurred_at(), at=timezone.now(), words=form.cleaned_data["words"], by=request.user
            )
        except Contradicted as contradiction:
            form.add_error(None, str(contradiction))
        else:
            messages.success(request, "The answer is recorded.")
            return redirect(customer)
    return form_page(request, "feedback/complaint_answer.html", form, customer=customer, complaint=asked)


@writing
def referral_new(request: Request, uuid: UUID) -> HttpResponse:
    customer = _customer(request, uuid)
    form = ReferralForm(request.POST or None)
    if form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("prompted", "name")}
        _record(request, "referral", record_referral, form, customer=customer, occurred_at=form.occurred_at(), **said)
        return redirect(customer)
    return form_page(request, "feedback/referral_new.html", form, customer=customer)
