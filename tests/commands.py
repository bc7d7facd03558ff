"""Commands as others run them: a process of their own, on the database of the test."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from django.db import connection

ROOT = Path(__file__).resolve().parents[1]


def database_url() -> str:
    found = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{found['NAME']}"
    return f"postgres://{found['USER']}:{found['PASSWORD']}@{found['HOST']}:{found['PORT']}/{found['NAME']}"


def command(*arguments: object, **env: str) -> subprocess.Popen[str]:
    """`manage.py` with these arguments, started."""
    return subprocess.Popen(
        [sys.executable, "manage.py", *map(str, arguments)], cwd=ROOT, env={**os.environ, "DATABASE_URL": database_url(), **env},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
