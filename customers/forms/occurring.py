"""When something happened: days that have come, and the key that keeps a form sent twice from counting twice."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from customers.days import day_of, start_of, zone


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class PastDay(forms.DateField):
    """A day of the business that has come; today unless said otherwise."""

    widget = DayInput

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(initial=lambda: day_of(timezone.now()), **kwargs)

    def clean(self, value: Any) -> date | None:
        day: date | None = super().clean(value)
        if day and day > day_of(timezone.now()):
            raise ValidationError("This day has not come yet.")
        if day and day.year < 1900:
            raise ValidationError("Before 1900: is the year right?")
        return day


class OccurrenceForm(forms.Form):
    """When something happened, and the key that keeps a form sent twice from recording it twice."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)
    day = PastDay(label="Day")
    at = forms.TimeField(label="Time", required=False, widget=forms.TimeInput(attrs={"type": "time"}))

    def occurred_at(self) -> datetime:
        """The instant in the business's zone; a day without a time is its start, however often the form is sent."""
        day, at = self.cleaned_data["day"], self.cleaned_data["at"]
        return start_of(day) if at is None else datetime.combine(day, at, tzinfo=zone())

    def said(self) -> dict[str, Any]:
        """What is to be recorded: when it happened, and what the fields of the form say of it."""
        own = {name: value for name, value in self.cleaned_data.items() if name not in ("key", "day", "at")}
        return {"occurred_at": self.occurred_at(), **own}
