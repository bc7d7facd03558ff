"""Stale marks: every write to a ledger marks its customer, by database triggers made from one list.

Triggers, because nothing can forget them: pages, API, admin, imports and a hand at the database's
prompt all leave their mark in the transaction of the fact itself. They are made anew after every
`migrate`, since SQLite drops a table's triggers when it rebuilds the table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ladder import catalogue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.db.backends.base.base import BaseDatabaseWrapper


@dataclass(frozen=True)
class Watched:
    """A ledger: its table, the days a row touches, and whether a row tells that an import brought it.

    On an update the marks say that an import is at it, or nothing: derived columns change by whatever was written
    elsewhere, and that has left a mark of its own.
    """

    table: str
    days: tuple[str, ...]
    customer: str = "customer_id"
    tells_import: bool = True
    also: str = ""
    """A ledger as "table.column": the customer of its rows whose column is this customer is touched too."""
    events: tuple[str, ...] = ("INSERT", "UPDATE", "DELETE")
    quiet: bool = False
    """Whatever is written there queues nothing by itself, as if an import had brought it."""


WATCHED = (
    Watched("customers_customer", ("recorded_day",), customer="id", events=("INSERT",)),
    Watched("customers_purchase", ("day", "ended"), also="customers_referral.referred_id"),
    Watched("customers_refund", ("day",)),
    Watched("customers_qualification", ("since",)),
    Watched("customers_usablecategory", ("since", "until")),
    Watched("customers_notranked", ("since", "until")),
    Watched("customers_customertag", ("since", "until")),
    Watched("customers_fieldvalue", ("since",)),
    Watched("feedback_recommendation", ("day",)),
    Watched("feedback_ask", ("day",)),
    Watched("feedback_response", ("day",)),
    Watched("feedback_satisfaction", ("day",)),
    Watched("feedback_opinion", ("day",)),
    Watched("feedback_importance", ("day",)),
    Watched("feedback_complaint", ("day",)),
    Watched("feedback_complaintstep", ("day",)),
    Watched("feedback_hostileact", ("day",)),
    Watched("feedback_leavingnotice", ("day",)),
    Watched("feedback_competitorconsidered", ("day",)),
    Watched("customers_referral", ("day",)),
    Watched("customers_involvement", ("day",)),
    Watched("ladder_override", ("since", "until"), quiet=True),
    Watched("customers_jointplan", ("since", "until", "accepted_by_us", "accepted_by_them")),
)

# The catalogue touches everybody of whom usable categories are known; another category of a product everybody who bought it too; one of
# the first three everybody there is, for as many must be known. What that moves is nobody's doing, and queues nothing by itself.
CATALOGUE = ("customers_category", "customers_product")

INSERT = "INSERT INTO ladder_stalemark (customer_id, day, imported)"
# In this transaction an import stores what it brings.
BRINGING = "(SELECT TRUE FROM customers_bringing LIMIT 1)"
AFFECTED = f"{INSERT} SELECT DISTINCT customer_id, 0, TRUE FROM customers_usablecategory"
BUYERS = f"{INSERT} SELECT DISTINCT customer_id, 0, TRUE FROM customers_purchaseline WHERE product_id"


EVERYBODY = f"{INSERT} SELECT id, 0, TRUE FROM customers_customer WHERE"


def _among_the_first(row: str) -> str:
    """A category, whether it is there still or again, that is or was among those of whom there must be so many."""
    return f"(SELECT COUNT(*) FROM customers_category k WHERE k.first_sold < {row}.first_sold) < {catalogue.ASKED}"


def install(connection: BaseDatabaseWrapper) -> None:
    """Make every trigger anew."""
    statements = _postgresql() if connection.vendor == "postgresql" else _sqlite()
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _rows_of(event: str) -> tuple[str, ...]:
    return {"INSERT": ("new",), "UPDATE": ("old", "new"), "DELETE": ("old",)}[event]


def _imported(watched: Watched, event: str, row: str) -> str:
    if watched.quiet:
        return "TRUE"
    if event == "UPDATE":
        return BRINGING
    return f"{row}.brought_by_id IS NOT NULL" if watched.tells_import else "NULL"


def _sqlite() -> Iterator[str]:
    for watched in WATCHED:
        for event in watched.events:
            name = f"stale_{watched.table}_{event.lower()}"
            body = " ".join(
                f"{INSERT} SELECT {row}.{watched.customer}, {row}.{day}, {_imported(watched, event, row)} WHERE {row}.{day} IS NOT NULL;"
                for row in _rows_of(event)
                for day in watched.days
            )
            if watched.also:
                table, _, column = watched.also.partition(".")
                body += " " + " ".join(
                    f"{INSERT} SELECT other.customer_id, {row}.{day}, {_imported(watched, event, row)} FROM {table} other"
                    f" WHERE other.{column} = {row}.{watched.customer} AND other.withdrawn_at IS NULL AND {row}.{day} IS NOT NULL;"
                    for row in _rows_of(event)
                    for day in watched.days
                )
            yield f"DROP TRIGGER IF EXISTS {name}"
            yield f"CREATE TRIGGER {name} AFTER {event} ON {watched.table} FOR EACH ROW BEGIN {body} END"
    for table in CATALOGUE:
        for event in ("INSERT", "UPDATE", "DELETE"):
            yield f"DROP TRIGGER IF EXISTS stale_{table}_{event.lower()}"
            when = "WHEN old.category_id IS NOT new.category_id" if table == "customers_product" and event == "UPDATE" else ""
            if table == "customers_product" and event != "UPDATE":
                continue
            body = (
                f"{AFFECTED}; {BUYERS} = new.id" if table == "customers_product" else f"{AFFECTED}; {_first_sold_sqlite(event)}"
            )
            yield f"CREATE TRIGGER stale_{table}_{event.lower()} AFTER {event} ON {table} FOR EACH ROW {when} BEGIN {body}; END"


def _first_sold_sqlite(event: str) -> str:
    moved = "old.first_sold <> new.first_sold AND " if event == "UPDATE" else ""
    return f"{EVERYBODY} {moved}({' OR '.join(map(_among_the_first, _rows_of(event)))})"


def _first_sold_postgresql(event: str) -> str:
    moved = "r.id IN (SELECT id FROM old_rows o JOIN new_rows n USING (id) WHERE o.first_sold <> n.first_sold) AND "
    only = moved if event == "UPDATE" else ""
    rows = " UNION ALL ".join(f"SELECT * FROM {row}_rows" for row in _rows_of(event))
    return f"{EVERYBODY} EXISTS (SELECT 1 FROM ({rows}) r WHERE {only}{_among_the_first('r')})"


def _postgresql() -> Iterator[str]:
    for watched in WATCHED:
        for event in watched.events:
            marks = " UNION ALL ".join(
                f"SELECT {row}_rows.{watched.customer}, {row}_rows.{day}, ({_imported(watched, event, f'{row}_rows')})::boolean"
                f" FROM {row}_rows WHERE {row}_rows.{day} IS NOT NULL"
                for row in _rows_of(event)
                for day in watched.days
            )
            body = f"{INSERT} {marks};"
            if watched.also:
                table, _, column = watched.also.partition(".")
                body += (
                    f" {INSERT} SELECT other.customer_id, m.day, m.imported FROM ({marks}) m (customer_id, day, imported)"
                    f" JOIN {table} other ON other.{column} = m.customer_id AND other.withdrawn_at IS NULL;"
                )
            yield from _function(watched.table, event, body, _rows_of(event))
    for event in ("INSERT", "UPDATE", "DELETE"):
        yield from _function("customers_category", event, f"{AFFECTED}; {_first_sold_postgresql(event)};", _rows_of(event))
    changed = "SELECT id FROM old_rows o JOIN new_rows n USING (id) WHERE o.category_id IS DISTINCT FROM n.category_id"
    body = f"IF EXISTS ({changed}) THEN {AFFECTED}; {BUYERS} IN ({changed}); END IF;"
    yield from _function("customers_product", "UPDATE", body, ("old", "new"))


def _function(table: str, event: str, body: str, rows: tuple[str, ...]) -> Iterator[str]:
    """A statement-level trigger: one call a statement, however many rows it wrote."""
    name = f"stale_{table}_{event.lower()}"
    referencing = f"REFERENCING {' '.join(f'{row.upper()} TABLE AS {row}_rows' for row in rows)}" if rows else ""
    yield f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NULL; END $$"
    yield f"DROP TRIGGER IF EXISTS {name} ON {table}"
    yield f"CREATE TRIGGER {name} AFTER {event} ON {table} {referencing} FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
