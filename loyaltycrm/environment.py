"""Values of the environment that can be wrong: each is refused in a sentence that names its variable and the remedy."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import environ
from django.core.exceptions import ImproperlyConfigured

DATABASES = ("postgres", "postgresql", "sqlite")
LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


def folder(name: str, path: str) -> Path:
    """A folder that is there and may be written to."""
    found = Path(path).resolve()
    try:
        found.mkdir(parents=True, exist_ok=True)
        why = "" if os.access(found, os.W_OK | os.X_OK) else "this user may not write there"
    except OSError as error:
        why = (error.strerror or str(error)).lower()
    if why:
        raise ImproperlyConfigured(f"{name}={path}: {why}. Name a folder that this user may write to.")
    return found


def zone(name: str, value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise ImproperlyConfigured(f"{name}={value}: there is no such time zone. Name one like Europe/Paris or UTC.") from None
    return value


def currency(name: str, value: str) -> str:
    if not (len(value) == 3 and value.isascii() and value.isupper()):
        raise ImproperlyConfigured(f"{name}={value}: a currency is three capital letters, like EUR.")
    return value


def number(name: str, value: str) -> int:
    if not (value.isdecimal() and 0 < int(value) < 65536):
        raise ImproperlyConfigured(f"{name}={value}: a port is a number from 1 to 65535, like 8000.")
    return int(value)


def days(name: str, value: str) -> int:
    if not (value.isdecimal() and int(value) <= 3650):
        raise ImproperlyConfigured(f"{name}={value}: say a number of days from 0 to 3650, like 90.")
    return int(value)


def level(name: str, value: str) -> str:
    if value not in LEVELS:
        raise ImproperlyConfigured(f"{name}={value}: say one of {', '.join(LEVELS)}.")
    return value


def database(name: str, address: str) -> dict[str, Any]:
    """What Django needs to know of the database; the address may hold a password and is never repeated."""
    parts = urlsplit(address)
    if parts.scheme not in DATABASES or not parts.path.strip("/"):
        wanted = "postgres://user:password@host/name, or sqlite:////path/to/file"
        raise ImproperlyConfigured(f"{name} is not the address of a database we know. Write it as {wanted}.")
    read: dict[str, Any] = environ.Env.db_url_config(address)
    return read


def address(name: str, value: str) -> str:
    """Of a site, without a slash at its end."""
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise ImproperlyConfigured(f"{name}={value}: say how customers reach this site, like https://crm.example.com.")
    return value.rstrip("/")


def redis(name: str, value: str) -> str:
    if value and not value.startswith(("redis://", "rediss://", "unix://")):
        raise ImproperlyConfigured(f"{name} is not the address of a Redis. Write it as redis://host:6379/0.")
    return value
