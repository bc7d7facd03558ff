"""The link to a customer's own page, and the answer to what they say is not right there."""

from __future__ import annotations

from django import forms

from customers.models import Correction, OwnLink


class OwnLinkForm(forms.Form):
    days = forms.IntegerField(
        min_value=1,
        max_value=365,
        initial=OwnLink.LASTS,
        label="For how many days",
        help_text="The link opens the page until then.",
    )


class CorrectionForm(forms.Form):
    outcome = forms.ChoiceField(choices=Correction.Outcome.choices, widget=forms.RadioSelect, label="What came of it")
    words = forms.CharField(
        max_length=2000, widget=forms.Textarea(attrs={"rows": 3}), label="Our answer", help_text="They read it on their page."
    )
