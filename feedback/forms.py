"""Forms for what customers say."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms

from customers.forms.occurring import DayInput, OccurrenceForm

if TYPE_CHECKING:
    from datetime import datetime

    from feedback.models import Complaint


def prompting() -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        choices=[("no", "By themselves"), ("yes", "We asked, or promised something")],
        coerce=lambda answer: answer == "yes",
        initial="no",
        widget=forms.RadioSelect,
        label="How it came about",
        help_text="Asked means our code, link or form, a promised reward, or one of us asked in the 30 days before.",
    )


class RecommendationForm(OccurrenceForm):
    to_whom = forms.CharField(required=False, max_length=200, label="To whom")
    words = forms.CharField(required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 3}), label="In their words")
    prompted = prompting()
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


class ComplaintForm(OccurrenceForm):
    words = forms.CharField(max_length=5000, widget=forms.Textarea(attrs={"rows": 3}), label="What went wrong, in their words")
    due_day = forms.DateField(
        required=False, widget=DayInput, label="Answer promised by", help_text="In 14 days, unless something else was promised."
    )
    field_order = ["key", "words", "day", "at", "due_day"]

    def clean(self) -> dict[str, Any]:
        day, due = self.cleaned_data.get("day"), self.cleaned_data.get("due_day")
        if day and due and due < day:
            self.add_error("due_day", "This is before the complaint.")
        return self.cleaned_data


class AnswerForm(OccurrenceForm):
    """A step of a complaint, answered unless it says otherwise. On the complaint's own day it came after the complaint."""

    words = forms.CharField(max_length=5000, widget=forms.Textarea(attrs={"rows": 3}), label="What we said")
    field_order = ["key", "words", "day", "at"]

    def __init__(self, *args: Any, complaint: Complaint, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.complaint = complaint

    def occurred_at(self) -> datetime:
        at, received = super().occurred_at(), self.complaint.occurred_at
        untimed = self.cleaned_data["at"] is None and self.cleaned_data["day"] == self.complaint.day
        return max(at, received + timedelta(microseconds=1)) if untimed else at

    def clean(self) -> dict[str, Any]:
        if not self.errors and self.occurred_at() <= self.complaint.occurred_at:
            self.add_error("day", "This is before the complaint.")
        return self.cleaned_data


class ReferralForm(OccurrenceForm):
    name = forms.CharField(required=False, max_length=200, label="Whom they named", help_text="As far as they allowed.")
    prompted = prompting()
    field_order = ["key", "prompted", "name", "day", "at"]
