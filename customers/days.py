"""Days of the business: what day an instant falls on, and how a day is stored.

A day is stored as a whole number, days since 1 January 1970, so that both databases subtract and
compare days alike. The day of a fact is stored with it and never recomputed.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, available_timezones

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.expressions import Combinable, register_combinable_fields

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.forms import Field as FormField

EPOCH = date(1970, 1, 1)


def zone() -> ZoneInfo:
    """The business's zone."""
    return ZoneInfo(settings.BUSINESS_TIME_ZONE)


def check_zone(name: str) -> None:
    """A validator: the name of a zone, as in Europe/Paris."""
    if name not in available_timezones():
        raise ValidationError(f"“{name}” is not the name of a zone like Europe/Paris.", code="invalid")


def number(day: date) -> int:
    """Days since 1970-01-01; negative before."""
    return (day - EPOCH).days


def from_number(value: int) -> date:
    return EPOCH + timedelta(days=value)


def day_of(at: datetime) -> date:
    """The business's day on which the instant `at` falls."""
    return at.astimezone(zone()).date()


def start_of(day: date) -> datetime:
    """The first instant of a business day; where the clock skips midnight, the first that exists."""
    wall = datetime.combine(day, time(), tzinfo=zone())
    return wall.astimezone(UTC).astimezone(zone())


def end_of(day: date) -> datetime:
    """The last microsecond of a business day."""
    # In UTC: within one zone Python subtracts by the wall clock, which jumps.
    return (start_of(day + timedelta(days=1)).astimezone(UTC) - timedelta(microseconds=1)).astimezone(zone())


def parse(text: str) -> datetime:
    """An ISO date, which means its end, or an ISO instant; one without an offset is the business's.

    Raises ValueError with a sentence for the person who typed it.
    """
    try:
        if len(text) <= 10:
            return end_of(date.fromisoformat(text))
        at = datetime.fromisoformat(text)
        at = at if at.tzinfo else at.replace(tzinfo=zone())
        start_of(day_of(at.astimezone(UTC)))  # some offsets lead out of the calendar
    except OverflowError:
        raise ValueError(f"“{text}” is too far {'ahead' if text.startswith('9') else 'back'}.") from None
    except ValueError:
        raise ValueError(f"“{text}” is neither a date like 2026-01-31 nor an instant like 2026-01-31T09:30+01:00.") from None
    return at


class DayField(models.Field):  # type: ignore[type-arg]
    """A calendar day in Python, a whole number in the database.

    No IntegerField: the admin site sets a thousands separator in the value of every one of those, a day's too.
    """

    empty_strings_allowed = False
    description = "a day, stored as days since 1970-01-01"
    _pyi_private_set_type: date  # type: ignore[assignment]
    _pyi_private_get_type: date  # type: ignore[assignment]

    def get_internal_type(self) -> str:
        return "IntegerField"

    def from_db_value(self, value: int | None, expression: object, connection: BaseDatabaseWrapper) -> date | None:
        return None if value is None else from_number(value)

    def to_python(self, value: Any) -> date | None:
        if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
            return value
        if isinstance(value, int):
            return from_number(value)
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            raise ValidationError(f"“{value}” is not a date like 2026-01-31.", code="invalid") from None

    def get_prep_value(self, value: Any) -> int | None:
        if isinstance(value, date):
            return number(value)
        return value if value is None or isinstance(value, int) else number(date.fromisoformat(str(value)))

    def value_to_string(self, obj: models.Model) -> str:
        return str(self.value_from_object(obj) or "")

    def formfield(self, **kwargs: Any) -> FormField | None:  # type: ignore[override]
        """A date to type or pick, in the admin site too, which takes any whole number for a number to type."""
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        return super().formfield(**{**kwargs, "form_class": forms.DateField, "widget": widget})


# In a query a day is reckoned with as the number it is.
for sign in (Combinable.ADD, Combinable.SUB):
    for left, right in ((DayField, DayField), (DayField, models.IntegerField), (models.IntegerField, DayField)):
        register_combinable_fields(left, sign, right, models.IntegerField)
