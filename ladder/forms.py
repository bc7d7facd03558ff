"""Overriding the rules for a customer, and writing and publishing rules."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone

from customers import days
from ladder import editions, overriding
from ladder.facts import Numbers
from ladder.models import Override, Rung
from ladder.rules import least_said, most_said
from ladder.sentences import numbers, of_condition
from ladder.thresholds import Threshold, changed, thresholds

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from django.forms import BoundField

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


class OfDraft(forms.Form):
    """Knows which version of the draft its reader saw; who sends none takes whatever is there."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)


class NumbersForm(OfDraft):
    """Every number that a draft's rules hold a fact against, and those that facts are computed with; its shape stays."""

    def __init__(self, *args: Any, edition: Edition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"version": edition.version}
        self.document = editions.document(edition)
        self.thresholds = thresholds(self.document)
        for threshold in self.thresholds:
            self.fields[threshold.name] = _field_of(threshold)
        for (label, value), field in zip(numbers(edition.read_numbers).items(), fields(Numbers), strict=True):
            words = f"{label[:1].upper()}{label[1:]}, days"
            self.fields[field.name] = forms.IntegerField(label=words, min_value=1, max_value=10_000, initial=value)

    def of_rungs(self) -> dict[str, list[BoundField]]:
        found: dict[str, list[BoundField]] = {}
        for threshold in self.thresholds:
            found.setdefault(threshold.rung, []).append(self[threshold.name])
        return found

    def of_numbers(self) -> list[BoundField]:
        return [self[field.name] for field in fields(Numbers)]

    def changed_document(self) -> dict[str, Any]:
        said = self.cleaned_data
        values = {t.name: int(said[t.name] * (100 if t.condition.fact.kind == "money" else 1)) for t in self.thresholds}
        return changed(self.document, values, {field.name: said[field.name] for field in fields(Numbers)})


def _field_of(threshold: Threshold) -> forms.IntegerField | forms.DecimalField:
    fact, value, words = threshold.condition.fact, threshold.condition.value, of_condition(threshold.condition)
    said: dict[str, Any] = {"label": fact.label, "help_text": f"Now: {words}.", "min_value": least_said(fact)}
    if fact.kind == "money":
        cents = int(value) if isinstance(value, int) else 0
        return forms.DecimalField(**said, max_value=most_said(fact) // 100, decimal_places=2, initial=f"{cents / 100:.2f}")
    return forms.IntegerField(**said, max_value=most_said(fact), initial=value)


class DocumentForm(OfDraft):
    """A draft as it travels: rungs, rules and numbers as JSON."""

    document = forms.CharField(
        label="The ladder as JSON",
        max_length=200_000,
        widget=forms.Textarea({"rows": 28, "class": "code", "spellcheck": "false"}),
        help_text="Side states first, in order of judgement; then the ground; then the steps from the ground up.",
    )

    def __init__(self, *args: Any, edition: Edition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.edition = edition
        self.initial = {
            "version": edition.version,
            "document": json.dumps(editions.document(edition), indent=2, ensure_ascii=False),
        }

    def clean_document(self) -> dict[str, Any]:
        try:
            said = json.loads(self.cleaned_data["document"])
        except RecursionError:
            raise forms.ValidationError("Its lists and objects are nested too deep to be read.") from None
        except ValueError as error:
            raise forms.ValidationError(f"This is not JSON: {error}.") from None
        document = editions.check(said)
        if document["ladder"] != self.edition.ladder.slug:
            raise forms.ValidationError(f"ladder: this is a draft of {self.edition.ladder.slug}.")
        return document


class PublishForm(OfDraft):
    first_day = forms.DateField(
        label="It judges from",
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
        help_text="Days before keep what they had. From a past day on everybody's history is judged again; on a day to come it begins by itself.",
    )
    hold_hours = forms.IntegerField(
        label="Hours in which it can be called back", min_value=0, max_value=720, help_text="0 publishes it for good."
    )

    def __init__(self, *args: Any, edition: Edition, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"version": edition.version, "first_day": today, "hold_hours": edition.ladder.hold_hours}
        if not edition.ladder.editions.published().exists():
            del self.fields["first_day"]  # a ladder's first edition judges from the first fact


class BacktestForm(forms.Form):
    at = forms.DateField(label="Where they stood at the end of", widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    horizon = forms.IntegerField(label="Days to look at after it", min_value=1, max_value=3650)


class BetweenForm(forms.Form):
    """Two days, in the names that REST has, and at which moment that was known."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        pick = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
        self.fields["from"] = forms.DateField(label="From the end of", widget=pick)
        self.fields["to"] = forms.DateField(label="To the end of", widget=pick)
        self.fields["known_at"] = forms.DateField(label="As known at the end of", required=False, widget=pick)

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("known_at") and said["known_at"] > days.day_of(timezone.now()):
            self.add_error("known_at", "What will be known then nobody knows.")
        if said.get("from") and said.get("to") and said["from"] > said["to"]:
            self.add_error("to", "This is before the first day.")
        return said


class TrialForm(forms.Form):
    first_day = forms.DateField(
        label="As if it judged from", required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
