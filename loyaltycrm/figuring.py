"""The page of figures: what customers answered, as a whole and by month, team or rung."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.shortcuts import render
from django.utils import timezone

from customers.days import day_of
from customers.forms.occurring import DayInput
from feedback import comparing, figures
from feedback.models import Response, Satisfaction
from ladder import reigns
from ladder.models import Placement

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpResponse

    from accounts.models import Viewer
    from accounts.requests import Request

BY = {"month": "By month", "team": "By team", "rung": "By rung"}


class FigureFilter(forms.Form):
    """Whose answers. Lives in the address."""

    since = forms.DateField(required=False, widget=DayInput, label="From")
    until = forms.DateField(required=False, widget=DayInput, label="To")
    survey = forms.ChoiceField(required=False, label="Asked by")
    by = forms.ChoiceField(required=False, choices=list(BY.items()), label="Side by side")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["survey"].choices = [("", "Any"), *figures.surveys()]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and since > until:
            self.add_error("until", "This is before the first day.")
        return self.cleaned_data

    def asked(self, viewer: Viewer) -> figures.Asked:
        said = self.cleaned_data if self.is_valid() else {}
        return figures.Asked(said.get("survey", ""), said.get("since"), said.get("until"), viewer)


def figure_page(request: Request) -> HttpResponse:
    chosen = FigureFilter(request.GET)
    asked = chosen.asked(request.user)
    by = chosen.cleaned_data.get("by") or "month"
    subjects = [(label, figures.satisfaction(asked, subject)) for subject, label in Satisfaction.Subject.choices]
    context = {
        "filter": chosen,
        "by": BY[by],
        "nps": figures.nps(asked),
        "groups": comparing.nps(asked, *_group(by)),
        "satisfaction": [(label, figure) for label, figure in subjects if figure.n],
    }
    return render(request, "loyaltycrm/figures.html", context)


def _group(by: str) -> tuple[Callable[[comparing.Score], str], list[str]]:
    """Which group an answer belongs to, and the order of the groups if it is not that of their names."""
    if by == "rung":
        return _by_rung()
    return (comparing.by_team if by == "team" else comparing.by_month), []


def _by_rung() -> tuple[Callable[[comparing.Score], str], list[str]]:
    """Where those who answered stand now, on the first ladder, from its ground up."""
    reign = reigns.reigning(day_of(timezone.now()))
    primary = reign.editions[0] if reign.editions else None
    standing = Placement.objects.current().filter(ladder=primary.ladder_id if primary else None)
    answered = standing.filter(customer__in=Response.objects.values("customer"))
    rungs = dict(answered.values_list("customer", "rung__name"))
    return lambda score: rungs.get(score.customer, ""), [step.rung.name for step in primary.all_steps] if primary else []
