"""What customers said, to read; a new row may be typed in, complaints be answered, and hostile acts be confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.utils import timezone

from accounts.admin import ReadOnly
from customers.admin import Lines, SaidAdmin, do_each
from customers.recording import Contradicted
from feedback import answering, confirming, survey_admin  # noqa: F401 (registers itself)
from feedback.models import (
    Ask,
    Channel,
    CompetitorConsidered,
    Complaint,
    ComplaintStep,
    Confirmation,
    Discretion,
    Failure,
    HostileAct,
    Hypothesis,
    Importance,
    LeavingNotice,
    Matter,
    Message,
    Opinion,
    Recommendation,
    Remedy,
    Response,
    Sample,
    Satisfaction,
    ServiceLevel,
    Suggestion,
    Theme,
)

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

admin.site.register(
    [Ask, Recommendation, Response, Satisfaction, Opinion, Importance, LeavingNotice, CompetitorConsidered], SaidAdmin
)


@admin.register(Channel)
class ChannelAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["name", "we_ask", "active"]
    list_editable = ["active"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(ServiceLevel)
class ServiceLevelAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """What is promised from now on; what was promised stands."""

    list_display = ["severity", "answer_days"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Matter)
class MatterAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["name", "slug", "active", "position"]
    list_editable = ["active", "position"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["slug"] if obj else []  # what was said of it is kept under this name

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Discretion)
class DiscretionAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["role", "amount"]


@admin.register(Remedy)
class RemedyAdmin(ReadOnly):
    list_display = ["complaint", "kind", "amount", "currency", "state", "asked_by", "decided_by"]
    list_select_related = ["complaint", "asked_by", "decided_by"]


class Steps(Lines):
    model = ComplaintStep
    extra = 1

    def formfield_for_choice_field(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "kind":  # the others are taken on the complaint's own page
            kwargs["choices"] = [(kind.value, kind.label) for kind in ComplaintStep.TURNS]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def has_add_permission(self, request: Any, obj: Any = None) -> bool:
        return True


@admin.register(Complaint)
class ComplaintAdmin(SaidAdmin):
    """Answered and reopened by adding a step; what stands is never changed."""

    list_display = ["customer", "occurred_at", "severity", "due_day", "waits", "withdrawn_at"]

    @admin.display(description="waits for an answer", boolean=True)
    def waits(self, complaint: Complaint) -> bool:
        return complaint.is_open()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Complaint]:
        return super().get_queryset(request).prefetch_related("steps")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return obj is not None and obj.withdrawn_at is None

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return self.said() if obj else []

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [Steps] if obj else []

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:  # noqa: FBT001 (Django's own)
        by: Any = request.user
        taken = []
        for step in formset.save(commit=False):
            take = answering.answer if step.kind == ComplaintStep.Kind.ANSWERED else answering.reopen
            try:
                taken.append(take(step.complaint, occurred_at=step.occurred_at, at=timezone.now(), words=step.words, by=by))
            except Contradicted as contradiction:
                messages.error(request, str(contradiction))
        formset.new_objects = taken  # the log of the site names them


class Confirmations(Lines):
    model = Confirmation


@admin.register(HostileAct)
class HostileActAdmin(SaidAdmin):
    list_display = ["customer", "audience", "occurred_at", "confirmed", "withdrawn_at"]
    list_filter = ["confirmed"]
    inlines = [Confirmations]
    actions = ["confirm", "withdraw"]

    @admin.action(description="Confirm: I have seen the evidence", permissions=["add"])
    def confirm(self, request: HttpRequest, queryset: QuerySet[HostileAct]) -> None:
        """By whoever is signed in, once each; an act counts when two people did."""
        by: Any = request.user
        do_each(request, queryset, lambda act: confirming.confirm(act, by=by, at=timezone.now()), "Confirmed by you")


admin.site.register([Sample, Suggestion, Message], ReadOnly)


@admin.register(Theme)
class ThemeAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["name", "base", "first_day", "last_day", "tolerance"]
    prepopulated_fields = {"slug": ["name"]}
    filter_horizontal = ["failures"]
    raw_id_fields = ["product"]


@admin.register(Failure)
class FailureAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Whom it affected is found where it is recorded; here the words can be put right."""

    list_display = ["what", "kind", "first_day", "last_day", "tell"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Hypothesis)
class HypothesisAdmin(ReadOnly):
    list_display = ["claim", "made_at", "made_by", "settled_at", "settled_by"]
