"""For those who work here: opening a customer's own page to them, and answering what they say is not right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.requests import Request, form_page, writing
from customers import correcting, opening
from customers.days import day_of
from customers.forms.own import CorrectionForm, OwnLinkForm
from customers.models import Correction
from customers.recording import Contradicted
from customers.views.reaching import customer_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

SHOWN = 200


@writing
def own_link(request: Request, uuid: UUID) -> HttpResponse:
    """Make the link to their page, shown this once."""
    customer, now = customer_of(request, uuid), timezone.now()
    form = OwnLinkForm(request.POST or None)
    if form.is_valid():
        made = opening.open_to(customer, at=now, by=request.user, days=form.cleaned_data["days"])
        link = request.build_absolute_uri(made.path)
        response = render(request, "customers/own_link_made.html", {"customer": customer, "link": link, "made": made.link})
        response["Cache-Control"] = "no-store"
        return response
    last = customer.own_links.select_related("made_by").first()
    return form_page(request, "customers/own_link.html", form, customer=customer, last=last, opens=bool(last and last.opens(now)))


@writing
@require_POST
def own_link_close(request: Request, uuid: UUID) -> HttpResponse:
    customer = customer_of(request, uuid)
    closed = opening.close(customer, at=timezone.now(), by=request.user)
    messages.success(request, "The link opens nothing any more." if closed else "There was no link.")
    return redirect("customers:own_link", customer.uuid)


def correction_list(request: Request) -> HttpResponse:
    """What customers say is not right, the late first."""
    today = day_of(timezone.now())
    found = Correction.objects.visible_to(request.user).select_related("customer", "answered_by").by_urgency()[:SHOWN]
    rows = [(one, one.is_late(today)) for one in found]
    return render(request, "customers/correction_list.html", {"rows": rows, "late": sum(late for _, late in rows)})


@writing
def correction_answer(request: Request, uuid: UUID) -> HttpResponse:
    found = get_object_or_404(Correction.objects.visible_to(request.user).select_related("customer"), uuid=uuid)
    form = CorrectionForm(request.POST or None)
    if form.is_valid():
        try:
            correcting.answer(found, **form.cleaned_data, at=timezone.now(), by=request.user)
        except Contradicted as contradiction:
            form.add_error(None, str(contradiction))
        else:
            messages.success(request, "They read the answer on their page.")
            return redirect("customers:correction_list")
    asked = get_object_or_404(Correction, pk=found.pk)
    return form_page(request, "customers/correction_answer.html", form, customer=found.customer, correction=asked)
