"""Configuration of teams, users and keys in the admin site; the audit trail to read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin

from accounts.models import ApiKey, AuditEntry, Job, Team, User

if TYPE_CHECKING:
    from django.db.models import Model
    from django.http import HttpRequest

admin.site.site_header = "loyaltycrm"
admin.site.site_title = "loyaltycrm"
admin.site.index_title = "Configuration"


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """To look at: ledgers are corrected by their own means, never edited here."""

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["name", "parent"]


@admin.register(User)
class LoyaltyUserAdmin(UserAdmin):  # type: ignore[type-arg]
    list_display = ["username", "first_name", "last_name", "team", "role", "is_active"]
    list_filter = ["role", "team", "is_active"]
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Person", {"fields": ("first_name", "last_name", "email")}),
        ("Place", {"fields": ("team", "role")}),
        ("Account", {"fields": ("is_active", "is_staff", "is_superuser", "last_login", "date_joined")}),
    )
    add_fieldsets = ((None, {"fields": ("username", "team", "role", "usable_password", "password1", "password2")}),)


class ApiKeyForm(forms.ModelForm):  # type: ignore[type-arg]
    scopes = forms.MultipleChoiceField(
        choices=[("read", "Read"), ("write", "Write"), ("configure", "Configure: draft, try and publish rules, for every team")],
        widget=forms.CheckboxSelectMultiple,
        initial=["read", "write"],
    )

    class Meta:
        model = ApiKey
        fields = ["name", "team", "scopes", "expires_at", "revoked_at"]


@admin.register(ApiKey)
class ApiKeyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    form = ApiKeyForm
    list_display = ["name", "team", "hint", "scopes", "expires_at", "revoked_at", "last_used_at"]
    readonly_fields = ["hint", "made_by", "made_at", "last_used_at"]

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:  # noqa: FBT001 (Django's own)
        """A new key is shown once, here; afterwards only its hash is kept."""
        if not change:
            key = obj.renew()
            obj.made_by = request.user  # type: ignore[assignment]
            messages.warning(request, f"The key, shown only now: {key}")
        super().save_model(request, obj, form, change)


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnly):
    list_display = ["at", "user", "api_key", "verb", "thing"]
    list_filter = ["verb"]
    search_fields = ["thing", "verb"]


@admin.register(Job)
class JobAdmin(ReadOnly):
    list_display = ["title", "done", "total", "started_at", "finished_at"]
