"""Position within the rung: how much of the smallest way up is so already, and how fresh the evidence is."""

from datetime import timedelta

import pytest
from django.utils import timezone

from customers import days
from ladder import explaining, nearing, ranking, rules
from ladder.models import Ladder
from tests import factories as make
from tests.ladder.test_commands import run

TODAY = make.DAY_0 + timedelta(days=400)
ABOVE_3 = {"fact": "occasions", "is": "above", "value": 3}
FOUR = {"fact": "occasions", "is": "at_least", "value": 4}
SPEND = {"fact": "spend", "is": "at_least", "value": 100_000}
OVERDUE = {"fact": "overdue", "is": "equal", "value": True}
NEED = {"fact": "need", "is": "equal", "value": "yes"}


def position(rule, verdicts, *, so=True):
    """Of a rule, with its conditions' verdicts in reading order: value, against, whether it holds."""
    read = rules.read(rule)
    asked = dict(zip(dict.fromkeys(c for c, _ in read.asked()), verdicts, strict=True))
    return nearing.Position(None, nearing.way(read, asked, so=so))


@pytest.mark.parametrize(
    ("rule", "verdicts", "share", "holding", "of"),
    [
        (FOUR, [(0, 4, False)], 0, 0, 1),
        (FOUR, [(3, 4, False)], 0.75, 0, 1),
        (FOUR, [(4, 4, True)], 1, 1, 1),
        (FOUR, [(9, 4, True)], 1, 1, 1),
        (ABOVE_3, [(3, 3, False)], 0.75, 0, 1),
        (FOUR, [(None, 4, False)], 0, 0, 1),
        (SPEND, [(99_999, 100_000, False)], 0.9999, 0, 1),
        (SPEND, [(-500, 100_000, False)], 0, 0, 1),
        (NEED, [(None, 1, False)], 0, 0, 1),
        ({"all": [FOUR, NEED]}, [(3, 4, False), (1, 1, True)], 0.875, 1, 2),
        ({"all": [FOUR, {"not": OVERDUE}]}, [(2, 4, False), (0, 1, False)], 0.75, 1, 2),
        ({"all": [FOUR, {"not": OVERDUE}]}, [(2, 4, False), (1, 1, True)], 0.25, 0, 2),
        ({"all": [FOUR, FOUR]}, [(2, 4, False)], 0.5, 0, 1),
        ({"any": [NEED, FOUR]}, [(None, 1, False), (3, 4, False)], 0.75, 0, 1),
        ({"any": [{"all": [NEED, OVERDUE]}, FOUR]}, [(None, 1, False), (0, 1, False), (0, 4, False)], 0, 0, 1),
        ({"any": [NEED, FOUR]}, [(1, 1, True), (0, 4, False)], 1, 1, 1),
    ],
)
def test_the_share_is_what_holds_of_the_smallest_way(rule, verdicts, share, holding, of):
    found = position(rule, verdicts)
    assert (found.share, found.holding, len(found.way)) == (share, holding, of)


def test_what_must_not_be_so_is_not_counted_by_parts():
    assert position(FOUR, [(3, 4, False)], so=False).share == 1
    assert position(FOUR, [(5, 4, True)], so=False).share == 0


@pytest.mark.parametrize(
    ("last", "said"),
    [
        (0, "Last evidence today."),
        (1, "Last evidence yesterday."),
        (2, "Last evidence 2 days ago."),
        (1200, "Last evidence 1,200 days ago."),
    ],
)
def test_how_fresh_the_evidence_is_is_said(last, said):
    assert nearing.fresh(TODAY - timedelta(days=last), TODAY) == said
    assert nearing.fresh(None, TODAY) == "No evidence yet."


def explained(of, ladder="griffin"):
    ranking.rank(now=make.noon(TODAY))
    found = explaining.current(of, Ladder.objects.get(slug=ladder), today=TODAY)
    assert found
    return found


def ago(number):
    return TODAY - timedelta(days=number)


@pytest.mark.django_db
@pytest.mark.parametrize(("bought", "rung", "words"), [
    ([], "suspect", "0 of 1 condition for First-time; 0 of 1 days on which they bought."),
    ([12], "first-time", "0 of 1 condition for Repeat; 1 of 2 days on which they bought."),
    ([40, 12], "repeat", "2 of 4 conditions for Client; 2 of 4 days on which they bought; share of what they can use that they buy not known yet."),
    ([300], "inactive", "0 of 1 condition to be back on the ladder."),
])  # fmt: skip
def test_each_rung_says_how_near_the_next_is(bought, rung, words):
    ada = make.customer()
    for number in bought:
        make.purchase(ada, ago(number))
    found = explained(ada)
    assert (found.rung.slug, found.position.words) == (rung, words)
    assert found.last_evidence == (ago(min(bought)) if bought else None)


@pytest.mark.django_db
def test_the_share_grows_with_every_step_up_to_the_rung():
    ada = make.customer()
    for category in ("Textiles", "Lighting", "Seating"):
        make.usable(ada, category, ago(390))
    shares = []
    for n in range(4):
        make.purchase(ada, ago(60 - 20 * n), product=make.product(("Textiles", "Lighting", "Seating")[n % 3]))
        shares.append((found := explained(ada)).position.share)
    assert shares[1] < shares[2] < 1
    assert (found.rung.slug, found.position.to.rung.slug) == ("client", "advocate")


@pytest.mark.django_db
def test_at_the_top_there_is_no_way_up():
    ada = make.customer()
    make.recommendation(ada, ago(5), prompted=False)
    make.purchase(ada, ago(9))
    found = explained(ada, "raving-fans")
    assert (found.rung.slug, found.position.words, found.position.share) == ("raving-fan", "At the top.", 1)
    assert found.fresh == "Last evidence 5 days ago."


@pytest.mark.django_db
def test_command_and_page_say_it_alike(client):
    ada = make.customer()
    make.purchase(ada, days.day_of(timezone.now()) - timedelta(days=12))
    ranking.rank(now=timezone.now())
    told = run("explain", "here:Ada")[0]
    assert told["position"] == {"to": "repeat", "share": 0.5, "holding": 0, "conditions": 1, "words": told["position"]["words"]}
    client.force_login(make.user())
    page = client.get(ada.get_absolute_url()).content.decode()
    assert told["position"]["words"] in page
    assert "Last evidence 12 days ago." in page
