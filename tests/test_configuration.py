"""What the environment may say, what settings read, and what the compose file gives are the same."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from tests.deploy import SAFE, SENDING

ROOT = Path(__file__).resolve().parent.parent
READ = re.compile(r"(?:env\.\w+|demanded_in_production)\(\s*\"([A-Z_]+)\"")


def read_by_settings() -> set[str]:
    return set(READ.findall((ROOT / "loyaltycrm" / "settings.py").read_text()))


def test_every_variable_that_settings_read_is_in_the_example() -> None:
    example = set(re.findall(r"^#? ?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert read_by_settings() == example - {"POSTGRES_PASSWORD"}


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DATABASE_URL", "nonsense", "DATABASE_URL is not the address of a database we know. Write it as postgres://"),
        ("DATABASE_URL", "oracle://u:secret@host/name", "DATABASE_URL is not the address of a database we know."),
        ("BUSINESS_TIME_ZONE", "Europe/Atlantis", "BUSINESS_TIME_ZONE=Europe/Atlantis: there is no such time zone."),
        ("BUSINESS_CURRENCY", "euro", "BUSINESS_CURRENCY=euro: a currency is three capital letters"),
        ("VAR_DIR", "/proc/nowhere", "VAR_DIR=/proc/nowhere: "),
        ("VAR_DIR", str(ROOT / "manage.py"), "Name a folder that this user may write to."),
        ("PORT", "http", "PORT=http: a port is a number"),
        ("RESURVEY_DAYS", "often", "RESURVEY_DAYS=often: say a number of days from 0 to 3650"),
        ("LOG_LEVEL", "loud", "LOG_LEVEL=loud: say one of DEBUG,"),
        ("REDIS_URL", "localhost:6379", "REDIS_URL is not the address of a Redis."),
    ],
)
def test_a_mistake_in_the_environment_is_one_line_that_names_the_variable_and_the_remedy(
    tmp_path: Path, name: str, value: str, said: str
) -> None:
    env = {**os.environ, "VAR_DIR": str(tmp_path), name: value}
    done = subprocess.run([sys.executable, "manage.py", "rank"], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert "secret" not in done.stderr


STARTS = {
    "web": ["gunicorn", "loyaltycrm.wsgi", "--bind", "127.0.0.1:0", "--no-control-socket"],
    "worker": ["celery", "-A", "loyaltycrm", "worker", "--pool", "solo"],
    "beat": ["celery", "-A", "loyaltycrm", "beat", "--pidfile="],
}


@pytest.mark.parametrize("name", STARTS)
def test_nothing_starts_whose_letters_would_carry_unsafe_links(tmp_path: Path, name: str) -> None:
    env = {**os.environ, **SAFE, **SENDING, "VAR_DIR": str(tmp_path), "PUBLIC_URL": "http://crm.example.com"}
    command = [sys.executable, "-m", *STARTS[name]]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode
    assert "PRODUCTION=1 with SEND_EMAIL refuses PUBLIC_URL=http://crm.example.com" in done.stderr


def test_compose_gives_only_what_settings_read() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    for name in ("web", "worker", "importer", "beat"):
        assert set(compose["services"][name]["environment"]) <= read_by_settings(), name


def test_in_compose_every_queue_has_its_worker_and_the_ranking_one_of_its_own() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    served = {name: re.findall(r"--queues (\S+)", str(service.get("command"))) for name, service in services.items()}
    routed = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}
    assert {name: queues for name, queues in served.items() if queues} == {"worker": ["celery"], "importer": ["imports"]}
    assert routed == {"imports"}


def test_compose_keeps_secrets_out_of_the_file() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    for name in ("SECRET_KEY", "POSTGRES_PASSWORD", "ALLOWED_HOSTS"):
        assert f"${{{name}:?" in text, f"{name} is demanded from the environment"


def test_every_service_says_whether_it_is_healthy() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    assert set(services) == {"web", "worker", "importer", "beat", "postgres", "redis"}
    assert all("healthcheck" in service for service in services.values())


def test_nothing_names_a_package_registry_or_a_path_of_one_machine() -> None:
    hosts = re.compile(r"pypi\." + r"org|python" + r"hosted|--(extra-)?index-" + r"url|find-" + r"links")
    kept = [
        p for p in ROOT.rglob("*") if p.is_file() and not set(p.relative_to(ROOT).parts) & {".venv", ".git", "var", "__pycache__"}
    ]
    texts = {
        p: p.read_text(errors="ignore")
        for p in kept
        if p.suffix in {".py", ".txt", ".in", ".toml", ".yml", ".md", ""} and p.stat().st_size < 10**6
    }
    assert not [str(p) for p, text in texts.items() if hosts.search(text)]


def test_a_command_on_an_empty_database_says_what_comes_first(tmp_path: Path) -> None:
    env = {**os.environ, "DATABASE_URL": "", "VAR_DIR": str(tmp_path)}
    said = subprocess.run(
        [sys.executable, "manage.py", "ladder", "griffin", "--json"],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (said.returncode, said.stdout) == (1, '{"error": "The database is empty: run manage.py migrate first."}\n')
