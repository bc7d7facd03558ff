"""Overriding the rules for a customer."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms

from ladder import overriding
from ladder.models import Override, Rung

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from ladder.models import Edition

USUAL = timedelta(days=90)


class OverrideForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Override
        fields = ["how", "rung", "reason", "since", "until"]
        labels = {"how": "They stand", "reason": "Why", "since": "From", "until": "Until"}
        help_texts = {"since": "", "until": "The first day on which the rules decide again; at most two years later."}
        widgets = {"how": forms.RadioSelect, "reason": forms.Textarea({"rows": 2})}

    def __init__(self, *args: Any, editions: Iterable[Edition], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.initial = {"how": Override.How.FIX, "since": today, "until": today + USUAL}
        rungs: Any = self.fields["rung"]
        of_ladders = {e.ladder.name: [(step.rung_id, step.rung.name) for step in e.all_steps] for e in editions}
        rungs.queryset = Rung.objects.filter(pk__in=[pk for each in of_ladders.values() for pk, _ in each])
        rungs.choices = [("", "Choose a rung"), *of_ladders.items()]
        self.fields["how"].choices = Override.How.choices  # type: ignore[attr-defined]

    def clean_since(self) -> date:
        since: date = self.cleaned_data["since"]
        overriding.refuse_past(since, self.today)
        return since
