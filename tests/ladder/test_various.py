"""Margin, categories, channels and fields of the business's own: the fold says what a plain reading of the same life says."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Value
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers import days, describing
from customers.models import Customer, CustomField
from customers.recording import LineOf, record_purchase, record_refund
from ladder import checking, lives, ranking, sql
from ladder.facts import Numbers, find
from ladder.models import Edition, Ladder, Placement, Point, Rung
from tests import factories as make
from tests.ladder.various import Bought, Line, Various

if TYPE_CHECKING:
    from collections.abc import Collection

LAST = 800
NOW = datetime.combine(make.DAY_0 + timedelta(days=LAST), datetime.min.time(), tzinfo=UTC) + timedelta(hours=20)
ASKED = list(Various().facts(0))
FIELDS = {"size": "choice", "vip": "flag", "staff": "number", "note": "text", "joined": "date"}
VALUES = {"size": ["", "small", "large"], "vip": ["", "no", "yes"], "staff": ["", "0", "-7", "12"], "note": ["", "a word"]}

day = st.integers(0, LAST + 20)
line = st.tuples(
    st.sampled_from([None, "tea", "cups", "pots"]),
    st.integers(1, 3),
    st.integers(1, 2000),
    st.none() | st.integers(0, 2500),
    st.booleans(),
)
bought = st.tuples(
    st.just("bought"), day, st.sampled_from(["", "shop", "phone"]), st.sampled_from([True, True, True, False]),
    st.lists(line, min_size=1, max_size=3),
)  # fmt: skip
back = st.tuples(st.just("back"), st.integers(0, 20), st.integers(0, 2), st.integers(1, 3), day)
whole = st.tuples(st.just("whole"), st.integers(0, 20), day)
said = st.sampled_from(sorted(VALUES)).flatmap(lambda f: st.tuples(st.just("said"), st.just(f), day, st.sampled_from(VALUES[f])))
joined = st.tuples(st.just("said"), st.just("joined"), day, st.just("") | day.map(str))
arriving = st.lists(st.one_of(bought, bought, back, whole, said, joined), min_size=1, max_size=9)


def date_of(number: int) -> date:
    return make.DAY_0 + timedelta(days=number)


class Telling:
    """The same told to the product and to the plain reading."""

    def __init__(self) -> None:
        self.ada, self.life, self.stored = make.customer(recorded=date_of(0)), Various(), []
        for slug, kind in FIELDS.items():
            CustomField.objects.create(
                slug=slug, label=slug.title(), kind=kind, choices=["small", "large"] if kind == "choice" else []
            )

    def tell(self, what: tuple[Any, ...]) -> None:
        match what:
            case ("bought", on, channel, home, lines):
                self.buy(on, channel, home, lines)
            case ("back", which, place, count, on) if self.life.purchases:
                self.give_back(which % len(self.life.purchases), place, count, on)
            case ("whole", which, on) if self.life.purchases:
                self.give_all_back(which % len(self.life.purchases), on)
            case ("said", field, on, value):
                self.life.said.append((field, on, value))
                typed = str(date_of(int(value))) if field == "joined" and value else value
                describing.say_field(self.ada, CustomField.objects.get(slug=field), typed, since=date_of(on), at=NOW)

    def buy(self, on: int, channel: str, home: bool, lines: list[Any]) -> None:
        kept = [Line(c, n, 0 if free else price, cost, free) for c, n, price, cost, free in lines]
        self.life.purchases.append(Bought(on, channel, home, kept))
        rows = [
            LineOf(
                Decimal(row.price) / 100, Decimal(row.quantity), row.category and make.product(row.category), row.free,
                unit_cost=None if row.cost is None else Decimal(row.cost) / 100,
            )
            for row in kept
        ]  # fmt: skip
        entry = record_purchase(
            customer=self.ada, source=make.here(), occurred_at=make.noon(date_of(on)), at=NOW, lines=rows, channel=channel,
            currency="EUR" if home else "USD",
        ).entry  # fmt: skip
        self.stored.append((entry, list(entry.lines.order_by("pk"))))

    def give_back(self, which: int, place: int, count: int, on: int) -> None:
        life, (entry, lines) = self.life.purchases[which], self.stored[which]
        row = life.lines[place % len(life.lines)]
        count = min(count, row.left(10_000))
        if count:
            row.back.append((max(on, life.day), count))
            self.life.refunds.append(on)
            named = lines[place % len(life.lines)]
            taken = [LineOf(named.unit_price, Decimal(count), named.product, purchase_line=named)]
            record_refund(
                customer=self.ada, source=make.here(), occurred_at=make.noon(date_of(on)), at=NOW, purchase=entry, lines=taken
            )

    def give_all_back(self, which: int, on: int) -> None:
        life, (entry, _) = self.life.purchases[which], self.stored[which]
        if any(row.back for row in life.lines):
            return  # of some that came back before only the rest would
        for row in life.lines:
            row.back.append((max(on, life.day), row.quantity))
        self.life.refunds.append(on)
        record_refund(
            customer=self.ada, source=make.here(), occurred_at=make.noon(date_of(on)), at=NOW, purchase=entry, whole=True
        )


def told(of: Customer, today: int) -> tuple[dict[str, Any], dict[str, tuple[int, Any]]]:
    """What the fold says on a day; and of what time alone changes, when and to what, as the last point foresees it."""
    lives.empty_tables()
    sql.run("INSERT INTO life_customer (customer_id) VALUES (%s)", [of.pk])
    lives.build(date_of(today))
    points, now, numbers = Point.objects.filter(next_day=None), days.number(date_of(today)), Numbers()
    facts = {name: find(name) for name in ASKED}
    asked = {f"f{i}": fact.value(Value(now), numbers) for i, fact in enumerate(facts.values()) if fact}
    found = dict(zip(ASKED, points.annotate(**asked).values_list(*asked).get(), strict=True))
    foreseen = {}
    for name, fact in facts.items():
        for flip in fact.flips(numbers) if fact else ():
            on = points.annotate(flip=flip).values_list("flip", flat=True).get()
            if fact and on and on > now:
                then = points.annotate(then=fact.value(Value(on), numbers)).values_list("then", flat=True).get()
                foreseen[name] = on - days.number(make.DAY_0), then
    return found, foreseen


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(arrivals=arriving, today=st.integers(0, LAST))
def test_the_fold_says_what_a_plain_reading_says_today_and_of_the_day_it_foresees(db: None, arrivals: Any, today: int) -> None:
    with transaction.atomic():
        telling = Telling()
        for what in arrivals:
            telling.tell(what)
        found, foreseen = told(telling.ada, today)
        transaction.set_rollback(True)
    life = telling.life.known(today)
    assert found == life.facts(today)
    by_rows = {name: telling.life if name.startswith("field:") else life for name in ASKED}  # rows of days to come are asked too
    assert {name: (on, by_rows[name].facts(on)[name]) for name, (on, _) in foreseen.items()} == foreseen
    for name, fact in ((name, life.facts(today)[name]) for name in ASKED if name not in foreseen and "joined" not in name):
        assert fact == life.facts(today + 2000)[name], f"{name} changes by time alone, and no day is foreseen"


def is_(fact: str, how: str, value: Any) -> dict[str, Any]:
    return {"fact": fact, "is": how, "value": value}


RULES = {
    "costly": is_("margin", "below", 1),
    "worthy": is_("margin_90", "at_least", 500),
    "shopper": is_("channel:shop", "equal", True),
    "various": {"all": [is_("categories_365", "at_least", 2), {"not": is_("categories", "equal", {"fact": "categories_365"})}]},
    "reached": {"all": [is_("channel:shop", "equal", True), is_("channels_365", "at_least", 2)]},
    "large": {"all": [is_("field:size", "equal", "large"), {"not": is_("field:vip", "equal", True)}]},
    "settled": is_("field:joined", "at_least", 100),
}


def ladder_of(asked: Collection[str]) -> None:
    """One ladder that asks for these, and no other: whatever else is known of a life, of what they ask no day may be missed."""
    Edition.objects.all().delete()
    ladder = Ladder.objects.create(slug="worth", name="Worth", position=9)
    edition = Edition.objects.create(ladder=ladder, number=1)
    for position, slug in enumerate(["ground", *(slug for slug in RULES if slug in asked)]):
        rung = Rung.objects.create(ladder=ladder, slug=slug, name=slug.title())
        edition.steps.create(rung=rung, kind="step" if position else "ground", position=position, rule=RULES.get(slug))
    Edition.objects.filter(pk=edition.pk).update(published_at=NOW)


def history(life: Various, asked: Collection[str]) -> list[tuple[str, int]]:
    """(rung, since) from the first day on."""
    stood = [(life.rung(on, asked), on) for on in range(life.first_day(LAST), LAST + 1)]
    return [(rung, on) for i, (rung, on) in enumerate(stood) if i == 0 or stood[i - 1][0] != rung]


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(arrivals=arriving, asked=st.sets(st.sampled_from([*RULES]), min_size=1), data=st.data())
def test_any_timing_gives_the_history_of_the_plain_reading(db: None, arrivals: Any, asked: set[str], data: st.DataObject) -> None:
    clock = sorted(data.draw(st.lists(st.integers(0, LAST), min_size=len(arrivals) + 2, max_size=len(arrivals) + 2)))
    with transaction.atomic():
        ladder_of(asked)
        telling = Telling()
        for what, at in zip(arrivals, clock, strict=False):
            telling.tell(what)
            ranking.rank(now=NOW, day=date_of(at))
        for at in [*clock[len(arrivals) :], LAST]:
            ranking.rank(now=NOW, day=date_of(at))
        rows = Placement.objects.true().filter(customer=telling.ada).order_by("since").values_list("rung__slug", "since")
        found = [(rung, (since - make.DAY_0).days) for rung, since in rows]
        again, wrong = ranking.rank(now=NOW, day=date_of(LAST), full=ranking.Full.LIVES).moved, checking.check()[1]
        transaction.set_rollback(True)
    assert found == history(telling.life, asked)
    assert (again, wrong) == (0, []), "a full pass after an incremental one changes nothing"
