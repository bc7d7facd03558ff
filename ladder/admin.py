"""Ladders, rungs and programmes in the admin site. A published edition is to read: rules change in a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.forms.models import BaseInlineFormSet

from accounts.admin import ReadOnly
from ladder import editions
from ladder.models import Action, Edition, Ladder, Override, Placement, Programme, ProgrammeStep, Quarantine, Run, Rung, Step

if TYPE_CHECKING:
    from django.http import HttpRequest


class RungsOf(admin.TabularInline):  # type: ignore[type-arg]
    model = Rung
    extra = 0
    can_delete = False
    fields = ["slug", "name", "public_label"]
    readonly_fields = ["slug"]

    def has_add_permission(self, request: Any, obj: Any = None) -> bool:
        return False


@admin.register(Ladder)
class LadderAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["name", "slug", "position"]
    readonly_fields = ["slug"]
    inlines = [RungsOf]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # a ladder comes with its rules: manage.py load_ladder

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class Steps(BaseInlineFormSet):  # type: ignore[type-arg]
    """The steps of a draft, which must make a ladder together, as through every other door."""

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        steps = sorted((form.instance for form in self.forms), key=lambda step: step.position)
        editions.check(editions.document(self.instance, steps))


class StepsOf(admin.TabularInline):  # type: ignore[type-arg]
    model = Step
    formset = Steps
    extra = 0
    can_delete = False
    fields = ["position", "kind", "rung", "rule", "stay", "grace_days", "loyal"]
    readonly_fields = ["rung"]

    def has_add_permission(self, request: Any, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        return bool(obj and not obj.published_at)


@admin.register(Edition)
class EditionAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["ladder", "number", "published_at", "first_day", "note"]
    inlines = [StepsOf]
    readonly_fields = ["ladder", "number", "published_at", "first_day", "made_at", "author"]

    def save_related(self, request: Any, form: Any, formsets: Any, change: Any) -> None:
        super().save_related(request, form, formsets, change)
        editions.rewritten(form.instance, by=request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Edition | None = None) -> bool:
        return obj is None or obj.published_at is None

    def has_delete_permission(self, request: HttpRequest, obj: Edition | None = None) -> bool:
        return obj is not None and obj.published_at is None


class ProgrammeSteps(admin.StackedInline):  # type: ignore[type-arg]
    model = ProgrammeStep
    extra = 0


@admin.register(Programme)
class ProgrammeAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["name", "on", "priority"]
    list_editable = ["on"]
    inlines = [ProgrammeSteps]


@admin.register(Placement)
class PlacementAdmin(ReadOnly):
    list_display = ["customer", "ladder", "rung", "since", "until", "recorded_at", "superseded_at"]
    list_select_related = ["customer", "ladder", "rung"]
    list_filter = ["ladder"]
    show_full_result_count = False


@admin.register(Override)
class OverrideAdmin(ReadOnly):
    list_display = ["customer", "__str__", "reason", "since", "until", "author", "made_at", "withdrawn_at"]
    list_select_related = ["customer", "rung", "made_by", "made_with"]
    list_filter = ["rung__ladder"]
    show_full_result_count = False


@admin.register(Action)
class ActionAdmin(ReadOnly):
    list_display = ["customer", "step", "state", "due_at", "finished_at"]
    list_select_related = ["customer", "step", "step__programme"]
    list_filter = ["state", "step__programme"]
    show_full_result_count = False


@admin.register(Run)
class RunAdmin(ReadOnly):
    list_display = ["kind", "day", "started_at", "finished_at", "judged", "moved", "actions", "failed", "quarantined"]


@admin.register(Quarantine)
class QuarantineAdmin(ReadOnly):
    list_display = ["customer", "since", "error"]
    list_select_related = ["customer"]
    show_full_result_count = False
