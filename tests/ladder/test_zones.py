"""The night and the fold in zones whose clocks jump. Instants in UTC, by hand from the published rules of each zone."""

from datetime import UTC, date, datetime, timedelta

import pytest

from customers import days
from ladder import checking, nights, ranking
from ladder.models import Placement, Run
from tests import factories as make

pytestmark = pytest.mark.django_db
EVERY = timedelta(minutes=15)
# Zone, business day, and the first instant at which its clock shows 2 or later.
NIGHTS = {
    "Paris, 2 o'clock is missing": ("Europe/Paris", "2024-03-31", "2024-03-31T01:00"),
    "Paris, 2 o'clock comes twice": ("Europe/Paris", "2024-10-27", "2024-10-27T00:00"),
    "New York, 2 o'clock is missing": ("America/New_York", "2024-03-10", "2024-03-10T07:00"),
    "New York, 1 o'clock comes twice": ("America/New_York", "2024-11-03", "2024-11-03T07:00"),
    "Lord Howe, back to half past 1": ("Australia/Lord_Howe", "2024-04-07", "2024-04-06T15:30"),
    "Lord Howe, on to half past 2": ("Australia/Lord_Howe", "2024-10-06", "2024-10-05T15:30"),
    "Sao Paulo, the day begins at 1": ("America/Sao_Paulo", "2018-11-04", "2018-11-04T04:00"),
    "Sao Paulo, the last hour comes twice": ("America/Sao_Paulo", "2019-02-16", "2019-02-16T04:00"),
    "Sao Paulo, the day after": ("America/Sao_Paulo", "2019-02-17", "2019-02-17T05:00"),
    "Kolkata, half an hour off": ("Asia/Kolkata", "2024-03-31", "2024-03-30T20:30"),
    "Apia, the day before the one that is not": ("Pacific/Apia", "2011-12-29", "2011-12-29T12:00"),
    "Apia, the day after it": ("Pacific/Apia", "2011-12-31", "2011-12-30T12:00"),
}


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def nights_from(at, until):
    """The instants at which a night began, asked every quarter of an hour."""
    found = []
    while at < until:
        if nights.night(now=at):
            found.append(at)
        at += EVERY
    return found


@pytest.mark.parametrize(("zone", "day", "begins"), NIGHTS.values(), ids=NIGHTS)
def test_the_night_begins_once_a_business_day(settings, zone, day, begins):
    settings.BUSINESS_TIME_ZONE, day = zone, date.fromisoformat(day)
    first, last = days.start_of(day), days.end_of(day)
    assert nights_from(first.astimezone(UTC), last.astimezone(UTC)) == [utc(begins)]
    assert list(Run.objects.values_list("kind", "day")) == [("night", day)]


def test_apia_has_no_night_on_the_day_that_is_not(settings):
    settings.BUSINESS_TIME_ZONE = "Pacific/Apia"
    assert len(nights_from(utc("2011-12-28T10:00"), utc("2012-01-01T10:00"))) == 4
    assert [run.day.day for run in Run.objects.order_by("day")] == [28, 29, 31, 1]


def test_who_falls_silent_on_the_day_that_is_not_falls_on_it(settings):
    """A day of the calendar that no clock shows counts like any other, ranked over or not."""
    settings.BUSINESS_TIME_ZONE, missing = "Pacific/Apia", date(2011, 12, 30)
    ada, ben = (make.customer(name, recorded=date(2011, 1, 1)) for name in ("Ada", "Ben"))
    make.purchase(ada, missing - timedelta(days=181))
    make.purchase(ben, date(2011, 12, 29))
    rungs = {}
    for at in ("2011-12-30T09:59", "2011-12-30T10:00"):
        ranking.rank(now=utc(at))
        here = Placement.objects.current().filter(ladder__slug="griffin")
        rungs[at] = list(here.order_by("customer__name").values_list("rung__slug", "since"))
    bought = ("first-time", date(2011, 12, 29))
    assert rungs["2011-12-30T09:59"] == [("first-time", missing - timedelta(days=181)), bought]
    assert rungs["2011-12-30T10:00"] == [("inactive", missing), bought]
    assert checking.check()[1] == []
    assert ranking.rank(now=utc("2011-12-30T10:00"), full=ranking.Full.LIVES).moved == 0
