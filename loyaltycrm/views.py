"""Pages that need several apps: the list of customers, a customer, their story, help."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.templatetags.static import static
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views import defaults
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRefresh

from accounts.auditing import note
from accounts.models import Job
from accounts.requests import writing
from accounts.rest import problem_page
from customers import describing, exporting, paging, preferring
from customers.buying import figures
from customers.days import day_of
from customers.forms.finding import CustomerFilter
from customers.forms.people import OwnerForm
from customers.gathering import Kind
from customers.models import Customer, CustomerQuerySet
from feedback.models import PROMPTS_FOR
from ladder import acting, explaining, reigns, standings
from ladder.models import Run, StaleMark
from loyaltycrm import demo, story

if TYPE_CHECKING:
    from uuid import UUID

    from django.http.response import HttpResponseBase

    from accounts.requests import Request
    from feedback.models import Importance
    from ladder.evidence import Origin
    from ladder.models import Edition


SHOWN = 5  # links to what they told others
SOON = "soon"
"""Said in addresses of whoever is about to fall on the primary ladder; a ladder's name, of that one."""
ORDERS = {"name": paging.Order(), "-name": paging.Order(descending=True)}
ORDERS_OF_FALLING = {
    "falls": paging.Order("falls_on", date.fromisoformat),
    "-falls": paging.Order("falls_on", date.fromisoformat, descending=True),
}


def _page(request: Request, template: str, context: dict[str, object], **fragments: str) -> HttpResponse:
    """The whole page, or the fragment for the element htmx will put it in; kept apart in every cache."""
    response = render(request, fragments.get(request.htmx.target or "", template), context)
    patch_vary_headers(response, ["HX-Target"])
    return response


def _found(request: Request, editions: list[Edition]) -> tuple[CustomerFilter, CustomerQuerySet, Edition | None]:
    """The filter of the address, the visible customers who fit, and rules of the ladder they are about to fall on, if that is asked."""
    chosen = CustomerFilter(request.GET, viewer=request.user)
    found = chosen.narrow(Customer.objects.visible_to(request.user))
    if rung := request.GET.get("rung", ""):
        found = found.filter(standings.standing_on(rung))
    if not (falls := request.GET.get("falls", "")):
        return chosen, found, None
    falling = editions[:1] if falls == SOON else [edition for edition in editions if edition.ladder.slug == falls]
    if not falling:
        return chosen, found.none(), None
    return chosen, standings.who_falls(found, falling[0].ladder, day_of(timezone.now())), falling[0]


def customer_list(request: Request) -> HttpResponse:
    today = day_of(timezone.now())
    reign = reigns.reigning(today)
    chosen, found, falling = _found(request, reign.editions)
    orders = (ORDERS_OF_FALLING | ORDERS) if falling else ORDERS
    sort = request.GET.get("sort", "")
    sort = sort if sort in orders else next(iter(orders))
    page = paging.page(found.select_related("owner").prefetch_related("contact_points"), request.GET, orders[sort])
    shown = [customer.pk for customer in page.rows]
    bought = figures(page.rows, today)
    on = falling or next(iter(reign.editions), None)
    stands = standings.in_edition(shown, on, reign.day) if on else {}
    outlooks = standings.falls(shown, falling, today) if falling else {}
    context = {
        "filter": chosen,
        "narrows": chosen.narrows or bool(request.GET.get("rung") or request.GET.get("falls")),
        "falling": falling,
        "falls": [(SOON if falls is reign.editions[0] else falls.ladder.slug, falls) for falls in reign.editions],
        "rung": request.GET.get("rung", ""),
        "rungs": standings.rungs(reign.editions),
        "owner_form": OwnerForm(viewer=request.user, people=chosen.people, auto_id="bulk_%s"),
        "page": page,
        "rows": [(one, bought[one.pk], stands.get(one.pk), outlooks.get(one.pk)) for one in page.rows],
        "how_many": paging.count(found, page),
        "counted": paging.COUNTED,
        "sort": sort,
    }
    return _page(request, "loyaltycrm/customer_list.html", context, people="loyaltycrm/_customer_table.html")


def customer_list_csv(request: Request) -> StreamingHttpResponse:
    """Everybody the list shows, all pages."""
    today = day_of(timezone.now())
    _, found, _ = _found(request, reigns.reigning(today).editions)
    note(request.user, "exported customers", request.user, query=request.GET.urlencode()[:1000])
    return StreamingHttpResponse(
        exporting.lines(found, today),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="customers-{today}.csv"'},
    )


def customer(request: Request, uuid: UUID) -> HttpResponse:
    today = day_of(timezone.now())
    newer = StaleMark.objects.filter(customer_id=OuterRef("pk"), day__lte=today)
    seen = Customer.objects.visible_to(request.user)
    shown = seen.select_related("owner", "team", "source", "organisation", "quarantine").annotate(
        stale=Exists(newer), organisation_is_seen=Exists(seen.filter(pk=OuterRef("organisation")))
    )
    found: Any = get_object_or_404(shown, uuid=uuid)
    known = describing.known(found, today, _said(found, today))
    context = {
        "customer": found,
        "organisation": found.organisation if found.organisation_is_seen else None,
        "known": known,
        "stale": found.stale,
        "bought": figures([found], today)[found.pk],
        "owner_form": OwnerForm(viewer=request.user, of=found),
        "matters": _matters(known.beside["importance"], today),
        "told": sorted(known.beside["told"], key=lambda one: (one.day, one.pk), reverse=True)[:SHOWN],
        "asks": known.beside["ask"],
        "instead": preferring.another_way(known.limits.refused, {one.kind: one.value for one in known.contact_points}),
        **_standing(found, today, request.GET.get("after", "")),
    }
    return _page(
        request,
        "loyaltycrm/customer.html",
        context,
        earlier="loyaltycrm/_story_entries.html",
        day="ladder/_customer_actions.html",
    )


def _said(of: Any, today: date) -> dict[str, Kind]:
    """What matters to them, where what they told others can be read, and asks of ours that prompt still."""
    prompting = today - timedelta(days=PROMPTS_FOR)
    return {
        "importance": Kind(of.importances.standing().filter(day__lte=today), ("matter", "importance", "day")),
        "told": Kind(of.recommendations.standing().exclude(evidence=""), ("kind", "favourable", "evidence", "day")),
        "ask": Kind(of.asks.standing().filter(day__gte=prompting, day__lte=today), ("what", "day")),
    }


def _matters(said: list[Importance], today: date) -> list[tuple[Importance, bool]]:
    """What matters to them, each as they said it last, and whether that is stale; what matters most first."""
    latest = {one.matter: one for one in sorted(said, key=lambda one: (one.day, -one.importance))}
    return [(one, one.is_stale(today)) for one in sorted(latest.values(), key=lambda one: (-one.importance, one.matter))]


def _standing(of: Customer, today: date, after: str) -> dict[str, object]:
    """Where they stand and why, what is to be done, and their story."""
    reign = reigns.reigning(today)
    stands = {pk: stand for edition in reign.editions for pk, stand in standings.stands(edition).items()}
    explained = explaining.everywhere(of, reign.editions, day=reign.day)
    actions = list(acting.shown(of))
    reason, told = next(iter(explained), None), story.page(of, after, stands=stands)
    return {
        "explained": [(e, stands[e.rung.pk]) for e in explained],
        "reason": reason,
        "evidence": [(row, _linked(row["origins"], told)) for row in reason.rows] if reason else [],
        "after": after,
        "actions": actions,
        "open_actions": sum(action.is_open for action in actions),
        "story": told,
    }


def _linked(origins: list[Origin], told: story.Page) -> list[tuple[str, str]]:
    """The newest rows behind a value, in words, each with where it is read."""
    return [(origin.words, story.leads_to(origin.row, told)) for origin in origins]


def help(request: Request) -> HttpResponse:
    return render(request, "loyaltycrm/help.html")


@login_not_required
def health(request: HttpRequest) -> JsonResponse:
    """Is the database there? For health checks; says nothing else."""
    Run.objects.exists()
    return JsonResponse({"ok": True})


@login_not_required
def favicon(request: HttpRequest) -> HttpResponse:
    """Where browsers look for the icon of a page that names none, as those of the admin site."""
    return redirect(static("favicon.ico"))


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """A problem document below /api/, a page elsewhere."""
    if request.path.startswith("/api/"):
        return problem_page(request, 404, "There is nothing at this address; see /api/v1/docs/.")
    return defaults.page_not_found(request, exception)


def server_error(request: HttpRequest) -> HttpResponseBase:
    if request.path.startswith("/api/"):
        return problem_page(request, 500, "Nothing was changed. Please try again; if it stays so, tell us the request_id.")
    return defaults.server_error(request)


def demo_progress(request: Request) -> HttpResponse:
    """How far the demo business is; when it is full, the page is loaded anew."""
    job = Job.objects.filter(kind=demo.SLUG).first()
    if job is None or job.finished_at or not request.htmx:
        return HttpResponseClientRefresh() if request.htmx else redirect("my_day")
    context = {
        "id": "demo", "label": "Filling the demo business", "done": job.done, "whole": job.total, "running": True, "href": request.path,
        "words": f"{job.percent} % · Look around; the ladder comes to life in a moment.",
    }  # fmt: skip
    return render(request, "components/progress.html", context)


@writing
@require_POST
def demo_clear(request: Request) -> HttpResponse:
    if not request.user.sees_everything:
        raise PermissionDenied("Only administrators clear the demo.")
    gone = demo.clear()
    note(request.user, "cleared the demo", request.user, rows=gone)
    messages.success(request, "The demo business is gone. Bring in your own now.")
    return redirect("imports:import_list")
