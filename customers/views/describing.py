"""What is known of a customer from a day on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.shortcuts import redirect
from django.utils import timezone

from accounts.requests import Request, form_page, writing
from customers import describing
from customers.days import day_of
from customers.forms.describing import FieldsForm, LimitsForm, QualificationForm, TagsForm, UsableForm
from customers.models import Category, Customer, CustomField, Tag
from customers.models.people import Answer
from customers.views.reaching import customer_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

MOST_SHOWN = 200  # rows of history


@writing
def qualify(request: Request, uuid: UUID) -> HttpResponse:
    customer = customer_of(request, uuid)
    form = QualificationForm(request.POST or None, initial=_qualified(customer))
    if form.is_valid():
        with transaction.atomic():
            for subject, answer, reason in form.answers():
                describing.qualify(customer, subject, answer, reason=reason, since=form.cleaned_data["since"], by=request.user)
        return redirect(customer)
    return form_page(request, "customers/qualify.html", form, customer=customer)


def _qualified(customer: Customer) -> dict[str, str]:
    """What is said now, as the form begins: the latest row of each subject."""
    known = {"need": str(Answer.UNKNOWN), "ability": str(Answer.UNKNOWN)}
    for row in customer.qualifications.order_by("since", "pk"):
        known |= {row.subject: row.answer, f"{row.subject}_reason": row.reason}
    return known


@writing
def usable_edit(request: Request, uuid: UUID) -> HttpResponse:
    customer = customer_of(request, uuid)
    now = customer.usablecategorys.on(day_of(timezone.now()))
    form = UsableForm(request.POST or None, initial={"categories": Category.objects.filter(pk__in=now.values("category"))})
    if form.is_valid():
        describing.set_usable(customer, form.cleaned_data["categories"], since=form.cleaned_data["since"], by=request.user)
        return redirect(customer)
    return form_page(request, "customers/usable_edit.html", form, customer=customer)


@writing
def tags_edit(request: Request, uuid: UUID) -> HttpResponse:
    customer = customer_of(request, uuid)
    now = customer.customertags.on(day_of(timezone.now()))
    form = TagsForm(request.POST or None, initial={"tags": Tag.objects.filter(pk__in=now.values("tag"))})
    if form.is_valid():
        with transaction.atomic():
            describing.set_tags(customer, form.chosen(), since=form.cleaned_data["since"], by=request.user)
        return redirect(customer)
    return form_page(request, "customers/tags_edit.html", form, customer=customer)


@writing
def fields_edit(request: Request, uuid: UUID) -> HttpResponse:
    """The fields of the business's own, as they are and as they were."""
    customer = customer_of(request, uuid)
    asked = list(CustomField.objects.filter(archived_at=None))
    now = {f"field_{row.field.slug}": row.value for row in describing.latest_values(customer, day_of(timezone.now()))}
    form = FieldsForm(request.POST or None, asked=asked, initial=now)
    if form.is_valid():
        with transaction.atomic():
            for field, value in form.said():
                describing.say_field(customer, field, value, since=form.cleaned_data["since"], at=timezone.now(), by=request.user)
        return redirect(customer)
    said = customer.fieldvalues.select_related("field", "recorded_by").order_by("-since", "-pk")[:MOST_SHOWN]
    return form_page(request, "customers/fields_edit.html", form, customer=customer, asked=asked, said=said)


@writing
def limits_edit(request: Request, uuid: UUID) -> HttpResponse:
    """Why they are not ranked, and what stops contact."""
    customer = customer_of(request, uuid)
    now = describing.limits(customer, day_of(timezone.now()))
    form = LimitsForm(
        request.POST or None, initial={"not_ranked": now.not_ranked or "", "stops": now.stops, "refused": now.refused}
    )
    if form.is_valid():
        with transaction.atomic():
            describing.set_not_ranked(
                customer, form.cleaned_data["not_ranked"], since=form.cleaned_data["since"], by=request.user
            )
            describing.set_stops(customer, form.cleaned_data["stops"], since=form.cleaned_data["since"], by=request.user)
            describing.set_refused(customer, form.cleaned_data["refused"], since=form.cleaned_data["since"], by=request.user)
        return redirect(customer)
    return form_page(request, "customers/limits_edit.html", form, customer=customer)
