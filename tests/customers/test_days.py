"""Days of the business in zones whose clocks jump. Instants in UTC, by hand from the published rules of each zone."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from customers import days
from customers.recording import LineOf, record_purchase
from tests.factories import customer, here

INSTANT = timedelta(microseconds=1)
# Zone, day, its first instant, and the first after it.
DAYS = {
    "Paris, 2 o'clock is missing": ("Europe/Paris", "2024-03-31", "2024-03-30T23:00", "2024-03-31T22:00"),
    "Paris, 2 o'clock comes twice": ("Europe/Paris", "2024-10-27", "2024-10-26T22:00", "2024-10-27T23:00"),
    "New York, 2 o'clock is missing": ("America/New_York", "2024-03-10", "2024-03-10T05:00", "2024-03-11T04:00"),
    "New York, 1 o'clock comes twice": ("America/New_York", "2024-11-03", "2024-11-03T04:00", "2024-11-04T05:00"),
    "Lord Howe, half an hour comes twice": ("Australia/Lord_Howe", "2024-04-07", "2024-04-06T13:00", "2024-04-07T13:30"),
    "Lord Howe, half an hour is missing": ("Australia/Lord_Howe", "2024-10-06", "2024-10-05T13:30", "2024-10-06T13:00"),
    "Sao Paulo, the day begins at 1": ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00", "2018-11-05T02:00"),
    "Sao Paulo, the last hour comes twice": ("America/Sao_Paulo", "2019-02-16", "2019-02-16T02:00", "2019-02-17T03:00"),
    "Sao Paulo, without summer time since": ("America/Sao_Paulo", "2024-11-03", "2024-11-03T03:00", "2024-11-04T03:00"),
    "Kolkata, half an hour off": ("Asia/Kolkata", "2024-03-31", "2024-03-30T18:30", "2024-03-31T18:30"),
    "Apia, the day before the one that is not": ("Pacific/Apia", "2011-12-29", "2011-12-29T10:00", "2011-12-30T10:00"),
    "Apia, the day after it": ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00", "2011-12-31T10:00"),
}


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(("zone", "day", "first", "after"), DAYS.values(), ids=DAYS)
def test_a_day_begins_and_ends_when_its_zone_says(settings, zone, day, first, after):
    settings.BUSINESS_TIME_ZONE, day = zone, date.fromisoformat(day)
    assert days.start_of(day) == utc(first)
    # An instant of an hour that comes twice equals nothing of another zone: compared in UTC.
    assert days.end_of(day).astimezone(UTC) == utc(after) - INSTANT
    inside = [days.day_of(at) for at in (utc(first), utc(first) + (utc(after) - utc(first)) / 2, utc(after) - INSTANT)]
    assert inside == [day] * 3
    assert days.day_of(utc(first) - INSTANT) < day < days.day_of(utc(after))


def test_apias_missing_day_has_no_instant(settings):
    settings.BUSINESS_TIME_ZONE, missing = "Pacific/Apia", date(2011, 12, 30)
    assert days.start_of(missing) == utc("2011-12-30T10:00")
    assert days.end_of(missing) == utc("2011-12-30T10:00") - INSTANT
    around = [days.day_of(utc("2011-12-30T10:00") + step) for step in (-INSTANT, timedelta())]
    assert around == [date(2011, 12, 29), date(2011, 12, 31)]


@pytest.fixture
def day_bought(db):
    """The day on which a purchase of an instant falls, as it is stored."""
    ada = customer(recorded=date(2011, 1, 1))

    def record(at):
        line = LineOf(Decimal(10))
        bought = record_purchase(customer=ada, source=here(), external_id=str(at), occurred_at=at, at=at, lines=[line])
        bought.entry.refresh_from_db()
        return bought.entry.day

    return record


@pytest.mark.parametrize(("zone", "day", "first", "after"), DAYS.values(), ids=DAYS)
def test_a_purchase_falls_on_the_day_of_the_business(settings, day_bought, zone, day, first, after):
    settings.BUSINESS_TIME_ZONE, day = zone, date.fromisoformat(day)
    assert [day_bought(at) for at in (utc(first), utc(after) - INSTANT)] == [day] * 2
    assert day_bought(utc(first) - INSTANT) < day < day_bought(utc(after))
