"""The catalogue, sources and mappings in the admin site; customers and ledgers to read."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin

from accounts.admin import ReadOnly
from customers import mappings
from customers.models import Category, Customer, Import, Mapping, Product, Purchase, PurchaseLine, Refund, RefundLine, Source, Tag


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


@admin.register(Purchase)
class PurchaseAdmin(EntryAdmin):
    inlines = [PurchaseLines]


@admin.register(Refund)
class RefundAdmin(EntryAdmin):
    inlines = [RefundLines]


@admin.register(Import)
class ImportAdmin(ReadOnly):
    list_display = ["file_name", "mapping", "state", "by", "made_at", "finished_at"]
