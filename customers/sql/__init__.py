"""Set-based statements in the SQL that both databases share, and where they differ.

Names of tables come from the models and stand in braces; values are always bound. The statements
themselves stand beside this, by the process whose they are.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from django.db import connection

from customers import days, models

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from django.db.models import Model

UUIDS = {
    "postgresql": "gen_random_uuid()",
    "sqlite": "lower(hex(randomblob(6))) || '4' || substr(lower(hex(randomblob(2))), 2) || 'a' || substr(lower(hex(randomblob(8))), 2)",
}


def quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def tables() -> dict[str, str]:
    """What the statements' braces stand for."""
    every = (models.StagedLine, models.StagedCustomer, models.ExternalId, models.Product, models.Purchase, models.PurchaseLine, models.Refund,
             models.RefundLine, models.Mention, models.LineMention, models.RefusedRow, models.Customer, models.ReturnMatch)  # fmt: skip
    names = {str(model._meta.model_name): quoted(model._meta.db_table) for model in every}
    return {**names, "uuid": UUIDS[connection.vendor]}


def run(statement: str, *values: Any, **names: str) -> int:
    """Execute a statement; how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement.format(**tables(), **names), values)
        return max(int(cursor.rowcount), 0)


def rows(statement: str, *values: Any, **names: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement.format(**tables(), **names), values)
        return list(cursor.fetchall())


def instant(at: datetime) -> Any:
    """An instant as this database stores it, for statements that Django does not write."""
    return connection.ops.adapt_datetimefield_value(at)


def pour(model: type[Model], columns: Sequence[str], content: Sequence[Sequence[Any]]) -> None:
    """Add many rows the fastest way the database has. Texts, numbers and booleans only; None is NULL."""
    table, names = quoted(model._meta.db_table), ", ".join(map(quoted, columns))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            buffer = io.StringIO()
            csv.writer(buffer).writerows(content)
            buffer.seek(0)
            always = [quoted(str(f.column)) for f in model._meta.concrete_fields if f.column in columns and not f.null]
            force = f", FORCE_NOT_NULL ({', '.join(always)})"
            cursor.cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN WITH (FORMAT csv{force})", buffer)
        else:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", content)


def update(model: type[Model], columns: tuple[str, ...], changes: Iterable[tuple[tuple[Any, ...], tuple[Any, ...], int]]) -> None:
    """Write (new values, stored values, key) where the two differ."""
    differing = [(*map(bound, new), pk) for new, stored, pk in changes if new != stored]
    if differing:
        sets = ", ".join(f"{quoted(column)} = %s" for column in columns)
        with connection.cursor() as cursor:
            cursor.executemany(f"UPDATE {quoted(model._meta.db_table)} SET {sets} WHERE id = %s", differing)


def bound(value: Any) -> Any:
    return days.number(value) if hasattr(value, "toordinal") else value


def analyse(*tables: str) -> None:
    """Tell PostgreSQL's planner what tables just filled look like, unless somebody else is telling; SQLite's does well without."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE (SKIP_LOCKED) {', '.join(tables)}")


def near(column: str, of: str, among: str, *values: Any) -> tuple[str, tuple[Any, ...]]:
    """From the least to the greatest of what a ledger's column is joined to: one more condition on it, and its values.

    PostgreSQL else reads the whole ledger for every range of an import, which makes ten times the file take a hundred times as long.
    SQLite looks each row up, and takes every range for a narrow one; it is not told.
    """
    if connection.vendor != "postgresql":
        return "", ()
    ends = rows(f"SELECT min({of}), max({of}) FROM {among}", *values)[0]
    return ("", ()) if ends[0] is None else (f"AND {column} BETWEEN %s AND %s", ends)


def make_room() -> None:
    """Let PostgreSQL sort and join a range in memory, until the transaction ends."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL work_mem = '64MB'")
