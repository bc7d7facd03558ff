"""Forms for what customers say."""

from __future__ import annotations

from django import forms

from customers.forms.occurring import OccurrenceForm


class RecommendationForm(OccurrenceForm):
    to_whom = forms.CharField(required=False, max_length=200, label="To whom")
    words = forms.CharField(required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 3}), label="In their words")
    prompted = forms.TypedChoiceField(
        choices=[("no", "By themselves"), ("yes", "We asked, or promised something")],
        coerce=lambda answer: answer == "yes",
        initial="no",
        widget=forms.RadioSelect,
        label="How it came about",
        help_text="Asked means our code, link or form, a promised reward, or one of us asked in the 30 days before.",
    )
    field_order = ["key", "prompted", "to_whom", "words", "day", "at"]


class ResponseForm(OccurrenceForm):
    score = forms.TypedChoiceField(
        choices=[(n, n) for n in range(11)],
        coerce=int,
        widget=forms.RadioSelect,
        label="How likely are they to recommend us?",
        help_text="0 is never, 10 is certainly.",
    )
    words = forms.CharField(required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 3}), label="In their words")
    field_order = ["key", "score", "words", "day", "at"]
