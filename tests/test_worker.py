"""The whole application as processes of their own: what the API took is on the customer's page within seconds, whatever dies."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests
from django.db import connection

from tests.commands import ROOT
from tests.mailserver import MailServer, mail_server
from tests.servers import free_port

pytestmark = pytest.mark.worker
CHUNKS = 24
WITHIN = 5  # seconds from the answer of the API to the customer's page
PATIENCE = 90  # seconds for what has to start first, on a machine that does other things
PASSWORD = "a long pass phrase"
PREPARE = f"""
from accounts.models import ApiKey, Role, Team, User
team = Team.objects.earliest("pk")
User.objects.create_superuser("ingrid", None, {PASSWORD!r}, team=team, role=Role.ADMINISTRATOR)
key = ApiKey(name="till", team=team, scopes=["read", "write"])
print("KEY", key.renew())
key.save()
"""
STATE = """
from ladder import checking
from ladder.models import Action, StaleMark
from customers.models import Purchase
print("STATE", Purchase.objects.count(), Action.objects.count(), StaleMark.objects.count(), checking.check()[1])
"""
CROWD = f"""
from django.utils import timezone
from accounts.models import Team
from customers.models import Customer, Source
from ladder.models import Run, StaleMark
from ladder.models.standing import CHUNK_SIZE
today, whose = timezone.now().date(), dict(team=Team.objects.earliest("pk"), source=Source.objects.earliest("pk"))
people = [Customer(pk=(1_000 + n) * CHUNK_SIZE, name=f"In chunk {{n}}", recorded_day=today, **whose) for n in range({CHUNKS})]
Customer.objects.bulk_create(people, ignore_conflicts=True)
marks = [StaleMark(customer_id=one.pk, day=today) for one in people for _ in range(CHUNK_SIZE // 2 + 1)]
StaleMark.objects.bulk_create(marks)
"""
WRITE = """
from django.utils import timezone
from customers.models import ContactPoint, Customer
from feedback import inviting
from feedback.models import Survey
who = Customer.objects.exclude(pk__in=ContactPoint.objects.values("customer")).earliest("pk")
ContactPoint.objects.create(customer=who, kind="email", value="ada@example.org")
survey = Survey.objects.select_related("version").get(slug="recommendation")
print("MADE", len(inviting.invite(survey, [who], way="email", at=timezone.now()).made))
"""
LETTERS = """
from feedback.models import Letter
print("LETTERS", *Letter.objects.values_list("state", "invitation__sent_at"))
"""
SHARES = f"""
from ladder.models import Run
for run in Run.objects.filter(chunks={CHUNKS}, finished_at__isnull=False):
    print("SHARED by", run.stretches.values("taken_by").distinct().order_by().count())
"""
SHARED = "SHARED by 2"
STILL = " 0 []"


@dataclass
class Stack:
    """A database, a web server and a worker that beats, all of this test's own."""

    env: dict[str, str]
    port: int
    log: Path
    children: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    key: str = ""
    browser: requests.Session = field(default_factory=requests.Session)
    mail: MailServer = field(default_factory=MailServer)

    @property
    def root(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def manage(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=ROOT, env=self.env, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, name: str) -> None:
        from loyaltycrm.management.commands import serve

        web = [
            sys.executable,
            "-m",
            "gunicorn",
            "loyaltycrm.wsgi",
            "--bind",
            f"127.0.0.1:{self.port}",
            "--threads",
            "4",
            "--no-control-socket",
        ]
        beat = ["-s", self.env["VAR_DIR"] + "/beat"]
        worker = [part for part in serve.worker("worker") if not part.startswith("/") or part == sys.executable][:-1] + beat
        with self.log.open("ab") as out:
            if name == "importer":
                worker = serve.worker(name)
            if name == "helper":  # a second worker, that beats nothing
                worker = [part for part in worker[: -len(beat)] if part not in ("-B", "--beat")] + ["-n", "second@%h"]
            self.children[name] = subprocess.Popen(
                web if name == "web" else worker, cwd=ROOT, env=self.env, stdout=out, stderr=out, start_new_session=True
            )

    def eventually(self, holds, within: float = PATIENCE) -> None:
        """Wait until it holds; fails with the last that the processes wrote."""
        eventually(holds, within, self.log)

    def kill(self, name: str) -> None:
        """kill -9, its children too."""
        os.killpg(self.children[name].pid, signal.SIGKILL)
        self.children.pop(name).wait()

    def sign_in(self) -> None:
        self.eventually(lambda: requests.get(f"{self.root}/health/", timeout=5).ok)
        page = self.browser.get(f"{self.root}/accounts/sign-in/", timeout=10)
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
        assert token
        sent = {"username": "ingrid", "password": PASSWORD, "csrfmiddlewaretoken": token[1]}
        answer = self.browser.post(f"{self.root}/accounts/sign-in/", data=sent, timeout=10)
        assert answer.url == f"{self.root}/", answer.url

    def post(self, n: int) -> str:
        """A purchase of a customer of their own; gives the address of the customer."""
        today = time.strftime("%Y-%m-%dT00:00:00Z", time.gmtime())
        body = {
            "source": "till", "external_id": f"p{n}", "occurred_at": today, "lines": [{"unit_price": "9.50"}],
            "customer": {"source": "till", "external_id": f"c{n}", "name": f"Customer {n}"},
        }  # fmt: skip
        answer = requests.post(
            f"{self.root}/api/v1/purchases/", json=body, headers={"Authorization": f"Bearer {self.key}"}, timeout=10
        )
        assert answer.status_code == 201, answer.text
        return str(uuid.UUID(answer.json()["customer"].removeprefix("cus_")))

    def stands(self, customer: str) -> bool:
        """Their page says where they stand since the purchase, and what is to be done."""
        page = self.browser.get(f"{self.root}/customers/{customer}/", timeout=10).text
        return "stands on First-time" in page and "Welcome them" in page


def eventually(holds, within: float, log: Path | None = None) -> float:
    """Wait until it holds; gives the seconds it took."""
    began = time.monotonic()
    while time.monotonic() - began < within:
        try:
            if holds():
                return time.monotonic() - began
        except (requests.ConnectionError, requests.Timeout):
            pass
        time.sleep(0.3)  # who asks more often keeps those busy whom it waits for
    said = log.read_text(errors="replace")[-3000:] if log and log.exists() else ""
    pytest.fail(f"not within {within} s\n{said}")


def database(folder: Path, name: str) -> str:
    """A fresh database beside the one under test, of the same kind."""
    if connection.vendor == "sqlite":
        return f"sqlite:///{folder / 'stack.sqlite3'}"
    found = connection.settings_dict
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        cursor.execute(f'CREATE DATABASE "{name}"')
    return f"postgres://{found['USER']}@{found['HOST']}:{found['PORT']}/{name}"


@pytest.fixture(
    scope="session", params=[pytest.param(kind, marks=pytest.mark.xdist_group(kind)) for kind in ("redis", "embedded")]
)
def stack(request, tmp_path_factory, django_db_setup, django_db_blocker):
    broker = os.environ.get("TEST_REDIS_URL", "") if request.param == "redis" else ""
    if request.param == "redis" and not broker:
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(
            "no Redis: run by `python -m tests`, or set TEST_REDIS_URL"
        )
    folder = tmp_path_factory.mktemp(f"stack-{request.param}")
    with django_db_blocker.unblock():
        # Tests run in several processes: each has a stack of its own.
        url = database(folder, f"stack_{request.param}_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}")
    with mail_server() as mail:
        env = {
            **os.environ, "DATABASE_URL": url, "REDIS_URL": broker, "VAR_DIR": str(folder), "DEBUG": "1", "SEND_EMAIL": "1", "EMAIL_URL": mail.url,
        }  # fmt: skip
        yield from running(Stack(env, free_port(), folder / "log", mail=mail))


def running(found):
    """A stack for as long as tests use it."""
    found.manage("migrate", "-v0")
    found.key = found.manage("shell", "-v0", "-c", PREPARE).split("KEY ")[1].strip()
    try:
        found.start("web")
        found.start("worker")
        found.sign_in()
        first = found.post(0)
        found.eventually(lambda: found.stands(first))
        yield found
    finally:
        for name in list(found.children):
            found.kill(name)
        shutil.rmtree(found.log.parent / "queue", ignore_errors=True)


def test_a_purchase_posted_is_on_the_customers_page_within_seconds(stack):
    customer = stack.post(1)
    stack.eventually(lambda: stack.stands(customer), WITHIN)


def test_a_letter_is_sent_by_the_worker_once(stack):
    before = len(stack.mail.letters)
    stack.start("importer")
    assert "MADE 1" in stack.manage("shell", "-v0", "-c", WRITE)
    stack.eventually(lambda: len(stack.mail.letters) > before)
    time.sleep(7)  # two ticks more
    assert len(stack.mail.letters) == before + 1
    assert "'sent', datetime" in stack.manage("shell", "-v0", "-c", LETTERS)
    stack.kill("importer")


def test_without_a_worker_it_waits(stack):
    """The control: it is the worker that ranks, not the request."""
    stack.kill("worker")
    customer = stack.post(2)
    time.sleep(2.5)
    assert not stack.stands(customer)
    stack.start("worker")
    stack.eventually(lambda: stack.stands(customer))


def test_two_workers_share_what_waits_and_nothing_is_done_twice(stack):
    """Many chunks with much to do each, taken stretch by stretch by whoever is free."""

    def shared() -> bool:
        """One of them may have been at something else, or starting up: then again."""
        stack.manage("shell", "-v0", "-c", CROWD)
        time.sleep(4)
        return SHARED in stack.manage("shell", "-v0", "-c", SHARES)

    stack.start("helper")
    try:
        stack.eventually(shared)
    finally:
        stack.kill("helper")
    stack.eventually(lambda: STILL in stack.manage("shell", "-v0", "-c", STATE))


def test_killed_and_started_again_nothing_is_lost_and_nothing_done_twice(stack):
    customers = []
    for round_ in range(3):
        customers += [stack.post(10 * (round_ + 1) + n) for n in range(4)]
        time.sleep(0.3 * (round_ + 1))
        stack.kill("worker")
        stack.start("worker")
    stack.eventually(lambda: all(stack.stands(c) for c in customers))
    purchases, actions, marks, offenders = stack.manage("shell", "-v0", "-c", STATE).split("STATE ")[1].split(maxsplit=3)
    assert (int(actions), int(marks), offenders.strip()) == (2 * int(purchases), 0, "[]")
