"""The little SQL that the ORM cannot say: temporary tables, INSERT … SELECT, words that differ between databases."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from django.db.models import QuerySet

# Days are whole numbers, so "never ends" and "since always" can be numbers too: no comparison meets a NULL.
FOREVER = 2_000_000_000
ALWAYS = -2_000_000_000
SMALL = 64 * 1024  # bytes of a temporary table of PostgreSQL that is emptied row by row


def on_postgresql() -> bool:
    return connection.vendor == "postgresql"


def words() -> dict[str, str]:
    """Names that differ between the databases, for `str.format` of our own statements."""
    if on_postgresql():
        return {
            "greatest": "GREATEST",
            "least": "LEAST",
            "forever": str(FOREVER),
            "always": str(ALWAYS),
            "true": "TRUE",
            "bytewise": 'COLLATE "C"',
        }
    return {
        "greatest": "MAX",
        "least": "MIN",
        "forever": str(FOREVER),
        "always": str(ALWAYS),
        "true": "1",
        "bytewise": "COLLATE BINARY",
    }


def run(statement: str, parameters: Sequence[Any] = ()) -> int:
    """Execute one statement; gives the number of rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement, list(parameters))
        return max(int(cursor.rowcount), 0)


def rows(statement: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, list(parameters))
        return list(cursor.fetchall())


def quote(name: str) -> str:
    return connection.ops.quote_name(name)


def insert_select(table: str, columns: Iterable[str], query: QuerySet[Any, Any]) -> int:
    """INSERT INTO table (columns) SELECT …, with the query's values bound; gives the number of rows."""
    select, parameters = query.query.sql_with_params()
    names = ", ".join(map(quote, columns))
    return run(f"INSERT INTO {quote(table)} ({names}) {select}", parameters)


def fresh(tables: Mapping[str, str]) -> None:
    """Empty temporary tables of these names and columns, kept for the life of the connection."""
    there = _there(tables)
    for table, columns in tables.items():
        if table not in there:
            run(f"CREATE TEMPORARY TABLE {table} {_declared(columns)}")
    full = [table for table in tables if there.get(table)]
    if not on_postgresql():
        for table in full:
            run(f"DELETE FROM {table}")
    elif full:
        _empty_on_postgresql({table: there[table] for table in full})


def _empty_on_postgresql(sizes: Mapping[str, int]) -> None:
    """To truncate a table takes a millisecond or more, however little is in it: new files for it and its indexes.

    What is small is deleted instead, all of it in one statement; a table in which that left rows too many is no longer small.
    """
    small = [table for table, size in sizes.items() if size <= SMALL]
    if small:
        run(f"WITH {', '.join(f'd{i} AS (DELETE FROM {table})' for i, table in enumerate(small))} SELECT 1")
    if large := [table for table in sizes if table not in small]:
        run(f"TRUNCATE {', '.join(large)}")


def _declared(columns: str) -> str:
    """SQLite keeps a table in the order of its key if it is told to, and else beside an index of it."""
    if on_postgresql():
        return f"({columns})"
    return (
        f"({columns}) WITHOUT ROWID"
        if "PRIMARY KEY (" in columns
        else f"({columns.replace('BIGINT PRIMARY KEY', 'INTEGER PRIMARY KEY')})"
    )


def _there(tables: Iterable[str]) -> dict[str, int]:
    """Which temporary tables there are: on PostgreSQL of these, with their bytes; on SQLite whichever, for to empty one costs nothing."""
    if not on_postgresql():
        return dict.fromkeys((name for (name,) in rows("SELECT name FROM temp.sqlite_master WHERE type = 'table'")), 1)
    return dict(
        rows(
            "SELECT relname, pg_relation_size(oid) FROM pg_class WHERE relname = ANY(%s) AND relnamespace = pg_my_temp_schema()",
            [list(tables)],
        )
    )


def analyze(table: str, *columns: str) -> None:
    """Tell the planner how large a just-filled temporary table is; and PostgreSQL how these columns are spread, without them all.

    SQLite takes a table it knows nothing of for a million rows, and reads a whole ledger to look up a hundred customers in it.
    """
    if on_postgresql():
        run(f"ANALYZE {table} ({', '.join(columns)})" if columns else f"ANALYZE {table}")
    else:
        run(f"ANALYZE temp.{table}")


class Range:
    """The range of the customers in a table, as one more condition on another of an alias, said in a statement as {within:alias}.

    On both sides of a join: PostgreSQL else reads the rows of everybody before them. SQLite takes every range for a narrow one, and is
    not told.
    """

    def __init__(self, table: str) -> None:
        self.ends = rows(f"SELECT MIN(customer_id), MAX(customer_id) FROM {table}")[0] if on_postgresql() else None

    def __format__(self, alias: str) -> str:
        if self.ends is None or self.ends[0] is None:
            return ""
        first, last = map(int, self.ends)
        return f"AND {alias}.customer_id BETWEEN {first} AND {last}"


def aside() -> str:
    """Before a column in a condition by which SQLite is not to look for rows: it takes every range of numbers for a narrow one."""
    return "" if on_postgresql() else "+"


def plan_well(*tables: str) -> None:
    """For this transaction: no machine code, which takes PostgreSQL longer than our statements take on a chunk; room to sort the lives of
    a chunk in memory, a quarter less time than with the 4 MB it has by itself; and what it knows of these tables is no longer from when
    they were half as large. A first ranking fills them faster than it notices by itself, and then it reads all of them for every row
    (100,000 customers: hours instead of a minute and a half). Of temporary tables it looks at a tenth of the rows it else would: how many
    there are is told all the same, and to look at them took a tenth of a history's time.
    """
    if not on_postgresql():
        return
    run("SET LOCAL jit = off; SET LOCAL work_mem = '32MB'")
    grown = "SELECT relname FROM pg_class WHERE oid = %s::regclass AND pg_relation_size(oid) > 2 * current_setting('block_size')::bigint * GREATEST(relpages, 10)"
    for table in tables:
        if rows(grown, [table]):
            run(f"ANALYZE (SKIP_LOCKED) {table}")
    run("SET LOCAL default_statistics_target = 10")
