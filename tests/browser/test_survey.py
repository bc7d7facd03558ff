"""The page of a survey in a real browser: with scripts and without, by keyboard, in every state, small."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from feedback.models import Opinion, Response, Satisfaction, Survey
from tests import factories as make
from tests.browser.test_every_page import faults

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page
    from pytest_django.live_server_helper import LiveServer

    from tests.browser.conftest import Opener

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
MOST = 15 * 1024  # bytes of a page, with its stylesheet, as they are before compression
SHIPPED = ["recommendation", "satisfaction", "opinion", "first-purchase-check"]


def asked(slug: str, **about: str) -> str:
    """The path of a link."""
    ada = make.customer(f"Ada Lindqvist {next(make.serial)}", **about)
    make.purchase(ada, make.DAY_0)
    return make.invitation(ada, slug).path


@pytest.mark.parametrize("scripts", [True, False])
def test_a_page_is_filled_in_refused_mended_and_sent(stranger: Callable[..., Page], scripts: bool) -> None:
    page = stranger(asked("recommendation"), java_script_enabled=scripts)
    page.get_by_label("Would you like to tell us why?").fill("Kind people.")
    page.get_by_role("button", name="Send").click()
    page.get_by_text("We need this one.").wait_for()
    assert page.get_by_label("Would you like to tell us why?").input_value() == "Kind people."
    page.get_by_label("9", exact=True).check()
    page.get_by_role("button", name="Send").click()
    page.get_by_role("heading", name="Thank you").wait_for()
    said = Response.objects.get()
    assert (said.score, said.words) == (9, "Kind people.")


@pytest.mark.parametrize("scripts", [True, False])
def test_screen_by_screen_left_and_gone_on_with(stranger: Callable[..., Page], scripts: bool) -> None:
    path = asked("opinion", language="de", form_of_address="first_name")
    page = stranger(path, java_script_enabled=scripts)
    page.get_by_label("Warum kaufst du").fill("Es hält.")
    page.get_by_role("button", name="Weiter").click()
    page.get_by_text("Frage 2 von 5").wait_for()
    page = stranger(path, java_script_enabled=scripts)
    page.get_by_text("Frage 2 von 5").wait_for()
    page.get_by_role("link", name="Zurück").click()
    assert page.get_by_label("Warum kaufst du").input_value() == "Es hält."
    for _ in range(4):
        page.get_by_role("button", name="Weiter").click()
    page.get_by_role("button", name="Absenden").click()
    page.get_by_role("heading", name="Danke.").wait_for()
    assert Opinion.objects.get().words == "Es hält."


def test_the_keyboard_is_enough(stranger: Callable[..., Page]) -> None:
    page = stranger(asked("first-purchase-check"))
    for key in ("Tab", "Space", "ArrowRight", "ArrowRight", "ArrowRight", "Tab"):
        page.keyboard.press(key)
    page.keyboard.type("Just right")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Thank you").wait_for()
    said = Satisfaction.objects.get()
    assert (said.score, said.words) == (4, "Just right")


@pytest.mark.parametrize("width", [1280, 375])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_state_is_accessible_and_inside_the_content_policy(stranger: Callable[..., Page], theme: str, width: int) -> None:
    page = stranger("/s/forged/", color_scheme=theme, viewport={"width": width, "height": 800})
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in {"error", "warning"} else None)
    wrong = {"forged": faults(page)}
    for slug in SHIPPED:
        path = asked(slug, language="fr")
        page.goto(path)
        wrong[slug] = faults(page)
        with page.expect_navigation():
            page.locator("button[type=submit]").first.click()
        wrong[f"{slug}, refused"] = faults(page)
        page.goto(path)
        if page.locator("input[type=radio]").count():
            page.locator("input[type=radio]").first.check()
            with page.expect_navigation():
                page.locator("button[type=submit]").first.click()
            wrong[f"{slug}, thanks"] = faults(page)
            page.goto(path)
            wrong[f"{slug}, used"] = faults(page)
    Survey.objects.update(closed_at="2024-01-01T00:00Z")
    page.goto(path)
    wrong["closed"] = faults(page)
    assert {state: found for state, found in wrong.items() if found} == {}
    assert [words for words in said if not re.search("status of 4(04|10|22)", words)] == []


@pytest.mark.parametrize("language", ["en", "de", "fr"])
@pytest.mark.parametrize("slug", SHIPPED)
def test_a_page_and_all_it_loads_is_small_and_from_here(
    stranger: Callable[..., Page], live_server: LiveServer, slug: str, language: str
) -> None:
    page = stranger("/s/forged/")
    loaded: dict[str, int] = {}
    page.on("response", lambda answer: loaded.__setitem__(answer.url, len(answer.body())))
    page.goto(asked(slug, language=language))
    page.wait_for_load_state("networkidle")
    css = sum(
        len(page.request.get(link.get_attribute("href") or "").body()) for link in page.locator("link[rel=stylesheet]").all()
    )
    assert all(url.startswith(live_server.url) for url in loaded if not url.startswith("data:"))
    assert len(page.content().encode()) + css <= MOST


def test_nothing_is_left_in_the_browser_and_nothing_told_to_the_next_page(stranger: Callable[..., Page]) -> None:
    page = stranger(asked("recommendation"))
    asked_for: list[str] = []
    page.on("request", lambda request: asked_for.append(request.headers.get("referer", "")))
    page.reload()
    page.get_by_label("9", exact=True).check()
    page.get_by_role("button", name="Send").click()
    page.get_by_role("heading", name="Thank you").wait_for()
    assert (page.context.cookies(), set(asked_for)) == ([], {""})


def test_a_link_is_made_from_a_customers_page_in_three_clicks(opened: Opener, stranger: Callable[..., Page]) -> None:
    grace = make.Customer.objects.get(name="Grace Okafor")
    page = opened(grace.get_absolute_url())
    page.get_by_text("Record", exact=True).first.click()
    page.get_by_role("link", name="An invitation to a survey").click()
    page.get_by_role("link", name="Recommendation").click()
    page.get_by_role("button", name="Invite", exact=True).click()
    link = page.locator("code").inner_text()
    assert (faults(page), stranger(link).get_by_role("heading", name="Good day, Grace Okafor").is_visible()) == ([], True)
    page.goto(reverse("surveys:survey", args=["recommendation"]))
    assert link not in page.content()
