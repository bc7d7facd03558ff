"""What is said that time alone will do is what the fold over the days to come gives, windows that let one thing out after the other too."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.models import Category
from ladder import explaining, ranking, standings
from ladder.models import Ladder
from tests import factories as make
from tests.ladder.oracle import Life, histories
from tests.ladder.test_history import CATEGORIES, NOW, TODAY, date_of, known, regular, stored

AHEAD = 800

day = st.integers(TODAY - 500, TODAY)
fact = st.one_of(
    st.tuples(st.sampled_from(["involved", "involved", "reference", "leaving", "competitor"]), day),
    st.tuples(st.just("purchase"), day, st.none(), st.none(), st.sampled_from([None, *CATEGORIES])),
    st.tuples(st.just("told"), day, st.just(False)),
    st.tuples(st.just("score"), day, st.integers(0, 10)),
    st.tuples(st.just("hostile"), day, st.sampled_from(["fair", "site"])),
)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(facts=st.lists(fact, min_size=3, max_size=9), habit=st.just([]) | regular())
def test_what_time_will_do_is_what_the_days_to_come_bring(db: None, facts: list[Any], habit: list[Any]) -> None:
    with transaction.atomic():
        for name, first_sold in CATEGORIES.items():
            Category.objects.create(name=name, first_sold=date_of(first_sold))
        ada, life = make.customer(recorded=date_of(5)), Life(recorded=5, sold=CATEGORIES)
        for f in facts + habit:
            stored(ada, f)
            known(life, f)
        ranking.rank(now=NOW, day=date_of(TODAY))
        told = explaining.everywhere(ada, standings.editions(date_of(TODAY)), day=date_of(TODAY))
        said = {e.ladder.slug: (e.falls_on, e.falls_to and e.falls_to.slug) for e in told}
        transaction.set_rollback(True)
    to_come = histories(life, TODAY + AHEAD)
    for ladder, (falls_on, falls_to) in said.items():
        following = [(date_of(since), rung) for rung, since, _ in to_come[ladder] if since > TODAY]
        if following or (falls_on and falls_on <= date_of(TODAY + AHEAD)):
            assert (falls_on, falls_to) == (following[0] if following else (None, None)), ladder


@pytest.mark.django_db
def test_who_took_part_three_times_falls_when_the_second_is_a_year_ago() -> None:
    ada = make.customer(recorded=date_of(5))
    for back in (355, 300, 0):
        make.involvement(ada, date_of(TODAY - back))
    for back in (40, 3):
        make.purchase(ada, date_of(TODAY - back))
    ranking.rank(now=NOW, day=date_of(TODAY))
    fans = explaining.current(ada, Ladder.objects.get(slug="raving-fans"), today=date_of(TODAY))
    assert fans is not None
    later = explaining.as_of(ada, fans.ladder, day=date_of(TODAY - 300) + timedelta(days=366))
    assert later is not None
    assert (fans.rung.slug, fans.falls_on, fans.falls_to) == ("member", date_of(TODAY - 300) + timedelta(days=366), later.rung)
