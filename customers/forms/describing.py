"""What is known of a customer from a day on: need and means, what they can use, what limits them."""

from __future__ import annotations

from typing import Any

from django import forms

from customers.forms.occurring import PastDay
from customers.models import Category, NotRanked, Stop
from customers.models.people import Answer


class QualificationForm(forms.Form):
    """Need and ability to pay; a no needs its reason, because it can send a customer off the ladder."""

    need = forms.ChoiceField(choices=Answer.choices, widget=forms.RadioSelect, label="Has a need for what we sell")
    need_reason = forms.CharField(
        required=False, max_length=300, label="What makes you say so of the need", help_text="Needed for a no."
    )
    ability = forms.ChoiceField(choices=Answer.choices, widget=forms.RadioSelect, label="Is able to pay for it")
    ability_reason = forms.CharField(
        required=False, max_length=300, label="What makes you say so of the means", help_text="Needed for a no."
    )
    since = PastDay(label="Since")

    def clean(self) -> dict[str, Any]:
        for subject in ("need", "ability"):
            if self.cleaned_data.get(subject) == Answer.NO and not self.cleaned_data.get(f"{subject}_reason"):
                self.add_error(f"{subject}_reason", "Say why not. It can be reopened later.")
        return self.cleaned_data

    def answers(self) -> list[tuple[str, str, str]]:
        """What is said anew: subject, answer, reason."""
        said = [s for s in ("need", "ability") if {s, f"{s}_reason"} & set(self.changed_data)]
        return [(s, self.cleaned_data[s], self.cleaned_data[f"{s}_reason"]) for s in said]


class UsableForm(forms.Form):
    categories = forms.ModelMultipleChoiceField(
        Category.objects.all(), required=False, widget=forms.CheckboxSelectMultiple, label="They can use"
    )
    since = PastDay(label="Since")


class LimitsForm(forms.Form):
    not_ranked = forms.ChoiceField(
        choices=[("", "Ranked like everybody"), *NotRanked.Reason.choices],
        required=False,
        widget=forms.RadioSelect,
        label="On the ladders",
    )
    stops = forms.MultipleChoiceField(
        choices=Stop.Reason.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="Nothing is queued or sent because of",
    )
    since = PastDay(label="Since")
