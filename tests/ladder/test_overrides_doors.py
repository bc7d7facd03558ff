"""Overrides by page, over REST and by command."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import ApiKey, AuditEntry, User
from customers.days import day_of
from ladder import ranking
from ladder.models import Override, Rung
from tests import factories as make
from tests.ladder.test_commands import refused, run
from tests.ladder.test_overrides import on

if TYPE_CHECKING:
    from django.test import Client


pytestmark = pytest.mark.django_db


def sent(**changes: Any) -> dict[str, Any]:
    rung = Rung.objects.get(ladder__slug="griffin", slug="client")
    return {"how": "fix", "rung": rung.pk, "reason": "promised", "since": day_of(timezone.now()), "until": now_and(9), **changes}


def now_and(more: int) -> Any:
    return day_of(timezone.now()) + timedelta(days=more)


def test_on_the_page_it_is_recorded_once_shown_and_withdrawn(client: Client) -> None:
    ingrid, ada = make.user(), make.customer()
    client.force_login(ingrid)
    for _ in range(2):
        assert client.post(reverse("ladder:override_new", args=[ada.uuid]), sent()).url == ada.get_absolute_url()
    held = Override.objects.get()
    assert (held.customer, held.rung.slug, held.how, held.made_by, held.reason) == (ada, "client", "fix", ingrid, "promised")
    ranking.rank(now=timezone.now())
    page = client.get(ada.get_absolute_url()).content.decode()
    assert "Ada stands on Client by override, held there by ingrid" in page
    assert "The rules would say Suspect: nothing bought yet" in page
    assert 'chip">override' in client.get("/customers/").content.decode()
    withdraw = reverse("ladder:override_withdraw", args=[ada.uuid, held.uuid])
    for _ in range(2):
        assert client.post(withdraw).url == ada.get_absolute_url()
    held.refresh_from_db()
    assert (held.withdrawn_by, held.withdrawn_at is None) == (ingrid, False)
    ranking.rank(now=timezone.now())
    assert "by override" not in client.get(ada.get_absolute_url()).content.decode()


@pytest.mark.parametrize(("changes", "field"), [
    ({"since": now_and(-1)}, "since"), ({"until": now_and(0)}, "until"), ({"reason": " "}, "reason"), ({"rung": ""}, "rung"),
    ({"how": "about"}, "how"), ({"until": now_and(800)}, "until"),
])  # fmt: skip
def test_the_form_says_what_is_not_right(client: Client, changes: dict[str, Any], field: str) -> None:
    client.force_login(make.user())
    answer = client.post(reverse("ladder:override_new", args=[make.customer().uuid]), sent(**changes))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert not Override.objects.exists()


def test_an_override_of_somebody_else_cannot_be_withdrawn_through_ones_own_customer(client: Client) -> None:
    client.force_login(make.user())
    theirs = make.override(make.customer("Bob", team=make.team("South")), "fix", "griffin:client", on(0), on(9))
    address = reverse("ladder:override_withdraw", args=[make.customer().uuid, theirs.uuid])
    assert client.post(address).status_code == 404


@pytest.fixture
def api(client: Client) -> Any:
    key = ApiKey(name="till", team=make.team(), scopes=["read", "write"])
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {key.renew()}"
    key.save()
    return client


BODY = {"ladder": "griffin", "rung": "client", "how": "at_least", "reason": "promised"}


def test_over_rest_it_is_recorded_once_listed_shown_and_withdrawn(api: Any) -> None:
    ada = make.customer()
    address = f"/api/v1/customers/cus_{ada.uuid.hex}/"
    body = {**BODY, "until": now_and(9).isoformat()}
    first, again = (api.post(f"{address}overrides/", body, content_type="application/json") for _ in range(2))
    assert (first.status_code, again.status_code, first.json()) == (201, 200, again.json())
    assert (first.json()["by"].split()[0], first.json()["since"]) == ("till", now_and(0).isoformat())
    ranking.rank(now=timezone.now())
    griffin = api.get(f"{address}placements/").json()[0]
    assert (griffin["rung"], griffin["override"]["rules_say"], griffin["override"]["id"]) == (
        "client",
        "suspect",
        first.json()["id"],
    )
    rows = api.get("/api/v1/placements/?ladder=griffin").json()["results"]
    assert [row["override"] for row in rows] == [first.json()["id"]]
    withdrawn = [api.post(f"{address}overrides/{first.json()['id']}/withdraw/") for _ in range(2)]
    assert [answer.status_code for answer in withdrawn] == [200, 409]
    assert [row["withdrawn_at"] is None for row in api.get(f"{address}overrides/").json()["results"]] == [False]


@pytest.mark.parametrize("changes", [
    {"rung": "supporter"}, {"ladder": "nowhere"}, {"rung": "inactive"}, {"since": now_and(-1).isoformat()}, {"reason": " "},
    {"until": now_and(0).isoformat()}, {"until": now_and(800).isoformat()}, {"until": "soon"}, {"how": "about"}, {"how": "\ud800"},
])  # fmt: skip
def test_over_rest_what_is_not_right_is_refused(api: Any, changes: dict[str, str]) -> None:
    address = f"/api/v1/customers/cus_{make.customer().uuid.hex}/overrides/"
    body = {**BODY, "until": now_and(9).isoformat(), **changes}
    assert api.post(address, body, content_type="application/json").status_code == 422
    assert not Override.objects.exists()


COMMAND = ("override", "here:Ada", "--ladder", "griffin", "--reason", "promised")


def test_the_command_records_it_once_and_explain_tells_it_in_the_words_of_the_page() -> None:
    make.customer()
    answers = [run(*COMMAND, "--at-least", "repeat", "--until", now_and(9))[0] for _ in range(2)]
    assert [answer["created"] for answer in answers] == [True, False]
    assert (answers[0]["how"], answers[0]["rung"], answers[0]["since"]) == ("at_least", "repeat", now_and(0).isoformat())
    ranking.rank(now=timezone.now())
    told = run("explain", "here:Ada")[0]
    assert told["rung"] == "repeat"
    assert told["why"].startswith("Ada stands on Repeat by override, held there or above by somebody at the command line")
    assert run("ladder", "griffin")[0]["rungs"] == run("ladder", "griffin", "--at", now_and(0))[0]["rungs"]


def test_the_command_tells_who_says_so() -> None:
    make.customer()
    ingrid = make.user("ingrid")
    until = ("--fix", "client", "--until", now_and(9))
    assert run(*COMMAND, *until, "--by", "ingrid")[0]["by"] == "ingrid"
    assert Override.objects.get().made_by == AuditEntry.objects.get(verb__startswith="overrode").user == ingrid
    assert run(*COMMAND, *until)[0] | {"id": ""} == {
        "id": "", "ladder": "griffin", "how": "fix", "rung": "client", "reason": "promised", "by": "ingrid",
        "since": now_and(0).isoformat(), "until": now_and(9).isoformat(), "created": False,
    }, "it is ingrid's still"  # fmt: skip


@pytest.mark.parametrize("name", ["nobody", "", "gone"])
def test_the_command_takes_the_word_of_nobody_it_does_not_know(name: str) -> None:
    make.customer()
    User.objects.filter(pk=make.user("gone").pk).update(is_active=False)
    said = refused(*COMMAND, "--fix", "client", "--until", now_and(9), f"--by={name}")
    assert said == (2, f"--by: there is no user “{name}” who may sign in.")
    assert not Override.objects.exists()


@pytest.mark.parametrize(("arguments", "code"), [
    (("--fix", "supporter", "--until", now_and(9)), 2), (("--fix", "client", "--until", "soon"), 2),
    (("--fix", "client", "--until", now_and(9), "--from", "31.1.2026"), 2),
    (("--fix", "client", "--until", now_and(0)), 1), (("--at-most", "inactive", "--until", now_and(9)), 1),
    (("--fix", "client", "--until", now_and(-5), "--from", now_and(-9)), None),
])  # fmt: skip
def test_the_command_exits_as_the_others_do(arguments: tuple[Any, ...], code: int | None) -> None:
    make.customer()
    if code is None:
        assert run(*COMMAND, *arguments)[0]["since"] == now_and(-9).isoformat()
    else:
        assert refused(*COMMAND, *arguments)[0] == code
    assert Override.objects.exists() == (code is None)
