"""The customer's own page in a real browser: with scripts and without, by keyboard, in every state, small."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from customers import correcting, days, opening
from customers.models import ContactPoint, Correction, Customer, OwnLink
from feedback import unsubscribing
from ladder import ranking
from tests import factories as make
from tests.browser.test_every_page import faults

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page
    from pytest_django.live_server_helper import LiveServer

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
MOST = 15 * 1024  # bytes of a page, with its stylesheets, as they are before compression


@pytest.fixture
def bea() -> Customer:
    """With a long life, so that the page is as long as it gets."""
    bea, now = make.customer("Bea Lindqvist", country="SE"), timezone.now()
    today = days.day_of(now)
    ContactPoint.objects.create(customer=bea, kind="email", value="bea@example.org")
    make.invitation(bea)
    for n in range(12):
        bought = make.purchase(bea, today - timedelta(days=n))
        make.opinion(bea, today - timedelta(days=n), f"It lasts, {n} years by now, and that is why I come again. " * 3)
        make.complaint(bea, today - timedelta(days=n), due=today + timedelta(days=3), answered=today if n % 2 else None)
    make.refund(bea, bought)
    made = [correcting.object_to(bea, about="name", shown="Name: Bea", words=f"Wrong {n}", at=now) for n in range(3)]
    correcting.answer(made[0], "corrected", "It is right now.", at=now)
    ranking.rank(now=now)
    return bea


def path_of(bea: Customer) -> str:
    return opening.open_to(bea, at=timezone.now()).path


@pytest.mark.parametrize("scripts", [True, False])
def test_somebody_says_what_is_wrong_and_how_to_be_reached(stranger: Callable[..., Page], bea: Customer, scripts: bool) -> None:
    page = stranger(path_of(bea), java_script_enabled=scripts)
    page.get_by_role("link", name=re.compile("not right.*E-mail")).click()
    page.get_by_label("What is not right?").fill("It is beatrice@example.org")
    page.get_by_role("button", name="Send").click()
    page.get_by_role("status").filter(has_text="We have it.").wait_for()
    assert Correction.objects.latest("pk").shown == "E-mail: bea@example.org"
    page.get_by_label("Phone").uncheck()
    page.get_by_label("Language").select_option("de")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("status").filter(has_text="Gespeichert.").wait_for()
    assert not page.get_by_label("Telefon").is_checked()
    assert [row.way for row in bea.refusedways.all()] == ["phone"]


def test_the_keyboard_is_enough(stranger: Callable[..., Page], bea: Customer) -> None:
    page = stranger(f"{path_of(bea)}?wrong=name#wrong")
    page.get_by_label("What is not right?").focus()
    page.keyboard.type("I am Beatrice")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("status").wait_for()
    assert Correction.objects.latest("pk").words == "I am Beatrice"


@pytest.mark.parametrize("width", [1280, 375])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_state_is_accessible_and_inside_the_content_policy(
    stranger: Callable[..., Page], bea: Customer, theme: str, width: int
) -> None:
    page = stranger("/me/forged/", color_scheme=theme, viewport={"width": width, "height": 800})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
    wrong, path = {"forged": faults(page)}, path_of(bea)
    leave = unsubscribing.path(bea)
    for address in (path, f"{path}?wrong=name", f"{path}?done=preferences", leave):
        page.goto(address)
        wrong[address] = faults(page)
    with page.expect_navigation():
        page.get_by_role("button").click()
    wrong["unsubscribed"] = faults(page)
    page.goto(f"{path}?wrong=name")
    page.get_by_label("What is not right?").fill("   ")
    page.get_by_role("button", name="Send").click()
    page.get_by_role("alert").wait_for()
    wrong["refused"] = faults(page)
    OwnLink.objects.update(closed_at=timezone.now())
    page.goto(path)
    wrong["closed"] = faults(page)
    assert {state: found for state, found in wrong.items() if found} == {}
    assert [words for words in said if not re.search("status of 4(04|10|22)", words)] == []


@pytest.mark.parametrize("language", ["en", "de", "fr"])
def test_the_page_of_a_long_life_and_all_it_loads_is_small_and_from_here(
    stranger: Callable[..., Page], live_server: LiveServer, bea: Customer, language: str
) -> None:
    Customer.objects.update(language=language)
    page = stranger("/me/forged/")
    loaded: dict[str, int] = {}
    page.on("response", lambda answer: loaded.__setitem__(answer.url, len(answer.body())))
    page.goto(f"{path_of(bea)}?wrong=name")
    page.wait_for_load_state("networkidle")
    assert all(url.startswith(live_server.url) for url in loaded if not url.startswith("data:"))
    assert len([url for url in loaded if url.endswith(".css")]) == 2
    assert sum(loaded.values()) <= MOST
