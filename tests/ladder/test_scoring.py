"""The figures behind a backtest, against published values, hand counts and plainer ways to the same."""

import random
import statistics
from collections import Counter
from math import comb

import pytest

from customers.intervals import Share, wilson
from ladder import resampling, scoring

ALIKE = {(1, 1, True): 20, (1, 1, False): 20, (2, 2, True): 30, (2, 2, False): 10}


@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    [
        (8, 10, 0.4902, 0.9433),
        (81, 263, 0.2553, 0.3662),  # Newcombe 1998, table I, method 3, as are the next three
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (29, 29, 0.8830, 1.0),
    ],
)
def test_wilsons_interval_is_the_published_one(count, n, low, high):
    assert wilson(count, n) == pytest.approx((low, high), abs=0.00006)


def test_a_share_is_said_of_thirty_people_and_not_of_twenty_nine():
    assert (Share(3, 29).share, Share(3, 29).low, Share(3, 29).high) == (None, None, None)
    assert Share(3, 30).share == 0.1
    assert Share(3, 30).low < 0.1 < Share(3, 30).high


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ({(1, False): 1, (2, True): 1}, 1.0),
        ({(2, False): 1, (1, True): 1}, 0.0),
        ({(1, False): 5, (1, True): 3}, 0.5),
        # pairs: both buyers over the one in class 1, one of two over the one in class 2, one a tie with them
        ({(1, False): 1, (2, False): 1, (2, True): 1, (3, True): 1}, (2 + 1 + 0.5) / 4),
        ({(1, True): 5, (2, True): 5}, None),
        ({(1, False): 5}, None),
        ({}, None),
    ],
)
def test_auc_counts_pairs_and_halves_ties(table, expected):
    assert scoring.auc(table.items()) == expected


def test_brier_foretells_each_half_the_rates_of_the_other():
    table = {(0, 1, True): 1, (0, 1, False): 1, (1, 1, True): 1, (1, 1, False): 3}
    assert scoring.brier(table) == pytest.approx((0.75**2 + 0.25**2 + 0.5**2 * 4) / 6)


def test_brier_of_a_class_that_the_other_half_lacks_takes_its_rate_over_all():
    table = {(0, 1, True): 1, (0, 2, False): 1, (1, 1, True): 1, (1, 1, False): 1}
    assert scoring.brier(table) == pytest.approx((0.5**2 + 0.5**2 + 0 + 1) / 4)


def test_brier_is_unknown_where_a_half_is_empty():
    assert scoring.brier({(0, 1, True): 40, (0, 1, False): 40}) is None
    assert scoring.brier({}) is None


@pytest.mark.parametrize(("n", "p"), [(12, 0.2), (40, 0.35), (40, 0.8), (9, 0.5)])  # 12 and 9 wait, 40 reject
def test_a_binomial_is_drawn_as_often_as_it_should_be(n, p):
    chance, draws = random.Random(3), 40_000
    drawn = Counter(resampling.binomial(chance, n, p) for _ in range(draws))
    expected = {k: draws * comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(n + 1)}
    common = [k for k, e in expected.items() if e >= 10]
    odd = sum((drawn[k] - expected[k]) ** 2 / expected[k] for k in common)
    assert odd < len(common) + 4 * (2 * len(common)) ** 0.5, "chi squared, some four deviations"


def test_a_draw_has_as_many_people_and_leaves_empty_cells_empty():
    chance = random.Random(3)
    for _ in range(100):
        drawn = resampling.multinomial(chance, [0, 5, 0, 90_000, 5, 0])
        assert sum(drawn) == 90_010
        assert (drawn[0], drawn[2], drawn[5]) == (0, 0, 0)


def test_drawing_counts_is_drawing_people():
    table = {(1, 2, False): 90, (1, 1, False): 60, (2, 1, True): 30, (1, 3, True): 20, (2, 3, True): 40, (2, 1, False): 60}
    people, chance = [cell for cell, n in table.items() for _ in range(n)], random.Random(5)
    found = []
    for _ in range(2_000):
        drawn = Counter(chance.choices(people, k=len(people)))
        ours, theirs = (scoring.auc(((c[i], c[2]), n) for c, n in drawn.items()) for i in (0, 1))
        found.append(ours - theirs)
    parts = statistics.quantiles(found, n=40)
    than = scoring.compare(table)
    assert (than.low, than.high) == pytest.approx((parts[0], parts[-1]), abs=0.015)


@pytest.mark.parametrize(
    ("table", "verdict"),
    [
        ({(1, 1, False): 50, (2, 1, True): 50}, "better"),
        ({(1, 1, False): 50, (1, 2, True): 50}, "worse"),
        (ALIKE, "no difference shown"),
        ({(1, 1, False): 19, (2, 1, True): 10}, "too few to judge"),  # 29 people
        ({(1, 1, False): 20, (2, 1, True): 10}, "better"),
        ({(1, 1, False): 500, (2, 1, True): 9}, "too few to judge"),  # of whom 9 did it
        ({(1, 1, False): 9, (2, 1, True): 500}, "too few to judge"),
        ({(1, 1, False): 500}, "too few to judge"),
        ({}, "too few to judge"),
    ],
)
def test_better_is_said_only_where_the_interval_leaves_out_zero(table, verdict):
    assert scoring.compare(table).verdict == verdict
    assert scoring.compare(table) == scoring.compare(table), "the same every time"
