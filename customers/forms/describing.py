"""What is known of a customer from a day on: need and means, what they can use, tags, what limits them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError

from customers.forms.occurring import DayInput, PastDay
from customers.models import Category, ContactPoint, CustomField, NotRanked, Stop, Tag
from customers.models.fields import LONGEST_TEXT
from customers.models.people import Answer

if TYPE_CHECKING:
    from collections.abc import Sequence


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


class TagsForm(forms.Form):
    tags = forms.ModelMultipleChoiceField(
        Tag.objects.all(), required=False, widget=forms.CheckboxSelectMultiple, label="They carry"
    )
    new = forms.CharField(
        required=False, max_length=300, label="Other tags", help_text="As in “trade fair, press”; commas between them."
    )
    since = PastDay(label="Since")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not Tag.objects.exists():
            del self.fields["tags"]
            self.fields["new"].label = "Tags"

    def clean_new(self) -> list[str]:
        names = [" ".join(name.split()) for name in self.cleaned_data["new"].split(",")]
        longest = Tag._meta.get_field("name").max_length
        if long := next((name for name in names if len(name) > (longest or 0)), ""):
            raise ValidationError(f"A tag has up to {longest} characters; “{long[:20]}…” has {len(long)}.")
        return [name for name in names if name]

    def chosen(self) -> list[Tag]:
        """Those ticked, and those typed: the same word in other capitals is the same tag."""
        typed = [
            Tag.objects.filter(name__iexact=name).first() or Tag.objects.create(name=name) for name in self.cleaned_data["new"]
        ]
        return [*self.cleaned_data.get("tags", ()), *typed]


class FieldsForm(forms.Form):
    """The fields of the business's own that are asked, as they are now."""

    def __init__(self, *args: Any, asked: Sequence[CustomField], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = {f"field_{field.slug}": field for field in asked}
        self.fields.update({name: _asking(field) for name, field in self.asked.items()})
        self.fields["since"] = PastDay(label="Since")

    def clean(self) -> dict[str, Any]:
        for name in self.asked:
            if name in self.cleaned_data:
                try:
                    self.asked[name].read(self._written(name))
                except ValidationError as refused:
                    self.add_error(name, refused)
        return self.cleaned_data

    def _written(self, name: str) -> str:
        value = self.cleaned_data[name]
        return "" if value is None else str(value)

    def said(self) -> list[tuple[CustomField, str]]:
        """What is said anew."""
        written = [(field, self._written(name), self.initial.get(name, "")) for name, field in self.asked.items()]
        return [(field, value) for field, value, before in written if field.read(value)[0] != before]


def _asking(field: CustomField) -> forms.Field:
    said: dict[str, Any] = {"label": field.label, "required": False}
    match field.kind:
        case CustomField.Kind.NUMBER:
            return forms.IntegerField(**said)
        case CustomField.Kind.CHOICE:
            return forms.ChoiceField(choices=[("", "Unknown"), *((word, word) for word in field.choices)], **said)
        case CustomField.Kind.FLAG:
            return forms.ChoiceField(choices=[("", "Unknown"), ("yes", "Yes"), ("no", "No")], widget=forms.RadioSelect, **said)
        case CustomField.Kind.DATE:
            return forms.DateField(widget=DayInput, **said)
    return forms.CharField(max_length=LONGEST_TEXT, **said)


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
    refused = forms.MultipleChoiceField(
        choices=ContactPoint.Kind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        label="They do not want to be reached by",
    )
    since = PastDay(label="Since")
