"""Starts the whole application on one machine: web, worker, beat, and on first start the demo business."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from accounts.models import Job, Role, Team, User
from customers.models import Customer

if TYPE_CHECKING:
    from argparse import ArgumentParser

STOP_WITHIN = 10  # seconds a child has to finish what it does
RESTART_AFTER = 1
# Two, so that a long file never keeps the ranking waiting; the first also beats.
WORKERS = {"worker": ["celery", "-B", "-s", str(settings.VAR_DIR / "beat")], "importer": ["imports"]}


class Command(BaseCommand):
    help = "Start web, worker and beat on embedded defaults; Ctrl-C stops them all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--demo", choices=["yes", "no"], default="yes", help="Fill a demo business on first start.")

    def handle(self, *args: Any, **options: Any) -> None:
        self.children: dict[str, subprocess.Popen[bytes]] = {}
        self.stopping = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        first_start = self.prepare()
        demo = options["demo"] == "yes"
        name, password = first_user(demo=demo)
        self.start("web", web())
        for each in WORKERS:
            self.start(each, worker(each))
        if demo and first_start:
            self.start("demo", [sys.executable, "manage.py", "fill_demo"])
        self.stdout.write(f"\n  http://127.0.0.1:{settings.PORT}/   sign in as {name}, password {password}\n", ending="\n")
        self.stdout.flush()
        self.watch()

    def prepare(self) -> bool:
        """Bring the database and static files up to date; True if nobody is there yet."""
        # Compressing the static files keeps one core busy for seconds, the migrations another.
        static = subprocess.Popen([sys.executable, "manage.py", "collectstatic", "--no-input", "-v", "0"], cwd=settings.BASE_DIR)
        try:
            call_command("migrate", verbosity=0)
        except OperationalError as error:
            static.kill()
            said = str(error).strip().splitlines()[0]
            raise CommandError(f"The database of DATABASE_URL does not answer: {said}. Start it, or mend the address.") from None
        if static.wait():
            raise CommandError("The static files could not be collected; see above.")
        return not Customer.objects.exists() and not Job.objects.exists()

    def start(self, name: str, command: list[str]) -> None:
        self.children[name] = subprocess.Popen(command, cwd=settings.BASE_DIR, start_new_session=True)  # noqa: S603

    def watch(self) -> None:
        """Restart the worker if it dies; end when the web server does."""
        while not self.stopping:
            time.sleep(0.2)
            if self.children["web"].poll() is not None:
                self.stderr.write("The web server has stopped.")
                self.stop()
            for name in WORKERS:
                if not self.stopping and self.children[name].poll() is not None:
                    time.sleep(RESTART_AFTER)
                    self.stderr.write(f"The {name} has stopped; starting it again.")
                    self.start(name, worker(name))

    def stop(self, *args: object) -> None:
        if self.stopping:
            return
        self.stopping = True
        for child in self.children.values():
            if child.poll() is None:
                child.terminate()
        end = time.monotonic() + STOP_WITHIN
        for child in self.children.values():
            try:
                child.wait(max(0.1, end - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
        sys.exit(0)


def web() -> list[str]:
    return [
        sys.executable, "-m", "gunicorn", "loyaltycrm.wsgi", "--bind", f"127.0.0.1:{settings.PORT}", "--workers", "1",
        "--threads", "4", "--no-control-socket", "--log-level", "warning", "--graceful-timeout", "5",
    ]  # fmt: skip


def worker(name: str) -> list[str]:
    queue, *more = WORKERS[name]
    return [
        sys.executable, "-W", "ignore", "-m", "celery", "-A", "loyaltycrm", "--quiet", "worker", "-P", "solo", "-l", "WARNING",
        "-Q", queue, "-n", f"{queue}@%h", "--without-gossip", "--without-mingle", *more,
    ]  # fmt: skip


def first_user(*, demo: bool) -> tuple[str, str]:
    """An administrator to sign in with: made on the first start, with a password of this installation's own."""
    path = settings.VAR_DIR / "first_password"
    name = "ingrid" if demo or User.objects.filter(username="ingrid").exists() else "admin"
    if User.objects.exists():
        return name, path.read_text() if path.exists() else "(the one you chose)"
    password = f"ladder-{secrets.token_hex(4)}"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(password)
    User.objects.create_superuser(
        name,
        None,
        password,
        team=Team.objects.earliest("pk"),
        role=Role.ADMINISTRATOR,
        first_name="Ingrid" if demo else "",
        last_name="Falk" if demo else "",
    )
    return name, password
