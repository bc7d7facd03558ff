"""Forms for what customers say."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.validators import URLValidator

from customers.forms.occurring import DayInput, OccurrenceForm
from customers.models import Involvement, JointPlan
from feedback.models import Ask, Channel, ComplaintStep, Matter, Question, Recommendation, Satisfaction, Severity

if TYPE_CHECKING:
    from datetime import datetime

    from feedback.models import Complaint


def words(label: str, *, required: bool = False, most: int = 5000) -> forms.CharField:
    return forms.CharField(required=required, max_length=most, widget=forms.Textarea(attrs={"rows": 3}), label=label)


def some_day(label: str, help_text: str = "") -> forms.DateField:
    return forms.DateField(required=False, widget=DayInput, label=label, help_text=help_text)


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
    kind = forms.ChoiceField(
        choices=[(value, label.capitalize()) for value, label in Recommendation.Kind.choices],
        initial=Recommendation.Kind.RECOMMENDATION,
        label="What they did",
    )
    prompted = prompting()
    favourable = forms.TypedChoiceField(
        required=False,
        choices=[("", "Not known"), ("yes", "For us"), ("no", "Against us")],
        coerce=lambda answer: answer == "yes",
        empty_value=None,
        label="If public: for us or against?",
        help_text="A public review or a mention counts only once it is known to speak for us.",
    )
    to_whom = forms.CharField(required=False, max_length=200, label="To whom, or where")
    channel = forms.ModelChoiceField(
        Channel.objects.filter(active=True), required=False, empty_label="Not known", label="How we heard of it"
    )
    evidence = forms.URLField(
        required=False, max_length=500, assume_scheme="https", label="Link to it", validators=[URLValidator(["http", "https"])]
    )
    words = words("In their words")
    field_order = ["key", "kind", "prompted", "favourable", "to_whom", "evidence", "channel", "words", "day", "at"]

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("favourable") is False and self.cleaned_data.get("kind") in Recommendation.ALWAYS_FOR_US:
            self.add_error("favourable", "This kind speaks for us; what speaks against us is a public review or a mention.")
        return self.cleaned_data


class AskForm(OccurrenceForm):
    what = forms.ChoiceField(
        choices=[(value, label.capitalize()) for value, label in Ask.What.choices],
        initial=Ask.What.RECOMMENDATION,
        widget=forms.RadioSelect,
        label="What we asked them",
    )
    words = words("What we said")
    field_order = ["key", "what", "words", "day", "at"]


class ResponseForm(OccurrenceForm):
    score = forms.TypedChoiceField(
        choices=[(n, n) for n in range(11)],
        coerce=int,
        widget=forms.RadioSelect,
        label="How likely are they to recommend us?",
        help_text="0 is never, 10 is certainly.",
    )
    words = words("In their words")
    field_order = ["key", "score", "words", "day", "at"]


class SatisfactionForm(OccurrenceForm):
    score = forms.TypedChoiceField(
        choices=[(n, n) for n in range(1, 6)],
        coerce=int,
        widget=forms.RadioSelect,
        label="How satisfied are they?",
        help_text="1 is not at all, 5 is very.",
    )
    subject = forms.ChoiceField(choices=Satisfaction.Subject.choices, label="With what")
    words = words("In their words")
    field_order = ["key", "score", "subject", "words", "day", "at"]


class ComplaintForm(OccurrenceForm):
    words = words("What went wrong, in their words", required=True)
    severity = forms.ChoiceField(
        choices=[(value, label.capitalize()) for value, label in Severity.choices],
        initial=Severity.MINOR,
        widget=forms.RadioSelect,
        label="How severe it is",
        help_text="It says by when we answer.",
    )
    due_day = some_day("Answer promised by", "By its severity, unless something else was promised.")
    field_order = ["key", "words", "severity", "day", "at", "due_day"]

    def clean(self) -> dict[str, Any]:
        day, due = self.cleaned_data.get("day"), self.cleaned_data.get("due_day")
        if day and due and due < day:
            self.add_error("due_day", "This is before the complaint.")
        return self.cleaned_data


class AnswerForm(OccurrenceForm):
    """A step of a complaint, answered unless it says otherwise. Without a time it came after what else is known of its day; sent again, it
    finds itself at the same instant, since it does not come after its own kind."""

    kind = ComplaintStep.Kind.ANSWERED

    words = words("What we said", required=True)
    field_order = ["key", "words", "day", "at"]

    def __init__(self, *args: Any, complaint: Complaint, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.complaint = complaint

    def occurred_at(self) -> datetime:
        at, day = super().occurred_at(), self.cleaned_data["day"]
        if self.cleaned_data["at"] is not None:
            return at
        known: list[Any] = [self.complaint, *(step for step in self.complaint.steps.all() if step.kind != self.kind)]
        latest: datetime = max([at, *(each.occurred_at + timedelta(microseconds=1) for each in known if each.day == day)])
        return latest

    def clean(self) -> dict[str, Any]:
        if not self.errors and self.occurred_at() <= self.complaint.occurred_at:
            self.add_error("day", "This is before the complaint.")
        return self.cleaned_data


class OpinionForm(OccurrenceForm):
    question = forms.ChoiceField(
        choices=[(value, label.capitalize()) for value, label in Question.Topic.choices], label="On what"
    )
    words = words("In their words", required=True)
    field_order = ["key", "question", "words", "day", "at"]


class ImportanceForm(OccurrenceForm):
    matter = forms.ModelChoiceField(
        Matter.objects.filter(active=True), to_field_name="slug", widget=forms.RadioSelect, empty_label=None, label="What"
    )
    importance = forms.TypedChoiceField(
        choices=[(n, n) for n in range(1, 6)],
        coerce=int,
        widget=forms.RadioSelect,
        label="How much does it matter to them?",
        help_text="1 is not at all, 5 is decisive.",
    )
    words = words("In their words")
    field_order = ["key", "matter", "importance", "words", "day", "at"]

    def said(self) -> dict[str, Any]:
        return {**super().said(), "matter": self.cleaned_data["matter"].slug}


class ReferralForm(OccurrenceForm):
    name = forms.CharField(required=False, max_length=200, label="Whom they named", help_text="As far as they allowed.")
    prompted = prompting()
    field_order = ["key", "prompted", "name", "day", "at"]


class HostileActForm(OccurrenceForm):
    audience = forms.CharField(max_length=100, label="Before whom", help_text="As in “the trade fair” or “a review site”.")
    evidence = words("What shows it: words, a link, who heard it", required=True)
    field_order = ["key", "audience", "evidence", "day", "at"]


class InvolvementForm(OccurrenceForm):
    kind = forms.ChoiceField(
        choices=[(value, label.capitalize()) for value, label in Involvement.Kind.choices],
        initial=Involvement.Kind.ATTENDED,
        widget=forms.RadioSelect,
        label="How they took part",
        help_text="Being enrolled automatically is kept, but is no act of theirs.",
    )
    what = forms.CharField(required=False, max_length=200, label="In what", help_text="The forum, council, party or programme.")
    field_order = ["key", "kind", "what", "day", "at"]


class LeavingNoticeForm(OccurrenceForm):
    words = words("In their words")
    field_order = ["key", "words", "day", "at"]


class CompetitorConsideredForm(OccurrenceForm):
    competitor = forms.CharField(max_length=200, label="Whom they are looking at")
    words = words("What they said of it")
    field_order = ["key", "competitor", "words", "day", "at"]


class JointPlanForm(forms.Form):
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    name = forms.CharField(max_length=200, label="What we plan together")
    since = forms.DateField(widget=DayInput, label="From")
    until = some_day("Until", "The first day on which it no longer holds; empty while that is open.")
    accepted_by_us = some_day("We accepted it on")
    accepted_by_them = some_day("They accepted it on", "It counts from the later of the two.")

    def said(self) -> dict[str, Any]:
        """What is to be recorded."""
        return {name: value for name, value in self.cleaned_data.items() if name != "key"}

    def clean(self) -> dict[str, Any]:
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and until < since:
            self.add_error("until", "It cannot end before it begins.")
        return self.cleaned_data


class SettlingForm(JointPlanForm):
    """Of a plan that is there: what has not been said of it yet."""

    def __init__(self, *args: Any, plan: JointPlan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.plan = plan
        for name in self.fields.keys() - {name for name in LATER if getattr(plan, name) is None}:
            del self.fields[name]

    def clean(self) -> dict[str, Any]:
        self.cleaned_data["since"] = self.plan.since
        super().clean()
        if not self.errors and not any(self.cleaned_data.get(name) for name in LATER):
            self.add_error(None, "Say at least one day.")
        return self.cleaned_data


LATER = ("accepted_by_us", "accepted_by_them", "until")
