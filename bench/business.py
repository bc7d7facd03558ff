"""A made-up business of any size, written by the database itself: each customer bought so many times within three years.

Sums of whole numbers in the place of chance, so that every run measures the same business.
"""

from __future__ import annotations

from datetime import date

from django.db import connection
from django.utils import timezone

from accounts.models import Team
from customers import days
from customers.models import Source
from ladder import marks, sql

TODAY = date(2026, 1, 5)
YEARS_3 = 1095


def make(customers: int, purchases: int) -> None:
    """Customers 1 … n, everybody's facts still to be judged, as after an import."""
    with connection.cursor() as cursor:
        for statement in _without_triggers():
            cursor.execute(statement)
    source = Source.objects.create(slug="bench", name="Bench").pk
    team = Team.objects.order_by("pk").first() or Team.objects.create(name="Bench")
    today, now = days.number(TODAY), timezone.now()
    one = "gen_random_uuid()" if sql.on_postgresql() else "lower(hex(randomblob(16)))"
    sql.run(
        "INSERT INTO customers_customer (id, uuid, kind, name, folded_name, form_of_address, language, country, time_zone, team_id,"
        f" source_id, recorded_at, recorded_day) {_numbers(customers)} SELECT n, {one}, 'person', 'Customer ' || n, 'customer ' || n,"
        f" 'unknown', '', '', '', %s, %s, %s, {today} FROM numbers",
        [team.pk, source, now],
    )
    begins = f"(c.n * 7919 %% {YEARS_3})"
    day = f"({today - YEARS_3} + {begins} + (c.n * 104729 + i.n * 15485863 + c.n %% 977 * i.n) %% ({YEARS_3} - {begins}))"
    for first in range(1, customers + 1, 100_000):
        last = min(first + 99_999, customers)
        sql.run(
            "INSERT INTO customers_purchase (uuid, customer_id, source_id, external_id, occurred_at, day, recorded_at, currency,"
            f" amount, channel, priced, returned) {_numbers(last - first + 1, purchases, first)}"
            f" SELECT {one}, c.n, %s, c.n || '-' || i.n, %s, {day}, %s, 'EUR', (c.n * 31 + i.n * 17) %% 200 + 1, '',"
            f" {sql.words()['true']}, 0 FROM numbers c, times i",
            [source, now, now],
        )
    marks.install(connection)
    sql.run(
        f"INSERT INTO ladder_stalemark (customer_id, day, imported) SELECT id, 0, {sql.words()['true']} FROM customers_customer"
    )
    tidy()


def _without_triggers() -> list[str]:
    tables = ("customers_customer", "customers_purchase")
    if sql.on_postgresql():
        return [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in tables]
    return [f"DROP TRIGGER IF EXISTS stale_{table}_insert" for table in tables]


def _numbers(count: int, times: int = 0, first: int = 1) -> str:
    """Tables of whole numbers."""
    last = first + count - 1
    tables = [f"numbers (n) AS (SELECT CAST({first} AS BIGINT) UNION ALL SELECT n + 1 FROM numbers WHERE n < {last})"]
    if times:
        tables.append(f"times (n) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT n + 1 FROM times WHERE n < {times})")
    return f"WITH RECURSIVE {', '.join(tables)}"


def buy(share: int, on: date, turn: int) -> int:
    """One of `share` customers buys on a day, recorded one statement at a time as an import would; gives how many."""
    source, now = Source.objects.get(slug="bench").pk, timezone.now()
    one = "gen_random_uuid()" if sql.on_postgresql() else "lower(hex(randomblob(16)))"
    return sql.run(
        "INSERT INTO customers_purchase (uuid, customer_id, source_id, external_id, occurred_at, day, recorded_at, currency, amount,"
        f" channel, priced, returned) SELECT {one}, id, %s, %s || id, %s, %s, %s, 'EUR', 20, '', {sql.words()['true']}, 0"
        " FROM customers_customer WHERE id %% %s = %s",
        [source, f"{on}-{share}-", now, days.number(on), now, share, turn % share],
    )


def tidy() -> None:
    """As the database itself does in quiet hours."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if sql.on_postgresql() else "ANALYZE")
