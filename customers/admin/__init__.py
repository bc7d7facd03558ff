"""The catalogue, sources and mappings in the admin site; customers and ledgers to read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AutocompleteSelectMultiple
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts.admin import ReadOnly
from customers import entering, housing, mappings, partnering
from customers.admin.fields import CustomFieldAdmin, FieldValueAdmin
from customers.days import day_of
from customers.models import (
    Category,
    Correction,
    Customer,
    Household,
    Import,
    Involvement,
    JointPlan,
    Mapping,
    OwnLink,
    Product,
    Purchase,
    PurchaseLine,
    Referral,
    Refund,
    RefundLine,
    Source,
    Tag,
)
from customers.recording import Contradicted

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet
    from django.http import HttpRequest


class MappingForm(forms.ModelForm):  # type: ignore[type-arg]
    """A mapping is checked where it is written, by what will read it."""

    class Meta:
        model = Mapping
        fields = ["slug", "kind", "text"]

    def clean_text(self) -> str:
        text: str = self.cleaned_data["text"]
        try:
            mappings.parse(text)
        except mappings.Rejected as error:
            raise forms.ValidationError(str(error)) from None
        return text


@admin.register(Mapping)
class MappingAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = MappingForm
    list_display = ["slug", "kind", "shipped"]


admin.site.register([Category, Source, Tag])


@admin.register(Product)
class ProductAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["code", "name", "source", "category"]
    list_filter = ["category", "source"]
    search_fields = ["code", "name"]
    list_select_related = ["source", "category"]


@admin.register(Customer)
class CustomerAdmin(ReadOnly):
    list_display = ["name", "kind", "team", "owner", "recorded_at"]
    search_fields = ["name"]
    list_select_related = ["team", "owner"]
    show_full_result_count = False


class HouseholdForm(forms.ModelForm):  # type: ignore[type-arg]
    """Who belongs together is said here by their names; the customer knows the household, not the other way round."""

    members = forms.ModelMultipleChoiceField(Customer.objects.filter(kind=Customer.Kind.PERSON), required=False)

    class Meta:
        model = Household
        fields = ["name"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people: Any = self.fields["members"]
        people.widget = AutocompleteSelectMultiple(Customer._meta.get_field("organisation"), admin.site)
        people.widget.choices = people.choices
        if self.instance.pk:
            self.initial["members"] = self.instance.members.all()


@admin.register(Household)
class HouseholdAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = HouseholdForm
    list_display = ["name", "recorded_at"]
    search_fields = ["name"]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001 (Django's own)
        super().save_related(request, form, formsets, change)
        by: Any = request.user
        housing.house(form.instance, form.cleaned_data["members"], by=by)


class Lines(admin.TabularInline):  # type: ignore[type-arg]
    extra = 0
    can_delete = False

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        return False

    def has_add_permission(self, request: Any, obj: Any = None) -> bool:
        return False


class PurchaseLines(Lines):
    model = PurchaseLine


class RefundLines(Lines):
    model = RefundLine


class EntryAdmin(ReadOnly):
    list_display = ["external_id", "customer", "source", "occurred_at", "recorded_at", "withdrawn_at"]
    list_select_related = ["customer", "source"]
    search_fields = ["external_id"]
    show_full_result_count = False


def do_each(request: HttpRequest, rows: QuerySet[Any], do: Callable[[Any], object], done: str) -> None:
    """An action of the admin site on each chosen row by itself; those to which it cannot be done say why."""
    count = 0
    for row in rows:
        try:
            with transaction.atomic():
                count += do(row) is not False
        except (Contradicted, ValidationError) as error:
            said = error.messages[0] if isinstance(error, ValidationError) else str(error)
            messages.error(request, f"{row.customer}, {row}: {said}")
    messages.success(request, f"{done}: {count}.")


class SaidAdmin(EntryAdmin):
    """Rows are added, with who added them, and never changed; one added by mistake is withdrawn."""

    autocomplete_fields = ["customer"]
    exclude = ["recorded_by"]
    actions = ["withdraw"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002 (Django's own)
        form = super().get_form(request, obj, change, **kwargs)
        if "external_id" in form.base_fields:
            form.base_fields["external_id"].required = False
            form.base_fields["external_id"].help_text = "What the source calls it; left out, it gets an id of its own."
        return form

    def said(self) -> list[str]:
        """What stands in the form of a new row."""
        return [f.name for f in self.opts.fields if f.editable and not f.primary_key and f.name not in self.exclude]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 (Django's own)
        if not change:
            obj.recorded_by = request.user
            super().save_model(request, obj, form, change)

    @admin.action(description="Withdraw: it was recorded by mistake", permissions=["add"])
    def withdraw(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        by: Any = request.user
        do_each(request, queryset, lambda row: entering.withdraw(row, at=timezone.now(), by=by), "Withdrawn")


@admin.register(Referral)
class ReferralAdmin(SaidAdmin):
    """Who it was that they named may be said later."""

    list_display = ["customer", "name", "referred", "prompted", "occurred_at", "withdrawn_at"]
    list_select_related = ["customer", "referred"]
    autocomplete_fields = ["customer", "referred"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Of what is stored: a form that was refused has put its words in `obj`."""
        return obj is not None and Referral.objects.standing().filter(pk=obj.pk, referred=None).exists()

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return [name for name in self.said() if name != "referred"] if obj else []

    def save_model(self, request: HttpRequest, obj: Referral, form: Any, change: bool) -> None:  # noqa: FBT001 (Django's own)
        if change and obj.referred:
            by: Any = request.user
            partnering.name_referred(obj, obj.referred, by=by)
        super().save_model(request, obj, form, change)


@admin.register(Involvement)
class InvolvementAdmin(SaidAdmin):
    list_display = ["customer", "kind", "what", "occurred_at", "withdrawn_at"]


@admin.register(JointPlan)
class JointPlanAdmin(SaidAdmin):
    list_display = ["name", "customer", "since", "until", "accepted_by_us", "accepted_by_them"]
    search_fields = ["name"]
    actions = ["accept_for_us", "accept_for_them", "end"]

    @admin.action(description="We accept it, from today on", permissions=["add"])
    def accept_for_us(self, request: HttpRequest, queryset: QuerySet[JointPlan]) -> None:
        by, today = request.user, day_of(timezone.now())
        do_each(request, queryset, lambda plan: partnering.accept(plan, "us", on=today, by=by), "Accepted for us")  # type: ignore[arg-type]

    @admin.action(description="They accept it, from today on", permissions=["add"])
    def accept_for_them(self, request: HttpRequest, queryset: QuerySet[JointPlan]) -> None:
        by, today = request.user, day_of(timezone.now())
        do_each(request, queryset, lambda plan: partnering.accept(plan, "them", on=today, by=by), "Accepted for them")  # type: ignore[arg-type]

    @admin.action(description="End it, today being the first day without it", permissions=["add"])
    def end(self, request: HttpRequest, queryset: QuerySet[JointPlan]) -> None:
        by, today = request.user, day_of(timezone.now())
        do_each(request, queryset, lambda plan: partnering.end(plan, on=today, by=by), "Ended")  # type: ignore[arg-type]


@admin.register(Purchase)
class PurchaseAdmin(EntryAdmin):
    list_display = [*EntryAdmin.list_display, "channel"]
    inlines = [PurchaseLines]


@admin.register(Refund)
class RefundAdmin(EntryAdmin):
    inlines = [RefundLines]


@admin.register(Import)
class ImportAdmin(ReadOnly):
    list_display = ["file_name", "mapping", "state", "by", "made_at", "finished_at"]


__all__ = ["CustomFieldAdmin", "FieldValueAdmin"]


@admin.register(OwnLink)
class OwnLinkAdmin(ReadOnly):
    list_display = ["customer", "made_at", "made_by", "expires_at", "closed_at"]
    list_select_related = ["customer", "made_by"]
    exclude = ["token_hash"]


@admin.register(Correction)
class CorrectionAdmin(ReadOnly):
    """Answered on the pages and over REST."""

    list_display = ["customer", "shown", "received_at", "due_day", "answered_at", "outcome"]
    list_filter = ["outcome"]
    list_select_related = ["customer"]
