"""Why somebody stands where they stand, in words a person would say, and what would move them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from ladder import editions, explaining, foreseeing, ranking, reigns, rules, wording
from ladder.models import Ladder, Outlook, Rung, Step
from tests import factories as make
from tests.factories import DAY_0

if TYPE_CHECKING:
    from customers.models import Customer

pytestmark = pytest.mark.django_db
TODAY = DAY_0 + timedelta(days=400)


def ago(days: int) -> Any:
    return TODAY - timedelta(days=days)


def explained(of: Customer, ladder: str = "griffin") -> explaining.Explanation:
    ranking.rank(now=make.noon(TODAY))
    found = explaining.current(of, Ladder.objects.get(slug=ladder), today=TODAY)
    assert found
    return found


def nobody_yet(ada: Customer) -> None:
    pass


def in_need(ada: Customer) -> None:
    make.qualification(ada, "need", "yes", ago(9))
    make.qualification(ada, "ability", "yes", ago(9))


def unable(ada: Customer) -> None:
    make.qualification(ada, "need", "yes", ago(9))
    make.qualification(ada, "ability", "no", ago(9))


def once(ada: Customer) -> None:
    make.purchase(ada, ago(1))


def twice(ada: Customer) -> None:
    for days in (40, 7):
        make.purchase(ada, ago(days))


def long_ago(ada: Customer) -> None:
    make.purchase(ada, ago(300))


def often(ada: Customer) -> None:
    for category in ("Textiles", "Lighting", "Seating"):
        make.usable(ada, category, ago(390))
    for n in range(6):
        make.purchase(ada, ago(7 + 20 * n), product=make.product(("Textiles", "Lighting", "Seating")[n % 3]))


def taken_back(ada: Customer) -> None:
    make.purchase(ada, ago(20), ended=ago(10))


@pytest.mark.parametrize(("life", "why", "lifts", "falls"), [
    (nobody_yet, "Ada stands on Suspect: nothing bought yet, need unknown and ability to pay unknown.",
     ["A need and the ability to pay lift them to Prospect.", "A purchase lifts them to First-time."], ""),
    (taken_back, "Ada stands on Suspect: what they bought was taken back, need unknown and ability to pay unknown.",
     ["A need and the ability to pay lift them to Prospect.", "A purchase lifts them to First-time."], ""),
    (in_need, "Ada stands on Prospect: has a need, able to pay.", ["A purchase lifts them to First-time."], ""),
    (unable, "Ada stands on Disqualified: bought nothing so far and not able to pay.",
     ["A purchase brings them onto the ladder, and so do a need and the ability to pay."], ""),
    (once, "Ada stands on First-time: bought on one day (1 needed); last bought yesterday (up to 180 allowed).",
     ["One more purchase on another day lifts them to Repeat."], "Falls to Inactive on 3 August 2025 unless they buy."),
    (twice, "Ada stands on Repeat: bought on 2 different days (2 needed); last bought 7 days ago (up to 180 allowed).",
     None, "Falls to Inactive on 28 July 2025 unless they buy."),
    (long_ago, "Ada stands on Inactive: bought on one day and last bought 300 days ago (up to 180 allowed).",
     ["A purchase brings them back onto the ladder."], ""),
    (often, "Ada stands on Client: bought on 6 different days (4 needed), not overdue, buys 100 % of what they can use (80 % needed), "
     "can use 3 categories (3 needed); last bought 7 days ago (up to 180 allowed).",
     ["An unasked recommendation lifts them to Advocate."], None),
])  # fmt: skip
def test_a_rung_is_explained_in_a_sentence(life: Any, why: str, lifts: list[str] | None, falls: str | None) -> None:
    ada = make.customer()
    life(ada)
    found = explained(ada)
    assert found.why == why
    assert lifts in (None, found.lifts)
    assert falls in (None, found.falls)


def test_a_warning_says_which() -> None:
    ada = make.customer()
    twice(ada)
    make.leaving(ada, ago(2))
    for back in (3, 4):
        make.complaint(ada, ago(back), due=ago(-9))
    assert explained(ada, "attitude").lifts == [
        "An end to the warning (has 2 open complaints and gave notice of leaving) lifts them to Moveable."
    ]


@pytest.mark.parametrize(("fact", "value", "why"), [
    ("occasions", 3, "bought on 2 different days (3 needed)"),
    ("spend_90", 5_000, "spent 20.00 EUR within 90 days (50.00 EUR needed)"),
    ("score", 9, "no fresh score (9 needed)"),
])  # fmt: skip
def test_who_bought_and_stands_on_the_ground_is_told_what_is_not_so(fact: str, value: int, why: str) -> None:
    """Two bought what is not enough, and another whose only other purchase was taken back."""
    ada, bea = make.customer(), make.customer("Bea")
    twice(ada)
    taken_back(bea)
    twice(bea)
    rung = {"rung": "one", "kind": "step", "rule": {"fact": fact, "is": "at_least", "value": value}}
    edition = editions.draft({"ladder": "own", "name": "Own", "rungs": [{"rung": "base", "kind": "ground"}, rung]})
    editions.publish(edition, at=make.noon(TODAY))
    assert [explained(who, "own").why for who in (ada, bea)] == [f"{who} stands on base: {why}." for who in ("Ada", "Bea")]


def test_an_override_to_come_is_foretold_alike_by_the_reason_and_by_the_list() -> None:
    ada = make.customer()
    twice(ada)
    begins = TODAY + timedelta(days=5)
    make.override(ada, "at_most", "griffin:first-time", begins, begins + timedelta(days=30))
    found = explained(ada)
    foreseeing.look_ahead()
    assert found.falls.startswith(f"Falls to First-time on {wording.day(begins)}, when an override by ")
    outlook = Outlook.objects.get(customer=ada, ladder__slug="griffin")
    assert (
        (found.falls_on, found.falls_to) == (outlook.falls_on, outlook.falls_to) == (begins, Rung.objects.get(slug="first-time"))
    )
    past = explaining.as_of(ada, found.ladder, day=TODAY)
    assert past
    assert past.falls == found.falls


def test_what_raises_somebody_is_no_fall() -> None:
    ada = make.customer()
    twice(ada)
    ends = TODAY + timedelta(days=5)
    make.override(ada, "fix", "griffin:first-time", ago(1), ends)
    found = explained(ada)
    assert found.falls == f"Rises to Repeat on {wording.day(ends)}, when the override ends."
    told = found.document()["next"]
    assert (told["falls_on"], told["falls_to"]) == (None, None)
    assert found.falls in told["up"]


@pytest.mark.parametrize("day", [date(1961, 2, 1), date(1965, 1, 1), date(1969, 2, 1), date(9999, 12, 30)])
def test_days_are_explained_before_those_that_are_counted_from_and_up_to_the_last(day: date) -> None:
    ada = make.customer()
    for bought in (date(1960, 1, 1), date(1961, 1, 1)):
        make.purchase(ada, bought)
    ranking.rank(now=make.noon(TODAY))
    found = explaining.as_of(ada, Ladder.objects.get(slug="griffin"), day=day)
    assert found
    assert found.rung.slug == ("repeat" if day.year == 1961 else "inactive")


def test_who_fell_is_told_what_the_rung_they_lost_asks() -> None:
    ada, bea = make.customer(), make.customer("Bea")
    often(ada)
    make.purchase(bea, ago(7))
    for category in ("Cushions", "Rugs"):
        make.usable(ada, category, ago(2))
    found = explained(ada)
    lost = "No longer Client: buys 60 % of what they can use (80 % needed)."
    assert (
        found.why
        == f"Ada stands on Repeat: bought on 6 different days (2 needed); last bought 7 days ago (up to 180 allowed). {lost}"
    )
    griffin = Ladder.objects.get(slug="griffin")
    back = explaining.as_of(ada, griffin, day=TODAY)
    assert back
    assert back.why == found.why
    assert explaining.as_of(ada, griffin, day=ago(3)).why.startswith("Ada stands on Client: ")  # type: ignore[union-attr]
    assert "No longer" not in explained(bea).why


def test_what_must_not_be_so_is_shown_from_its_other_side_and_holds() -> None:
    ada = make.customer()
    twice(ada)
    silence = next(e for e in explained(ada).document()["evidence"] if e["fact"] == "silence")
    assert (silence["needed"], silence["holds"], silence["value"]) == ("≤ 180", True, 7)


def test_sources_are_named_newest_first_and_say_what_was_taken_back() -> None:
    ada = make.customer()
    old, new, gone = make.purchase(ada, ago(40)), make.purchase(ada, ago(7)), make.purchase(ada, ago(3), ended=ago(2))
    assert explained(ada).evidence[0].sources == [f"{gone.external_id} (taken back)", new.external_id, old.external_id]


def test_a_reason_costs_as_many_queries_for_many_purchases_as_for_one(django_assert_num_queries: Any) -> None:
    ada, bob = make.customer(), make.customer("Bob")
    often(ada)
    once(bob)
    ranking.rank(now=make.noon(TODAY))
    reign = reigns.reigning(TODAY)
    explaining.everywhere(ada, reign.editions, day=reign.day)  # once per process the database is asked what JSON it can do
    with django_assert_num_queries(4):
        explaining.everywhere(ada, reign.editions, day=reign.day)
    with django_assert_num_queries(4):
        explaining.everywhere(bob, reign.editions, day=reign.day)


def test_a_negation_turns_what_it_asks() -> None:
    rule = rules.read(
        {"not": {"any": [{"fact": "overdue", "is": "equal", "value": True}, {"not": {"fact": "need", "is": "known"}}]}}
    )
    assert [(c.fact.name, so) for c, so in rule.asked()] == [("overdue", False), ("need", True)]


@pytest.mark.parametrize("people", [3, 40])
@pytest.mark.parametrize(("address", "most"), [("/", 12), ("/ladder/", 15), ("/customers/", 14), ("/imports/", 13)])
def test_pages_of_many_cost_a_constant_number_of_queries(
    client: Any, django_assert_max_num_queries: Any, address: str, most: int, people: int
) -> None:
    client.force_login(make.user(role="administrator"))
    for n in range(people):
        twice(make.customer(f"C{n}"))
    ranking.rank(now=make.noon(TODAY))
    client.get("/help/")
    with django_assert_max_num_queries(most):
        client.get(address)


@pytest.mark.parametrize(
    ("fact", "value", "has", "words"),
    [
        ("involved_days", 3, 1, "Taking part on two more days lifts them to Member."),
        ("involved_days", 2, 1, "Taking part on one more day lifts them to Member."),
        ("occasions", 3, 1, "Two more purchases on different days lift them to Member."),
        ("occasions", 30, 1, "29 more purchases on different days lift them to Member."),
        ("occasions", 2, 1, "One more purchase on another day lifts them to Member."),
        ("spend_90", 5_000, 1_000, "40.00 EUR more spent lifts them to Member."),
    ],
)
def test_what_lifts_is_one_thing_or_several(fact: str, value: int, has: int, words: str) -> None:
    (condition, so), *_ = rules.read({"fact": fact, "is": "at_least", "value": value}).asked()
    assert wording.lift(Step(rung=Rung(name="Member")), [(condition, so, has, value, [])]) == words
