"""A rule is changed by keyboard alone, with scripts and without; what is wrong is said beside its sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from accounts.models import Role, User
from ladder import editions
from ladder.models import Edition
from tests.browser.test_every_page import faults

if TYPE_CHECKING:
    from tests.browser.conftest import Opener

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True, serialized_rollback=True)]


@pytest.fixture
def draft(ingrid: User) -> Edition:
    User.objects.filter(pk=ingrid.pk).update(role=Role.ADMINISTRATOR)
    return editions.draft(editions.document(Edition.objects.published().get(ladder__slug="griffin")))


def address(draft: Edition) -> str:
    return reverse("ladder:rung_edit", args=[draft.pk, "client"])


def asked(draft: Edition) -> list[dict[str, object]]:
    rungs = editions.document(Edition.objects.get(pk=draft.pk))["rungs"]
    found: list[dict[str, object]] = next(row for row in rungs if row["rung"] == "client")["rule"]["all"]
    return found


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_a_value_is_changed_by_keyboard(opened: Opener, draft: Edition, scripts: bool) -> None:
    page = opened(address(draft), java_script_enabled=scripts)
    page.locator("#rule-all-0 summary").focus()
    page.keyboard.press("Enter")
    page.locator("#rule-all-0 input[name=value]").fill("7")
    page.keyboard.press("Enter")
    page.get_by_text("Bought on 7 or more different days", exact=True).wait_for()
    assert asked(draft)[0]["value"] == 7
    assert page.locator("#rule-all-0").get_attribute("open") is not None, "the sentence stays open"


@pytest.mark.parametrize("width", [1280, 375])
def test_what_is_wrong_is_said_beside_its_sentence_and_accessible(opened: Opener, draft: Edition, width: int) -> None:
    page = opened(f"{address(draft)}?at=rule.all[0]", viewport={"width": width, "height": 800})
    fresh = faults(page)
    page.locator("#rule-all-0 input[name=value]").fill("99999")
    page.get_by_role("button", name="Save").first.click()
    page.get_by_text("less than or equal to 10000").wait_for()
    assert [fresh, faults(page)] == [[], []]
    assert asked(draft)[0]["value"] == 4


def test_after_a_move_the_focus_is_on_the_same_sentence(opened: Opener, draft: Edition) -> None:
    page = opened(f"{address(draft)}?at=rule.all[1]")
    page.locator("#rule-all-1-down").focus()
    page.keyboard.press("Enter")
    page.locator("#rule-all-2[open]").wait_for()
    page.wait_for_function("document.activeElement.closest('details')?.id === 'rule-all-2'")


def test_who_is_overtaken_is_told(opened: Opener, draft: Edition) -> None:
    page = opened(f"{address(draft)}?at=rule.all[0]")
    document = editions.document(draft)
    document["note"] = "by somebody else"
    editions.revise(draft, document)
    page.locator("#rule-all-0").get_by_role("button", name="Remove").click()
    page.get_by_text("Somebody changed this draft since you read it").wait_for()
    assert [faults(page), len(asked(draft))] == [[], 4]
