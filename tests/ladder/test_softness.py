"""Rungs kept by a milder rule and left after days of grace: what is stored equals judging day by day with yesterday's latches in hand."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers import days
from ladder import checking, editions, explaining, folding, ranking
from ladder.models import Edition, Ladder, Placement
from tests import factories as make

LAST = 160
DAY_0 = days.number(make.DAY_0)


def date_of(day: int) -> Any:
    return make.DAY_0 + timedelta(days=day)


def noon(day: int) -> datetime:
    return datetime.combine(date_of(day), datetime.min.time(), tzinfo=UTC) + timedelta(hours=12)


def silent_for(at_most: int) -> dict[str, Any]:
    return {"fact": "silence", "is": "at_most", "value": at_most}


def bought(at_least: int) -> dict[str, Any]:
    return {"fact": "occasions", "is": "at_least", "value": at_least}


def document(*, fan_stays: int | None, fan_grace: int, buyer_grace: int, aside_after: int) -> dict[str, Any]:
    """Fans bought twice and were never silent for more than 10 days; they stay while silent for no more than so many."""
    return {
        "ladder": "soft", "name": "Soft", "numbers": {}, "rungs": [
            {"rung": "away", "kind": "side", "rule": {"fact": "silence", "is": "above", "value": aside_after}},
            {"rung": "ground", "kind": "ground"},
            {"rung": "buyer", "kind": "step", "rule": silent_for(20), "grace_days": buyer_grace},
            {
                "rung": "fan", "kind": "step", "rule": {"all": [bought(2), silent_for(10)]}, "grace_days": fan_grace,
                **({} if fan_stays is None else {"stay": silent_for(fan_stays)}),
            },
        ],
    }  # fmt: skip


Rules = dict[str, Any]


def rung_by_day(purchases: list[int], ruling: list[tuple[int, Rules]], off: tuple[int, int] | None) -> list[tuple[int, str]]:
    """The fold, a day at a time: (day, rung entered). Imports nothing of the product but days."""
    failing: dict[str, int] = {}
    on: set[str] = set()
    found: list[tuple[int, str]] = []
    for today in range(min([*purchases, *([off[0]] if off else [])]), LAST + 1):
        rules = next(r for since, r in reversed(ruling) if since <= today)
        occasions = sorted({p for p in purchases if p <= today})
        silence = today - occasions[-1] if occasions else None
        enters = {
            "buyer": silence is not None and silence <= 20,
            "fan": len(occasions) >= 2 and silence is not None and silence <= 10,
        }
        fan_stays = rules["fan_stays"] is not None and silence is not None and silence <= rules["fan_stays"]
        stays = {"buyer": enters["buyer"], "fan": enters["fan"] or fan_stays}
        unranked = off is not None and off[0] <= today < off[1]
        aside = silence is not None and silence > rules["aside_after"]
        for rung in ("buyer", "fan"):
            failing[rung] = 0 if stays[rung] else failing.get(rung, 0) + 1
            if unranked or aside:
                on.discard(rung)
                failing[rung] = max(failing[rung], 1)
            elif enters[rung]:
                on.add(rung)
            elif failing[rung] > rules[f"{rung}_grace"]:
                on.discard(rung)
        rung = "nowhere" if unranked else "away" if aside else "fan" if "fan" in on else "buyer" if "buyer" in on else "ground"
        if not found or found[-1][1] != rung:
            found.append((today, rung))
    return found


def stored(of: Any) -> list[tuple[int, str]]:
    """Entries of the true history; holes as nowhere."""
    found: list[tuple[int, str]] = []
    ended = None
    for p in Placement.objects.true().filter(customer=of, ladder__slug="soft").select_related("rung").order_by("since"):
        if ended and ended != p.since:
            found.append((days.number(ended) - DAY_0, "nowhere"))
        found.append((days.number(p.since) - DAY_0, p.rung.slug))
        ended = p.until
    return found + ([(days.number(ended) - DAY_0, "nowhere")] if ended else [])


grace = st.integers(0, 25)
ruling = st.fixed_dictionaries(
    {"fan_stays": st.none() | st.integers(0, 40), "fan_grace": grace, "buyer_grace": grace, "aside_after": st.integers(15, 80)}
)
day = st.integers(0, LAST - 40)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    purchases=st.lists(day, min_size=1, max_size=7), first=ruling, later=st.none() | st.tuples(day, ruling),
    off=st.none() | st.tuples(day, st.integers(1, 30)), pauses=st.lists(st.integers(0, LAST), max_size=4),
)  # fmt: skip
def test_latches_equal_the_fold_over_days(db, purchases, first, later, off, pauses):
    with transaction.atomic():
        judged: list[tuple[int, Rules]] = [(-10_000, first)]
        editions.publish(editions.draft(document(**first)), at=noon(0))
        if later:
            judged.append(later)
            second = editions.draft(document(**later[1]))
            editions.publish(second, at=noon(LAST), first_day=date_of(later[0]))
        ada = make.customer(recorded=date_of(0))
        gone = (off[0], off[0] + off[1]) if off else None
        if gone:
            make.not_ranked(ada, date_of(gone[0]), date_of(gone[1]))
        for p in purchases:
            make.purchase(ada, date_of(p))
        for pause in sorted(pauses):
            ranking.rank(now=noon(LAST), day=date_of(pause))
        ranking.rank(now=noon(LAST), day=date_of(LAST))
        found = stored(ada)
        ladder = Ladder.objects.get(slug="soft")
        for on in (*pauses, LAST):
            stands = Placement.objects.true().on(date_of(on)).filter(ladder=ladder, customer=ada).values_list("rung", flat=True)
            if on >= min([*purchases, *([off[0]] if off else [])]):
                assert list(folding.counts(ladder, date_of(on))) == list(stands), "a look at a past day says the same"
        again = ranking.rank(now=noon(LAST), day=date_of(LAST), full=ranking.Full.LIVES).moved
        wrong = checking.history_is_the_fold()
        transaction.set_rollback(True)
    assert [entry for entry in found if entry[0] <= LAST] == [
        e for i, e in enumerate(rung_by_day(purchases, judged, gone)) if i or e[1] != "nowhere"
    ]
    assert (again, wrong) == (0, [])


@pytest.fixture
def soft(db):
    edition = editions.draft(document(fan_stays=15, fan_grace=14, buyer_grace=0, aside_after=100))
    editions.publish(edition, at=noon(0))
    return edition


def now_on(of):
    return Placement.objects.current().select_related("rung").get(customer=of, ladder__slug="soft")


def test_who_is_in_grace_is_warned_of_the_day_they_fall(soft):
    """Last bought on day 10: stays until silent for 15 days, day 25; fails from day 26; grace ends on day 40."""
    ada = make.customer(recorded=date_of(0))
    for on in (5, 10):
        make.purchase(ada, date_of(on))
    seen = {}
    for on in (10, 25, 26, 39, 40):
        ranking.rank(now=noon(on), day=date_of(on))
        seen[on] = now_on(ada).rung.slug, now_on(ada).falls_on
    warned = ("fan", date_of(40))
    assert seen == {10: ("fan", None), 25: ("fan", None), 26: warned, 39: warned, 40: ("ground", None)}


def test_a_purchase_in_grace_ends_the_warning(soft):
    ada = make.customer(recorded=date_of(0))
    for on in (5, 10):
        make.purchase(ada, date_of(on))
    ranking.rank(now=noon(30), day=date_of(30))
    make.purchase(ada, date_of(30))
    ranking.rank(now=noon(30), day=date_of(30))
    assert (now_on(ada).rung.slug, now_on(ada).falls_on) == ("fan", None)
    assert now_on(ada).since == date_of(10), "they never left it"


def test_the_explanation_says_what_keeps_them_and_when_they_fall(soft):
    ada = make.customer("Ada", recorded=date_of(0))
    for on in (5, 10):
        make.purchase(ada, date_of(on))
    said = {}
    for on in (10, 22, 30):
        ranking.rank(now=noon(on), day=date_of(on))
        found = explaining.current(ada, soft.ladder, today=date_of(on))
        said[on] = found.why
        assert (found.rung.slug, found.falls_on, found.falls_to.slug) == ("fan", date_of(40), "ground")
        assert explaining.as_of(ada, soft.ladder, day=date_of(on)).why == found.why
    assert said == {
        10: "Ada stands on fan: bought on 2 different days (2 needed), bought today (up to 10 allowed); bought today (up to 100 allowed).",
        22: "Ada stays on fan: last bought 12 days ago (up to 15 allowed).",
        30: "Ada stays on fan by grace until 9 February 2024, although last bought 20 days ago (up to 15 allowed).",
    }


@pytest.mark.parametrize(("change", "place"), [
    ({"grace_days": -1}, "grace_days"),
    ({"grace_days": 366}, "grace_days"),
    ({"grace_days": True}, "grace_days"),
    ({"stay": {"fact": "moon", "is": "known"}}, "stay.fact"),
    ({"stay": []}, "stay"),
])  # fmt: skip
def test_softness_that_is_none_is_refused_by_its_place(change, place):
    said = document(fan_stays=None, fan_grace=0, buyer_grace=0, aside_after=90)
    said["rungs"][3] |= change
    with pytest.raises(ValidationError, match=rf"rungs\[3\]\.{place}"):
        editions.check(said)


@pytest.mark.parametrize("softness", [{"grace_days": 3}, {"stay": silent_for(30)}])
def test_only_a_step_is_soft_and_what_is_written_is_named(softness):
    said = document(fan_stays=None, fan_grace=0, buyer_grace=0, aside_after=90)
    said["rungs"][0] |= softness
    (place,) = softness
    with pytest.raises(ValidationError, match=rf"rungs\[0\]\.{place}: only a step"):
        editions.check(said)


def test_softness_travels_with_the_document(soft):
    assert editions.document(Edition.objects.get(pk=soft.pk)) == {
        **(said := document(fan_stays=15, fan_grace=14, buyer_grace=0, aside_after=100)),
        "rungs": [
            {"name": r["rung"], "public_label": "", **{k: v for k, v in r.items() if k != "grace_days" or v}}
            for r in said["rungs"]
        ],
    }


def test_a_full_pass_by_cards_leaves_somebody_in_grace_where_another_ladder_moves_them(db: None) -> None:
    """Today's card does not tell that somebody is in their days of grace: whoever a card moves has their life read."""
    rules = {"fan_stays": None, "fan_grace": 20, "buyer_grace": 20, "aside_after": 80}
    editions.publish(editions.draft(document(**rules)), at=noon(0))
    ada = make.customer(recorded=date_of(0))
    for day in (0, 1):
        make.purchase(ada, date_of(day))
    ranking.rank(now=noon(15))
    assert stored(ada)[-1][1] == "fan"
    wrong = Placement.objects.current().get(customer=ada, ladder__slug="griffin")
    Placement.objects.filter(pk=wrong.pk).update(rung=wrong.ladder.rungs.get(slug="client"))
    ranking.rank(now=noon(15), full=ranking.Full.CARDS)
    assert Placement.objects.current().get(customer=ada, ladder__slug="griffin").rung.slug == "repeat"
    assert stored(ada)[-1][1] == "fan"
    assert checking.check()[1] == []


def test_under_an_override_too_the_rules_say_what_softness_keeps(db: None) -> None:
    rules = {"fan_stays": None, "fan_grace": 20, "buyer_grace": 20, "aside_after": 80}
    edition = editions.draft(document(**rules))
    editions.publish(edition, at=noon(0))
    ada = make.customer(recorded=date_of(0))
    for day in (0, 1):
        make.purchase(ada, date_of(day))
    make.override(ada, "fix", "soft:ground", date_of(14), date_of(60))
    ranking.rank(now=noon(15))
    told = explaining.current(ada, edition.ladder, today=date_of(15))
    then = explaining.as_of(ada, edition.ladder, day=date_of(15))
    assert [(each.rung.slug, each.ruled.rung.slug) for each in (told, then)] == [("ground", "fan")] * 2
