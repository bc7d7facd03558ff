"""Whom a run judges: those with marks, those who are due, or everybody. Kept in life_taken, within the run's transaction.

Late is whoever was touched before today, or is not to be judged by today's facts alone: their whole life is folded again.
Everybody else is on time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from customers import days
from ladder import sql
from ladder.models.standing import CHUNK_SIZE

if TYPE_CHECKING:
    from datetime import date

TABLES = {
    "taken_mark": "id BIGINT PRIMARY KEY, customer_id BIGINT, day INTEGER, imported BOOLEAN",
    "life_taken": "customer_id BIGINT PRIMARY KEY, quiet INTEGER NOT NULL, since INTEGER NOT NULL, marked INTEGER NOT NULL,"
    " late INTEGER NOT NULL DEFAULT 0",
    "life_mover": "customer_id BIGINT PRIMARY KEY",
    "life_held": "customer_id BIGINT PRIMARY KEY",
}
# Quarantined, and nothing new has come for them by a day.
HELD = (
    "SELECT q.customer_id FROM ladder_quarantine q WHERE"
    " (SELECT COUNT(*) FROM ladder_stalemark m WHERE m.customer_id = q.customer_id AND m.day <= {end}) <= q.marks"
)
LATE = "SELECT customer_id FROM life_taken WHERE late = 1"
ON_TIME = "SELECT customer_id FROM life_taken WHERE late = 0"
OVERRIDDEN = "SELECT customer_id FROM ladder_override WHERE withdrawn_at IS NULL"


def clear() -> None:
    sql.fresh(TABLES)


def hold(first: int, last: int, horizon: date | None = None) -> None:
    """Leave out who is quarantined: with a horizon, unless something new has come for them by then."""
    held = HELD.format(end=days.number(horizon)) if horizon else "SELECT q.customer_id FROM ladder_quarantine q WHERE 1 = 1"
    sql.run(f"INSERT INTO life_held (customer_id) {held} AND q.customer_id BETWEEN %s AND %s", [first, last])


def free() -> None:
    """Whoever was judged is in quarantine no more."""
    sql.run("DELETE FROM ladder_quarantine WHERE customer_id IN (SELECT customer_id FROM life_taken)")


def take_marks(first: int, last: int, horizon: date) -> None:
    """Consume the marks that are visible and whose day has come. Facts are read after this, never before."""
    taken = sql.run(
        "INSERT INTO taken_mark (id, customer_id, day, imported) SELECT id, customer_id, day, imported FROM ladder_stalemark"
        " WHERE customer_id BETWEEN %s AND %s AND day <= %s AND customer_id NOT IN (SELECT customer_id FROM life_held)",
        [first, last, days.number(horizon)],
    )
    if not taken:
        return
    sql.analyze("taken_mark")
    sql.run("DELETE FROM ladder_stalemark WHERE id IN (SELECT id FROM taken_mark)")
    # Quiet only if every mark that says anything says "imported"; marks of customers since deleted are let go.
    sql.run(
        "INSERT INTO life_taken (customer_id, quiet, since, marked) SELECT m.customer_id, COALESCE(MIN(CASE WHEN m.imported THEN 1"
        " WHEN m.imported IS NULL THEN NULL ELSE 0 END), 0), MIN(m.day), 1 FROM taken_mark m"
        " JOIN customers_customer c ON c.id = m.customer_id GROUP BY m.customer_id"
    )


def take_due(first: int, last: int, horizon: date) -> None:
    among = "until IS NULL AND superseded_at IS NULL AND due <= %s"
    # SQLite reads all placements of the range instead, unless it is told not to. Where everybody is due, it is right.
    by = sql.aside() if sql.aside() and _few(f"SELECT 1 FROM ladder_placement WHERE {among}", [days.number(horizon)]) else ""
    sql.run(
        "INSERT INTO life_taken (customer_id, quiet, since, marked) SELECT customer_id, 0, MIN(due), 0 FROM ladder_placement"
        f" WHERE {among} AND {by}customer_id BETWEEN %s AND %s"
        f" AND customer_id NOT IN (SELECT customer_id FROM life_held) GROUP BY {by}customer_id"
        f" ON CONFLICT (customer_id) DO UPDATE SET since = {sql.words()['least']}(life_taken.since, excluded.since)",
        [days.number(horizon), first, last],
    )


def _few(found: str, parameters: list[int]) -> bool:
    """No more rows than a chunk has customers: looked for without a range, then, they are found with less reading."""
    return int(sql.rows(f"SELECT COUNT(*) FROM ({found} LIMIT {CHUNK_SIZE + 1}) few", parameters)[0][0]) <= CHUNK_SIZE


def take_everybody(first: int, last: int, since: int) -> int:
    """As if everybody had been touched on a day; what that finds is nobody's doing, so it comes in quietly. Gives how many."""
    return sql.run(
        "INSERT INTO life_taken (customer_id, quiet, since, marked) SELECT id, 1, %s, 1 FROM customers_customer"
        " WHERE id BETWEEN %s AND %s AND id NOT IN (SELECT customer_id FROM life_held)"
        f" ON CONFLICT (customer_id) DO UPDATE SET marked = 1, since = {sql.words()['least']}(life_taken.since, excluded.since)",
        [since, first, last],
    )


def tell_late(horizon: date, within: tuple[int, int], *, everybody: bool = False) -> None:
    """Note who of a range is late: touched before the horizon, judged for the first time, without a fact before it, or ever overridden."""
    if everybody:
        sql.run("UPDATE life_taken SET late = 1")
        return
    sql.analyze("life_taken")
    end = days.number(horizon)
    sql.run(
        "UPDATE life_taken SET late = 1 WHERE since < %s"
        " OR customer_id NOT IN (SELECT s.customer_id FROM ladder_scorecard s JOIN life_taken t ON t.customer_id = s.customer_id"
        " WHERE s.first_fact < %s AND s.customer_id BETWEEN %s AND %s)"
        f" OR customer_id IN ({OVERRIDDEN})",
        [end, end, *within],
    )


def count() -> int:
    return int(sql.rows("SELECT COUNT(*) FROM life_taken")[0][0])


def untouched() -> str:
    """Who was not taken and was never overridden: a condition on e.customer_id; of what is so of nobody it says nothing."""
    but = ["SELECT customer_id FROM life_taken", OVERRIDDEN]
    return " AND ".join(f"e.customer_id NOT IN ({those})" for those in but if sql.rows(f"{those} LIMIT 1")) or "1 = 1"


def choose(among: str) -> int:
    """Let life_customer hold these of those taken, whoever it held before; gives how many."""
    return _let_be(f"SELECT customer_id, quiet FROM life_taken WHERE customer_id IN ({among})")


def anybody() -> bool:
    """Whether anybody was taken, or moves."""
    return bool(sql.rows("SELECT 1 FROM life_taken UNION ALL SELECT 1 FROM life_mover LIMIT 1"))


def anybody_moves() -> bool:
    return bool(sql.rows("SELECT 1 FROM life_mover LIMIT 1"))


def choose_movers() -> int:
    """Those in life_mover; who was not taken moves quietly."""
    return _let_be(
        "SELECT m.customer_id, COALESCE(t.quiet, 1) FROM life_mover m LEFT JOIN life_taken t ON t.customer_id = m.customer_id"
    )


def choose_everybody() -> int:
    """Those taken, and those who moved; gives how many."""
    return _let_be(
        "SELECT customer_id, quiet FROM life_taken"
        " UNION ALL SELECT customer_id, 1 FROM life_mover WHERE customer_id NOT IN (SELECT customer_id FROM life_taken)"
    )


def _let_be(chosen: str) -> int:
    sql.run("DELETE FROM life_customer")
    found = sql.run(f"INSERT INTO life_customer (customer_id, quiet) {chosen}")
    sql.analyze("life_customer")
    return found
