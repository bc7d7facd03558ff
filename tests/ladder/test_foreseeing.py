"""Who is about to fall: on which day time alone lowers them, and to where; those whose day passes without that are not told of."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError
from django.urls import reverse
from django.utils import timezone

from accounts.models import ApiKey
from customers import days
from customers.models import Customer, UsableCategory
from ladder import checking, foreseeing, overriding, ranking, sifting, standings, tasks
from ladder.models import Chunk, Outlook, Override, Placement, Rung
from tests import factories as make
from tests.factories import DAY_0
from tests.ladder.test_quarantine import poison

if TYPE_CHECKING:
    from datetime import date

    from django.test import Client

pytestmark = pytest.mark.django_db
TODAY = DAY_0 + timedelta(days=1_000)


def ago(many: int) -> date:
    return TODAY - timedelta(days=many)


def look() -> None:
    while foreseeing.look_ahead():
        pass


def rank(day: date = TODAY) -> None:
    ranking.rank(now=make.noon(day), day=day)
    look()


def falls(ladder: str = "griffin") -> dict[str, tuple[date, str]]:
    found = Outlook.objects.filter(ladder__slug=ladder).exclude(falls_on=None)
    return {name: (on, to) for name, on, to in found.values_list("customer__name", "falls_on", "falls_to__slug")}


@pytest.fixture
def base() -> dict[str, Customer]:
    """Silent for 180 days in 4 and in 14 and in 15 days; looked at again in 5 days, and that alone."""
    people = {name: make.customer(name, team=make.team()) for name in ("Soon", "Last", "Later", "Looked at")}
    for name, silent in (("Soon", 176), ("Last", 166), ("Later", 165)):
        make.purchase(people[name], ago(silent + 1))
    make.purchase(people["Looked at"], ago(3))
    make.usable(people["Looked at"], "Textiles", ago(390))
    UsableCategory.objects.update(until=TODAY + timedelta(days=5))
    return people


def truly(day: date) -> dict[str, tuple[date, str]]:
    """What ranking night after night makes of them, when nothing happens."""
    found: dict[str, tuple[date, str]] = {}
    before = dict(Placement.objects.current().filter(ladder__slug="griffin").values_list("customer__name", "rung__slug"))
    for night in range(1, 15):
        on = day + timedelta(days=night)
        ranking.rank(now=make.noon(on), day=on)
        for name, rung in Placement.objects.current().filter(ladder__slug="griffin").values_list("customer__name", "rung__slug"):
            if rung != before[name] and name not in found:
                found[name] = (on, rung)
    return found


def test_it_is_what_the_nights_bring(base: Any) -> None:
    rank()
    due = Placement.objects.current().filter(ladder__slug="griffin", due__lte=TODAY + timedelta(days=14))
    foretold = falls()
    assert {placement.customer.name for placement in due} > set(foretold), "or being due would tell as much"
    assert foretold == truly(TODAY)
    assert set(foretold) == {"Soon", "Last"}


def test_who_is_looked_at_again_before_they_fall_is_told_of_in_time() -> None:
    """In 6 days the first of three times they took part is a year ago, in 17 the second, and that lowers them. In 4 days it is 13 until then."""
    eve = make.customer("Eve", team=make.team())
    for back in (360, 349, 0):
        make.involvement(eve, ago(back))
    for back in (40, 3):
        make.purchase(eve, ago(back))
    rank()
    assert not standings.about_to_fall(TODAY).exists()
    assert list(Outlook.objects.values_list("ladder__slug", "due")) == [("raving-fans", TODAY + timedelta(days=6))]
    rank(TODAY + timedelta(days=4))
    [outlook] = standings.about_to_fall(TODAY + timedelta(days=4))
    assert (outlook.ladder.slug, outlook.falls_on) == ("raving-fans", TODAY + timedelta(days=17))
    assert checking.check()[1] == []


@pytest.mark.parametrize("wrong", [{"falls_on": TODAY + timedelta(days=6)}, {"falls_on": None, "falls_to": None}])
def test_the_check_finds_who_is_told_otherwise_than_the_fold(base: Any, wrong: dict[str, Any]) -> None:
    rank()
    assert checking.check()[1] == []
    Outlook.objects.filter(customer=base["Soon"], ladder__slug="griffin").update(**wrong)
    assert {one["invariant"] for one in checking.check()[1]} == {"who is about to fall is who the fold lowers"}


def test_what_reaches_them_ends_it_and_what_reaches_others_does_not(base: Any) -> None:
    rank()
    kept = Outlook.objects.get(customer=base["Last"], ladder__slug="griffin").pk
    make.purchase(base["Soon"], TODAY)
    rank()
    assert set(falls()) == {"Last"}
    assert Outlook.objects.get(customer=base["Last"], ladder__slug="griffin").pk == kept
    rank(TODAY + timedelta(days=1))
    assert set(falls()) == {"Last", "Later"}


def test_an_override_holds_them_until_it_ends(base: Any) -> None:
    rung = Rung.objects.get(ladder__slug="griffin", slug="first-time")
    for name, until in (("Soon", 30), ("Last", 14)):
        held = Override(customer=base[name], rung=rung, how="fix", since=TODAY, until=TODAY + timedelta(days=until), reason="x")
        held.made_at = make.noon(TODAY)
        held.save()
    rank()
    assert falls() == {"Last": (TODAY + timedelta(days=14), "inactive")}


def soon(many: int) -> list[Customer]:
    """Silent for too long in four days, all of them."""
    found = [make.customer(f"Soon {n}", team=make.team()) for n in range(many)]
    for one in found:
        make.purchase(one, ago(177))
    return found


def test_of_whom_the_rules_fail_nothing_is_foretold_and_of_everybody_else_it_is() -> None:
    people = soon(5)
    poison(people[1], people[4], table="ladder_outlook", on="UPDATE")
    rank()
    assert set(falls()) == {"Soon 0", "Soon 2", "Soon 3"}
    failed = Outlook.objects.exclude(error="")
    assert {one.customer for one in failed} == {people[1], people[4]}
    assert {("out of range" in one.error, one.falls_on) for one in failed} == {(True, None)}
    assert foreseeing.look_ahead() == 0, "or they would be tried at every tick"
    assert checking.check()[1] == [], "of whom nothing is foretold nothing is foretold wrongly"


def test_where_it_fails_on_more_than_some_it_is_not_the_customers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sifting, "MOST", 3)
    people = soon(9)
    ranking.rank(now=make.noon(TODAY), day=TODAY)
    poison(*people[:8], table="ladder_outlook", on="UPDATE")
    for failed in (3, 6):
        with pytest.raises(DatabaseError):
            foreseeing.catch_up()
        assert Outlook.objects.exclude(error="").values("customer").distinct().count() == failed
        foreseeing.catch_up()  # not again until something was ranked
        ranking.rank(now=make.noon(TODAY), day=TODAY)
    foreseeing.catch_up()
    assert set(falls()) == {"Soon 8"}, "in the end nobody waits for them"


def test_whom_another_run_has_ranked_further_keeps_nobody_busy() -> None:
    """Rules that begin after midnight take a chunk along into the new day; what arrives on it is for the next run."""
    one = soon(1)[0]
    rank()
    Chunk.objects.update(through=TODAY + timedelta(days=1))
    make.purchase(one, TODAY + timedelta(days=1))
    assert foreseeing.look_ahead() == 0


@pytest.mark.parametrize("begins", [1, 3])
def test_what_is_said_of_a_day_to_come_is_looked_at_and_so_is_its_withdrawal(base: Any, begins: int) -> None:
    """An override planned, of somebody who falls in 4 days: until it is withdrawn nobody is told that they do."""
    rank()
    assert set(falls()) == {"Soon", "Last"}
    planned = Override(
        customer=base["Soon"], rung=Rung.objects.get(ladder__slug="griffin", slug="first-time"), how="fix",
        since=TODAY + timedelta(days=begins), until=TODAY + timedelta(days=60), reason="x",
    )  # fmt: skip
    planned.made_at = make.noon(TODAY)
    planned.save()
    look()
    assert set(falls()) == {"Last"}
    assert checking.check()[1] == []
    overriding.withdraw(planned, by=make.user(), at=make.noon(TODAY))
    look()
    assert falls()["Soon"] == (TODAY + timedelta(days=4), "inactive")
    assert checking.check()[1] == []


def test_who_is_put_lower_from_a_day_to_come_falls_on_it(base: Any) -> None:
    rank()
    planned = Override(
        customer=base["Looked at"], rung=Rung.objects.get(ladder__slug="griffin", slug="disqualified"), how="fix",
        since=TODAY + timedelta(days=9), until=TODAY + timedelta(days=60), reason="x",
    )  # fmt: skip
    planned.made_at = make.noon(TODAY)
    planned.save()
    look()
    assert falls()["Looked at"] == (TODAY + timedelta(days=9), "disqualified")


def test_who_was_looked_up_by_somebody_else_meanwhile_ends_nothing(base: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two workers find the same few; whoever comes second goes on with the rest."""
    monkeypatch.setattr(foreseeing, "AT_A_TIME", 1)
    ranking.rank(now=make.noon(TODAY), day=TODAY)
    note = foreseeing._note

    def another_first(customers: list[int], **more: Any) -> int:
        note(customers)
        return note(customers, **more)

    monkeypatch.setattr(foreseeing, "_note", another_first)
    for _ in range(9):
        foreseeing.catch_up()
    assert set(falls()) == {"Soon", "Last"}


@pytest.fixture(autouse=True)
def nobody_looked_yet() -> None:
    foreseeing._done.clear()


def test_the_tick_looks_ahead_once_for_each_run(base: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []
    look_ahead = foreseeing.look_ahead

    def counted() -> int:
        looked.append(look_ahead())
        return looked[-1]

    monkeypatch.setattr(foreseeing, "look_ahead", counted)
    monkeypatch.setattr(foreseeing, "AT_A_TIME", 2)
    for _ in range(6):
        tasks.tick()
    assert looked[-1] == 0
    done = len(looked)
    tasks.tick()
    assert len(looked) == done
    make.purchase(make.customer("Eve"), ago(1))
    tasks.tick()
    assert len(looked) == done + 1


def test_over_rest_they_are_told_by_day(client: Client) -> None:
    today = days.day_of(timezone.now())
    silent, loud = (make.customer(name, team=make.team()) for name in ("Silent", "Loud"))
    make.purchase(silent, today - timedelta(days=178))
    make.purchase(loud, today)
    call_command("rank")
    key = ApiKey(name="till", team=make.team(), scopes=["read"])
    secret = key.renew()
    key.save()

    def told(**asked: Any) -> Any:
        return client.get(
            reverse("api:placement_list"), {"ladder": "griffin", **asked}, headers={"Authorization": f"Bearer {secret}"}
        )

    rows = {row["customer"]: (row["falls_on"], row["falls_to"]) for row in told().json()["results"]}
    who = f"cus_{silent.uuid.hex}"
    assert rows[f"cus_{loud.uuid.hex}"] == (None, None)
    assert rows[who] == (str(today + timedelta(days=3)), "inactive")
    assert [row["customer"] for row in told(falls_by=today + timedelta(days=3)).json()["results"]] == [who]
    assert told(falls_by=today + timedelta(days=2)).json()["results"] == []
    for asked in ({"falls_by": today + timedelta(days=15)}, {"falls_by": today, "as_of": today}, {"falls_by": "soon"}):
        refused = told(**asked)
        assert (refused.status_code, refused.json()["detail"].partition(":")[0]) == (400, "falls_by")
