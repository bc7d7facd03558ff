"""What every whole page shows beside its own: counts in the sidebar, when ranking was last done, the demo's progress.

Each is asked for only where a template shows it.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from accounts.models import User
from ladder.models import Action, Run
from loyaltycrm import demo

if TYPE_CHECKING:
    from django.http import HttpRequest


def shell(request: HttpRequest) -> dict[str, Any]:
    user = getattr(request, "user", None)
    if not isinstance(user, User) or request.path.startswith(("/admin/", "/api/")):
        return {}
    return {
        "nav_counts": {"day": cache(Action.objects.visible_to(user).due(timezone.now()).count)},
        "ranked": cache(Run.objects.exclude(finished_at=None).values_list("finished_at", flat=True).first),
        "demo_job": cache(demo.job),
    }
