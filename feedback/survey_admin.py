"""Question sets and surveys in the admin site. What somebody was asked is only read; a new version is made to change it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages

from accounts.admin import ReadOnly
from feedback.models import GivenAnswer, Invitation, Letter, Question, QuestionSet, QuestionSetVersion, Reward, Survey

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

admin.site.register(QuestionSet, prepopulated_fields={"slug": ["name"]})


class Questions(admin.StackedInline):  # type: ignore[type-arg]
    model = Question
    extra = 0

    def has_add_permission(self, request: Any, obj: Any = None) -> bool:
        return obj is None or not obj.fixed

    has_change_permission = has_delete_permission = has_add_permission


@admin.register(QuestionSetVersion)
class QuestionSetVersionAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["question_set", "number", "paged", "made_at", "in_use"]
    list_select_related = ["question_set"]
    inlines = [Questions]
    actions = ["again"]

    @admin.display(description="somebody was asked", boolean=True)
    def in_use(self, version: QuestionSetVersion) -> bool:
        return version.fixed

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or not obj.fixed)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or not obj.fixed)

    @admin.action(description="Make the next version, with the same questions", permissions=["add"])
    def again(self, request: HttpRequest, queryset: QuerySet[QuestionSetVersion]) -> None:
        made = [version.again() for version in queryset]
        messages.success(request, f"Made: {', '.join(map(str, made))}. Put it into a survey when it is right.")


@admin.register(Survey)
class SurveyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """A survey that puts another version puts it to whoever is invited from then on."""

    list_display = ["name", "version", "channel", "per_purchase", "closed_at"]
    list_select_related = ["version__question_set", "channel"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(Reward)
class RewardAdmin(ReadOnly):
    list_display = ["customer", "invitation", "earned_at"]
    list_select_related = ["customer", "invitation__survey"]


class Given(admin.TabularInline):  # type: ignore[type-arg]
    model = GivenAnswer
    extra = 0
    can_delete = False

    def has_add_permission(self, request: Any, obj: Any = None) -> bool:
        return False

    has_change_permission = has_add_permission


@admin.register(Invitation)
class InvitationAdmin(ReadOnly):
    list_display = ["customer", "survey", "way", "invited_at", "bounced_at", "answered_at"]
    list_filter = ["survey", "way"]
    list_select_related = ["customer", "survey"]
    exclude = ["token_hash"]
    inlines = [Given]
    show_full_result_count = False


@admin.register(Letter)
class LetterAdmin(ReadOnly):
    list_display = ["invitation", "state", "due_at", "tries", "words"]
    list_filter = ["state"]
    list_select_related = ["invitation__survey"]
    show_full_result_count = False
