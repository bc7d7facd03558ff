"""Forms of the desk that answers complaints."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings

from feedback import handling
from feedback.forms import AnswerForm, words
from feedback.models import ComplaintStep, Remedy, Severity

if TYPE_CHECKING:
    from accounts.models import User
    from feedback.models import Complaint

GRADES = [(value, label.capitalize()) for value, label in Severity.choices]


class ComplaintFilter(forms.Form):
    """Which complaints. Lives in the address."""

    which = forms.ChoiceField(
        required=False,
        choices=[("", "Open"), ("late", "Late"), ("unchecked", "Answered, to be checked"), ("all", "All")],
        label="Which",
    )
    whose = forms.ChoiceField(required=False, choices=[("", "Anybody's"), ("mine", "Mine")], label="Seen to by")
    severity = forms.ChoiceField(required=False, choices=[("", "Any"), *GRADES], label="Severity")


class StepForm(forms.Form):
    """What is done with a complaint now; the complaint as it is, for who needs it."""

    def __init__(self, *args: Any, complaint: Complaint, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.complaint = complaint

    def said(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class GiveForm(StepForm):
    to = forms.ChoiceField(label="To whom")
    words = words("What they should know")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people: dict[str, User] = {user.username: user for user in handling.givable(self.complaint)}
        self.fields["to"].choices = [(name, str(user)) for name, user in self.people.items()]  # type: ignore[attr-defined]

    def said(self) -> dict[str, Any]:
        return {**self.cleaned_data, "to": self.people[self.cleaned_data["to"]]}


class GradeForm(StepForm):
    severity = forms.ChoiceField(choices=GRADES, widget=forms.RadioSelect, label="How severe it is")
    words = words("Why", required=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial.setdefault("severity", self.complaint.graded)


class CheckForm(StepForm):
    content = forms.TypedChoiceField(
        choices=[("yes", "Yes, they are content"), ("no", "No: it is open again")],
        coerce=lambda answer: answer == "yes",
        widget=forms.RadioSelect,
        label="Is all well again?",
    )
    words = words("In their words")


class RemedyForm(StepForm):
    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    kind = forms.ChoiceField(
        choices=[(value, label.capitalize()) for value, label in Remedy.Kind.choices], widget=forms.RadioSelect, label="What"
    )
    amount = forms.DecimalField(
        min_value=0, max_digits=12, decimal_places=2, initial=0, label=f"What it costs us, {settings.BUSINESS_CURRENCY}"
    )
    words = words("What exactly", most=2000)


class DecisionOnRemedyForm(forms.Form):
    granted = forms.TypedChoiceField(
        choices=[("yes", "Yes, granted"), ("no", "No, declined")],
        coerce=lambda answer: answer == "yes",
        widget=forms.RadioSelect,
        label="Your word",
    )
    why = words("Why")


class ReopenForm(AnswerForm):
    kind = ComplaintStep.Kind.REOPENED
    words = words("What they said", required=True)
