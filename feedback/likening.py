"""Proposing what belongs together: what reads like what is in a theme, and what reads alike and is in none.

Proposals are made anew whenever something was said or gathered since; a person decides. Only the latest words are read.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Count, Max

from feedback import similarity
from feedback.gathering import KINDS
from feedback.heard import heard, seen
from feedback.models import Candidate, Theme, ThemeMessage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from feedback.heard import Heard

MOST = 2_000  # texts that are read
LIKE = 0.35  # the cosine from which something is proposed for a theme
PROPOSED = 20  # for one theme

_done: dict[str, object] = {}
"""What this process saw when it last proposed; another process does it once more, to the same end."""


def propose_if_new() -> bool:
    """Propose anew if something was said or gathered since this process last did; whether it was."""
    now: dict[str, object] = {kind: model._default_manager.aggregate(last=Max("pk"))["last"] for kind, model in KINDS.items()}
    now |= ThemeMessage.objects.aggregate(gathered=Count("pk"), last=Max("pk")) | {"themes": Theme.objects.count()}
    if now == _done:
        return False
    propose()
    _done.clear()
    _done.update(now)
    return True


@transaction.atomic
def propose() -> None:
    """Take the place of every proposal there is."""
    said = latest()
    Candidate.objects.all().delete()
    if len(said) < 2:
        return
    rows = similarity.vectors([one.words for one in said])
    themed = _themed()
    made = [*_alike(said, rows, {key for keys in themed.values() for key in keys})]
    for theme, keys in themed.items():
        made += _for_theme(theme, keys, said, rows)
    Candidate.objects.bulk_create(made, batch_size=500)


def latest() -> list[Heard]:
    """The latest words of every kind, that stand; in a settled order."""
    found = [heard(row) for kind in KINDS for row in seen(kind).exclude(words="").order_by("-day", "-pk")[:MOST]]
    return sorted(found, key=lambda one: (one.day, one.kind, one.pk), reverse=True)[:MOST]


def _themed() -> dict[int, set[str]]:
    found: dict[int, set[str]] = {pk: set() for pk in Theme.objects.values_list("pk", flat=True)}
    for row in ThemeMessage.objects.all():
        kind, pk = next((kind, pk) for kind in KINDS if (pk := getattr(row, f"{kind}_id")))
        found[row.theme_id].add(f"{kind}:{pk}")
    return found


def _alike(said: list[Heard], rows: Any, taken: set[str]) -> Iterable[Candidate]:
    free = [n for n, one in enumerate(said) if one.key not in taken]
    if len(free) < 2:
        return
    groups = similarity.grouped(rows[free])
    sizes = Counter(groups)
    place = {group: n for n, (group, size) in enumerate(sizes.most_common()) if size > 1}
    for group, at in place.items():
        inside = [n for n, other in zip(free, groups, strict=True) if other == group]
        middle = rows[inside].mean(axis=0)
        for n in inside:
            yield _candidate(said[n], group=at, likeness=float(rows[n] @ middle))


def _for_theme(theme: int, keys: set[str], said: list[Heard], rows: Any) -> list[Candidate]:
    inside = [n for n, one in enumerate(said) if one.key in keys]
    outside = [n for n, one in enumerate(said) if one.key not in keys]
    if not inside or not outside:
        return []
    like = sorted(zip(similarity.likeness(rows[outside], rows[inside]), outside, strict=True), key=lambda one: (-one[0], one[1]))
    return [_candidate(said[n], theme_id=theme, likeness=cosine) for cosine, n in like[:PROPOSED] if cosine >= LIKE]


def _candidate(one: Heard, **fields: Any) -> Candidate:
    return Candidate(**{f"{one.kind}_id": one.pk}, **fields)
