"""My day as its reader meets it: what is due, several things at once, what was done, who may fall."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, Role, User
from customers import paging
from customers.days import day_of
from ladder import acting, ranking
from ladder.models import Action, ProgrammeStep
from tests import factories

if TYPE_CHECKING:
    from django.test import Client

    from customers.models import Customer

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Target": "day"}


@pytest.fixture
def ingrid(client: Client) -> User:
    ingrid = factories.user()
    client.force_login(ingrid)
    return ingrid


def to_thank(name: str, owner: User) -> Action:
    """Somebody to say thank you to, now."""
    now = timezone.now()
    of = factories.customer(name, owner=owner, team=owner.team)
    ranking.rank(now=now)
    return Action.objects.create(
        customer=of, placement=of.placements.current().first(), step=ProgrammeStep.objects.get(programme__slug="thank-you"), key="test",
        due_at=now - timedelta(hours=1), expires_at=now + timedelta(days=9), reason="Because.",
    )  # fmt: skip


def states() -> list[str]:
    return list(Action.objects.order_by("customer__name").values_list("state", flat=True))


def test_several_things_are_done_at_once_and_taken_back_at_once(client: Client, ingrid: User) -> None:
    todo = [to_thank(name, ingrid) for name in ("Ada", "Berit", "Cleo")]
    answer = client.post(reverse("ladder:many_done"), {"action": [str(a.uuid) for a in todo[:2]]}, follow=True)
    assert "2 things done." in answer.content.decode()
    assert states() == ["done", "done", "waiting"]
    assert AuditEntry.objects.filter(user=ingrid, verb="done").count() == 2
    undo = next(m.extra_tags for m in answer.context["messages"]).removeprefix("undo:")
    client.post(undo)
    assert states() == ["waiting", "waiting", "waiting"]


def test_several_things_are_put_off_at_once(client: Client, ingrid: User) -> None:
    todo = [to_thank(name, ingrid) for name in ("Ada", "Berit")]
    client.post(reverse("ladder:many_snooze"), {"action": [str(a.uuid) for a in todo], "days": "5"})
    assert states() == ["deferred", "deferred"]
    assert {day_of(a.due_at) for a in Action.objects.all()} == {day_of(timezone.now()) + timedelta(days=5)}


@pytest.mark.parametrize(("asked", "ahead"), [("90", 90), ("91", 90), ("99", 90), ("0", 1), ("-3", 3), ("soon", 3)])
def test_nothing_is_put_off_for_longer_than_ninety_days(client: Client, ingrid: User, asked: str, ahead: int) -> None:
    todo = to_thank("Ada", ingrid)
    client.post(reverse("ladder:many_snooze"), {"action": [str(todo.uuid)], "days": asked})
    assert day_of(Action.objects.get().due_at) == day_of(timezone.now()) + timedelta(days=ahead)


def test_what_was_done_with_things_one_does_not_see_is_not_taken_back(client: Client, ingrid: User) -> None:
    mine, others = to_thank("Ada", ingrid), to_thank("Stranger", factories.user("paul", of=factories.team("South")))
    act = acting.done(mine, by=None, at=timezone.now())
    acting.done(others, by=None, at=timezone.now(), act=act)
    assert client.post(reverse("ladder:action_undo", args=[act])).status_code == 404
    assert states() == ["done", "done"]


def test_of_several_only_mine_and_only_what_is_open_is_done(client: Client, ingrid: User) -> None:
    ada, berit = to_thank("Ada", ingrid), to_thank("Berit", ingrid)
    others = to_thank("Stranger", factories.user("paul", of=factories.team("South")))
    acting.done(ada, by=None, at=timezone.now())
    sent = {"action": [*(str(a.uuid) for a in (ada, berit, others)), "nonsense"]}
    answer = client.post(reverse("ladder:many_done"), sent, follow=True)
    assert "1 thing done." in answer.content.decode()
    assert states() == ["done", "done", "waiting"]
    again = client.post(reverse("ladder:many_done"), sent, follow=True)
    assert "None of this is open any more." in again.content.decode()


def test_after_an_act_htmx_gets_the_rows_and_every_number_that_changed(client: Client, ingrid: User) -> None:
    ada = to_thank("Ada", ingrid)
    to_thank("Berit", ingrid)
    answer = client.post(reverse("ladder:action_done", args=[ada.uuid]), headers=HTMX, follow=True)
    fragment = " ".join(answer.content.decode().split())
    assert "<html" not in fragment
    assert '<p class="lede" id="day-counts" hx-swap-oob="true"> 1 thing to do today' in fragment
    assert '<span class="count" id="nav-count" hx-swap-oob="true">1</span>' in fragment
    assert '<span class="count" id="done-count" hx-swap-oob="true">1</span>' in fragment


def test_what_i_did_today_can_be_read_and_taken_back_and_what_others_did_is_theirs(client: Client, ingrid: User) -> None:
    ada, berit = to_thank("Ada", ingrid), to_thank("Berit", ingrid)
    acting.done(berit, by=factories.user("tom"), at=timezone.now())
    act = acting.done(ada, by=ingrid, at=timezone.now())
    page = client.get("/")
    assert [a.customer.name for a in page.context["mine"]] == ["Ada"]
    assert reverse("ladder:action_undo", args=[act]) in page.content.decode()
    Action.objects.filter(pk=ada.pk).update(finished_at=timezone.now() - timedelta(days=1))
    assert list(client.get("/").context["mine"]) == []


def falls_in(of: Customer, days: int) -> None:
    """Known for one day, they are silent for too long on that one."""
    factories.purchase(of, day_of(timezone.now()) + timedelta(days=days - 181))


def test_the_number_who_may_fall_leads_to_those_customers(client: Client, ingrid: User) -> None:
    people = {name: factories.customer(name, owner=ingrid) for name in ("Ada", "Berit", "Cleo")}
    for name, days in (("Ada", 3), ("Berit", 14), ("Cleo", 15)):
        falls_in(people[name], days)
    call_command("rank")
    page = client.get("/")
    assert page.context["falling"] == 2
    assert f'href="{reverse("customer_list")}?falls=soon"' in page.content.decode()
    listed = client.get("/customers/?falls=soon")
    assert names(listed) == ["Ada", "Berit"]
    on = day_of(timezone.now()) + timedelta(days=3)
    assert f'falls to Inactive on <time datetime="{on}">' in listed.content.decode()


def names(listed: Any) -> list[str]:
    return [row[0].name for row in listed.context["rows"]]


def test_who_falls_is_listed_by_the_day_on_the_ladder_asked_for(
    client: Client, ingrid: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, days in (("Ada", 9), ("Berit", 3), ("Cleo", 14), ("Dora", 3)):
        falls_in(factories.customer(name, owner=ingrid), days)
    eve, today = factories.customer("Eve", owner=ingrid), day_of(timezone.now())
    for back in (363, 360, 0):
        factories.involvement(eve, today - timedelta(days=back))
    for back in (40, 3):
        factories.purchase(eve, today - timedelta(days=back))
    call_command("rank")
    fans = client.get("/customers/?falls=raving-fans")
    assert names(fans) == ["Eve"]
    assert [row[2].name for row in fans.context["rows"]] == ["Member"], "where they stand on that ladder"
    assert f'<time datetime="{today + timedelta(days=6)}">' in fans.content.decode()
    assert names(client.get("/customers/?falls=soon")) == ["Berit", "Dora", "Ada", "Cleo"]
    assert names(client.get("/customers/?falls=soon&sort=-falls")) == ["Cleo", "Ada", "Dora", "Berit"]
    assert names(client.get("/customers/?falls=soon&sort=name")) == ["Ada", "Berit", "Cleo", "Dora"]
    assert names(client.get("/customers/?falls=griffin")) == ["Berit", "Dora", "Ada", "Cleo"]
    assert names(client.get("/customers/?falls=nowhere")) == []
    assert names(client.get("/customers/?sort=falls")) == ["Ada", "Berit", "Cleo", "Dora", "Eve"], (
        "by name where nobody asks who falls"
    )
    monkeypatch.setattr(paging, "page", partial(paging.page, size=1))
    seen, address = [], "/customers/?falls=soon"
    while address:
        page = client.get(address)
        seen += names(page)
        address = page.context["page"].after and f"/customers/?falls=soon&after={page.context['page'].after}"
    assert seen == ["Berit", "Dora", "Ada", "Cleo"]


def test_a_reader_sees_the_day_and_nothing_to_press(client: Client, ingrid: User) -> None:
    to_thank("Ada", ingrid)
    User.objects.filter(pk=ingrid.pk).update(role=Role.READER)
    page = client.get("/").content.decode()
    assert "data-pick" not in page
    assert "Done by you" not in page
