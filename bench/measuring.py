"""Taking times in turn and saying them as ratios: the least, the median and the most of several runs."""

from __future__ import annotations

import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Times:
    """Seconds by name, in the order in which the names came up, each with the turn in which they were taken."""

    def __init__(self) -> None:
        self.turn = 0
        self.taken: dict[str, list[tuple[int, float]]] = defaultdict(list)

    @contextmanager
    def take(self, name: str) -> Iterator[None]:
        began = time.perf_counter()
        yield
        self.add(name, time.perf_counter() - began)

    def add(self, name: str, seconds: float, megabytes: float | None = None) -> None:
        self.taken[name].append((self.turn, seconds))
        print(f"  {name}: {seconds:.3f} s, {resident() if megabytes is None else megabytes:.0f} MB", flush=True)

    def table(self, of: str) -> str:
        """Each with its ratio to the one named, of the same turn, or to its median where that turn had none."""
        rows = [f"| work | s min | median | max | of {of} min | median | max |", "|---|---|---|---|---|---|---|"]
        base = dict(self.taken[of])
        middle = statistics.median(base.values())
        for name, taken in self.taken.items():
            ratios = [seconds / base.get(turn, middle) for turn, seconds in taken]
            rows.append(f"| {name} | {said([seconds for _, seconds in taken])} | {said(ratios)} |")
        return "\n".join(rows)


def said(values: list[float]) -> str:
    return " | ".join(f"{value:.3g}" for value in (min(values), statistics.median(values), max(values)))


def manage(env: dict[str, str], *arguments: str) -> tuple[str, float, float]:
    """Run a command; what it printed, seconds, and the peak memory of its process in MB."""
    began = time.perf_counter()
    with tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(
            [sys.executable, "manage.py", *arguments], env=env, stdout=subprocess.PIPE, stderr=errors, text=True
        )
        out = process.stdout.read() if process.stdout else ""
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            errors.seek(0)
            raise SystemExit(f"{' '.join(arguments)} failed: {errors.read()[-1000:]}")
    return out, time.perf_counter() - began, usage.ru_maxrss / 1024


def resident() -> float:
    """Memory of this process now, in MB."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return next(int(line.split()[1]) / 1024 for line in status.read_text().splitlines() if line.startswith("VmRSS"))


def machine() -> str:
    database = "PostgreSQL" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "SQLite"
    return f"{database}, {os.cpu_count()} cores, Python {platform.python_version()}, {time.strftime('%Y-%m-%d')}"
