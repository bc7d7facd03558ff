"""Holds the production configuration against Django's own deployment check, and refuses unsafe ones."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile

SAFE = {
    "PRODUCTION": "1",
    "SECRET_KEY": "only-for-this-check-0123456789-abcdefghijklmnopqrstuvwxyz",
    "ALLOWED_HOSTS": "crm.example.com",
    "DATABASE_URL": "postgres://loyalty@127.0.0.1:1/none",
    "REDIS_URL": "redis://127.0.0.1:1/0",
}


SENDING = {"SEND_EMAIL": "true", "PUBLIC_URL": "https://crm.example.com"}


def check(changes: dict[str, str]) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, **SAFE, **changes, "VAR_DIR": tempfile.mkdtemp()}
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False)


def main() -> int:
    failed = []
    for name, safe in (("a safe configuration", check({})), ("one that sends e-mail safely", check(SENDING))):
        if safe.returncode:
            failed.append(f"{name} is refused:\n{safe.stdout}{safe.stderr}")
    for name in ("SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "REDIS_URL"):
        if check({name: ""}).returncode == 0:
            failed.append(f"production starts without {name}")
    for name, value in (("DATABASE_URL", "sqlite:///x.sqlite3"), ("ALLOWED_HOSTS", "*"), ("SECRET_KEY", "short")):
        if check({name: value}).returncode == 0:
            failed.append(f"production starts with {name}={value}")
    for url in ("", "http://crm.example.com"):
        if check({**SENDING, "PUBLIC_URL": url}).returncode == 0:
            failed.append(f"production sends e-mail with PUBLIC_URL={url}")
    print("\n".join(failed) or "production refuses what is unsafe")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
