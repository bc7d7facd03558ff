"""A real browser on a real server, signed in."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection, connections
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from accounts.models import Role, User
from customers.days import day_of
from customers.models import ContactPoint, Customer
from tests import factories

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django.live_server_helper import LiveServer

Opener = Callable[..., Page]


@pytest.fixture(scope="session")
def browser(chromium: str, django_db_setup: None) -> Iterator[Browser]:
    """The browser's event loop runs in the tests' thread, and a thread with a loop has a database connection of its own:

    it must know, too, what to fill an emptied database with, and be closed before the loop is.
    """
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    shipped = getattr(connection, "_test_serialized_contents", None)
    with sync_playwright() as playwright:
        if shipped is not None:
            connection._test_serialized_contents = shipped  # type: ignore[attr-defined]
        started = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield started
        started.close()
        connections.close_all()


@pytest.fixture
def ingrid(live_server: LiveServer) -> User:
    """A team lead with a handful of customers, one of them with a past."""
    ingrid = factories.user("ingrid", role=Role.TEAM_LEAD)
    factories.user("tom")
    for name in ("Grace Okafor", "Tomás Ferreira", "Yuki Tanaka", "<b>Bold</b>"):
        factories.customer(name, owner=ingrid)
    return ingrid


@pytest.fixture
def ada(ingrid: User) -> Customer:
    ada = factories.customer("Ada Lindqvist", owner=ingrid, country="Sweden")
    ContactPoint.objects.create(customer=ada, kind="email", value="ada@hallberg.example")
    today = day_of(timezone.now())
    for days in (3, 40, 90):
        factories.purchase(ada, today - timedelta(days=days), product=factories.product("Textiles"))
    factories.score(ada, today - timedelta(days=2), 9)
    factories.recommendation(ada, today - timedelta(days=1))
    factories.qualification(ada, "need", "no", today - timedelta(days=5))
    factories.usable(ada, "Lighting", today)
    return ada


@pytest.fixture
def opened(browser: Browser, live_server: LiveServer, ingrid: User, client: Client) -> Iterator[Opener]:
    """Opens pages in one browser window after another, each signed in as Ingrid."""
    client.force_login(ingrid)
    contexts: list[BrowserContext] = []

    def open_page(address: str = "/", **window: object) -> Page:
        context = browser.new_context(base_url=live_server.url, **window)  # type: ignore[arg-type]
        contexts.append(context)
        context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
        page = context.new_page()
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def stranger(browser: Browser, live_server: LiveServer) -> Iterator[Callable[..., Page]]:
    """Opens pages in a browser in which nobody is signed in."""
    contexts = []

    def open_page(path: str, **window: object) -> Page:
        contexts.append(browser.new_context(base_url=live_server.url, **window))  # type: ignore[arg-type]
        page = contexts[-1].new_page()
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
