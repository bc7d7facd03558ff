"""Judging whom was taken and writing what differs from what is stored: scorecards, and the history of placements.

Within the transaction of whoever took them. Whole lives for those who are late, today alone for those on time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.crashing import crash
from customers import days
from customers.sql import instant
from ladder import judging, lives, scorecards, sql, taking

if TYPE_CHECKING:
    from datetime import date, datetime

    from ladder.reigns import Judges


def settle(horizon: date, panel: list[Judges], within: tuple[int, int], *, now: datetime, everybody: bool = False) -> int:
    """Write scorecards and whatever differs from the stored history, of whom was taken; gives placements opened.

    Who is late has their life folded; who is on time is judged by their card, read anew if anything reached them. `within` is the range
    of customers they were taken from; with `everybody` all the stored cards in it are asked too.
    """
    moved = _settle_taken(horizon, panel, within, now=now) if taking.count() else 0
    for judge in panel if everybody else ():
        if not judge.is_soft:
            scorecards.take_movers(judge, horizon, within, untouched=True)
    return moved + settle_today(horizon, panel, now=now)


def _settle_taken(horizon: date, panel: list[Judges], within: tuple[int, int], *, now: datetime) -> int:
    """The whole lives of who is late, the cards of who is on time, and who of them is a mover; gives placements opened."""
    moved = 0
    lives.empty_tables()
    taking.tell_late(horizon, within, everybody=any(judge.is_soft for judge in panel))
    if taking.choose(taking.LATE):
        moved = settle_lives(horizon, panel, now=now)
        lives.empty_tables()
    if taking.choose(_to_read(horizon, panel, within)):
        scorecards.refresh(horizon, panel, within)
        crash("scorecards written")
    for judge in panel:
        scorecards.take_movers(judge, horizon, within)
    return moved


def settle_lives(horizon: date, panel: list[Judges], *, now: datetime) -> int:
    """Whole lives, of the customers in life_customer."""
    telling = fold(horizon, panel)
    write_scorecards(lives.last(horizon, [edition for judge in panel for edition in judge.editions], telling), horizon)
    crash("scorecards written")
    moved = write_history(now)
    crash("history written")
    return moved


def _to_read(horizon: date, panel: list[Judges], within: tuple[int, int]) -> str:
    """Whose card is read from the ledgers anew: something reached them, or time changed a column, or rules begin to ask for more."""
    if any(e.first_day == horizon and e.needs() for judge in panel for e in judge.editions):
        return taking.ON_TIME
    changed = (
        "SELECT t.customer_id FROM life_taken t JOIN ladder_scorecard ON ladder_scorecard.customer_id = t.customer_id"
        f" WHERE ladder_scorecard.customer_id BETWEEN {within[0]} AND {within[1]} AND {scorecards.outdated(horizon)}"
    )
    return f"{taking.ON_TIME} AND (marked = 1 OR customer_id IN ({changed}))"


def settle_today(horizon: date, panel: list[Judges], *, now: datetime) -> int:
    """The last day of the history of the movers, by their cards as of the horizon."""
    if not taking.anybody_moves():
        return 0
    lives.empty_tables()
    taking.choose_movers()
    if any(judge.is_soft for judge in panel):  # today's facts do not tell where they stand on soft ladders
        return settle_lives(horizon, panel, now=now)
    scorecards.recall(horizon)
    _stand_yesterday(horizon)
    judging.judge(panel, horizon)
    moved = write_history(now, since=horizon)
    crash("history written")
    return moved


def _stand_yesterday(horizon: date) -> None:
    """Add to life_rung, before today's, the placements of the day before, since the days on which they began."""
    sql.run(
        "INSERT INTO life_rung (customer_id, ladder_id, day, rung_id, edition_id)"
        " SELECT customer_id, ladder_id, since, rung_id, edition_id FROM ladder_placement WHERE superseded_at IS NULL"
        " AND since < %s AND (until IS NULL OR until >= %s) AND customer_id IN (SELECT customer_id FROM life_customer)",
        [days.number(horizon)] * 2,
    )


def fold(horizon: date, panel: list[Judges]) -> set[str]:
    """From life_customer to life_placement; gives the tables of the sources that told anything."""
    sql.analyze("life_customer")
    editions = [edition for judge in panel for edition in judge.editions]
    telling = lives.build(horizon, editions, lives.columns_of(editions))
    lives.split(editions, horizon)
    judging.judge(panel, horizon)
    return telling


def write_scorecards(facts: str, horizon: date) -> None:
    """Of the customers in life_customer whose life has begun, by a select of their facts as of the horizon."""
    columns = ", ".join(["customer_id", "day", *lives.FACT_COLUMNS])
    sql.run("DELETE FROM ladder_scorecard WHERE customer_id IN (SELECT customer_id FROM life_customer)")
    sql.run(
        f"INSERT INTO ladder_scorecard ({columns}, first_fact) SELECT p.*, c.first_fact FROM ({facts}) p"
        f" JOIN life_customer c ON c.customer_id = p.customer_id WHERE c.begins <= {days.number(horizon)}"
    )


# What is stored of the customers in life_customer, and of it what was just computed again: the same rung, edition and first day.
# Tables of their own, whose size the planner knows: against the stored history itself PostgreSQL compared every row with every other
# while it was still small (43 s for the first 10,000 customers), and then read everybody's for each chunk.
STORED = {
    "life_stored": "id BIGINT PRIMARY KEY, customer_id BIGINT, ladder_id BIGINT, rung_id BIGINT, edition_id BIGINT, since INTEGER,"
    " until INTEGER, due INTEGER, falls_on INTEGER, override_id BIGINT, by_override BOOLEAN",
    "life_same": "id BIGINT PRIMARY KEY, customer_id BIGINT, ladder_id BIGINT, since INTEGER, was_until INTEGER, until INTEGER",
    "life_ended": "customer_id BIGINT, ladder_id BIGINT, until INTEGER, PRIMARY KEY (customer_id, ladder_id, until)",
}
AGAIN = """
    n.customer_id = s.customer_id AND n.ladder_id = s.ladder_id AND n.since = s.since AND n.rung_id = s.rung_id
    AND n.edition_id = s.edition_id
"""
# Of those the ones that stay: they end when they ended, or end now.
STAYS = f"(e.was_until IS NULL OR e.was_until = COALESCE(e.until, {sql.FOREVER}))"


def write_history(now: datetime, *, since: date | None = None) -> int:
    """Close what ended, supersede what was wrong, add what is true; gives how many placements were added.

    With `since`, life_placement tells only of placements that went on until then or longer.
    """
    at = instant(now)
    sql.fresh(STORED)
    _read_stored(since)
    _close(at)
    _supersede(at)
    _renew()
    return _add(at)


def _read_stored(since: date | None) -> None:
    first, last = sql.rows("SELECT COALESCE(MIN(customer_id), 0), COALESCE(MAX(customer_id), 0) FROM life_customer")[0]
    columns = "id, customer_id, ladder_id, rung_id, edition_id, since, until, due, falls_on, override_id, by_override"
    lately = "" if since is None else f" AND (until IS NULL OR until >= {days.number(since)})"
    sql.run(
        f"INSERT INTO life_stored ({columns}) SELECT {columns} FROM ladder_placement WHERE superseded_at IS NULL{lately}"
        " AND customer_id BETWEEN %s AND %s AND customer_id IN (SELECT customer_id FROM life_customer)",
        [first, last],
    )
    sql.analyze("life_stored")
    sql.run(
        "INSERT INTO life_same (id, customer_id, ladder_id, since, was_until, until)"
        f" SELECT s.id, s.customer_id, s.ladder_id, s.since, s.until, n.until FROM life_stored s JOIN life_placement n ON {AGAIN}"
    )
    sql.analyze("life_same")


def _close(at: object) -> None:
    """And note what time alone ended: that is no import's doing, even where an import touched the same customer."""
    sql.run(
        "UPDATE ladder_placement SET until = e.until, closed_at = %s, falls_on = NULL FROM life_same e"
        " WHERE e.id = ladder_placement.id AND e.was_until IS NULL AND e.until IS NOT NULL",
        [at],
    )
    sql.run(
        "INSERT INTO life_ended (customer_id, ladder_id, until) SELECT e.customer_id, e.ladder_id, e.until FROM life_same e"
        " JOIN life_stored s ON s.id = e.id WHERE e.was_until IS NULL AND s.due <= e.until"
    )
    sql.analyze("life_ended")


def _supersede(at: object) -> None:
    sql.run(
        "UPDATE ladder_placement SET superseded_at = %s, due = NULL, falls_on = NULL WHERE id IN (SELECT s.id FROM life_stored s"
        f" LEFT JOIN life_same e ON e.id = s.id WHERE e.id IS NULL OR NOT {STAYS})",
        [at],
    )


def _renew() -> None:
    """What may change on a placement while it goes on: when it is due, and by whose word it stands."""
    changed = (
        f"SELECT s.id, n.due, n.falls_on, n.override_id, n.by_override FROM life_stored s JOIN life_same e ON e.id = s.id"
        f" JOIN life_placement n ON {AGAIN} WHERE {STAYS} AND "
    )
    sql.run(
        f"UPDATE ladder_placement SET due = c.due, falls_on = c.falls_on FROM ({changed} s.until IS NULL AND n.until IS NULL"
        " AND (COALESCE(s.due, -1) <> COALESCE(n.due, -1) OR COALESCE(s.falls_on, -1) <> COALESCE(n.falls_on, -1))) c"
        " WHERE c.id = ladder_placement.id"
    )
    sql.run(
        f"UPDATE ladder_placement SET override_id = c.override_id, by_override = (c.by_override = 1) FROM ({changed}"
        " (s.by_override <> (n.by_override = 1) OR COALESCE(s.override_id, 0) <> COALESCE(n.override_id, 0))) c"
        " WHERE c.id = ladder_placement.id"
    )


def _add(at: object) -> int:
    return sql.run(
        "INSERT INTO ladder_placement (customer_id, ladder_id, rung_id, edition_id, since, until, due, falls_on, override_id, by_override,"
        " imported, recorded_at, closed_at)"
        " SELECT n.customer_id, n.ladder_id, n.rung_id, n.edition_id, n.since, n.until, n.due, n.falls_on, n.override_id, n.by_override = 1,"
        " n.by_override = 1 OR (c.quiet = 1 AND ended.until IS NULL), %s, CASE WHEN n.until IS NULL THEN NULL ELSE %s END"
        " FROM life_placement n JOIN life_customer c ON c.customer_id = n.customer_id LEFT JOIN life_ended ended"
        " ON ended.customer_id = n.customer_id AND ended.ladder_id = n.ladder_id AND ended.until = n.since"
        " LEFT JOIN life_same e ON e.customer_id = n.customer_id AND e.ladder_id = n.ladder_id AND e.since = n.since"
        f" AND {STAYS} WHERE e.id IS NULL",
        [at, at],
    )
