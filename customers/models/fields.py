"""Fields of the business's own: what an administrator wants known of customers, and what was said of each from a day on."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from customers import days
from customers.models.people import Dated

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MOST = 1_000_000_000_000
FLAGS = {"no": 0, "yes": 1}
MOST_CHOICES, LONGEST_CHOICE, LONGEST_TEXT = 50, 50, 300


class CustomField(models.Model):
    """What an administrator wants known of customers. Its kind never changes and it is never removed: rows and rules name it."""

    class Kind(models.TextChoices):
        NUMBER = "number", "A whole number"
        CHOICE = "choice", "One of some words"
        FLAG = "flag", "Yes or no"
        DATE = "date", "A date"
        TEXT = "text", "Text"

    slug = models.CharField(
        max_length=40, unique=True, validators=[RegexValidator(r"^[a-z0-9][a-z0-9_-]*\Z", "Small letters, digits, hyphens and underscores.")],
        help_text="What rules, files and systems call it: field:slug.",
    )  # fmt: skip
    label = models.CharField(max_length=60)
    kind = models.CharField(max_length=6, choices=Kind.choices)
    choices = models.JSONField(default=list, blank=True, help_text="The words, in their order. More may be added at the end.")
    archived_at = models.DateTimeField(null=True, editable=False, help_text="Since when it is asked no more.")

    class Meta:
        ordering = ["label", "id"]

    def __str__(self) -> str:
        return self.label

    def clean(self) -> None:
        before = CustomField.objects.filter(pk=self.pk).first()
        if before and (before.slug, before.kind) != (self.slug, self.kind):
            raise ValidationError("The slug and the kind of a field never change: rows and rules name it so.")
        if before and self.choices[: len(before.choices)] != before.choices:
            raise ValidationError({"choices": "The words that are there stay as they are; more may be added at the end."})
        if (self.kind == self.Kind.CHOICE) != bool(self.choices):
            raise ValidationError({"choices": "A choice has words, and nothing else has."})
        self.check_choices()

    def check_choices(self) -> None:
        for word in self.choices:
            if (
                not isinstance(word, str)
                or word != " ".join(word.split())
                or not word.isprintable()
                or not 0 < len(word) <= LONGEST_CHOICE
            ):
                raise ValidationError({"choices": f"Each is a word or some, up to {LONGEST_CHOICE} characters."})
        if len({word.casefold() for word in self.choices}) < len(self.choices) or len(self.choices) > MOST_CHOICES:
            raise ValidationError({"choices": f"Up to {MOST_CHOICES} words, each once."})

    def read(self, text: str) -> tuple[str, int | None]:
        """A value in its one way of writing, and the number that rules compare; "" is unknown. Raises ValidationError."""
        text = text.strip()
        return READS[self.kind](self, text) if text else ("", None)

    def shown(self, value: str) -> str:
        """For people; "" of an unknown one."""
        if value and self.kind == self.Kind.DATE:
            day = date.fromisoformat(value)
            return f"{day.day} {day:%b} {day.year}"
        return f"{int(value):,}" if value and self.kind == self.Kind.NUMBER else value

    def typed(self, value: str) -> int | bool | str | None:
        """For systems; None of an unknown one."""
        if not value:
            return None
        return int(value) if self.kind == self.Kind.NUMBER else value == "yes" if self.kind == self.Kind.FLAG else value


def _number(field: CustomField, text: str) -> tuple[str, int]:
    if not text.removeprefix("-").isdecimal() or not text.isascii() or len(text) > 14 or abs(int(text)) > MOST:
        raise ValidationError(f"“{text[:40]}” is not a whole number from -{MOST:,} to {MOST:,}.")
    return str(int(text)), int(text)


def _choice(field: CustomField, text: str) -> tuple[str, int]:
    found = [(word, place) for place, word in enumerate(field.choices, 1) if word.casefold() == text.casefold()]
    if not found:
        raise ValidationError(f"“{text[:40]}” is none of {', '.join(field.choices)}.")
    return found[0]


def _flag(field: CustomField, text: str) -> tuple[str, int]:
    if text.lower() not in FLAGS:
        raise ValidationError(f"“{text[:40]}” is neither yes nor no.")
    return text.lower(), FLAGS[text.lower()]


def _date(field: CustomField, text: str) -> tuple[str, int]:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValidationError(f"“{text[:40]}” is not a date like 2026-01-31.") from None
    return day.isoformat(), days.number(day)


def _text(field: CustomField, text: str) -> tuple[str, int]:
    words = " ".join(text.split())
    if len(words) > LONGEST_TEXT or not words.isprintable():
        raise ValidationError(f"Up to {LONGEST_TEXT} characters that can be read.")
    return words, 1


READS: Mapping[str, Callable[[CustomField, str], tuple[str, int]]] = {
    "number": _number, "choice": _choice, "flag": _flag, "date": _date, "text": _text,
}  # fmt: skip


class FieldValueQuerySet(models.QuerySet["FieldValue"]):
    def standing(self) -> FieldValueQuerySet:
        """Not replaced by what was said later of the very same day."""
        return self.filter(withdrawn_at=None)

    def deciding(self) -> FieldValueQuerySet:
        """The one that counts first: of the latest day; of several that files gave for one day unknown before any, then the least."""
        return self.standing().order_by("-since", F("number").asc(nulls_first=True), "value")


class FieldValue(Dated):
    """What a field of a customer is from a day on; the latest counts. Nothing is overwritten, and empty means unknown again."""

    field = models.ForeignKey(CustomField, on_delete=models.PROTECT, related_name="+")
    value = models.CharField(max_length=300, blank=True, help_text="Empty: unknown from that day on.")
    number = models.BigIntegerField(null=True, editable=False, help_text="What rules compare: see CustomField.read.")
    withdrawn_at = models.DateTimeField(null=True, editable=False, help_text="When something else was said of that very day.")

    objects = FieldValueQuerySet.as_manager()

    class Meta:
        ordering = ["customer", "field", "since", "id"]
        indexes = [
            models.Index(fields=["customer", "field", "since"], condition=Q(withdrawn_at=None), name="field_value_by_customer")
        ]

    def __str__(self) -> str:
        return f"{self.field}: {self.shown or 'unknown'}"

    @property
    def shown(self) -> str:
        return self.field.shown(self.value)

    def clean(self) -> None:
        if self.field.archived_at and self.pk is None:
            raise ValidationError({"field": f"{self.field.label} is archived: it is asked no more."})
        try:
            self.value, self.number = self.field.read(self.value)
        except ValidationError as refused:
            raise ValidationError({"value": refused.messages}) from None
