"""Overrides: a mask over what the rules say, on its own days only, whatever the order in which they are made."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ladder import checking, editions, ranking, simulating
from ladder.models import Ladder, Placement
from tests import factories as make
from tests.factories import DAY_0
from tests.ladder.oracle import Life, histories
from tests.ladder.test_history import known, stored, true_histories

if TYPE_CHECKING:
    from customers.models import Customer

pytestmark = pytest.mark.django_db
TODAY = DAY_0 + timedelta(days=400)


def on(days: int) -> Any:
    """A day, counted from today."""
    return TODAY + timedelta(days=days)


def rank(day: Any = TODAY) -> Any:
    return ranking.rank(now=make.noon(day))


def history(of: Customer, ladder: str = "griffin") -> list[tuple[str, int, int | None]]:
    """Rung, first day and the day after the last, counted from today."""
    rows = Placement.objects.true().filter(customer=of, ladder__slug=ladder).order_by("since").select_related("rung")
    return [(p.rung.slug, (p.since - TODAY).days, p.until and (p.until - TODAY).days) for p in rows]


def standing(of: Customer, ladder: str = "griffin") -> Placement:
    return Placement.objects.current().select_related("rung").get(customer=of, ladder__slug=ladder)


def nobody_yet(ada: Customer) -> None:
    pass


def bought(*backs: int) -> Any:
    def life(ada: Customer) -> None:
        for back in backs:
            make.purchase(ada, on(back))

    return life


# --- what each of the three does ---------------------------------------------------------------


@pytest.mark.parametrize(("life", "how", "rung", "expected"), [
    (bought(-9), "fix", "client", "client"), (bought(-9), "fix", "suspect", "suspect"), (bought(-9), "fix", "first-time", "first-time"),
    (bought(-9), "at_least", "repeat", "repeat"), (bought(-9), "at_least", "first-time", "first-time"),
    (bought(-9), "at_least", "suspect", "first-time"),
    (bought(-9), "at_most", "repeat", "first-time"), (bought(-9), "at_most", "first-time", "first-time"),
    (bought(-9), "at_most", "suspect", "suspect"),
    (bought(-300), "at_least", "client", "inactive"), (bought(-300), "at_most", "suspect", "inactive"),
    (bought(-300), "fix", "client", "client"), (bought(-9), "fix", "inactive", "inactive"),
])  # fmt: skip
def test_each_way_at_its_boundaries(life: Any, how: str, rung: str, expected: str) -> None:
    ada = make.customer()
    life(ada)
    held = make.override(ada, how, f"griffin:{rung}", on(-5), on(5))
    rank()
    assert (standing(ada).rung.slug, standing(ada).override) == (expected, held)


def test_it_holds_from_its_first_day_to_the_day_before_its_last() -> None:
    ada = make.customer()
    make.override(ada, "fix", "griffin:client", on(-5), on(-2))
    rank()
    assert history(ada)[-3:] == [("suspect", -400, -5), ("client", -5, -2), ("suspect", -2, None)]


def test_it_begins_and_ends_by_itself() -> None:
    ada = make.customer()
    rank(on(-10))
    make.override(ada, "fix", "griffin:client", on(-5), on(-2))
    seen = []
    for day in (-6, -5, -3, -2):
        rank(on(day))
        seen.append(standing(ada).rung.slug)
    assert seen == ["suspect", "client", "client", "suspect"]


def test_on_another_ladder_nothing_changes() -> None:
    ada = make.customer()
    make.purchase(ada, on(-9))
    make.override(ada, "fix", "christopher:partner", on(-5), on(5))
    rank()
    assert (standing(ada, "christopher").rung.slug, standing(ada).rung.slug) == ("partner", "first-time")
    assert standing(ada).override is None


def test_who_is_not_ranked_stays_so() -> None:
    ada = make.customer()
    make.qualification(ada, "need", "unknown", on(-9))
    make.not_ranked(ada, on(-3), on(-1))
    make.override(ada, "fix", "griffin:client", on(-5), on(5))
    rank()
    assert history(ada)[-2:] == [("client", -5, -3), ("client", -1, None)]


def test_a_purchase_under_it_shows_when_it_ends() -> None:
    ada = make.customer()
    make.override(ada, "fix", "griffin:suspect", on(-5), on(5))
    rank()
    make.purchase(ada, on(-3))
    rank(on(4))
    assert standing(ada).rung.slug == "suspect"
    rank(on(5))
    assert history(ada)[-1] == ("first-time", 5, None)


def test_held_from_below_they_may_still_rise() -> None:
    ada = make.customer()
    make.qualification(ada, "need", "unknown", on(-9))
    make.override(ada, "at_least", "griffin:first-time", on(-5), on(5))
    for back in (-2, -1):
        make.purchase(ada, on(back))
    rank()
    assert history(ada)[-2:] == [("first-time", -5, -1), ("repeat", -1, None)]


def test_on_days_on_which_the_rules_do_not_know_its_rung_it_is_not_there() -> None:
    ada = make.customer()
    make.override(ada, "fix", "griffin:first-time", on(-9), on(9))
    make.override(ada, "at_least", "griffin:client", on(-5), on(9))
    griffin = Ladder.objects.get(slug="griffin")
    document = editions.document(griffin.editions.get())
    document["rungs"] = [rung for rung in document["rungs"] if rung["rung"] != "client"]
    editions.publish(editions.draft(document), at=make.noon(TODAY), first_day=on(-2))
    rank()
    assert history(ada)[-3:] == [("first-time", -9, -5), ("client", -5, -2), ("first-time", -2, None)]


@pytest.mark.parametrize("how", ["at_least", "at_most"])
def test_nobody_is_held_from_below_or_above_a_rung_that_stands_beside_the_ladder_that_day(how: str) -> None:
    ada = make.customer()
    make.purchase(ada, on(-9))
    make.override(ada, how, "griffin:inactive", on(-5), on(5))
    rank()
    assert (standing(ada).rung.slug, standing(ada).override) == ("first-time", None)


def test_trying_a_draft_and_publishing_it_lay_the_override_over_it_alike() -> None:
    ada, bob, cleo = (make.customer(name) for name in ("Ada", "Bob", "Cleo"))
    for of, backs in ((ada, (-9,)), (bob, (-9, -2)), (cleo, (-9, -2))):
        bought(*backs)(of)
    make.override(ada, "fix", "griffin:client", on(-5), on(9))  # the draft does not know this rung
    make.override(bob, "fix", "griffin:first-time", on(-5), on(9))  # the draft's rule for Repeat is nothing to them
    rank()
    document = editions.document(Ladder.objects.get(slug="griffin").editions.get())
    document["rungs"] = [rung for rung in document["rungs"] if rung["rung"] != "client"]
    next(rung for rung in document["rungs"] if rung["rung"] == "repeat")["rule"] = {
        "fact": "occasions",
        "is": "at_least",
        "value": 9,
    }
    draft = editions.draft(document)
    trial = simulating.begin(draft, at=make.noon(TODAY))
    simulating.simulate(trial, now=make.noon(TODAY))
    moved = {(m.customer.name, m.before.slug, m.after.slug) for m in trial.moves.select_related("customer", "before", "after")}
    editions.publish(draft, at=make.noon(TODAY))
    rank()
    assert moved == {("Ada", "client", "first-time"), ("Cleo", "repeat", "first-time")}
    assert [standing(of).rung.slug for of in (ada, bob, cleo)] == ["first-time"] * 3
    assert checking.check()[1] == []


# --- several, in any order and timing ----------------------------------------------------------


@pytest.mark.parametrize("reverse", [False, True])
def test_of_several_the_one_that_began_last_decides_and_then_its_content(reverse: bool) -> None:
    ada = make.customer()
    held = [
        ("fix", "griffin:client", on(-9), on(9), "z"), ("fix", "griffin:prospect", on(-5), on(-2), "b"),
        ("fix", "griffin:repeat", on(-5), on(-2), "a"),
    ]  # fmt: skip
    for row in reversed(held) if reverse else held:
        make.override(ada, *row)
        rank()
    assert history(ada)[-3:] == [("client", -9, -5), ("prospect", -5, -2), ("client", -2, None)]


near = st.integers(0, 40)
RUNGS = [("griffin", rung) for rung in ("suspect", "prospect", "first-time", "repeat", "client")]
BESIDE = [("griffin", "inactive"), ("attitude", "terrorist")]
DESERVED = [("attitude", rung) for rung in ("unknown", "risky", "moveable")]
override = st.one_of(
    st.tuples(st.just("override"), near, st.integers(1, 30), st.just("fix"), st.sampled_from(RUNGS + BESIDE)),
    st.tuples(
        st.just("override"), near, st.integers(1, 30), st.sampled_from(["at_least", "at_most"]), st.sampled_from(RUNGS + DESERVED)
    ),
)
fact = st.one_of(
    st.tuples(st.just("purchase"), near, st.none() | st.integers(1, 20), st.none(), st.none()),
    st.tuples(st.just("hostile"), near, st.sampled_from(["fair", "site"])),
    st.tuples(st.just("need"), near, st.sampled_from(["yes", "no"])),
    st.tuples(st.just("not ranked"), near, st.integers(1, 10)),
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_many_overrides_in_any_order_lie_over_the_fold(db: None, data: st.DataObject) -> None:
    held = [(*o, f"reason {n}", False) for n, o in enumerate(data.draw(st.lists(override, min_size=1, max_size=7)))]
    arrivals = data.draw(st.permutations(held + data.draw(st.lists(fact, max_size=5))))
    for o in data.draw(st.lists(st.sampled_from(held), unique=True, max_size=3)):
        arrivals.insert(data.draw(st.integers(arrivals.index(o) + 1, len(arrivals))), ("withdrawn", o[5]))
    with transaction.atomic():
        ada, life = make.customer(), Life(recorded=0)
        for f in arrivals:
            stored(ada, f)
            known(life, f)
            if data.draw(st.booleans()):
                rank(DAY_0 + timedelta(days=data.draw(near)))
        rank(DAY_0 + timedelta(days=60))
        found, offenders = true_histories(ada), checking.check()[1]
        transaction.set_rollback(True)
    assert found == histories(life, 60)
    assert offenders == []
