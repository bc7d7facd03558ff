"""The door in and out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from tests.factories import user

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
PHRASE = "a long pass phrase"
DOOR = "/accounts/sign-in/"


def knock(client: Client, password: str) -> int:
    return client.post(DOOR, {"username": "ingrid", "password": password}).status_code


def test_a_stranger_is_led_to_the_door_and_back_to_where_they_wanted(client: Client) -> None:
    wanted = reverse("customer_list")
    user()
    assert client.get(wanted).url == f"{DOOR}?next={wanted}"
    assert client.post(DOOR, {"username": "ingrid", "password": PHRASE, "next": wanted}).url == wanted


def test_the_door_leads_to_no_other_site(client: Client) -> None:
    user()
    assert client.post(DOOR, {"username": "ingrid", "password": PHRASE, "next": "https://evil.example/"}).url == "/"


def test_a_wrong_password_says_so_without_saying_whether_the_name_exists(client: Client) -> None:
    user()
    known = client.post(DOOR, {"username": "ingrid", "password": "wrong"})
    unknown = client.post(DOOR, {"username": "nobody", "password": "wrong"})
    said = "do not belong together"
    assert said in known.content.decode()
    assert said in unknown.content.decode()


def test_too_many_wrong_passwords_lock_the_name_for_a_while(client: Client) -> None:
    user()
    statuses = [knock(client, "wrong") for _ in range(8)]
    assert statuses[0] == 200
    assert statuses[-1] == 429
    locked = client.post(DOOR, {"username": "ingrid", "password": PHRASE})
    assert locked.status_code == 429
    assert "Locked for a while" in locked.content.decode()


def test_one_signs_out_by_a_button_never_by_a_link(client: Client) -> None:
    client.force_login(user())
    out = reverse("accounts:sign_out")
    assert client.get(out).status_code == 405
    assert client.post(out).url == DOOR
    assert client.get("/customers/").status_code == 302


def test_the_theme_is_kept_and_stands_on_every_page(client: Client) -> None:
    client.force_login(user())
    back = client.post(reverse("accounts:theme"), {"theme": "dark", "next": "/customers/"})
    assert back.url == "/customers/"
    assert 'data-theme="dark"' in client.get("/customers/").content.decode()


def test_an_unknown_theme_changes_nothing(client: Client) -> None:
    ingrid = user()
    client.force_login(ingrid)
    client.post(reverse("accounts:theme"), {"theme": "pink", "next": "https://evil.example/"})
    ingrid.refresh_from_db()
    assert ingrid.theme == "auto"


def test_a_changed_password_keeps_one_signed_in_and_is_noted(client: Client) -> None:
    ingrid = user()
    client.force_login(ingrid)
    new = "another long pass phrase"
    client.post(reverse("accounts:password"), {"old_password": PHRASE, "new_password1": new, "new_password2": new})
    ingrid.refresh_from_db()
    assert ingrid.check_password(new)
    assert client.get("/customers/").status_code == 200
    assert AuditEntry.objects.filter(user=ingrid, verb="changed the password of").exists()


def test_a_weak_password_is_refused_at_its_field(client: Client) -> None:
    ingrid = user()
    client.force_login(ingrid)
    sent = {"old_password": PHRASE, "new_password1": "12345678", "new_password2": "12345678"}
    answer = client.post(reverse("accounts:password"), sent)
    ingrid.refresh_from_db()
    assert answer.status_code == 422
    assert "entirely numeric" in answer.content.decode()
    assert ingrid.check_password(PHRASE)


@pytest.mark.parametrize("address", ["/customers/", "/accounts/settings/", "/help/", "/nothing/"])
def test_every_answer_carries_the_content_policy(client: Client, address: str) -> None:
    client.force_login(user())
    assert "default-src 'self'" in client.get(address).headers["Content-Security-Policy"]
