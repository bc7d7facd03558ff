"""Fields of the business's own in the admin site: defining them, and what was said of customers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.utils import timezone

from accounts.admin import ReadOnly
from customers import describing
from customers.models import CustomField, FieldValue

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


class CustomFieldForm(forms.ModelForm):  # type: ignore[type-arg]
    choices = forms.CharField(
        required=False,
        widget=forms.Textarea({"rows": 6}),
        help_text="Of a choice: its words, one a line. More may be added at the end.",
    )

    class Meta:
        model = CustomField
        fields = ["slug", "label", "kind", "choices"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["choices"] = "\n".join(self.instance.choices)

    def clean_choices(self) -> list[str]:
        return [" ".join(line.split()) for line in self.cleaned_data["choices"].splitlines() if line.strip()]


@admin.register(CustomField)
class CustomFieldAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Defined once, archived when no longer asked, never removed: rows and rules name it."""

    form = CustomFieldForm
    list_display = ["label", "slug", "kind", "archived_at"]
    actions = ["archive", "ask_again"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["slug", "kind"] if obj else []

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.action(description="Archive: ask no more, let no new rule ask", permissions=["change"])
    def archive(self, request: HttpRequest, queryset: QuerySet[CustomField]) -> None:
        queryset.filter(archived_at=None).update(archived_at=timezone.now())

    @admin.action(description="Ask again", permissions=["change"])
    def ask_again(self, request: HttpRequest, queryset: QuerySet[CustomField]) -> None:
        queryset.update(archived_at=None)


@admin.register(FieldValue)
class FieldValueAdmin(ReadOnly):
    """What was said of customers; a new row says anew, and none is changed."""

    list_display = ["customer", "field", "value", "since", "recorded_at", "withdrawn_at"]
    list_select_related = ["customer", "field"]
    autocomplete_fields = ["customer"]
    list_filter = ["field"]
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def save_model(self, request: HttpRequest, obj: FieldValue, form: Any, change: bool) -> None:  # noqa: FBT001 (Django's own)
        by: Any = request.user
        said = describing.say_field(obj.customer, obj.field, obj.value, since=obj.since, at=timezone.now(), by=by)
        obj.pk, obj._state.adding = said.pk, False
