"""Facts of which the four ladders make no use yet: without a row, after one, and on the day on which time alone changes them."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.models import F, IntegerField, Value
from django.utils import timezone

from customers import days
from customers.models import CustomerTag, Purchase, Tag
from customers.recording import LineOf, record_purchase, record_refund
from ladder import checking, explaining, lives, ranking, rules, sql
from ladder.facts import FACTS, Numbers, find
from ladder.models import Edition, Ladder, Placement, Point, Rung
from tests.factories import customer, here, noon, purchase

pytestmark = pytest.mark.django_db
D = date(2024, 3, 1)


def value(of, name, day, asked=None):
    """What the fold says of a fact on a day, and the next day on which time alone may change it."""
    with transaction.atomic():
        lives.empty_tables()
        sql.run("INSERT INTO life_customer (customer_id) VALUES (%s)", [of.pk])
        lives.build(day, asked)
        fact = find(name)
        flip = next(iter(fact.flips(Numbers())), Value(None, output_field=IntegerField()))
        points = Point.objects.filter(next_day=None).annotate(asked=fact.value(F("day"), Numbers()), flip=flip)
        found, changes = points.values_list("asked", "flip").get()
    return found, changes and days.from_number(changes)


def bought(of, day, amount="10", **extra):
    line = LineOf(unit_price=Decimal(amount))
    return record_purchase(customer=of, source=here(), occurred_at=noon(day), at=noon(day), lines=[line], **extra).entry


def tagged(of, day):
    CustomerTag.objects.create(customer=of, tag=Tag.objects.get_or_create(name="vip")[0], since=day)


@pytest.mark.parametrize(("name", "nothing", "after", "lasts"), [
    ("occasions_90", 0, 1, 90),
    ("occasions_365", 0, 1, 365),
    ("invoices_90", 0, 1, 90),
    ("invoices_365", 0, 1, 365),
    ("spend_90", 0, 1000, 90),
    ("spend_365", 0, 1000, 365),
    ("spend", 0, 1000, None),
    ("usual_gap", None, None, None),
])  # fmt: skip
def test_a_fact_without_rows_after_one_and_on_its_flip_day(name, nothing, after, lasts):
    ada = customer(recorded=D)
    assert value(ada, name, D) == (nothing, None)
    bought(ada, D)
    found, flip = value(ada, name, D)
    assert found == after
    if lasts:
        last = D + timedelta(days=lasts)
        assert value(ada, name, last)[0] == after
        assert value(ada, name, last + timedelta(days=1))[0] == nothing
        assert flip <= last + timedelta(days=1)
        assert value(ada, name, last)[1] == last + timedelta(days=1)


@pytest.mark.parametrize("name", ["occasions_90", "invoices_90", "spend_90"])
def test_a_stored_card_already_knows_what_will_be_on_its_flip_day(name):
    ada = customer(recorded=D)
    for back in (0, 0, 10):
        bought(ada, D - timedelta(days=back))
    flip = D - timedelta(days=10) + timedelta(days=91)
    on_the_day = value(ada, name, flip)[0]
    with transaction.atomic():
        lives.empty_tables()
        sql.run("INSERT INTO life_customer (customer_id) VALUES (%s)", [ada.pk])
        lives.build(D)
        points = Point.objects.filter(next_day=None)
        foreseen = points.annotate(asked=FACTS[name].value(F(FACTS[name].flips(Numbers())[0].name), Numbers()))
        assert foreseen.values_list("asked", flat=True).get() == on_the_day


def test_two_invoices_of_a_day_are_one_occasion_and_what_is_taken_back_leaves_at_once():
    ada = customer(recorded=D)
    first = bought(ada, D)
    bought(ada, D, "2.50")
    day = D + timedelta(days=3)
    record_refund(customer=ada, source=here(), occurred_at=noon(day), at=noon(day), purchase=first, whole=True)
    before, after = [
        [value(ada, name, when)[0] for name in ("occasions_90", "invoices_90", "spend_90", "spend")] for when in (D, day)
    ]
    assert before == [1, 2, 1250, 1250]
    assert after == [1, 1, 250, 250]


def test_what_is_taken_back_after_the_window_lowers_what_they_ever_spent_alone():
    ada = customer(recorded=D)
    first, late = bought(ada, D), D + timedelta(days=100)
    record_refund(customer=ada, source=here(), occurred_at=noon(late), at=noon(late), purchase=first, whole=True)
    assert [value(ada, name, late)[0] for name in ("spend_90", "spend_365", "spend")] == [0, 0, 0]
    assert [value(ada, name, late - timedelta(days=1))[0] for name in ("spend_90", "spend_365", "spend")] == [0, 1000, 1000]


def test_other_currencies_are_not_counted_as_money_but_as_purchases():
    ada = customer(recorded=D)
    bought(ada, D, currency="USD")
    assert [value(ada, name, D)[0] for name in ("spend", "spend_90", "invoices_90")] == [0, 0, 1]


def test_a_usual_gap_is_known_from_three_days_on():
    ada = customer(recorded=D)
    for back in (40, 20, 1):
        purchase(ada, D - timedelta(days=back))
        found = value(ada, "usual_gap", D)[0]
    assert found == 19  # 39 days over two gaps, whole


def test_a_source_nobody_asks_for_is_not_read():
    ada = customer(recorded=D)
    bought(ada, D)
    assert value(ada, "spend", D, asked=[])[0] is None
    assert Purchase.objects.exists()


def test_a_rule_may_name_a_tag():
    ada, later = customer(recorded=D), D + timedelta(days=5)
    tagged(ada, later)
    CustomerTag.objects.update(until=later + timedelta(days=2))
    rule = rules.read({"fact": "tag:vip", "is": "equal", "value": True})
    assert (rules.read(rule.document()), rule.needs()) == (rule, {"tags"})
    days = [later + timedelta(days=n) for n in (-1, 0, 1, 2)]
    assert [value(ada, "tag:vip", day)[0] for day in days] == [0, 1, 1, 0]
    assert value(customer("Bert", recorded=D), "tag:vip", later)[0] == 0


@pytest.mark.parametrize("name", ["tag:", "tag", f"tag:{'x' * 51}"])
def test_what_names_no_tag_is_no_fact(name):
    with pytest.raises(rules.ValidationError, match="is not a fact"):
        rules.read({"fact": name, "is": "equal", "value": True})


def test_a_published_rule_on_spend_and_a_tag_moves_people_to_the_day_and_says_why(settings):
    """The whole way: sources read because a rule asks, placements, the day on which time alone ends it, words."""
    now = timezone.now()
    today = days.day_of(now)
    ada, bert = customer("Ada", recorded=today - timedelta(days=200)), customer("Bert", recorded=today - timedelta(days=200))
    for one in (ada, bert):
        bought(one, today - timedelta(days=89), "500", currency=settings.BUSINESS_CURRENCY)
    tagged(ada, today - timedelta(days=10))
    ladder = Ladder.objects.create(slug="worth", name="Worth", position=9)
    rungs = [Rung.objects.create(ladder=ladder, slug=slug, name=slug.title()) for slug in ("low", "high")]
    edition = Edition.objects.create(ladder=ladder, number=1)
    money, vip = {"fact": "spend_90", "is": "at_least", "value": 50_000}, {"fact": "tag:vip", "is": "equal", "value": True}
    edition.steps.create(rung=rungs[0], kind="ground", position=0)
    edition.steps.create(rung=rungs[1], kind="step", position=1, rule={"all": [money, vip]})
    Edition.objects.filter(pk=edition.pk).update(published_at=now)
    ranking.rank(now=now, full=ranking.Full.LIVES)
    since = dict(Placement.objects.current().filter(ladder=ladder).values_list("customer__name", "rung__slug"))
    assert since == {"Ada": "high", "Bert": "low"}
    on_high = Placement.objects.current().get(customer=ada, ladder=ladder)
    assert (on_high.since, on_high.due) == (today - timedelta(days=10), today + timedelta(days=2))
    said = explaining.current(ada, ladder, today=today)
    assert "spent 500.00 EUR within 90 days" in said.why
    assert "tagged vip" in said.why
    assert (said.falls_on, said.falls_to) == (today + timedelta(days=2), rungs[0])
    assert explaining.current(bert, ladder, today=today).lifts == ["The tag vip lifts them to High."]
    assert checking.check()[1] == []
