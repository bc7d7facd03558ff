"""What people do most, counted in keys and clicks, with and without JavaScript."""

from __future__ import annotations

import gzip
import re
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import django_htmx
import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import Role, User
from customers.days import day_of
from customers.models import Purchase
from customers.tasks import bring_in
from feedback.models import Response
from ladder import ranking
from ladder.models import Action, ProgrammeStep
from tests import factories

if TYPE_CHECKING:
    from pytest_django.fixtures import SettingsWrapper

    from customers.models import Customer
    from tests.browser.conftest import Opener

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]
STATIC = Path(__file__).resolve().parent.parent.parent / "static"


def test_one_key_and_typing_finds_a_customer(opened: Opener, ada: Customer) -> None:
    page = opened("/help/")
    page.keyboard.press("/")
    page.keyboard.type("lindq")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Ada Lindqvist")).to_be_visible()
    expect(page.get_by_text("1 customer", exact=True)).to_be_visible()


def test_the_list_narrows_while_one_types_without_a_page_load(opened: Opener, ada: Customer) -> None:
    page = opened("/customers/")
    page.evaluate("window.stayed = true")
    page.locator("#id_q").press_sequentially("grace")
    expect(page.get_by_text("1 customer", exact=True)).to_be_visible()
    expect(page).to_have_url(re.compile(r"/customers/\?q=grace&"))
    assert page.evaluate("window.stayed")


def test_four_clicks_give_everybody_on_the_page_another_owner_and_one_key_takes_it_back(
    opened: Opener, ada: Customer, ingrid: User
) -> None:
    page = opened("/customers/")
    page.get_by_label("Select all on this page").check()  # one
    page.locator("#bulk_owner").select_option(label="tom")  # two: open, choose
    page.get_by_role("button", name="Set owner").click()  # one
    expect(page.get_by_text("5 customers are now with tom.")).to_be_visible()
    assert ingrid.customers.count() == 0
    page.keyboard.press("z")
    expect(page.get_by_text("Put back as it was: 5.")).to_be_visible()
    assert ingrid.customers.count() == 5


def test_keys_move_select_and_open_rows(opened: Opener, ada: Customer) -> None:
    page = opened("/customers/")
    for key in ("j", "j", "x"):
        page.keyboard.press(key)
    expect(page.get_by_label("Select Ada Lindqvist")).to_be_checked()
    expect(page.get_by_text("1 selected")).to_be_visible()
    page.keyboard.press("o")
    expect(page.get_by_role("heading", name="Ada Lindqvist")).to_be_visible()


def test_keys_are_left_alone_while_one_types(opened: Opener, ada: Customer) -> None:
    page = opened("/customers/")
    page.keyboard.press("/")
    page.keyboard.type("cajk/x")
    expect(page.locator("#search")).to_have_value("cajk/x")
    expect(page).to_have_url("/customers/")


def test_a_purchase_is_recorded_by_keyboard_alone(opened: Opener, ada: Customer) -> None:
    page = opened(ada.get_absolute_url())
    page.keyboard.press("p")
    expect(page.get_by_role("heading", name="Record a purchase")).to_be_visible()
    page.get_by_label("Product").first.focus()
    for typed in ("Oak chair", "2", "49.50"):
        page.keyboard.press("Control+a")
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
    page.get_by_label("Price each").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("The purchase is recorded.")).to_be_visible()
    expect(page.get_by_text("Bought 2 × Oak chair")).to_be_visible()


def test_one_key_opens_the_form_that_says_where_they_stand(opened: Opener, ada: Customer) -> None:
    page = opened(ada.get_absolute_url())
    page.keyboard.press("r")
    page.get_by_label("At least").check()
    page.get_by_label("Rung").select_option(label="Client")
    page.get_by_label("Why").fill("Promised in writing")
    page.get_by_role("button", name="Record", exact=True).last.click()
    page.get_by_text("The override is recorded.").wait_for()
    assert [(str(held), held.reason) for held in ada.overrides.all()] == [("At least Client", "Promised in writing")]


def test_another_line_comes_without_a_page_load(opened: Opener, ada: Customer) -> None:
    page = opened(reverse("customers:purchase_new", args=[ada.uuid]))
    page.evaluate("window.stayed = true")
    page.get_by_label("Product").first.fill("Oak chair")
    page.get_by_role("button", name="Another line").click()
    expect(page.get_by_label("Product")).to_have_count(4)
    expect(page.get_by_label("Product").first).to_have_value("Oak chair")
    assert page.evaluate("window.stayed")


def test_products_are_proposed_while_one_types(opened: Opener, ada: Customer) -> None:
    page = opened(reverse("customers:purchase_new", args=[ada.uuid]))
    page.get_by_label("Product").first.press_sequentially("texti")
    expect(page.locator("#products option")).to_have_count(1)


def test_everything_is_read_and_recorded_without_javascript(opened: Opener, ada: Customer) -> None:
    page = opened("/customers/?q=lindq", java_script_enabled=False)
    page.get_by_role("link", name="Ada Lindqvist").click()
    page.get_by_text("Record", exact=True).click()
    page.get_by_role("link", name="A score, 0 to 10").click()
    page.get_by_label("7", exact=True).check(force=True)
    with page.expect_navigation():
        page.get_by_role("button", name="Record").click()
    assert Response.objects.filter(customer=ada, score=7).exists()
    page.goto(reverse("customers:purchase_new", args=[ada.uuid]))
    page.get_by_label("Product").first.fill("Oak chair")
    page.get_by_label("Price each").first.fill("10")
    page.get_by_role("button", name="Another line").click()
    page.get_by_label("Product").nth(3).fill("Cushion")
    page.get_by_label("Price each").nth(3).fill("5")
    with page.expect_navigation():
        page.get_by_role("button", name="Record", exact=True).last.click()
    assert Purchase.objects.get(source__slug="here", amount=15).lines.count() == 2


def test_the_theme_chosen_in_the_menu_wins_over_the_device(opened: Opener, ada: Customer) -> None:
    page = opened("/customers/", color_scheme="light")
    page.locator("details.menu summary").first.click()
    page.get_by_role("button", name="Dark").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(22, 21, 19)"


@pytest.fixture
def due(ada: Customer) -> list[Action]:
    """A first purchase to ask after and a win-back, both due."""
    now = timezone.now()
    bought = factories.customer("Berit", owner=ada.owner)
    factories.purchase(bought, day_of(now) - timedelta(days=8))
    ranking.rank(now=now)
    return [
        Action.objects.create(
            customer=of, placement=of.placements.current().get(ladder__slug="griffin"), step=ProgrammeStep.objects.get(programme__slug=slug), key="test", due_at=now - timedelta(hours=1),
            expires_at=now + timedelta(days=9), reason="Because.",
        )
        for of, slug in ((ada, "thank-you"), (ada, "first-purchase-check"), (bought, "win-back"))
    ]  # fmt: skip


def states() -> list[str]:
    return list(Action.objects.filter(key="test").order_by("pk").values_list("state", flat=True))


def test_keys_do_snooze_and_take_back_what_is_due(opened: Opener, due: list[Action]) -> None:
    page = opened("/")
    page.evaluate("window.stayed = true")
    rows = page.locator("#day [data-row]")
    before = rows.count()
    page.keyboard.press("j")
    page.keyboard.press("e")
    expect(page.get_by_text("say thank you, done")).to_be_visible()
    expect(rows).to_have_count(before - 1)
    assert states()[0] == "done"
    page.keyboard.press("z")
    expect(page.get_by_text("Taken back.")).to_be_visible()
    expect(rows).to_have_count(before)
    assert states()[0] == "waiting"
    expect(page.locator("#day [data-row].cursor")).to_have_count(1)  # it has stayed at its place
    page.keyboard.press("s")
    expect(rows).to_have_count(before - 1)
    assert states()[0] == "deferred"
    assert page.evaluate("window.stayed")
    page.keyboard.press("j")
    page.keyboard.press("o")
    expect(page.get_by_role("heading", name="What to do")).to_be_visible()


def test_who_types_faster_than_the_page_settles_stays_on_it(opened: Opener, due: list[Action]) -> None:
    page = opened("/")
    page.evaluate("window.stayed = true")
    page.evaluate("""() => document.addEventListener("htmx:afterSwap", () => setTimeout(
        () => document.body.dispatchEvent(new KeyboardEvent("keydown", { key: "z", bubbles: true })), 0), { once: true })""")
    page.keyboard.press("j")
    page.keyboard.press("e")
    expect(page.get_by_text("Taken back.")).to_be_visible()
    expect(page.locator("#day [data-row].cursor")).to_have_count(1)
    assert page.evaluate("window.stayed")


def test_a_key_pressed_before_any_row_has_the_cursor_shows_the_row_it_would_act_on(opened: Opener, due: list[Action]) -> None:
    page = opened("/")
    page.keyboard.press("e")
    expect(page.locator("[data-row].cursor")).to_contain_text("Ada Lindqvist")
    assert states() == ["waiting"] * 3
    page.keyboard.press("e")
    expect(page.get_by_text("say thank you, done")).to_be_visible()
    assert states()[0] == "done"


def test_several_are_chosen_and_done_by_keys_and_every_number_follows(opened: Opener, due: list[Action]) -> None:
    page = opened("/")
    page.evaluate("window.stayed = true")
    rows = page.locator("#day [data-row]")
    before = rows.count()
    for key in ("j", "x", "j", "x"):
        page.keyboard.press(key)
    expect(page.get_by_text("2 chosen")).to_be_visible()
    page.keyboard.press("d")
    expect(page.get_by_text("2 things done.")).to_be_visible()
    expect(rows).to_have_count(before - 2)
    expect(page.locator("#day-counts")).to_contain_text(f"{before - 2} things to do today")
    expect(page.locator("#nav-count")).to_have_text(str(before - 2))
    page.get_by_text("Done by you today").click()
    expect(page.locator("#done-today")).to_contain_text("Ada Lindqvist")
    page.keyboard.press("z")
    expect(rows).to_have_count(before)
    expect(page.locator("#nav-count")).to_have_text(str(before))
    expect(page.locator("#done-today")).to_contain_text("Nothing yet.")
    assert page.evaluate("window.stayed")


def test_several_are_chosen_and_put_off_by_mouse(opened: Opener, due: list[Action]) -> None:
    page = opened("/")
    page.get_by_label("Choose Say thank you for Ada Lindqvist").check()
    page.locator("#many").get_by_role("button", name="Snooze").click()
    expect(page.get_by_text("1 thing put off until")).to_be_visible()
    assert states()[0] == "deferred"


def test_one_click_or_key_notes_what_a_customer_answered(opened: Opener, due: list[Action]) -> None:
    page = opened("/")
    row = page.locator("#day [data-row]", has_text="Ada Lindqvist").filter(has_text="Ask how the first purchase went")
    row.get_by_role("button", name="4").click()
    expect(page.get_by_text("ask how the first purchase went, done")).to_be_visible()
    due[1].refresh_from_db()
    assert (due[1].state, due[1].answer) == ("done", 4)


def test_an_act_on_the_customers_page_keeps_the_page(opened: Opener, due: list[Action], ada: Customer) -> None:
    page = opened(ada.get_absolute_url())
    page.evaluate("window.stayed = true")
    page.get_by_role("button", name="Say thank you", exact=True).click()
    expect(page.get_by_text("say thank you, done")).to_be_visible()
    expect(page.get_by_role("heading", name="What to do")).to_have_count(1)
    expect(page.locator("main#main")).to_have_count(1)
    assert page.evaluate("window.stayed")
    assert states()[0] == "done"


def test_a_file_is_rehearsed_brought_in_and_taken_back(
    opened: Opener, ingrid: User, tmp_path: Path, settings: SettingsWrapper
) -> None:
    User.objects.filter(pk=ingrid.pk).update(role=Role.ADMINISTRATOR)
    settings.MEDIA_ROOT = tmp_path / "uploads"
    (tmp_path / "file.csv").write_text(
        "invoice,customer,date,product,quantity,price\n1,eve,2024-01-01,tea,2,3.50\n2,,2024-01-01,tea,2,3\n"
    )
    page = opened("/imports/")
    page.get_by_label("File").set_input_files(tmp_path / "file.csv")
    page.get_by_label("Mapping").select_option("purchases")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    bring_in()
    expect(page.get_by_text("This was a rehearsal")).to_be_visible()
    expect(page.get_by_role("cell", name="no customer")).to_be_visible()
    page.get_by_role("button", name="Bring it in").click()
    expect(page.get_by_role("progressbar")).to_be_visible()
    bring_in()
    expect(page.get_by_text("It is in.")).to_be_visible()
    assert Purchase.objects.filter(external_id="1").exists()
    page.get_by_text("Take it back").first.click()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("Taken back:", exact=False).first).to_be_visible()
    assert not Purchase.objects.filter(external_id="1").exists()


def test_nothing_heavy_is_sent() -> None:
    def weight(path: Path) -> int:
        return len(gzip.compress(path.read_bytes()))

    htmx = Path(django_htmx.__file__).parent / "static" / "django_htmx" / "htmx-2.min.js"
    assert weight(STATIC / "app.js") + weight(htmx) <= 60_000
    assert weight(STATIC / "app.css") <= 30_000
