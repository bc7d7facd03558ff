"""What customers said, to read; a new row may be typed in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin

from customers.admin import EntryAdmin
from feedback.models import Recommendation, Response

if TYPE_CHECKING:
    from django.http import HttpRequest


class SaidAdmin(EntryAdmin):
    """Rows are added, with who added them, and never changed."""

    autocomplete_fields = ["customer"]
    exclude = ["recorded_by"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: FBT001 (Django's own)
        obj.recorded_by = request.user
        super().save_model(request, obj, form, change)


admin.site.register([Recommendation, Response], SaidAdmin)
