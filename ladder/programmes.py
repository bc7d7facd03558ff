"""Programmes: which actions a movement queues."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from ladder.models import Run


def follow(run: Run, *, now: datetime, queue: bool) -> int:
    return 0
