"""Facts of which the four ladders make no use yet: without a row, after one, and on the day on which time alone changes them."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.models import F, IntegerField, Value
from django.urls import reverse
from django.utils import timezone

from accounts.models import Role
from customers import days, describing
from customers.models import Category, CustomerTag, CustomField, Purchase, Tag
from customers.recording import LineOf, record_purchase, record_refund
from ladder import checking, explaining, lives, ranking, rules, sentences, sql
from ladder.columns import SATISFACTION
from ladder.facts import FACTS, Numbers, find
from ladder.models import Edition, Ladder, Placement, Point, Rung
from tests.factories import customer, here, noon, product, purchase, satisfaction, user

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
        on = Value(days.number(day), output_field=IntegerField())
        points = Point.objects.filter(next_day=None).annotate(asked=fact.value(on, Numbers()), flip=flip)
        found, changes = points.values_list("asked", "flip").get()
    return found, changes and days.from_number(changes)


def bought(of, day, amount="10", cost="4", **extra):
    line = LineOf(unit_price=Decimal(amount), product=product("tea"), unit_cost=cost and Decimal(cost))
    said = {"lines": [line], "channel": "shop", **extra}
    return record_purchase(customer=of, source=here(), occurred_at=noon(day), at=noon(day), **said).entry


def field(slug, kind, **extra):
    return CustomField.objects.create(
        slug=slug, label=slug.title(), kind=kind, choices=["small", "large"] if kind == "choice" else [], **extra
    )


def say(of, asked, text, since):
    describing.say_field(of, asked, text, since=since, at=noon(since))


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
    ("margin_90", None, 600, 90),
    ("margin_365", None, 600, 365),
    ("margin", None, 600, None),
    ("categories", 0, 1, None),
    ("categories_365", 0, 1, 365),
    ("channels_365", 0, 1, 365),
    ("channel:shop", 0, 1, None),
    ("channel:Shop", 0, 0, None),
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


def test_returns_reduce_the_margin_and_what_came_back_whole_leaves_it_unknown():
    ada, later, last = customer(recorded=D), D + timedelta(days=3), D + timedelta(days=5)
    tea = LineOf(Decimal("2.50"), Decimal(4), product("tea"), unit_cost=Decimal("1.25"))
    gift = LineOf(Decimal(0), Decimal(1), product("cup"), free=True, unit_cost=Decimal(2))
    nobody_knows = LineOf(Decimal(99), Decimal(1), product("pot"))
    first = bought(ada, D, lines=[tea, gift, nobody_knows])
    line = first.lines.get(product__code="tea")
    for day, count in ((later, 1), (last, 3)):
        taken = [LineOf(Decimal("2.50"), Decimal(count), line.product, purchase_line=line)]
        record_refund(customer=ada, source=here(), occurred_at=noon(day), at=noon(day), purchase=first, lines=taken)
    assert [value(ada, "margin", day)[0] for day in (D, later, last)] == [300, 175, -200]
    assert [value(ada, "categories", day)[0] for day in (D, later, last)] == [2, 2, 1], "a gift is no category bought"
    record_refund(customer=ada, source=here(), occurred_at=noon(last), at=noon(last), lines=[nobody_knows], purchase=first)
    assert [value(ada, name, last)[0] for name in ("margin", "margin_90", "categories", "channel:shop")] == [None, None, 0, 0]


def test_a_loss_is_rounded_like_a_gain():
    ada, bert = customer(recorded=D), customer("Bert", recorded=D)
    bought(ada, D, "1.005", "0")
    bought(bert, D, "0", "1.005")
    assert [value(one, "margin", D)[0] for one in (ada, bert)] == [101, -101]


def test_two_purchases_of_a_kind_are_one_until_the_later_leaves_the_window():
    ada, again = customer(recorded=D), D + timedelta(days=300)
    bought(ada, D)
    bought(ada, again, channel="phone")
    assert [value(ada, name, again)[0] for name in ("categories_365", "channels_365")] == [1, 2]
    left = D + timedelta(days=366)
    assert [value(ada, name, left)[0] for name in ("categories_365", "channels_365")] == [1, 1]
    assert value(ada, "categories_365", again)[1] == again + timedelta(days=366)


@pytest.mark.parametrize(("kind", "text", "nothing", "after"), [
    ("number", "-7", None, -7), ("choice", "large", None, 2), ("flag", "no", None, 0), ("flag", "yes", None, 1), ("text", "x", None, 1),
    ("date", "2024-02-28", None, 2), ("date", "2024-03-01", None, 0), ("date", "2024-03-02", None, None),
])  # fmt: skip
def test_a_field_is_unknown_before_its_day_and_once_it_is_said_to_be(kind, text, nothing, after):
    ada, asked, later = customer(recorded=D - timedelta(days=9)), field("own", kind), D + timedelta(days=4)
    say(ada, asked, text, D)
    say(ada, asked, "", later)
    found = [value(ada, "field:own", day)[0] for day in (D - timedelta(days=1), D, later)]
    assert found == [nothing, after, nothing]
    assert value(customer("Bert", recorded=D), "field:own", D)[0] is None


@pytest.mark.parametrize(("rule", "place"), [
    ({"fact": "field:shoe", "is": "known"}, "r.fact: “field:shoe” is not a fact"),
    ({"not": {"fact": "field:old", "is": "known"}}, "r.not.fact: field:old is archived"),
    ({"all": [{"fact": "field:number", "is": "at_least", "value": {"fact": "field:old"}}]}, "r.all[0].value.fact: field:old is archived"),
    ({"fact": "field:number", "is": "at_least", "value": "3"}, "r.value: must be a whole number from -1,000,000,000,000 to 1,000,000,000,000"),
    ({"fact": "field:number", "is": "at_least", "value": True}, "r.value: must be a whole number"),
    ({"fact": "field:choice", "is": "equal", "value": "huge"}, 'r.value: must be "small" or "large"'),
    ({"fact": "field:choice", "is": "at_least", "value": "small"}, "r.is: “at_least” does not fit field:choice"),
    ({"fact": "field:flag", "is": "equal", "value": "yes"}, "r.value: must be true or false"),
    ({"fact": "field:date", "is": "at_least", "value": "2024-01-01"}, "r.value: must be a whole number from 0"),
    ({"fact": "occasions", "is": "at_least", "value": {"fact": "field:number"}}, "r.value.fact: field:number cannot be compared"),
    ({"fact": "usual_gap", "is": "at_least", "value": {"fact": "field:date"}}, "r.value.fact: field:date cannot be compared"),
    ({"fact": "field:text", "is": "equal", "value": "x"}, "r.is: “equal” does not fit field:text; there are known, unknown"),
])  # fmt: skip
def test_a_rule_on_a_field_that_does_not_fit_it_is_refused_naming_the_place(rule, place):
    for kind in CustomField.Kind.values:
        field(kind, kind)
    field("old", "number", archived_at=timezone.now())
    with pytest.raises(rules.ValidationError) as refused:
        rules.read(rule, "r")
    assert refused.value.messages[0].startswith(place)


def test_rules_in_force_go_on_asking_for_a_field_that_was_archived_since():
    ladder = asking({"fact": "field:old", "is": "known"})
    CustomField.objects.update(archived_at=timezone.now())
    ada = customer(recorded=D)
    say(ada, CustomField(pk=CustomField.objects.get().pk, slug="old", label="Old", kind="flag"), "no", D)
    ranking.rank(now=timezone.now(), full=ranking.Full.LIVES)
    assert Placement.objects.current().get(customer=ada, ladder=ladder).rung.slug == "high"


def asking(rule):
    """A ladder of two rungs, of which the higher has this rule; its field, if it asks for one of kind flag, is made."""
    if "old" in str(rule):
        field("old", "flag")
    ladder = Ladder.objects.create(slug="worth", name="Worth", position=9)
    rungs = [Rung.objects.create(ladder=ladder, slug=slug, name=slug.title()) for slug in ("low", "high")]
    edition = Edition.objects.create(ladder=ladder, number=1)
    edition.steps.create(rung=rungs[0], kind="ground", position=0)
    edition.steps.create(rung=rungs[1], kind="step", position=1, rule=rule)
    Edition.objects.filter(pk=edition.pk).update(published_at=timezone.now())
    return ladder


def test_a_rule_on_fields_says_why_what_would_lift_and_when_time_alone_lowers():
    today = days.day_of(timezone.now())
    size, joined, vip = field("size", "choice"), field("joined", "date"), field("vip", "flag")
    large, young = {"fact": "field:size", "is": "equal", "value": "large"}, {"fact": "field:joined", "is": "at_most", "value": 30}
    ladder = asking({"all": [large, young, {"not": {"fact": "field:vip", "is": "equal", "value": True}}]})
    ada, bert = customer("Ada", recorded=D), customer("Bert", recorded=D)
    for one, words in ((ada, "large"), (bert, "small")):
        say(one, size, words, D)
        say(one, joined, str(today - timedelta(days=10)), today - timedelta(days=5))
    say(bert, vip, "yes", D)
    ranking.rank(now=timezone.now(), full=ranking.Full.LIVES)
    said = explaining.current(ada, ladder, today=today)
    assert said.why == "Ada stands on High: Size: large, Joined: 10 days ago (up to 30 allowed), Vip: unknown."
    assert said.evidence[0].sources == ["Size: large, since 1 March 2024"]
    assert (said.falls_on, said.falls_to.slug) == (today + timedelta(days=21), "low")
    CustomField.objects.filter(slug="size").update(label="How large", choices=["small", "large", "huge"])
    assert explaining.current(bert, ladder, today=today).lifts == ["How large: large and Vip: not yes lift them to High."]
    assert checking.check()[1] == []


def test_of_whom_no_usable_category_is_known_as_many_must_be_known_as_of_anybody():
    for n in range(4):
        Category.objects.create(name=f"category {n}", first_sold=D + timedelta(days=10 * n))
    ladder = asking({"fact": "usable_categories", "is": "at_least", "value": {"fact": "categories_asked"}})
    ada = customer("Ada", recorded=D)
    purchase(ada, D)
    for night in (100, 364, 365, 400):
        ranking.rank(now=noon(D), day=D + timedelta(days=night))
        assert checking.check()[1] == []
    stood = Placement.objects.true().filter(customer=ada, ladder=ladder).order_by("since").values_list("rung__slug", "since")
    assert list(stood) == [("high", D), ("low", D + timedelta(days=365))]
    explained = explaining.current(ada, ladder, today=D + timedelta(days=400))
    assert explained.lifts == ["Three more categories they can use lift them to High."]


@pytest.mark.parametrize("ahead", [0, 30])
def test_a_date_told_on_the_day_it_is_ranked_moves_somebody_when_its_time_comes(ahead):
    joined = field("joined", "date")
    ladder = asking({"fact": "field:joined", "is": "at_least", "value": 10})
    ada = customer("Ada", recorded=D)
    bought(ada, D)  # who is known by no fact is judged by their whole life
    ranking.rank(now=noon(D), day=D)
    say(ada, joined, str(D + timedelta(days=5 + ahead)), D + timedelta(days=5))
    for night in range(5, 30 + ahead):
        ranking.rank(now=noon(D), day=D + timedelta(days=night))
        assert checking.check()[1] == []
    placement = Placement.objects.current().get(customer=ada, ladder=ladder)
    assert (placement.rung.slug, placement.since) == ("high", D + timedelta(days=15 + ahead))


@pytest.mark.parametrize(
    "name", ["tag:", "tag", f"tag:{'x' * 51}", "channel:", f"channel:{'x' * 41}", "tag:a\0b", "tag:\ud800", "channel:a\nb"]
)
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


@pytest.mark.parametrize(("rule", "words"), [
    ({"fact": "field:choice", "is": "equal", "value": "large"}, "Choice: large"),
    ({"fact": "field:number", "is": "at_least", "value": 1200}, "Number: 1,200 or more"),
    ({"fact": "field:number", "is": "equal", "value": -3}, "Number: -3"),
    ({"fact": "field:flag", "is": "equal", "value": False}, "Flag: no"),
    ({"not": {"fact": "field:flag", "is": "equal", "value": True}}, "not so: (Flag: yes)"),
    ({"fact": "field:date", "is": "at_most", "value": 30}, "Date: at most 30 days ago"),
    ({"fact": "field:text", "is": "known"}, "text known"),
])  # fmt: skip
def test_a_rule_on_a_field_is_a_sentence(rule, words):
    for kind in CustomField.Kind.values:
        field(kind, kind)
    assert sentences.of_rule(rules.read(rule)) == words


def test_rules_that_ask_for_a_field_archived_since_are_not_copied_and_the_page_says_why(client):
    client.force_login(user("ingrid", Role.ADMINISTRATOR))
    asking({"fact": "field:old", "is": "known"})
    CustomField.objects.update(archived_at=timezone.now())
    said = client.post(reverse("ladder:edition_new", args=["worth"]), follow=True)
    assert "rungs[1].rule.fact: field:old is archived" in said.content.decode()
    assert not Edition.objects.drafts().exists()


@pytest.mark.parametrize("name", ["satisfaction", "satisfaction_product", "satisfaction_service", "satisfaction_after_sales"])
def test_satisfaction_is_the_latest_answer_on_its_subject_for_a_year(name):
    ada, subject = customer(recorded=D), SATISFACTION[name]
    for day, score in ((D, 1), (D + timedelta(days=1), 4), (D + timedelta(days=1), 3)):
        satisfaction(ada, day, score, subject)
    satisfaction(ada, D + timedelta(days=2), 5, "service" if subject == "product" else "product")
    last = D + timedelta(days=1 + 365)
    assert [value(ada, name, day)[0] for day in (D, last)] == [1, 3], "of several on one day the lowest"
    assert value(ada, name, last)[1] == last + timedelta(days=1)
    assert value(ada, name, last + timedelta(days=1))[0] is None


def alone(rule):
    """A ladder whose one rung is earned by this, and no other ladder."""
    Edition.objects.all().delete()
    ladder = Ladder.objects.create(slug="alone", name="Alone", position=9)
    edition = Edition.objects.create(ladder=ladder, number=1)
    for position, slug in enumerate(["ground", "there"]):
        rung = Rung.objects.create(ladder=ladder, slug=slug, name=slug.title())
        edition.steps.create(rung=rung, kind="step" if position else "ground", position=position, rule=rule if position else None)
    Edition.objects.filter(pk=edition.pk).update(published_at=noon(D))


def test_whoever_took_back_all_they_bought_through_a_channel_is_told_so_by_a_ladder_that_asks_for_nothing_else():
    ada, back = customer(recorded=D), D + timedelta(days=400)
    alone({"fact": "channel:shop", "is": "equal", "value": True})
    bought_once = bought(ada, D)
    record_refund(customer=ada, source=here(), occurred_at=noon(back), at=noon(back), purchase=bought_once, whole=True)
    ranking.rank(now=noon(back + timedelta(days=100)))
    stood = Placement.objects.true().filter(customer=ada).order_by("since").values_list("rung__slug", "since")
    assert list(stood) == [("there", D), ("ground", back)]
    assert checking.check()[1] == []
