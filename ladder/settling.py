"""Judging whom was taken and writing what differs from what is stored: scorecards, and the history of placements.

Within the transaction of whoever took them. Whole lives for those who are late, today alone for those on time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from accounts.crashing import crash
from customers import days
from customers.sql import instant
from ladder import lives, scorecards, sql, taking

if TYPE_CHECKING:
    from datetime import date, datetime

    from ladder.reigns import Judges


def settle(horizon: date, panel: list[Judges], within: tuple[int, int], *, now: datetime, everybody: bool = False) -> int:
    """Write scorecards and whatever differs from the stored history, of whom was taken; gives placements opened.

    Who is late has their life folded; who is on time is judged by their card, read anew if anything reached them. `within` is the range
    of customers they were taken from; with `everybody` all the stored cards in it are asked too. Leaves in life_customer everybody who was judged.
    """
    taking.tell_late(horizon, everybody=any(judge.is_soft for judge in panel))
    lives.empty_tables()
    moved = 0
    if taking.choose(taking.LATE):
        moved += settle_lives(horizon, panel, now=now)
        lives.empty_tables()
    if taking.choose(_to_read(horizon, panel)):
        scorecards.refresh(horizon, panel)
        lives.empty_days()
        crash("scorecards written")
    moved += settle_today(horizon, panel, within, now=now, everybody=everybody)
    taking.choose_everybody()
    return moved


def settle_lives(horizon: date, panel: list[Judges], *, now: datetime) -> int:
    """Whole lives, of the customers in life_customer."""
    fold(horizon, panel)
    write_scorecards()
    crash("scorecards written")
    moved = write_history(now)
    crash("history written")
    return moved


def _to_read(horizon: date, panel: list[Judges]) -> str:
    """Whose card is read from the ledgers anew: something reached them, or time changed a column, or rules begin to ask for more."""
    if any(e.first_day == horizon and e.needs() for judge in panel for e in judge.editions):
        return taking.ON_TIME
    return f"{taking.ON_TIME} AND (marked = 1 OR customer_id IN ({scorecards.outdated(horizon)}))"


def settle_today(horizon: date, panel: list[Judges], within: tuple[int, int], *, now: datetime, everybody: bool = False) -> int:
    """The last day of the history of those on time, by their cards as of the horizon."""
    for judge in panel:
        scorecards.take_movers(judge, horizon, within, f"e.customer_id IN ({taking.ON_TIME})")
        if everybody and not judge.is_soft:
            scorecards.take_movers(judge, horizon, within, taking.UNTOUCHED, falls=False)
    if not taking.choose_movers():
        return 0
    scorecards.recall(horizon)
    _stand_yesterday(horizon)
    lives.judge(panel, horizon)
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


def fold(horizon: date, panel: list[Judges]) -> None:
    """From life_customer to life_placement."""
    sql.analyze("life_customer")
    editions = [edition for judge in panel for edition in judge.editions]
    lives.build(horizon, editions)
    lives.split(editions, horizon)
    lives.judge(panel, horizon)


def write_scorecards() -> None:
    columns = ", ".join(["customer_id", "day", *lives.FACT_COLUMNS, "first_fact"])
    sql.run("DELETE FROM ladder_scorecard WHERE customer_id IN (SELECT customer_id FROM life_customer)")
    last = "SELECT customer_id, MIN(day) AS day FROM life_point WHERE next_day IS NULL GROUP BY customer_id"
    given = ", ".join(f"p.{name}" for name in ["customer_id", "day", *lives.FACT_COLUMNS])
    sql.run(
        f"INSERT INTO ladder_scorecard ({columns}) SELECT {given}, c.first_fact FROM life_point p JOIN ({last}) last"
        " ON last.customer_id = p.customer_id AND last.day = p.day JOIN life_customer c ON c.customer_id = p.customer_id"
    )


# A stored row is the same as one just computed when rung, edition and first day are.
SAME = """
    n.customer_id = ladder_placement.customer_id AND n.ladder_id = ladder_placement.ladder_id AND n.since = ladder_placement.since
    AND n.rung_id = ladder_placement.rung_id AND n.edition_id = ladder_placement.edition_id
"""
STANDING = f"{SAME} AND ladder_placement.superseded_at IS NULL"
OURS = "superseded_at IS NULL AND customer_id IN (SELECT customer_id FROM life_customer)"


def write_history(now: datetime, *, since: date | None = None) -> int:
    """Close what ended, supersede what was wrong, add what is true; gives how many placements were added.

    With `since`, life_placement tells only of placements that went on until then or longer.
    """
    at = instant(now)
    ours = OURS if since is None else f"{OURS} AND (until IS NULL OR until >= {days.number(since)})"
    _close(at, ours)
    _supersede(at, ours)
    _renew()
    return _add(at)


def _close(at: object, ours: str) -> None:
    """And note what time alone ended: that is no import's doing, even where an import touched the same customer.

    In a table of its own, so that both databases find a row of it by its key: as part of a statement SQLite searched it
    for every placement (5 s for 32,000), and asked row by row PostgreSQL took 1.8 s.
    """
    sql.run(
        "UPDATE ladder_placement SET until = n.until, closed_at = %s, falls_on = NULL FROM life_placement n"
        f" WHERE {STANDING} AND ladder_placement.until IS NULL AND n.until IS NOT NULL",
        [at],
    )
    sql.fresh({"life_ended": "customer_id BIGINT, ladder_id BIGINT, until INTEGER, PRIMARY KEY (customer_id, ladder_id, until)"})
    sql.run(
        "INSERT INTO life_ended (customer_id, ladder_id, until) SELECT customer_id, ladder_id, until FROM ladder_placement"
        f" WHERE closed_at = %s AND due <= until AND {ours}",
        [at],
    )
    sql.analyze("life_ended")


def _supersede(at: object, ours: str) -> None:
    sql.run(
        f"UPDATE ladder_placement SET superseded_at = %s, due = NULL, falls_on = NULL WHERE {ours} AND NOT EXISTS (SELECT 1 FROM life_placement n"
        f" WHERE {SAME} AND COALESCE(n.until, {sql.FOREVER}) = COALESCE(ladder_placement.until, {sql.FOREVER}))",
        [at],
    )


def _renew() -> None:
    """What may change on a placement while it goes on: when it is due, and by whose word it stands."""
    sql.run(
        f"UPDATE ladder_placement SET due = n.due, falls_on = n.falls_on FROM life_placement n WHERE {STANDING}"
        " AND ladder_placement.until IS NULL AND (COALESCE(ladder_placement.due, -1) <> COALESCE(n.due, -1)"
        " OR COALESCE(ladder_placement.falls_on, -1) <> COALESCE(n.falls_on, -1))"
    )
    sql.run(
        "UPDATE ladder_placement SET override_id = n.override_id, by_override = (n.by_override = 1) FROM life_placement n"
        f" WHERE {STANDING} AND (ladder_placement.by_override <> (n.by_override = 1)"
        " OR COALESCE(ladder_placement.override_id, 0) <> COALESCE(n.override_id, 0))"
    )


def _add(at: object) -> int:
    return sql.run(
        "INSERT INTO ladder_placement (customer_id, ladder_id, rung_id, edition_id, since, until, due, falls_on, override_id, by_override,"
        " imported, recorded_at, closed_at)"
        " SELECT n.customer_id, n.ladder_id, n.rung_id, n.edition_id, n.since, n.until, n.due, n.falls_on, n.override_id, n.by_override = 1,"
        " n.by_override = 1 OR (c.quiet = 1 AND ended.until IS NULL), %s, CASE WHEN n.until IS NULL THEN NULL ELSE %s END"
        " FROM life_placement n JOIN life_customer c ON c.customer_id = n.customer_id LEFT JOIN life_ended ended"
        " ON ended.customer_id = n.customer_id AND ended.ladder_id = n.ladder_id AND ended.until = n.since"
        f" WHERE NOT EXISTS (SELECT 1 FROM ladder_placement WHERE {STANDING})",
        [at, at],
    )
