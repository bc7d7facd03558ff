"""Who a customer is, what other systems call them, and who looks after them; the owner of many at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from accounts.auditing import note
from accounts.requests import Request, form_page, writing
from customers import assigning
from customers.days import day_of
from customers.forms.people import ContactPoints, CustomerForm, ExternalIds, OwnerForm
from customers.models import Customer
from customers.views.reaching import back_to, customer_of, here

if TYPE_CHECKING:
    from django.http import HttpResponse

MOST_AT_ONCE = 1000


@writing
def customer_new(request: Request) -> HttpResponse:
    return _edit(request, Customer(), "added")


@writing
def customer_edit(request: Request, uuid: UUID) -> HttpResponse:
    return _edit(request, customer_of(request, uuid), "edited")


def _edit(request: Request, customer: Customer, verb: str) -> HttpResponse:
    sent = request.POST if request.method == "POST" else None
    form = CustomerForm(sent, instance=customer, viewer=request.user)
    points = ContactPoints(sent, instance=customer, prefix="points")
    if sent is not None and form.is_valid() and points.is_valid():
        _save(request, form, points, verb)
        messages.success(request, f"{customer} is {verb}.")
        return back_to(request, customer)
    return form_page(request, "customers/customer_edit.html", form, points=points, formset=points, customer=customer)


@transaction.atomic
def _save(request: Request, form: CustomerForm, points: Any, verb: str) -> None:
    customer = form.instance
    if not customer.pk:
        now = timezone.now()
        customer.source, customer.recorded_at, customer.recorded_day = here(), now, day_of(now)
    form.save()
    points.save()
    note(request.user, verb, customer, changed=[*form.changed_data, *(["contact points"] if points.has_changed() else [])])


@writing
def ids_edit(request: Request, uuid: UUID) -> HttpResponse:
    """What other systems call them: by this, files and tills find them."""
    customer = customer_of(request, uuid)
    sent = request.POST if request.method == "POST" else None
    ids = ExternalIds(sent, instance=customer, prefix="ids", form_kwargs={"viewer": request.user})
    if sent is None or not ids.is_valid():
        return form_page(request, "customers/ids_edit.html", ids, ids=ids, formset=ids, customer=customer)
    try:
        with transaction.atomic():
            ids.save()
            note(request.user, "edited ids of", customer, now=sorted(map(str, customer.external_ids.select_related("source"))))
    except IntegrityError:  # in the moment since the form was found right
        messages.error(request, "Somebody has just given one of these ids to another customer. Nothing was changed.")
    return redirect(customer)


@writing
@require_POST
def owner(request: Request, uuid: UUID) -> HttpResponse:
    """Give one customer an owner."""
    customer = customer_of(request, uuid)
    _assign(request, [str(customer.uuid)])
    return back_to(request, customer)


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
