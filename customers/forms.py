"""Forms about customers: finding them, describing them, recording what they bought and gave back."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.urls import reverse_lazy
from django.utils import timezone

from accounts.models import Role, Team, User, Viewer
from customers.days import day_of, start_of, zone
from customers.models import (
    Category,
    ContactPoint,
    Customer,
    CustomerQuerySet,
    NotRanked,
    Purchase,
    PurchaseLine,
    Source,
    Stop,
)
from customers.models.people import Answer
from customers.recording import LineOf

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.db.models import QuerySet
    from django.http import QueryDict


def owners(viewer: Viewer) -> QuerySet[User]:
    """Whom the viewer may give a customer to: themselves, and those in their reach who may write."""
    return (
        User.objects.filter(viewer.reach(owner="pk"), is_active=True).exclude(role=Role.READER).order_by("first_name", "username")
    )


def teams(viewer: Viewer) -> QuerySet[Team]:
    if viewer.sees_everything:
        return Team.objects.all()
    return Team.objects.filter(pk=viewer.team_id) if viewer.sees_own_book_only else Team.objects.within(viewer.team)


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


class CustomerFilter(forms.Form):
    """Which customers a list shows. Lives in the address, so a list can be kept and sent."""

    UNASSIGNED = "none"

    q = forms.CharField(required=False, max_length=200, label="Name, e-mail, phone or id")
    owner = forms.ChoiceField(required=False, label="Owner")
    source = forms.ModelChoiceField(
        Source.objects.all(), required=False, to_field_name="slug", label="Source", empty_label="Any source"
    )
    country = forms.ChoiceField(required=False, label="Country")

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        seen = Customer.objects.visible_to(viewer).exclude(country="").order_by("country").values_list("country", flat=True)
        self.people = list(owners(viewer))
        self._choices("owner", "Any owner", [(self.UNASSIGNED, "Unassigned"), *((str(o.pk), str(o)) for o in self.people)])
        self._choices("country", "Any country", [(c, c) for c in seen.distinct()])

    def _choices(self, name: str, every: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", every), *choices]

    def narrow(self, customers: CustomerQuerySet) -> CustomerQuerySet:
        """Those who fit; nobody if the address asks for something there is not."""
        if not self.is_valid():
            return customers.none()
        asked = self.cleaned_data
        if asked["owner"]:
            customers = customers.filter(owner=None if asked["owner"] == self.UNASSIGNED else asked["owner"])
        if asked["source"]:
            customers = customers.filter(source=asked["source"])
        if asked["country"]:
            customers = customers.filter(country=asked["country"])
        return customers.called(asked["q"])

    @property
    def narrows(self) -> bool:
        return any(self.data.get(name) for name in self.fields)


class CustomerForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Customer
        fields = ["kind", "name", "form_of_address", "language", "country", "time_zone", "owner", "team"]
        widgets = {"kind": forms.RadioSelect}

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = self.instance
        owner, team = self.fields["owner"], self.fields["team"]
        assert isinstance(owner, forms.ModelChoiceField)
        assert isinstance(team, forms.ModelChoiceField)
        owner.queryset = owners(viewer) | User.objects.filter(pk=now.owner_id)
        owner.empty_label = "Unassigned"
        team.queryset = teams(viewer) | Team.objects.filter(pk=now.team_id)
        team.empty_label = None
        if not now.pk:
            self.initial.update(owner=viewer.pk if isinstance(viewer, User) else None, team=viewer.team_id)


class ContactPointForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = ContactPoint
        fields = ["kind", "value", "preferred"]
        labels = {"value": "Number or address"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        assert isinstance(kind, forms.ChoiceField)
        kind.choices = [("", "Choose"), *ContactPoint.Kind.choices]


class BaseContactPoints(forms.BaseInlineFormSet):  # type: ignore[type-arg]
    def add_fields(self, form: forms.ModelForm[ContactPoint], index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].label = "Remove"


ContactPoints = forms.inlineformset_factory(
    Customer, ContactPoint, form=ContactPointForm, formset=BaseContactPoints, extra=2, max_num=20, absolute_max=40
)


class OwnerForm(forms.Form):
    """Whom to give customers to. Nobody is a choice of its own, so that nobody loses their owner by a slip."""

    NOBODY = "nobody"

    owner = forms.ChoiceField(label="Owner")

    def __init__(
        self, *args: Any, viewer: Viewer, of: Customer | None = None, people: Sequence[User] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(user.pk): user for user in (owners(viewer) if people is None else people)}
        if of and of.owner and str(of.owner_id) not in self.people:
            self.people[str(of.owner_id)] = of.owner
        names = [(pk, str(user)) for pk, user in self.people.items()]
        field = self.fields["owner"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [*([] if of else [("", "Choose an owner")]), *names, (self.NOBODY, "Nobody")]
        if of:
            self.initial["owner"] = str(of.owner_id or self.NOBODY)

    def chosen(self) -> User | None:
        return self.people.get(self.cleaned_data["owner"])


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


class PurchaseForm(OccurrenceForm):
    currency = forms.RegexField("^[A-Za-z]{3}$", label="Currency", max_length=3, initial=settings.BUSINESS_CURRENCY)
    channel = forms.CharField(required=False, max_length=40, label="Channel", help_text="As in shop, phone, online.")
    fulfilled = forms.DateField(required=False, widget=DayInput, label="Delivered on")
    covers_until = forms.DateField(
        required=False, widget=DayInput, label="Covers until", help_text="The last day of a contract, a subscription or a stock."
    )

    def clean(self) -> dict[str, Any]:
        day = self.cleaned_data.get("day")
        for name in ("fulfilled", "covers_until"):
            if day and self.cleaned_data.get(name) and self.cleaned_data[name] < day:
                self.add_error(name, "This is before the purchase.")
        return self.cleaned_data

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()


class ProductInput(forms.TextInput):
    """Proposes products while one types; any other words will do."""

    def __init__(self) -> None:
        asking = {
            "hx-get": reverse_lazy("customers:product_options"),
            "hx-target": "#products",
            "hx-trigger": "input changed delay:200ms",
        }
        super().__init__({"list": "products", "autocomplete": "off", **asking})


class LineForm(forms.Form):
    product = forms.CharField(max_length=100, label="Product", widget=ProductInput)
    quantity = forms.DecimalField(min_value=Decimal("0.0001"), max_digits=14, decimal_places=4, initial=1, label="Quantity")
    unit_price = forms.DecimalField(required=False, min_value=0, max_digits=16, decimal_places=4, label="Price each")
    free = forms.BooleanField(required=False, label="Free", help_text="")

    def clean(self) -> dict[str, Any]:
        asked = self.cleaned_data
        if asked.get("product") and asked.get("unit_price") is None and "unit_price" not in self.errors:
            if not asked.get("free"):
                self.add_error("unit_price", "What did one cost? Tick “Free” for a sample or a gift.")
            asked["unit_price"] = Decimal(0)
        return asked


class BaseLines(forms.BaseFormSet):  # type: ignore[type-arg]
    """Lines of a purchase; `typed` shows what was typed so far and room for one more, without judging it yet."""

    def __init__(self, *args: Any, typed: Sequence[dict[str, Any]] = (), **kwargs: Any) -> None:
        self.typed = typed
        super().__init__(*args, **kwargs)
        if typed:
            self.extra = len(typed)

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_form_kwargs(index)
        if index is not None and index < len(self.typed):
            kwargs["initial"] = self.typed[index]
        return kwargs

    @staticmethod
    def typed_in(sent: QueryDict, prefix: str) -> list[dict[str, Any]]:
        """What stands in the lines of a form that was sent."""
        count = sent.get(f"{prefix}-TOTAL_FORMS", "")
        lines = range(min(int(count), 99) if count.isdecimal() else 1)
        return [{name: sent.get(f"{prefix}-{i}-{name}", "") for name in LineForm.base_fields} for i in lines]


Lines = cast(
    "type[BaseLines]",
    forms.formset_factory(LineForm, formset=BaseLines, extra=2, min_num=1, validate_min=True, max_num=100, absolute_max=100),
)


class RefundForm(OccurrenceForm):
    """Taking back a purchase, wholly or so many of each line."""

    WHOLE, LINES = "whole", "lines"

    what = forms.ChoiceField(
        choices=[(WHOLE, "All that is left of it"), (LINES, "Some of it")],
        initial=WHOLE,
        widget=forms.RadioSelect,
        label="What came back",
    )
    reason = forms.CharField(required=False, max_length=200, label="Why")

    def __init__(self, *args: Any, purchase: Purchase, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.purchase = purchase
        self.bought = [line for line in purchase.lines.select_related("product") if line.quantity > line.returned]
        for line in self.bought:
            self.fields[self._name(line)] = forms.DecimalField(
                required=False,
                min_value=0,
                max_value=line.quantity - line.returned,
                decimal_places=4,
                label=str(line.product or "Something"),
            )

    @staticmethod
    def _name(line: PurchaseLine) -> str:
        return f"line_{line.pk}"

    def of_lines(self) -> list[tuple[PurchaseLine, forms.BoundField]]:
        return [(line, self[self._name(line)]) for line in self.bought]

    def taken_back(self) -> list[LineOf]:
        amounts = [(line, self.cleaned_data.get(self._name(line))) for line in self.bought]
        return [LineOf(line.unit_price, amount, line.product, purchase_line=line) for line, amount in amounts if amount]

    def clean(self) -> dict[str, Any]:
        if self.cleaned_data.get("what") == self.LINES and not self.errors and not self.taken_back():
            self.add_error("what", "Say how many of which line came back.")
        day = self.cleaned_data.get("day")
        if day and day < self.purchase.day:
            self.add_error("day", "This is before the purchase.")
        return self.cleaned_data
