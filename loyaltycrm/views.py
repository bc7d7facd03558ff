"""Pages that need several apps: the list of customers, a customer, their story, help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from accounts.auditing import note
from customers import describing, exporting, paging
from customers.buying import figures
from customers.days import day_of
from customers.forms import CustomerFilter, OwnerForm
from customers.models import Customer, CustomerQuerySet
from ladder import standings
from loyaltycrm import story

if TYPE_CHECKING:
    from uuid import UUID

    from accounts.requests import Request


def _page(request: Request, template: str, context: dict[str, object], **fragments: str) -> HttpResponse:
    """The whole page, or the fragment for the element htmx will put it in; kept apart in every cache."""
    response = render(request, fragments.get(request.htmx.target or "", template), context)
    patch_vary_headers(response, ["HX-Target"])
    return response


def _found(request: Request) -> tuple[CustomerFilter, CustomerQuerySet]:
    """The filter of the address, and the visible customers who fit."""
    chosen = CustomerFilter(request.GET, viewer=request.user)
    found = chosen.narrow(Customer.objects.visible_to(request.user))
    if rung := request.GET.get("rung", ""):
        found = found.filter(standings.standing_on(rung))
    return chosen, found


def customer_list(request: Request) -> HttpResponse:
    chosen, found = _found(request)
    sort = "-name" if request.GET.get("sort") == "-name" else "name"
    page = paging.page(found.select_related("owner").prefetch_related("contact_points"), request.GET, descending=sort == "-name")
    today = day_of(timezone.now())
    bought = figures(page.rows, today)
    editions = standings.editions(today)
    stands = standings.in_edition([customer.pk for customer in page.rows], editions[0]) if editions else {}
    context = {
        "filter": chosen,
        "narrows": chosen.narrows or bool(request.GET.get("rung")),
        "rung": request.GET.get("rung", ""),
        "rungs": standings.rungs(editions),
        "owner_form": OwnerForm(viewer=request.user, people=chosen.people, auto_id="bulk_%s"),
        "page": page,
        "rows": [(customer, bought[customer.pk], stands.get(customer.pk)) for customer in page.rows],
        "how_many": paging.count(found, page),
        "counted": paging.COUNTED,
        "sort": sort,
    }
    return _page(request, "loyaltycrm/customer_list.html", context, people="loyaltycrm/_customer_table.html")


def customer_list_csv(request: Request) -> StreamingHttpResponse:
    """Everybody the list shows, all pages."""
    _, found = _found(request)
    note(request.user, "exported customers", request.user, query=request.GET.urlencode()[:1000])
    today = day_of(timezone.now())
    return StreamingHttpResponse(
        exporting.lines(found, today),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="customers-{today}.csv"'},
    )


def customer(request: Request, uuid: UUID) -> HttpResponse:
    seen = Customer.objects.visible_to(request.user).select_related("owner", "team", "source", "organisation")
    found = get_object_or_404(seen, uuid=uuid)
    today = day_of(timezone.now())
    context = {
        "customer": found,
        "contact_points": found.contact_points.all(),
        "external_ids": found.external_ids.select_related("source"),
        "bought": figures([found], today)[found.pk],
        "qualified": {row.subject: row for row in found.qualifications.filter(since__lte=today).order_by("since", "pk")},
        "usable": found.usablecategorys.on(today).select_related("category"),
        "limits": describing.limits(found, today),
        "owner_form": OwnerForm(viewer=request.user, of=found),
        "story": story.page(found, request.GET.get("after", "")),
    }
    return _page(request, "loyaltycrm/customer.html", context, earlier="loyaltycrm/_story_entries.html")


def help(request: Request) -> HttpResponse:
    return render(request, "loyaltycrm/help.html")
