"""What the environment may say, what settings read, and what the compose file gives are the same."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
READ = re.compile(r"(?:env\.\w+|demanded_in_production)\(\s*\"([A-Z_]+)\"")


def read_by_settings() -> set[str]:
    return set(READ.findall((ROOT / "loyaltycrm" / "settings.py").read_text()))


def test_every_variable_that_settings_read_is_in_the_example() -> None:
    example = set(re.findall(r"^#? ?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    assert read_by_settings() == example - {"POSTGRES_PASSWORD"}


def test_compose_gives_only_what_settings_read() -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    for name in ("web", "worker", "beat"):
        assert set(compose["services"][name]["environment"]) <= read_by_settings(), name


def test_compose_keeps_secrets_out_of_the_file() -> None:
    text = (ROOT / "docker-compose.yml").read_text()
    for name in ("SECRET_KEY", "POSTGRES_PASSWORD", "ALLOWED_HOSTS"):
        assert f"${{{name}:?" in text, f"{name} is demanded from the environment"


def test_every_service_says_whether_it_is_healthy() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    assert set(services) == {"web", "worker", "beat", "postgres", "redis"}
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
