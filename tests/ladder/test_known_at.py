"""What was believed at any past moment can still be read, whatever has been learnt since."""

from datetime import UTC, datetime, time, timedelta

import pytest

from ladder import ranking
from ladder.models import Placement
from tests import factories as make

pytestmark = pytest.mark.django_db


def on(number, hour=12):
    return datetime.combine(day(number), time(hour), tzinfo=UTC)


def day(number):
    return make.DAY_0 + timedelta(days=number)


def believed(of, at):
    """The whole history as it was believed at an instant, days as numbers."""
    rows = Placement.objects.filter(customer=of, ladder__slug="griffin").known_at(at).select_related("rung").order_by("since")
    return [(p.rung.slug, (p.since - make.DAY_0).days, p.was_until and (p.was_until - make.DAY_0).days) for p in rows]


@pytest.fixture
def ada():
    found = make.customer("Ada")
    make.purchase(found, day(10))
    ranking.rank(now=on(10))
    return found


FIRST_TIME = [("suspect", 0, 10), ("first-time", 10, None)]
FIRST_TIME_ALONE = [("first-time", 10, None)]


def test_what_ended_later_was_open_then(ada):
    then = believed(ada, on(10, 13))
    make.purchase(ada, day(40))
    ranking.rank(now=on(40))
    assert believed(ada, on(10, 13)) == then
    assert believed(ada, on(40, 13)) == [*then[:-1], ("first-time", 10, 40), ("repeat", 40, None)]


def test_what_was_wrong_is_superseded_and_can_be_read(ada):
    make.purchase(ada, day(40))
    ranking.rank(now=on(40))
    make.purchase(ada, day(20))
    ranking.rank(now=on(50))
    assert believed(ada, on(45))[-2:] == [("first-time", 10, 40), ("repeat", 40, None)]
    assert believed(ada, on(51))[-2:] == [("first-time", 10, 20), ("repeat", 20, None)]
    wrong = Placement.objects.get(customer=ada, ladder__slug="griffin", since=day(40))
    assert (wrong.superseded_at, wrong.closed_at) == (on(50), None), "it was wrong; it did not end"


def test_what_ended_is_closed_and_not_superseded(ada):
    make.purchase(ada, day(40))
    ranking.rank(now=on(40))
    ended = Placement.objects.get(customer=ada, rung__slug="first-time")
    assert (ended.until, ended.closed_at, ended.superseded_at) == (day(40), on(40), None)


def test_closed_then_found_to_have_ended_on_another_day_every_belief_is_kept(ada):
    beliefs = {on(10, 13): believed(ada, on(10, 13))}
    for arrived, bought in ((40, 40), (50, 20), (60, 15)):
        make.purchase(ada, day(bought))
        ranking.rank(now=on(arrived))
        beliefs[on(arrived, 13)] = believed(ada, on(arrived, 13))
    assert len({str(b) for b in beliefs.values()}) == len(beliefs)
    ranking.rank(now=on(400), full=ranking.Full.LIVES)
    assert {at: believed(ada, at) for at in beliefs} == beliefs


@pytest.mark.parametrize(
    ("asked", "at", "expected"),
    [(30, 30, "first-time"), (30, 55, "repeat"), (45, 45, "repeat"), (5, 55, None), (45, 30, "first-time")],
)
def test_a_standing_on_a_day_as_believed_on_another(ada, asked, at, expected):
    make.purchase(ada, day(40))
    ranking.rank(now=on(40))
    make.purchase(ada, day(20))
    ranking.rank(now=on(50))
    found = Placement.objects.filter(customer=ada, ladder__slug="griffin").believed_on(day(asked), on(at, 23))
    assert [p.rung.slug for p in found] == ([expected] if expected else [])


def test_before_anything_was_recorded_nothing_was_believed(ada):
    assert believed(ada, on(9)) == []
