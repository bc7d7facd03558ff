"""What was said, of whichever kind, as pages and similarity read it: who, when, in which words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from feedback.gathering import KINDS
from feedback.models import Suggestion
from feedback.models.messages import spoken_within_reach

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from django.db.models import QuerySet

    from accounts.models import Viewer
    from customers.models import Customer

NAMED = {
    "complaint": "complaint",
    "response": "score",
    "satisfaction": "satisfaction",
    "suggestion": "suggestion",
    "message": "note",
}


@dataclass(frozen=True)
class Heard:
    """One thing that was said."""

    kind: str
    pk: int
    customer: Customer | None
    day: date
    words: str
    score: str = ""

    @property
    def key(self) -> str:
        """As a form sends it: "complaint:12"."""
        return f"{self.kind}:{self.pk}"

    @property
    def named(self) -> str:
        return NAMED[self.kind]


def heard(row: Any) -> Heard:
    words = f"{row.title}. {row.words}".strip() if isinstance(row, Suggestion) else row.words
    score = str(row) if hasattr(row, "score") else ""
    return Heard(str(row._meta.model_name), row.pk, row.customer, row.day, words, score)


def seen(kind: str, viewer: Viewer | None = None) -> QuerySet[Any]:
    """What stands of a kind, and is within a viewer's reach; of nobody we know, everybody's."""
    rows: QuerySet[Any] = KINDS[kind]._default_manager.select_related("customer")
    if kind not in ("message", "suggestion"):
        rows = rows.filter(withdrawn_at=None)
    if viewer is None:
        return rows
    return rows.filter(spoken_within_reach(viewer))


def named(keys: Iterable[str], viewer: Viewer) -> list[Any]:
    """The rows that such keys name, as far as the viewer sees them; what is no key names nothing."""
    wanted: dict[str, list[int]] = {}
    for key in keys:
        kind, _, pk = key.partition(":")
        if kind in KINDS and pk.isascii() and pk.isdigit() and len(pk) < 19:
            wanted.setdefault(kind, []).append(int(pk))
    return [row for kind, pks in wanted.items() for row in seen(kind, viewer).filter(pk__in=pks)]
