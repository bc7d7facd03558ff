"""Pages of themes: what several customers say, whom it concerns, and what was decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Count, Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.auditing import note
from accounts.requests import Request, form_page, overseeing, writing
from customers.days import day_of
from customers.models import Customer
from customers.recording import Contradicted
from feedback import bearing, corroborating, gathering, inviting
from feedback.heard import heard, named, seen
from feedback.listening_forms import DecisionForm, ThemeForm
from feedback.models import Candidate, SampleMember, Theme
from feedback.models.themes import SAID

if TYPE_CHECKING:
    from django.http import HttpResponse

    from accounts.models import User
    from feedback.heard import Heard
    from feedback.models import ThemeMessage

SHOWN = 100


def theme_list(request: Request) -> HttpResponse:
    found = corroborating.weigh_all(Theme.objects.all(), day_of(timezone.now()))
    rows = [
        (theme, evidence, bearing.chip(evidence), evidence.share and bearing.interval(evidence.share))
        for theme, evidence in found
    ]
    return render(request, "feedback/theme_list.html", {"rows": rows, "groups": groups(request.user)})


def groups(viewer: User) -> list[list[Heard]]:
    """What is in no theme and reads alike, as far as the viewer sees it, the largest group first."""
    found: dict[int, list[Heard]] = {}
    for row, said in visible(viewer, theme=None):
        found.setdefault(row.group, []).append(said)
    return [group[:6] for group in found.values() if len(group) > 1][:6]


def visible(viewer: User, *, theme: Theme | None) -> list[tuple[Candidate, Heard]]:
    rows = list((theme.candidates if theme else Candidate.objects.filter(theme=None)).all()[: 10 * SHOWN])
    return _within(rows, viewer)


def _within(rows: list[Any], viewer: User) -> list[tuple[Any, Heard]]:
    """The rows about what the viewer may see, with what was said."""
    found: dict[tuple[str, int], Heard] = {}
    for kind in SAID:
        wanted = {pk for row in rows if (pk := getattr(row, f"{kind}_id"))}
        found |= {(kind, one.pk): heard(one) for one in seen(kind, viewer).filter(pk__in=wanted)} if wanted else {}
    keys = [next((kind, pk) for kind in SAID if (pk := getattr(row, f"{kind}_id"))) for row in rows]
    return [(row, found[key]) for row, key in zip(rows, keys, strict=True) if key in found]


def theme(request: Request, slug: str) -> HttpResponse:
    found = get_object_or_404(Theme.objects.select_related("product", "category", "tag"), slug=slug)
    evidence = corroborating.weigh(found, day_of(timezone.now()))
    gathered: list[tuple[ThemeMessage, Heard]] = _within(list(found.gathered.order_by("-pk")), request.user)
    members = SampleMember.objects.filter(sample__theme=found, customer__in=_customers(request.user)).select_related("customer")
    context = {
        "theme": found, "evidence": evidence, "chip": bearing.chip(evidence), "sentences": bearing.sentences(evidence),
        "loudest": bearing.loudest(evidence, request.user), "tolerance": bearing.percent(found.tolerance),
        "failures": found.failures.annotate(people=Count("affected__customer", distinct=True)),
        "gathered": [(row, said, found.holds(said.day)) for row, said in gathered[:SHOWN]], "unseen": found.gathered.count() - len(gathered),
        "candidates": [said for _, said in visible(request.user, theme=found)][:20],
        "samples": found.samples.annotate(drawn=Count("members"), answered=Count("members__answered_at"), passed=Count("members", filter=~Q(members__passed_over="")), unasked=Count("members", filter=Q(members__in=SampleMember.objects.unreached()))),
        "may_email": settings.SEND_EMAIL,
        "members": [(one, inviting.REASONS.get(one.passed_over, "")) for one in members.order_by("passed_over", "answered_at", "sample", "place")[:SHOWN]],
        "decisions": found.decisions.select_related("by"),
    }  # fmt: skip
    return render(request, "feedback/theme.html", context)


def _customers(viewer: User) -> Any:
    return Customer.objects.visible_to(viewer)


def _edited(request: Request, form: ThemeForm, *, made: bool) -> HttpResponse:
    if not form.is_valid():
        return form_page(request, "feedback/theme_edit.html", form, theme=form.instance)
    if made:
        form.instance.made_by = request.user
    saved: Theme = form.save()
    note(request.user, "made" if made else "changed", saved, name=saved.name)
    messages.success(request, "The theme is there. Gather what was said." if made else "The theme is changed.")
    return redirect(saved)


@writing
@overseeing
def theme_new(request: Request) -> HttpResponse:
    return _edited(request, ThemeForm(request.POST or None), made=True)


@writing
@overseeing
def theme_edit(request: Request, slug: str) -> HttpResponse:
    return _edited(request, ThemeForm(request.POST or None, instance=get_object_or_404(Theme, slug=slug)), made=False)


@writing
@require_POST
def theme_gather(request: Request, slug: str) -> HttpResponse:
    """Put what is ticked into the theme."""
    into = get_object_or_404(Theme, slug=slug)
    new = gathering.gather(into, named(request.POST.getlist("said")[:500], request.user), at=timezone.now(), by=request.user)
    messages.success(request, f"Gathered: {new}." if new else "Nothing new was ticked.")
    return redirect(into)


@writing
@require_POST
def theme_let_go(request: Request, slug: str, pk: int) -> HttpResponse:
    found = get_object_or_404(Theme, slug=slug)
    row = get_object_or_404(found.gathered, pk=pk)
    if _within([row], request.user):
        gathering.let_go(row, by=request.user)
        messages.success(request, "It is out of the theme.")
    return redirect(found)


@writing
@overseeing
def theme_decide(request: Request, slug: str) -> HttpResponse:
    found, now = get_object_or_404(Theme, slug=slug), timezone.now()
    form = DecisionForm(request.POST or None)
    if form.is_valid():
        try:
            gathering.decide(found, **form.cleaned_data, on=day_of(now), at=now, by=request.user)
        except Contradicted as contradiction:
            form.add_error("outcome", str(contradiction))
        else:
            messages.success(request, "The decision is kept, with what was known.")
            return redirect(found)
    evidence = corroborating.weigh(found, day_of(now))
    return form_page(request, "feedback/theme_decide.html", form, theme=found, sentences=bearing.sentences(evidence))
