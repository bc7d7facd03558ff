"""What a customer bought and gave back, and taking out what was recorded by mistake."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.auditing import note
from accounts.requests import Request, form_page, writing
from customers import cataloguing, recording
from customers.cataloguing import named
from customers.forms.recording import Lines, PurchaseForm, RefundForm
from customers.recording import Contradicted, LineOf, Recorded
from customers.views.reaching import customer_of, here

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from django.forms import BaseFormSet
    from django.http import HttpResponse

    from customers.forms.occurring import OccurrenceForm
    from customers.models import Customer, Purchase, Refund


@writing
def purchase_new(request: Request, uuid: UUID) -> HttpResponse:
    customer = customer_of(request, uuid)
    if "more" in request.POST:
        form = PurchaseForm(initial=request.POST.dict())
        lines = Lines(prefix="lines", typed=Lines.typed_in(request.POST, "lines"))
    else:
        sent = request.POST if request.method == "POST" else None
        form, lines = PurchaseForm(sent), Lines(sent, prefix="lines")
    if form.is_valid() and lines.is_valid() and _record_purchase(request, customer, form, lines):
        return redirect(customer)
    return form_page(request, "customers/purchase_new.html", form, lines=lines, formset=lines, customer=customer)


def _record_purchase(request: Request, customer: Customer, form: PurchaseForm, lines: BaseFormSet[Any]) -> bool:
    asked = form.cleaned_data
    typed = [line.cleaned_data for line in lines if line.cleaned_data.get("product")]
    with _saying(request, customer, form, "purchase") as said:
        said.append(
            recording.record_purchase(
                customer=customer,
                source=here(),
                external_id=str(asked["key"]),
                occurred_at=form.occurred_at(),
                at=timezone.now(),
                currency=asked["currency"],
                lines=[
                    LineOf(
                        line["unit_price"], line["quantity"], named(line["product"]), line["free"], unit_cost=line["unit_cost"]
                    )
                    for line in typed
                ],
                channel=asked["channel"],
                fulfilled=asked["fulfilled"],
                promised=asked["promised"],
                covers_until=asked["covers_until"],
                by=request.user,
            )
        )
    return not form.errors


@writing
def refund_new(request: Request, uuid: UUID, purchase: UUID) -> HttpResponse:
    customer = customer_of(request, uuid)
    bought = get_object_or_404(customer.purchases.standing(), uuid=purchase)
    form = RefundForm(request.POST or None, purchase=bought)
    if form.is_valid() and _record_refund(request, bought, form):
        return redirect(customer)
    return form_page(request, "customers/refund_new.html", form, customer=customer, purchase=bought)


def _record_refund(request: Request, purchase: Purchase, form: RefundForm) -> bool:
    whole = form.cleaned_data["what"] == RefundForm.WHOLE
    with _saying(request, purchase.customer, form, "refund") as said:
        said.append(
            recording.record_refund(
                customer=purchase.customer,
                source=here(),
                external_id=str(form.cleaned_data["key"]),
                occurred_at=form.occurred_at(),
                at=timezone.now(),
                purchase=purchase,
                whole=whole,
                lines=[] if whole else form.taken_back(),
                currency=purchase.currency,
                reason=form.cleaned_data["reason"],
                by=request.user,
            )
        )
    return not form.errors


@writing
@require_POST
def purchase_withdraw(request: Request, uuid: UUID, purchase: UUID) -> HttpResponse:
    """Take out a purchase that never was. What is only partly wrong is taken out and recorded anew."""
    customer = customer_of(request, uuid)
    return _withdraw(request, customer, get_object_or_404(customer.purchases.standing(), uuid=purchase), "purchase")


@writing
@require_POST
def refund_withdraw(request: Request, uuid: UUID, refund: UUID) -> HttpResponse:
    customer = customer_of(request, uuid)
    return _withdraw(request, customer, get_object_or_404(customer.refunds.standing(), uuid=refund), "refund")


def _withdraw(request: Request, customer: Customer, entry: Purchase | Refund, what: str) -> HttpResponse:
    try:
        with transaction.atomic():
            recording.withdraw(entry, at=timezone.now())
            note(request.user, f"took out a {what} of", customer, external_id=entry.external_id)
        messages.success(
            request, f"The {what} is taken out, as if it had never been recorded. The ladder follows within seconds."
        )
    except Contradicted as contradiction:
        messages.error(request, str(contradiction))
    return redirect(customer)


@contextmanager
def _saying(request: Request, customer: Customer, form: OccurrenceForm, what: str) -> Iterator[list[Recorded]]:
    """One transaction; then the person is told what was recorded, was there already, or contradicts what is."""
    said: list[Recorded] = []
    try:
        with transaction.atomic():
            yield said
            if said[0].created:
                note(request.user, f"recorded a {what} of", customer)
    except Contradicted as contradiction:
        form.add_error(None, str(contradiction))
    else:
        new = said[0].created
        messages.success(request, f"The {what} is recorded." if new else f"This {what} was recorded already; it is there once.")


def product_options(request: Request) -> HttpResponse:
    """Products to choose from while a line's product is typed."""
    words = next((str(v) for k, v in request.GET.items() if k.endswith("product")), "")[:100].replace("\x00", "")
    return render(request, "customers/_product_options.html", {"products": cataloguing.like(words)})
