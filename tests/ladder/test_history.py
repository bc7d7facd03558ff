"""History is the fold over days, whatever the order and timing in which facts arrive."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers import days
from customers.models import Category, Customer
from ladder import checking, editions, overriding, ranking
from ladder.models import Edition, Override, Placement
from tests import factories as make
from tests.ladder.oracle import CLIMBS, LADDERS, Life, histories

TODAY = 1500
NOW = datetime.combine(make.DAY_0 + timedelta(days=TODAY), datetime.min.time(), tzinfo=UTC) + timedelta(hours=20)
CATEGORIES = {"Textiles": -2000, "Lighting": -2000, "Seating": -2000, "Novelties": 300}


def date_of(day: int):
    return make.DAY_0 + timedelta(days=day)


day = st.integers(0, TODAY + 20)
maybe = st.none() | st.integers(1, 500)
fact = st.one_of(
    st.tuples(st.just("purchase"), day, maybe, maybe, st.sampled_from([None, *CATEGORIES])),
    st.tuples(st.just("purchase"), day, st.none(), st.none(), st.sampled_from([None, *CATEGORIES])),
    st.tuples(st.sampled_from(["need", "ability"]), day, st.sampled_from(["yes", "no", "unknown"])),
    st.tuples(st.just("told"), day, st.booleans()),
    st.tuples(st.just("asked and told"), day, st.integers(0, 32)),
    st.tuples(st.just("score"), day, st.integers(0, 10)),
    st.tuples(st.just("usable"), st.sampled_from(list(CATEGORIES)), day, maybe),
    st.tuples(st.just("not ranked"), day, st.integers(1, 200)),
    st.tuples(st.sampled_from(["reference", "leaving", "competitor", "involved", "enrolled"]), day),
    st.tuples(st.just("referral"), day, st.booleans(), day, maybe),
    st.tuples(st.just("complaint"), day, st.integers(0, 30), st.lists(st.integers(1, 60), max_size=3)),
    st.tuples(st.just("hostile"), day, st.sampled_from(["fair", "site"])),
    st.tuples(st.just("plan"), day, maybe),
)
RUNGS = [(ladder, rung) for ladder, climb in CLIMBS.items() for rung in climb]
BESIDE = [("griffin", "inactive"), ("griffin", "disqualified"), ("attitude", "terrorist")]
# The last tells whether somebody withdraws it later.
override = st.one_of(
    st.tuples(st.just("override"), day, st.integers(1, 700), st.just("fix"), st.sampled_from(RUNGS + BESIDE), st.booleans()),
    st.tuples(
        st.just("override"),
        day,
        st.integers(1, 700),
        st.sampled_from(["at_least", "at_most"]),
        st.sampled_from(RUNGS),
        st.booleans(),
    ),
)

# Rules of christopher with another threshold, from a day past or to come; the last tells whether they are called back later.
edition = st.tuples(st.just("edition"), day, st.sampled_from([1, 3, 4, 6]), st.booleans())


@st.composite
def arriving(draw: Any, published: int = 0) -> list[tuple[Any, ...]]:
    """Facts, overrides and editions in any order; what is withdrawn or called back is so after it was made.

    Each override has a reason of its own; an edition is called back before the next is published.
    """
    facts = draw(st.lists(fact, max_size=10)) + draw(st.just([]) | regular())
    held = draw(st.just([]) | st.lists(override, max_size=5))
    facts += [(*o[:5], f"reason {n}", *o[5:]) for n, o in enumerate(held)]
    facts += draw(st.lists(edition, min_size=min(published, 1), max_size=published))
    arrivals = draw(st.permutations(facts))
    places = [i for i, f in enumerate(arrivals) if f[0] == "edition"]
    for i, following in reversed(list(zip(places, [*places, len(arrivals)][1:], strict=True))):
        if arrivals[i][-1]:
            arrivals.insert(draw(st.integers(i + 1, following)), ("called back",))
    for o in [o for o in arrivals if o[0] == "override" and o[-1]]:
        arrivals.insert(draw(st.integers(arrivals.index(o) + 1, len(arrivals))), ("withdrawn", o[5]))
    return arrivals


@st.composite
def regular(draw: Any) -> list[tuple[Any, ...]]:
    """A habit: buys every so often, of all the categories, so that the upper rungs are reached too."""
    start, gap, times = draw(st.integers(0, 700)), draw(st.integers(1, 120)), draw(st.integers(2, 12))
    facts: list[tuple[Any, ...]] = [("usable", c, start, None) for c in list(CATEGORIES)[:3]]
    for i in range(times):
        facts.append(("purchase", min(start + i * gap, TODAY), None, None, list(CATEGORIES)[i % 3]))
    return facts


def known(life: Life, f: tuple[Any, ...]) -> None:
    match f:
        case ("purchase", d, ends, covers, category):
            life.purchases.append((d, None if ends is None else d + ends - 1, None if covers is None else d + covers, category))
        case (("need" | "ability") as subject, d, answer):
            getattr(life, subject).append((d, answer))
        case ("told", d, prompted):
            (life.prompted if prompted else life.unprompted).append(d)
        case ("asked and told", d, after):
            life.asks.append(d)
            life.unprompted.append(d + after)
        case ("score", d, value):
            life.scores.append((d, value))
        case ("usable", category, d, length):
            life.usable.append((category, d, None if length is None else d + length))
        case ("not ranked", d, length):
            life.not_ranked.append((d, d + length))
        case ("reference", d):
            life.references.append(d)
        case ("leaving", d):
            life.leaving.append(d)
        case ("competitor", d):
            life.competitors.append(d)
        case ("involved", d):
            life.involved.append(d)
        case ("enrolled", d):
            life.enrolled.append(d)
        case ("referral", d, prompted, bought, ends):
            life.referrals.append((d, prompted, bought, None if ends is None else bought + ends))
        case ("complaint", d, due, waits):
            life.complaints.append((d, d + due, turns(d, waits)))
        case ("hostile", d, audience):
            life.hostile.append((d, audience))
        case ("plan", d, length):
            life.plans.append((d, None if length is None else d + length))
        case ("override", d, length, how, (ladder, rung), reason, _):
            life.overrides.append((d, d + length, how, ladder, rung, reason))
        case ("withdrawn", reason):
            life.overrides = [o for o in life.overrides if o[-1] != reason]
        case ("edition", d, asked, _):
            life.editions.append((d, asked))
        case ("called back",):
            life.editions.pop()


def turns(received: int, waits: list[int]) -> list[tuple[int, str]]:
    """Answered, reopened, answered again, so many days after each other."""
    kinds = ("answered", "reopened", "answered")
    return [(received + sum(waits[: i + 1]), kinds[i]) for i in range(len(waits))]


def stored(of: Customer, f: tuple[Any, ...]) -> None:
    match f:
        case ("purchase", d, ends, covers, category):
            make.purchase(
                of, date_of(d), ended=None if ends is None else date_of(d + ends - 1),
                covers_until=None if covers is None else date_of(d + covers), product=category and make.product(category),
            )  # fmt: skip
        case (("need" | "ability") as subject, d, answer):
            make.qualification(of, subject, answer, date_of(d))
        case ("told", d, prompted):
            make.recommendation(of, date_of(d), prompted=prompted)
        case ("asked and told", d, after):
            make.recommendation(of, date_of(d + after))
            make.ask(of, date_of(d))
        case ("score", d, value):
            make.score(of, date_of(d), value)
        case ("usable", category, d, length):
            make.usable(of, category, date_of(d), None if length is None else date_of(d + length))
        case ("not ranked", d, length):
            make.not_ranked(of, date_of(d), date_of(d + length))
        case ("reference", d):
            make.recommendation(of, date_of(d), prompted=True, kind="reference")
        case ("leaving", d):
            make.leaving(of, date_of(d))
        case ("competitor", d):
            make.competitor(of, date_of(d))
        case ("involved", d):
            make.involvement(of, date_of(d))
        case ("enrolled", d):
            make.involvement(of, date_of(d), kind="enrolled")
        case ("referral", d, prompted, bought, ends):
            made = make.referral(of, date_of(d), prompted=prompted)
            make.purchase(made.referred, date_of(bought), ended=None if ends is None else date_of(bought + ends))
        case ("complaint", d, due, waits):
            received = make.complaint(of, date_of(d), due=date_of(d + due))
            for on, kind in turns(d, waits):
                received.steps.create(kind=kind, occurred_at=make.noon(date_of(on)))
        case ("hostile", d, audience):
            make.hostile_act(of, date_of(d), audience=audience)
        case ("plan", d, length):
            make.joint_plan(of, date_of(d), until=None if length is None else date_of(d + length))
        case ("override", d, length, how, (ladder, rung), reason, _):
            make.override(of, how, f"{ladder}:{rung}", date_of(d), date_of(d + length), reason)
        case ("withdrawn", reason):
            overriding.withdraw(Override.objects.get(reason=reason), at=NOW)
        case ("edition", d, asked, called_back):
            draft = editions.draft(asking_of_client(asked))
            editions.publish(draft, at=NOW, first_day=date_of(d), hold=timedelta(days=1 if called_back else 0))
        case ("called back",):
            editions.call_back(Edition.objects.filter(ladder__slug="christopher").latest("number"), at=NOW)


def asking_of_client(occasions: int) -> dict[str, Any]:
    """The rules of christopher as they are shipped, but for the occasions of client."""
    document = editions.document(Edition.objects.get(ladder__slug="christopher", number=1))
    client = next(row for row in document["rungs"] if row["rung"] == "client")
    client["rule"] = {"fact": "occasions", "is": "at_least", "value": occasions}
    return document


def true_histories(of: Customer) -> dict[str, list[tuple[str, int, int | None]]]:
    zero = days.number(make.DAY_0)
    found: dict[str, list[tuple[str, int, int | None]]] = {ladder: [] for ladder in LADDERS}
    for p in Placement.objects.true().filter(customer=of).select_related("rung", "ladder").order_by("since"):
        until = None if p.until is None else days.number(p.until) - zero
        found[p.ladder.slug].append((p.rung.slug, days.number(p.since) - zero, until))
    return found


def rows(of: Customer) -> list[tuple[Any, ...]]:
    """Everything that is stored of where they stood."""
    return list(Placement.objects.filter(customer=of).order_by("pk").values_list())


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_order_and_timing_gives_the_fold_over_days(db: None, data: st.DataObject) -> None:
    plays(data, data.draw(arriving()))


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_so_it_does_with_editions_published_and_called_back_in_between(db: None, data: st.DataObject) -> None:
    plays(data, data.draw(arriving(published=3)))


def plays(data: st.DataObject, arrivals: list[tuple[Any, ...]]) -> None:
    """Everything arrives, the clock going on in between; what is stored in the end is the fold, by the oracle and by a full pass."""
    # Between arrivals the clock goes on and the ranker may run.
    pauses = data.draw(st.lists(st.booleans(), min_size=len(arrivals), max_size=len(arrivals)))
    ticks = len(arrivals) + data.draw(st.integers(0, 4))
    clock = sorted(data.draw(st.lists(st.integers(0, TODAY), min_size=ticks, max_size=ticks)))
    with transaction.atomic():
        for name, first_sold in CATEGORIES.items():
            Category.objects.create(name=name, first_sold=date_of(first_sold))
        ada = make.customer(recorded=date_of(5))
        life = Life(recorded=5, sold=CATEGORIES)
        for f, pause, at in zip(arrivals, pauses, clock, strict=False):
            stored(ada, f)
            known(life, f)
            if pause:
                ranking.rank(now=NOW, day=date_of(at))
        for at in clock[len(arrivals) :]:  # nothing arrives any more: time alone moves
            ranking.rank(now=NOW, day=date_of(at))
        ranking.rank(now=NOW, day=date_of(TODAY))
        found, written = true_histories(ada), rows(ada)
        again = ranking.rank(now=NOW, day=date_of(TODAY), full=ranking.Full.LIVES)
        unchanged = rows(ada) == written
        transaction.set_rollback(True)
    assert found == histories(life, TODAY)
    assert (again.moved, unchanged) == (0, True), "a full pass after an incremental one changes nothing"


def begins(f: tuple[Any, ...]) -> int:
    return f[2] if f[0] == "usable" else min(f[1], f[3]) if f[0] == "referral" else f[1]


ON_TIME = (ranking.Full.LEDGERS, ranking.Full.CARDS)


@st.composite
def on_their_days(draw: Any) -> list[tuple[int, list[tuple[Any, ...]]]]:
    """Facts that arrive on the day on which they happen, day after day: (day, what arrives on it)."""
    facts = draw(st.lists(fact, max_size=6)) + draw(st.just([]) | regular())
    quiet = [(day, []) for day in draw(st.lists(st.integers(0, TODAY), max_size=6))]
    found: dict[int, list[tuple[Any, ...]]] = {}
    for day, arriving in [*quiet, *((begins(f), [f]) for f in facts)]:
        found.setdefault(min(day, TODAY), []).extend(arriving)
    return sorted(found.items())


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_facts_that_arrive_on_their_days_give_the_same_history(db: None, data: st.DataObject) -> None:
    """Judged by their cards of the day wherever nothing earlier is touched; held against the fold every time, lest it be mended later."""
    with transaction.atomic():
        for name, first_sold in CATEGORIES.items():
            Category.objects.create(name=name, first_sold=date_of(first_sold))
        ada = make.customer(recorded=date_of(0))
        life = Life(recorded=0, sold=CATEGORIES)
        for day, arriving in data.draw(on_their_days()):
            for f in arriving:
                stored(ada, f)
                known(life, f)
                if data.draw(st.booleans()):
                    ranking.rank(now=NOW, day=date_of(day))
            ranking.rank(now=NOW, day=date_of(day), full=data.draw(st.sampled_from([None, None, *ON_TIME])))
            assert (
                checking.history_is_the_fold() + checking.nobody_is_due_too_late() + checking.cards_say_what_the_ledgers_say()
                == []
            )
        ranking.rank(now=NOW, day=date_of(TODAY))
        found, written = true_histories(ada), rows(ada)
        agains = [ranking.rank(now=NOW, day=date_of(TODAY), full=full).moved for full in ranking.Full]
        unchanged = rows(ada) == written
        transaction.set_rollback(True)
    assert found == histories(life, TODAY)
    assert (agains, unchanged) == ([0, 0, 0], True), "whatever it is judged from, a full pass changes nothing"
