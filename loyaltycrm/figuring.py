"""The page of figures: what customers answered, as a whole and side by side; who answered at all; how complaints were answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.shortcuts import render

from customers.forms.occurring import DayInput
from feedback import comparing, figures, naming
from feedback.models import Satisfaction
from loyaltycrm.beside import BY, Beside

if TYPE_CHECKING:
    from django.http import HttpResponse

    from accounts.models import Viewer
    from accounts.requests import Request

MOST = 50  # products on the page
OF_COMPLAINTS = ("time-to-answer", "answered-in-time", "loop-closed")


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
        said = self.cleaned_data
        return figures.Asked(said.get("survey", ""), said.get("since"), said.get("until"), viewer)


def figure_page(request: Request) -> HttpResponse:
    """Figures as they were asked for; of a question that is none, nothing but what is wrong with it."""
    chosen = FigureFilter(request.GET)
    shown = _shown(chosen.asked(request.user), chosen.cleaned_data.get("by") or "month") if chosen.is_valid() else {}
    return render(request, "loyaltycrm/figures.html", {"filter": chosen, **shown})


def _shown(asked: figures.Asked, by: str) -> dict[str, Any]:
    beside, bought = Beside(asked, by), by in comparing.PRODUCTS
    subjects = [(label, figures.satisfaction(asked, subject)) for subject, label in Satisfaction.Subject.choices]
    names = [name for name in CUTS if not (asked.survey and name in OF_COMPLAINTS)]
    cuts = [(naming.NAMED[name].label, CUTS[name], beside.groups(name)) for name in names if not bought]
    return {
        "asked": asked, "by": BY[by], "by_lower": BY[by].lower(), "bought": bought,
        "nps": figures.nps(asked), "groups": beside.groups("nps")[:MOST] if bought else beside.groups("nps"),
        "cuts": [cut for cut in cuts if cut[2]],
        "of_purchases": beside.groups("satisfaction")[:MOST] if bought else [],
        "satisfaction": [(label, figure) for label, figure in subjects if figure.n],
        "response_rate": figures.response_rate(asked),
        "complaints": [] if asked.survey else [(naming.NAMED[name].label, naming.NAMED[name].of(asked, "")) for name in OF_COMPLAINTS],
    }  # fmt: skip


CUTS = {"satisfaction": 2, "response-rate": 0, "time-to-answer": 0, "answered-in-time": 0, "loop-closed": 0}
"""The figures that are cut beside the net promoter score, with the decimals they are shown with."""
