"""A night costs what changed, not what exists: counted in the database's own steps, so that no clock is asked."""

from __future__ import annotations

import contextlib
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection

from customers.models import Customer, Purchase
from ladder import ranking, sql
from tests import factories as make

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.django_db
FEW, MANY = 300, 3_000
D = date(2024, 3, 1)
READ = "SELECT SUM(seq_tup_read + COALESCE(idx_tup_fetch, 0)) FROM pg_stat_xact_user_tables WHERE relname NOT LIKE 'life_%%'"


@contextlib.contextmanager
def steps(counted: list[int]) -> Iterator[None]:
    """Adds how many: on PostgreSQL rows read, on SQLite thousands of instructions carried out."""
    if sql.on_postgresql():
        before = sql.rows(READ)[0][0]
        yield
        counted.append(int(sql.rows(READ)[0][0] - before))
        return
    done: list[int] = []
    connection.connection.set_progress_handler(lambda: done.append(1), 1000)
    yield
    connection.connection.set_progress_handler(None, 0)
    counted.append(len(done))


def more_customers(until: int) -> None:
    """Each with four purchases, ranked through D."""
    here, team = make.here(), make.team()
    people = [Customer(name=f"C{n}", source=here, team=team, recorded_day=D) for n in range(Customer.objects.count(), until)]
    Customer.objects.bulk_create(people)
    bought = {"source": here, "currency": "EUR", "amount": 10, "priced": True}
    Purchase.objects.bulk_create(
        Purchase(customer=one, external_id=f"{one.pk}-{days}", occurred_at=make.noon(day), day=day, **bought)
        for one in people
        for days in (30, 60, 90, 120)
        for day in [D - timedelta(days=days)]
    )
    ranking.rank(now=make.noon(D))
    if sql.on_postgresql():  # that does so by itself; nobody does it for SQLite
        sql.run("ANALYZE")


def test_a_night_reads_no_more_of_a_larger_business() -> None:
    nights: list[int] = []
    for size, day in ((FEW, 1), (MANY, 2)):
        more_customers(size)
        make.purchase(Customer.objects.earliest("pk"), D + timedelta(days=day))
        with steps(nights):
            run = ranking.rank(now=make.noon(D + timedelta(days=day)))
        assert run.judged == 1
    everybody: list[int] = []
    with steps(everybody):
        ranking.rank(now=make.noon(D + timedelta(days=2)), full=ranking.Full.LEDGERS)
    assert (nights[1] < 1.5 * nights[0], everybody[0] > 10 * nights[1]) == (True, True), (nights, everybody)
