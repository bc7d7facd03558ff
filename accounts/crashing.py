"""Dying at a named point, the way kill -9 would, when a test asks for it."""

from __future__ import annotations

import os
import signal

CRASHES: dict[str, int] = {}


def crash(point: str) -> None:
    """Die here if CRASH_AT names this point; CRASH_AT=reading:3 dies the third time it is passed."""
    name, _, count = os.environ.get("CRASH_AT", "").partition(":")
    if name == point:
        CRASHES[point] = CRASHES.get(point, 0) + 1
        if CRASHES[point] == int(count or 1):
            os.kill(os.getpid(), signal.SIGKILL)
