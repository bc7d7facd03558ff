"""What a customer bought and gave back."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from django import forms
from django.conf import settings
from django.urls import reverse_lazy

from customers.forms.occurring import DayInput, OccurrenceForm
from customers.recording import LineOf

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import QueryDict

    from customers.models import Purchase, PurchaseLine


class PurchaseForm(OccurrenceForm):
    currency = forms.RegexField("^[A-Za-z]{3}$", label="Currency", max_length=3, initial=settings.BUSINESS_CURRENCY)
    channel = forms.CharField(required=False, max_length=40, label="Channel", help_text="As in shop, phone, online.")
    fulfilled = forms.DateField(required=False, widget=DayInput, label="Delivered on")
    promised = forms.DateField(required=False, widget=DayInput, label="Promised by", help_text="The last day it was to be there.")
    covers_until = forms.DateField(
        required=False, widget=DayInput, label="Covers until", help_text="The last day of a contract, a subscription or a stock."
    )

    def clean(self) -> dict[str, Any]:
        day = self.cleaned_data.get("day")
        for name in ("fulfilled", "promised", "covers_until"):
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
    unit_cost = forms.DecimalField(required=False, min_value=0, max_digits=16, decimal_places=4, label="Our cost")
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

    default_error_messages = {
        **forms.BaseFormSet.default_error_messages,
        "too_few_forms": "Say at least one thing that they bought.",
        "too_many_forms": "A purchase has up to %(num)d lines here; record the rest as another.",
        "missing_management_form": "The lines did not arrive. Load the page again and send it once more.",
    }

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
