"""Pages about one customer, and the owner of many: describing them, recording what they bought and gave back.

The list and the customer's own page need several apps; they are in `loyaltycrm.views`.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from accounts.auditing import note
from accounts.requests import Request, form_page, writing
from customers import assigning, cataloguing, describing, recording
from customers.cataloguing import named
from customers.days import day_of
from customers.forms.describing import LimitsForm, QualificationForm, UsableForm
from customers.forms.people import ContactPoints, CustomerForm, OwnerForm
from customers.forms.recording import Lines, PurchaseForm, RefundForm
from customers.models import Category, Customer, Purchase, Refund, Source
from customers.models.people import Answer
from customers.recording import Contradicted, LineOf, Recorded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.forms import BaseFormSet
    from django.http import HttpResponse

    from customers.forms.occurring import OccurrenceForm

MOST_AT_ONCE = 1000


def _customer(request: Request, uuid: UUID) -> Customer:
    return get_object_or_404(Customer.objects.visible_to(request.user).select_related("owner", "team"), uuid=uuid)


def _back_to(request: Request, customer: Customer) -> HttpResponse:
    """The customer's page, or the list when the change took them out of the viewer's reach."""
    seen = Customer.objects.visible_to(request.user).filter(pk=customer.pk).exists()
    return redirect(customer if seen else "customer_list")


def _here() -> Source:
    """The source of what is typed in."""
    return Source.objects.get(slug="here")


@writing
def customer_new(request: Request) -> HttpResponse:
    return _edit(request, Customer(), "added")


@writing
def customer_edit(request: Request, uuid: UUID) -> HttpResponse:
    return _edit(request, _customer(request, uuid), "edited")


def _edit(request: Request, customer: Customer, verb: str) -> HttpResponse:
    sent = request.POST if request.method == "POST" else None
    form = CustomerForm(sent, instance=customer, viewer=request.user)
    points = ContactPoints(sent, instance=customer, prefix="points")
    if sent is not None and form.is_valid() and points.is_valid():
        _save(request, form, points, verb)
        messages.success(request, f"{customer} is {verb}.")
        return _back_to(request, customer)
    return form_page(request, "customers/customer_edit.html", form, points=points, formset=points, customer=customer)


@transaction.atomic
def _save(request: Request, form: CustomerForm, points: Any, verb: str) -> None:
    customer = form.instance
    if not customer.pk:
        now = timezone.now()
        customer.source, customer.recorded_at, customer.recorded_day = _here(), now, day_of(now)
    form.save()
    points.save()
    note(request.user, verb, customer, changed=[*form.changed_data, *(["contact points"] if points.has_changed() else [])])


@writing
@require_POST
def owner(request: Request, uuid: UUID) -> HttpResponse:
    """Give one customer an owner."""
    customer = _customer(request, uuid)
    _assign(request, [str(customer.uuid)])
    return _back_to(request, customer)


@writing
@require_POST
def owner_many(request: Request) -> HttpResponse:
    """Give every ticked customer of the list one owner."""
    _assign(request, [u for u in request.POST.getlist("customer")[:MOST_AT_ONCE] if _is_uuid(u)])
    return redirect(_next(request))


def _assign(request: Request, chosen: list[str]) -> None:
    form = OwnerForm(request.POST, viewer=request.user)
    if form.is_valid():
        theirs = Customer.objects.visible_to(request.user).filter(uuid__in=chosen)
        before = assigning.assign(theirs, form.chosen(), by=request.user)
        request.session["owners_before"] = before
        people = "1 customer is" if len(before) == 1 else f"{len(before)} customers are"
        undo = f"undo:{reverse('customers:owner_undo')}" if before else ""
        messages.success(request, f"{people} now with {form.chosen() or 'nobody'}.", extra_tags=undo)
    else:
        messages.error(request, "This owner cannot be chosen. Nothing was changed.")


@writing
@require_POST
def owner_undo(request: Request) -> HttpResponse:
    """Take back the last change of owners this person made."""
    before = [assigning.Before(*row) for row in request.session.pop("owners_before", [])]
    back = assigning.put_back(Customer.objects.visible_to(request.user), before, by=request.user)
    messages.success(request, f"Put back as it was: {back}.")
    return redirect(_next(request))


def _next(request: Request) -> str:
    """Where the form was sent from, if that is here; else the list."""
    back = request.POST.get("next", "")
    return back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else reverse("customer_list")


def _is_uuid(text: str) -> bool:
    try:
        return bool(UUID(text))
    except ValueError:
        return False


@writing
def qualify(request: Request, uuid: UUID) -> HttpResponse:
    customer = _customer(request, uuid)
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
    customer = _customer(request, uuid)
    now = customer.usablecategorys.on(day_of(timezone.now()))
    form = UsableForm(request.POST or None, initial={"categories": Category.objects.filter(pk__in=now.values("category"))})
    if form.is_valid():
        describing.set_usable(customer, form.cleaned_data["categories"], since=form.cleaned_data["since"], by=request.user)
        return redirect(customer)
    return form_page(request, "customers/usable_edit.html", form, customer=customer)


@writing
def limits_edit(request: Request, uuid: UUID) -> HttpResponse:
    """Why they are not ranked, and what stops contact."""
    customer = _customer(request, uuid)
    now = describing.limits(customer, day_of(timezone.now()))
    form = LimitsForm(request.POST or None, initial={"not_ranked": now.not_ranked or "", "stops": now.stops})
    if form.is_valid():
        with transaction.atomic():
            describing.set_not_ranked(
                customer, form.cleaned_data["not_ranked"], since=form.cleaned_data["since"], by=request.user
            )
            describing.set_stops(customer, form.cleaned_data["stops"], since=form.cleaned_data["since"], by=request.user)
        return redirect(customer)
    return form_page(request, "customers/limits_edit.html", form, customer=customer)


@writing
def purchase_new(request: Request, uuid: UUID) -> HttpResponse:
    customer = _customer(request, uuid)
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
                source=_here(),
                external_id=str(asked["key"]),
                occurred_at=form.occurred_at(),
                at=timezone.now(),
                currency=asked["currency"],
                lines=[LineOf(line["unit_price"], line["quantity"], named(line["product"]), line["free"]) for line in typed],
                channel=asked["channel"],
                fulfilled=asked["fulfilled"],
                covers_until=asked["covers_until"],
                by=request.user,
            )
        )
    return not form.errors


@writing
def refund_new(request: Request, uuid: UUID, purchase: UUID) -> HttpResponse:
    customer = _customer(request, uuid)
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
                source=_here(),
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
    customer = _customer(request, uuid)
    return _withdraw(request, customer, get_object_or_404(customer.purchases.standing(), uuid=purchase), "purchase")


@writing
@require_POST
def refund_withdraw(request: Request, uuid: UUID, refund: UUID) -> HttpResponse:
    customer = _customer(request, uuid)
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
