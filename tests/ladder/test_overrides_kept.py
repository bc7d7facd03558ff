"""Overrides taken back, refused, shown; and that they queue nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError

from accounts.models import AuditEntry
from customers.recording import Contradicted
from ladder import checking, folding, overriding
from ladder.models import Action, Ladder, Override, Placement, Rung
from tests import factories as make
from tests.ladder.test_overrides import TODAY, history, on, rank, standing

if TYPE_CHECKING:
    from customers.models import Customer

pytestmark = pytest.mark.django_db


def test_withdrawn_it_counts_on_none_of_its_days() -> None:
    ada = make.customer()
    make.purchase(ada, on(-9))
    held = make.override(ada, "fix", "griffin:client", on(-5), on(5))
    rank()
    before = history(ada)
    overriding.withdraw(held, at=make.noon(TODAY))
    rank()
    assert before[-1] == ("client", -5, None)
    assert history(ada)[-1] == ("first-time", -9, None)
    assert standing(ada).override is None
    with pytest.raises(Contradicted):
        overriding.withdraw(held, at=make.noon(TODAY))


def said(ada: Customer, **changes: Any) -> Override:
    rung = Rung.objects.get(ladder__slug="griffin", slug=changes.pop("rung", "client"))
    return Override(
        **{"customer": ada, "rung": rung, "how": "fix", "since": on(0), "until": on(9), "reason": "promised", **changes}
    )


def test_said_twice_it_is_there_once_and_may_be_said_again_when_withdrawn() -> None:
    ada, ingrid = make.customer(), make.user()
    first, second = (overriding.record(said(ada), at=make.noon(TODAY), by=ingrid) for _ in range(2))
    assert (first.created, second.created, second.entry) == (True, False, first.entry)
    overriding.withdraw(first.entry, at=make.noon(TODAY), by=ingrid)
    assert overriding.record(said(ada), at=make.noon(TODAY), by=ingrid).created
    trail = AuditEntry.objects.filter(thing=f"customer {ada.pk}", user=ingrid).order_by("pk")
    assert [entry.verb for entry in trail] == ["overrode the rung of", "withdrew an override of", "overrode the rung of"]


@pytest.mark.parametrize("changes", [
    {"reason": ""}, {"reason": "  "}, {"until": on(0)}, {"until": on(-1)}, {"until": on(732)}, {"how": "at_least", "rung": "inactive"},
    {"how": "at_most", "rung": "disqualified"}, {"how": "about"},
])  # fmt: skip
def test_what_is_not_right_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        overriding.record(said(make.customer(), **changes), at=make.noon(TODAY))
    assert not Override.objects.exists()


@pytest.mark.parametrize("changes", [{"until": on(0)}, {"until": on(732)}, {"reason": ""}, {"how": "about"}])
def test_the_database_refuses_it_too(changes: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        said(make.customer(), **changes).save()


@pytest.mark.parametrize("changes", [{"until": on(1)}, {"until": on(731)}, {"rung": "inactive"}])
def test_the_shortest_the_longest_and_one_beside_the_ladder_are_taken(changes: dict[str, Any]) -> None:
    assert overriding.record(said(make.customer(), **changes), at=make.noon(TODAY)).created


def test_a_rung_no_published_rules_know_is_refused() -> None:
    Rung.objects.create(ladder=Ladder.objects.get(slug="griffin"), slug="drafted", name="Drafted")
    with pytest.raises(ValidationError, match="No published rules"):
        overriding.record(said(make.customer(), rung="drafted"), at=make.noon(TODAY))


# --- what it queues: nothing -------------------------------------------------------------------


def queued(of: Customer) -> dict[str, str]:
    return dict(Action.objects.filter(customer=of).values_list("step__slug", "state"))


def test_neither_its_beginning_nor_its_end_nor_its_withdrawal_queues_anything() -> None:
    ada = make.customer()
    rank(on(-6))
    make.override(ada, "fix", "griffin:first-time", on(-5), on(-3))
    held = make.override(ada, "fix", "christopher:supporter", on(-5), on(20))
    for day in range(-5, 0):
        rank(on(day))
    overriding.withdraw(held, at=make.noon(TODAY))
    rank()
    assert queued(ada) == {}


def test_nor_does_it_when_a_purchase_arrives_with_it() -> None:
    ada, bob = make.customer(), make.customer("Bob")
    rank(on(-1))
    make.override(ada, "fix", "christopher:supporter", TODAY, on(20))
    for of in (ada, bob):
        make.purchase(of, TODAY)
    rank()
    assert queued(ada) == queued(bob) != {}, "what the purchase calls for, and nothing else"


def test_what_it_takes_them_away_from_is_cancelled() -> None:
    ada = make.customer()
    make.purchase(ada, on(-1))
    rank()
    assert set(queued(ada).values()) == {"waiting"}
    make.override(ada, "fix", "griffin:suspect", on(0), on(20))
    rank()
    assert set(queued(ada).values()) == {"cancelled"}


# --- what is shown of it -----------------------------------------------------------------------


def test_a_movement_tells_whether_an_override_made_it() -> None:
    ada = make.customer()
    make.qualification(ada, "need", "unknown", on(-20))
    make.override(ada, "at_least", "griffin:first-time", on(-9), on(-3))
    for back in (-6, -5):
        make.purchase(ada, on(back))
    rank()
    told = Placement.objects.true().filter(customer=ada, ladder__slug="griffin").order_by("since")
    assert list(told.values_list("rung__slug", "by_override")) == [("suspect", False), ("first-time", True), ("repeat", False)]


def test_as_of_a_day_counts_what_was_held_then() -> None:
    ada = make.customer()
    make.override(ada, "fix", "griffin:client", on(-5), on(-2))
    griffin = Ladder.objects.get(slug="griffin")
    names = dict(Rung.objects.values_list("pk", "slug"))
    seen = [{names[rung]: n for rung, n in folding.counts(griffin, on(day)).items()} for day in (-6, -5, -3, -2)]
    assert seen == [{"suspect": 1}, {"client": 1}, {"client": 1}, {"suspect": 1}]


def test_the_check_finds_a_placement_that_does_not_show_it() -> None:
    ada = make.customer()
    make.override(ada, "fix", "griffin:client", on(-5), on(5))
    rank()
    assert checking.check()[1] == []
    Placement.objects.current().filter(customer=ada, ladder__slug="griffin").update(override=None)
    assert "an override in force shows on its placement" in {o["invariant"] for o in checking.check()[1]}
