"""What came of where a ladder put people: only facts of days up to the day asked about, and only what stood at the end."""

import io
import json
from collections import Counter
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from customers.days import day_of
from ladder import backtesting, editions, reigns
from ladder.models import Ladder, Placement, Run
from tests import factories as make

pytestmark = pytest.mark.django_db
AT = make.DAY_0 + timedelta(days=400)
HORIZON = 100


def on(number):
    """So many days after the day asked about."""
    return AT + timedelta(days=number)


def bought(name, *numbers):
    found = make.customer(name)
    for number in numbers:
        make.purchase(found, on(number))
    return found


def asked(ladder="griffin"):
    edition = reigns.in_force(Ladder.objects.get(slug=ladder), AT)
    return backtesting.backtest(edition, at=AT, horizon=HORIZON)


def told(what="repeat", ladder="griffin"):
    """{rung: (count, n)} of the rungs on which anybody stood."""
    shares = {rates.slug: getattr(rates, what) for rates in asked(ladder).rungs}
    return {slug: (share.count, share.n) for slug, share in shares.items() if share.n}


@pytest.mark.parametrize(("day", "count"), [(0, 0), (1, 1), (HORIZON, 1), (HORIZON + 1, 0)])
def test_a_repeat_is_after_the_day_and_by_the_end(day, count):
    bought("Ada", -10, day)
    assert sum(n for n, _ in told().values()) == count


def test_facts_of_later_days_move_nobody():
    bought("Ada", -10, 1, 2, 3)
    bought("Ben", 5)
    make.qualification(make.customer("Cleo"), "need", "no", on(1))
    make.not_ranked(bought("Dora", -10), on(1))
    assert told() == {"first-time": (1, 2)}, "Ben and Cleo were not there yet, Dora was still ranked"


def test_a_customer_of_whom_no_fact_is_known_is_not_asked_about():
    make.customer("Emil", recorded=on(-300))
    make.qualification(make.customer("Fay"), "need", "no", on(-1))
    make.not_ranked(bought("Gus", -10, 5), on(0))
    assert told() == {"disqualified": (0, 1)}


@pytest.mark.parametrize(("taken_back", "count"), [(20, 0), (HORIZON, 0), (HORIZON + 1, 1)])
def test_what_was_taken_back_by_the_end_is_no_repeat(taken_back, count):
    make.purchase(bought("Ada", -10), on(20), ended=on(taken_back))
    assert told() == {"first-time": (count, 1)}


def test_a_refund_after_the_day_leaves_the_standing():
    ada = bought("Ada", -10)
    make.purchase(ada, on(-5), ended=on(1))
    assert told() == {"repeat": (0, 1)}


def test_a_free_line_is_no_repeat():
    make.purchase(bought("Ada", -10), on(5), priced=False)
    assert told() == {"first-time": (0, 1)}


def test_a_lapse_is_asked_only_of_active_buyers():
    bought("Ada", -10)
    bought("Ben", -10, 5)
    bought("Cleo", -300)
    make.qualification(make.customer("Dora"), "need", "no", on(-1))
    assert told("lapse") == {"first-time": (1, 2)}


def test_a_lapse_is_asked_on_a_ladder_without_an_inactive_rung_too():
    bought("Ada", -10)
    bought("Cleo", -300)
    assert sum(n for _, n in told("lapse", "christopher").values()) == 1


def test_a_referral_counts_when_made_and_a_recommendation_when_unprompted():
    for name, tell in {
        "Ada": lambda who: make.referral(who, on(1), prompted=True),
        "Ben": lambda who: make.recommendation(who, on(HORIZON)),
        "Cleo": lambda who: make.recommendation(who, on(5), prompted=True),
        "Dora": lambda who: make.referral(who, on(0)),
        "Emil": lambda who: make.recommendation(who, on(HORIZON + 1)),
    }.items():
        tell(bought(name, -10))
    assert told("referral") == {"first-time": (2, 5)}


def test_an_override_that_holds_on_the_day_is_where_they_stood():
    make.override(bought("Ada", -10, 5), "fix", "griffin:advocate", on(-5), on(1))
    make.override(bought("Ben", -10), "fix", "griffin:advocate", on(1), on(50))
    assert told() == {"first-time": (0, 1), "advocate": (1, 1)}


def test_nothing_is_stored():
    bought("Ada", -10, 5)
    asked()
    assert not Placement.objects.exists()
    assert not Run.objects.exists()


def crowd(n, *numbers):
    for i in range(n):
        bought(f"{numbers} {i}", *numbers)


def test_a_ladder_that_tells_more_than_recency_is_better():
    """All last bought on the same day; who bought before that comes again."""
    crowd(20, -10)
    crowd(20, -60, -10, 5)
    found = asked()
    assert found.score.auc == 1
    score, than = found.baselines["recency"]
    assert (score.auc, than.difference, than.verdict) == (0.5, 0.5, "better")
    score, than = found.baselines["count"]
    assert (score.auc, than.difference, than.verdict) == (1, 0, "no difference shown")


def test_below_thirty_people_nothing_is_claimed():
    crowd(15, -10)
    crowd(14, -60, -10, 5)
    found = asked()
    assert (found.people, found.score.auc, found.score.brier) == (29, None, None)
    assert {than.verdict for _, than in found.baselines.values()} == {"too few to judge"}


def test_where_everybody_did_alike_auc_is_unknown():
    crowd(30, -10)
    found = asked()
    assert (found.score.auc, found.score.brier) == (None, 0)
    assert {than.verdict for _, than in found.baselines.values()} == {"too few to judge"}


def test_side_states_stand_below_the_ground():
    """Those inactive come back and those who never bought do not: the ladder has it the wrong way round."""
    crowd(20, -300, 5)
    for i in range(20):
        make.qualification(make.customer(f"Suspect {i}"), "ability", "yes", on(-1))
    found = asked()
    assert (found.score.auc, found.baselines["count"][0].auc) == (0, 1)
    assert found.baselines["recency"][1].verdict == "worse"


def test_side_states_share_a_place():
    crowd(20, -300, 5)
    for i in range(20):
        make.qualification(make.customer(f"Disqualified {i}"), "need", "no", on(-1))
    assert {slug: n for slug, (_, n) in told().items()} == {"disqualified": 20, "inactive": 20}
    assert asked().score.auc == 0.5


def test_equal_days_are_in_one_fifth():
    def seen(day, half):
        return backtesting.Seen(1, 1, day, 1, active=True, half=half, bought=False, referred=False)

    people = Counter({seen(None, 0): 50, seen(10, 0): 1, seen(10, 1): 2, seen(20, 0): 1, seen(30, 0): 6})
    assert backtesting._fifths(people) == {10: 1, 20: 2, 30: 3}


def test_occasions_are_classed_as_documented():
    order = backtesting._orders(reigns.in_force(Ladder.objects.get(slug="griffin"), AT), None, Counter())["count"]
    times = [0, 1, 2, 3, 4, 6, 7, 50]
    people = [backtesting.Seen(1, 1, None, n, active=False, half=0, bought=False, referred=False) for n in times]
    assert [order(one) for one in people] == [1, 2, 3, 4, 5, 5, 6, 6]


def blind():
    """A draft that knows no repeat buyers: all who ever bought stand on one step."""
    live = reigns.in_force(Ladder.objects.get(slug="griffin"), AT)
    document = editions.document(live)
    document["rungs"] = [row for row in document["rungs"] if row["rung"] in {"suspect", "first-time"}]
    return editions.draft(document), live


def test_a_draft_stands_beside_the_edition_in_force_on_the_same_people():
    crowd(20, -10)
    crowd(20, -60, -10, 5)
    draft, live = blind()
    found = backtesting.backtest(draft, at=AT, horizon=HORIZON, beside=live)
    score, than = found.baselines["live"]
    assert (found.people, found.score.auc, score.auc) == (40, 0.5, 1)
    assert (than.difference, than.verdict) == (-0.5, "worse")
    other = backtesting.backtest(live, at=AT, horizon=HORIZON, beside=draft)
    assert (other.score, other.baselines["live"][1].verdict) == (asked().score, "better")
    assert [rates.slug for rates in found.rungs] == ["suspect", "first-time"]


def test_the_edition_in_force_beside_itself_shows_no_difference():
    crowd(20, -10)
    crowd(20, -60, -10, 5)
    twin = editions.draft(editions.document(reigns.in_force(Ladder.objects.get(slug="griffin"), AT)))
    _, than = backtesting.backtest(twin, at=AT, horizon=HORIZON, beside=blind()[1]).baselines["live"]
    assert (than.difference, than.low, than.high, than.verdict) == (0, 0, 0, "no difference shown")


def soft(days):
    """A draft on which repeat buyers stay for so many days after they would fall."""
    live = reigns.in_force(Ladder.objects.get(slug="griffin"), AT)
    document = editions.document(live)
    document["rungs"] = [{**row, "grace_days": days} if row["rung"] == "repeat" else row for row in document["rungs"]]
    return editions.draft(document)


def test_where_rungs_are_soft_everybody_is_asked_about_once():
    crowd(20, -300, -200)  # time alone moved them since
    crowd(20, -60, -10, 5)
    found = backtesting.backtest(soft(30), at=AT, horizon=HORIZON, beside=soft(5))
    assert (found.people, sum(rates.n for rates in found.rungs), found.bought) == (40, 40, 20)


def test_soft_rules_that_ask_for_nothing_bought_are_measured_by_what_was_bought_all_the_same():
    crowd(20, -300, -200)
    crowd(20, -60, -10, 5)
    sure = {"all": [{"fact": "score", "is": "at_least", "value": 9}]}
    live = reigns.in_force(Ladder.objects.get(slug="griffin"), AT)
    document = editions.document(live)
    ground = [row for row in document["rungs"] if row.get("kind") == "ground"]
    document["rungs"] = [*ground, {**document["rungs"][-1], "rule": sure, "grace_days": 30}]
    found, plain = (backtesting.backtest(edition, at=AT, horizon=HORIZON) for edition in (editions.draft(document), live))
    lapsed = [sum(getattr(rates.lapse, part) for rates in one.rungs) for one in (found, plain) for part in ("count", "n")]
    assert lapsed[:2] == lapsed[2:]
    assert lapsed[1] > 0


def test_an_override_holds_in_a_draft_as_far_as_it_knows_the_rung():
    make.override(bought("Ada", -10, 5), "fix", "griffin:advocate", on(-5), on(1))
    draft, live = blind()
    of_draft = backtesting.backtest(draft, at=AT, horizon=HORIZON, beside=live).rungs
    of_live = backtesting.backtest(live, at=AT, horizon=HORIZON, beside=draft).rungs
    assert [r.slug for r in of_draft if r.n] == ["first-time"]
    assert [r.slug for r in of_live if r.n] == ["advocate"]


def test_the_command_names_a_draft():
    crowd(20, -10)
    crowd(20, -60, -10, 5)
    draft, live = blind()
    answer = json.loads(command("griffin", "--at", AT, "--horizon", HORIZON, "--edition", draft.number, "--json"))
    assert (answer["edition"], answer["beside"], sorted(answer["rungs"])) == (
        draft.number,
        live.number,
        ["first-time", "suspect"],
    )
    assert answer["baselines"]["live"]["verdict"] == "worse"
    assert "live" in command("griffin", "--at", AT, "--horizon", HORIZON, "--edition", draft.number)
    with pytest.raises(CommandError, match="has no edition 99"):
        command("griffin", "--at", AT, "--horizon", HORIZON, "--edition", 99)


def command(*arguments):
    out = io.StringIO()
    call_command("backtest", *map(str, arguments), stdout=out, stderr=io.StringIO())
    return out.getvalue()


def test_the_command_answers_with_one_object():
    crowd(20, -10)
    crowd(20, -60, -10, 5)
    answer = json.loads(command("griffin", "--at", AT, "--horizon", HORIZON, "--json"))
    assert sorted(answer) == sorted(
        [
            "ladder",
            "edition",
            "at",
            "horizon",
            "people",
            "bought",
            "rungs",
            "auc",
            "brier",
            "baselines",
            "last_purchase",
            "seconds",
        ]
    )
    assert (answer["people"], answer["bought"], answer["auc"], answer["last_purchase"]) == (40, 20, 1, str(on(5)))
    assert answer["rungs"]["repeat"]["n"] == 20
    assert answer["rungs"]["repeat"]["repeat"] == {"count": 20, "n": 20, "share": None, "low": None, "high": None}
    assert sorted(answer["baselines"]["recency"]) == ["auc", "brier", "difference", "high", "low", "verdict"]


def test_the_command_tells_a_person_the_same():
    crowd(30, -10)
    crowd(20, -60, -10, 5)
    lines = [" ".join(line.split()) for line in command("griffin", "--at", AT, "--horizon", HORIZON).splitlines()]
    assert f"Known by the end of {AT}: 50 people, of whom 20 bought after it, by {on(HORIZON)}." in lines
    assert "first-time 30 0.0% (0.0% to 11.4%) 0.0% (0.0% to 11.4%) 30 100.0% (88.6% to 100.0%)" in lines
    assert "repeat 20 too few (20 of 20) too few (0 of 20) 20 too few (0 of 20)" in lines
    assert "the ladder 1.0000 0.0000" in lines
    recency = next(line for line in lines if line.startswith("recency 0.5000 "))
    assert recency.endswith("the ladder: +0.5000 (+0.5000 to +0.5000), better")


def test_the_command_says_when_the_ledger_may_end_too_early():
    bought("Ada", -10, 5)
    said = command("griffin", "--at", AT, "--horizon", HORIZON)
    assert "too few (1 of 1)" in said
    assert said.count("too few to judge") == 2
    assert f"The last purchase known is of {on(5)}" in said
    bought("Ben", HORIZON + 1)
    assert "The last purchase" not in command("griffin", "--at", AT, "--horizon", HORIZON)


@pytest.mark.parametrize(
    ("at", "horizon", "code", "words"),
    [
        (AT, 0, 2, "from 1 to that"),
        (AT, 100_000, 2, "has not come yet"),
        (date(2199, 1, 1), 1, 2, "^--at: 2199-01-01 lies in the future: give a day after which some have come.$"),
        ("today", 1, 2, "--at"),
    ],
)
def test_what_cannot_be_asked_is_refused(at, horizon, code, words):
    with pytest.raises(CommandError, match=words) as error:
        command("griffin", "--at", at, "--horizon", horizon)
    assert error.value.returncode == code


def test_a_horizon_may_end_today_and_not_tomorrow():
    yesterday = day_of(timezone.now()) - timedelta(days=1)
    assert command("griffin", "--at", yesterday, "--horizon", 1)
    with pytest.raises(CommandError):
        command("griffin", "--at", yesterday, "--horizon", 2)


def test_a_ladder_without_an_edition_then_is_refused():
    Ladder.objects.create(slug="new", name="New")
    with pytest.raises(CommandError, match="No edition of new is in force then") as error:
        command("new", "--at", AT, "--horizon", 1)
    assert error.value.returncode == 1
