"""What holds on a day alone, which each database has by a short way of its own, is what the last of all spans says, and what one counts."""

from __future__ import annotations

from datetime import timedelta
from itertools import accumulate, pairwise
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ladder import lives, sql
from tests import factories as make

HORIZON = 2500
EDGES = st.sampled_from([0, 1, 399, 400, 401, 694, 695, 1094, 1095, 1096])
after = st.none() | st.integers(0, 900)


@st.composite
def buying(draw: Any) -> list[tuple[int, int | None, int | None]]:
    """Purchases of a customer: the day, days until all was taken back, days it covers. Gaps lie often at the edges of what is looked at."""
    days = accumulate(draw(st.lists(EDGES | st.integers(0, 300), max_size=9)))
    return [(day, draw(st.none() | after), draw(st.none() | st.none() | after)) for day in days if day <= HORIZON + 20]


def counted(bought: list[tuple[int, int | None, int | None]]) -> dict[str, Any]:
    """By hand, from what stands on the day alone."""
    stands = [p for p in bought if p[0] <= HORIZON and (p[1] is None or p[0] + p[1] > HORIZON)]
    days = sorted({day for day, *_ in stands})
    if not days:
        return {"occasions": 0, "invoices": 0, "last_day": None, "longest_gap": 0, "longest_gap_3y": 0, "longest_gap_400d": 0}
    gaps = [(b - a, b) for a, b in pairwise(days)]

    def longest(within: int) -> int:
        return max((gap for gap, end in gaps if end >= days[-1] - within), default=0)

    return {
        "occasions": len(days), "invoices": len(stands), "last_day": days[-1], "longest_gap": longest(99_999),
        "longest_gap_3y": longest(1095), "longest_gap_400d": longest(400),
    }  # fmt: skip


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lives_of=st.lists(buying(), min_size=4, max_size=8))
def test_the_short_way_says_what_all_spans_say_and_what_one_counts(db: None, lives_of: list[Any]) -> None:
    horizon = make.DAY_0 + timedelta(days=HORIZON)
    with transaction.atomic():
        people = {make.customer(f"Ada {n}"): bought for n, bought in enumerate(lives_of)}
        for who, bought in people.items():
            for day, ended, covers in bought:
                at = make.DAY_0 + timedelta(days=day)
                said = {"ended": ended, "covers_until": covers}
                make.purchase(who, at, **{k: at + timedelta(days=v) for k, v in said.items() if v is not None})
        presently, at_last = read(people, horizon, only_now=True), read(people, horizon, only_now=False)
        expected = {who.pk: counted(bought) for who, bought in people.items()}
        transaction.set_rollback(True)
    assert presently == at_last
    for key, card in presently.items():
        card["last_day"] = card["last_day"] and card["last_day"] - lives.days.number(make.DAY_0)
        assert {name: card[name] for name in expected[key]} == expected[key]


def read(people: Any, horizon: Any, *, only_now: bool) -> dict[int, dict[str, Any]]:
    """Their cards on a day, by key."""
    keys = sorted(who.pk for who in people)
    lives.empty_tables()
    lives.choose(keys[0], keys[-1])
    if only_now:
        found = sql.rows(lives.present(horizon, []))
    else:
        lives.build(horizon, [])
        found = sql.rows(
            f"SELECT customer_id, day, {', '.join(lives.FACT_COLUMNS)} FROM life_point p WHERE day = (SELECT MAX(day) FROM life_point x"
            " WHERE x.customer_id = p.customer_id)"
        )
    return {row[0]: dict(zip(lives.FACT_COLUMNS, row[2:], strict=True)) for row in found}
