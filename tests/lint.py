"""`make lint`: runs every check and fails if one does."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

BIN = Path(sys.executable).parent
CHECKS = {
    "format": [BIN / "ruff", "format", "--check", "."],
    "style": [BIN / "ruff", "check", "."],
    "imports": [BIN / "lint-imports", "--no-cache"],
    "types": [BIN / "mypy", "."],
    "templates": [BIN / "djlint", "templates", "--lint", "--quiet"],
    "compose file": [BIN / "check-jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"],
    "migrations": [sys.executable, "manage.py", "makemigrations", "--check", "--dry-run"],
    "deployment": [sys.executable, "-m", "tests.deploy"],
}


def main() -> int:
    failed = []
    for name, command in CHECKS.items():
        done = subprocess.run([str(c) for c in command], check=False, capture_output=True, text=True)
        print(f"{'ok    ' if done.returncode == 0 else 'FAILED'} {name}", flush=True)
        if done.returncode:
            failed.append(name)
            print(done.stdout[-6000:] + done.stderr[-6000:])
    return 1 if failed else 0


if __name__ == "__main__":
    tempfile.tempdir = None
    sys.exit(main())
