"""Whole lives as a fold over days, a set of customers at a time.

`build` fills temporary tables: life_point holds one row for every day on which anything about a
customer may change, with the facts as of that day. `judge` turns points into rungs, `islands` rungs
into placements. A day on which nothing happened and on which no comparison can flip is not there:
the fold is the identity on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.db.models import F, IntegerField, Q, Value

from customers import days
from ladder import masking, sources, sql
from ladder.facts import COLUMNS
from ladder.models import Edition, Ladder, Point

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from django.db.models import QuerySet

    from ladder.facts.fact import Expression

FACT_COLUMNS = list(COLUMNS)
POINT_COLUMNS = ["customer_id", "day", "next_day", *FACT_COLUMNS]


def _say(template: str, horizon: int) -> str:
    return template.format(horizon=horizon, t="{t}", currency=settings.BUSINESS_CURRENCY, **sources.NUMBERS, **sql.words())


def empty_tables() -> None:
    """The temporary tables of a chunk, empty. life_customer is for the caller to fill, then `build`."""
    sql.fresh("life_customer", "customer_id BIGINT PRIMARY KEY, begins INTEGER, quiet INTEGER NOT NULL DEFAULT 0")
    for spans in (*sources.SPANS, *sources.ON_DEMAND):
        columns = ", ".join(f"{name.strip()} BIGINT" for name in spans.columns.split(","))
        sql.fresh(spans.table, f"customer_id BIGINT, since BIGINT, until BIGINT, {columns}, PRIMARY KEY (customer_id, since)")
        for prepared in spans.before:
            declared = [f"{name.strip()} BIGINT" for name in prepared.columns.split(",")]
            sql.fresh(prepared.table, ", ".join(declared + ([f"PRIMARY KEY ({prepared.key})"] if prepared.key else [])))
    facts = ", ".join(f"{name} BIGINT" if name.startswith("spend") else f"{name} INTEGER" for name in FACT_COLUMNS)
    sql.fresh("life_point", f"customer_id BIGINT, day INTEGER, next_day INTEGER, {facts}, PRIMARY KEY (customer_id, day)")
    sql.fresh("life_flip", "customer_id BIGINT, day INTEGER, flip INTEGER, next_day INTEGER")
    sql.fresh(
        "life_rung",
        "customer_id BIGINT, ladder_id BIGINT, day INTEGER, rung_id BIGINT, edition_id BIGINT, earned_id BIGINT, override_id BIGINT",
    )
    sql.fresh(
        "life_placement",
        "customer_id BIGINT, ladder_id BIGINT, rung_id BIGINT, edition_id BIGINT, since INTEGER, until INTEGER, due INTEGER,"
        " override_id BIGINT, by_override INTEGER,"
        " PRIMARY KEY (customer_id, ladder_id, since)",
    )


def choose(first: int, last: int) -> int:
    """Fill life_customer with everybody in a range of ids; gives how many."""
    return sql.run(
        "INSERT INTO life_customer (customer_id) SELECT id FROM customers_customer WHERE id BETWEEN %s AND %s", [first, last]
    )


def build(horizon: date, editions: Iterable[Edition] | None = None) -> None:
    """Fill life_point for the customers in life_customer, with their facts of days up to the horizon.

    Of the sources that are read on demand those that the editions ask for; without editions, all.
    """
    end = days.number(horizon)
    asked = {s.name for s in sources.ON_DEMAND} if editions is None else set[str]().union(*(e.needs() for e in editions))
    read = sources.read(asked)
    _begin(end)
    for spans in read:
        for prepared in spans.before:
            sql.run(f"INSERT INTO {prepared.table} ({prepared.columns}) {_say(prepared.select, end)}")
            sql.analyze(prepared.table)
        sql.run(f"INSERT INTO {spans.table} (customer_id, since, until, {spans.columns}) {_say(spans.statement, end)}")
    sql.analyze("life_customer", *(spans.table for spans in read))
    _assemble(end, read)


def _first_facts(end: int) -> str:
    facts = " UNION ALL ".join(
        f"SELECT f.customer_id, MIN(f.{day}) AS day FROM {table} f JOIN life_customer c ON c.customer_id = f.customer_id"
        f" WHERE f.{day} <= {end} AND f.{condition} GROUP BY f.customer_id"
        for table, day, condition in sources.FIRST_FACTS
    ).replace("f.1 = 1", "1 = 1")
    return f"SELECT customer_id, MIN(day) AS day FROM ({facts}) x GROUP BY customer_id"


def with_facts(horizon: date) -> set[int]:
    """Those of the customers in life_customer of whom any fact is known by a day, by id."""
    return {row[0] for row in sql.rows(_first_facts(days.number(horizon)))}


def _begin(end: int) -> None:
    """A life begins on the day of the first fact, or else on the day the customer was recorded."""
    sql.run(
        f"UPDATE life_customer SET begins = first.day FROM ({_first_facts(end)}) first"
        " WHERE first.customer_id = life_customer.customer_id"
    )
    sql.run(
        "UPDATE life_customer SET begins = c.recorded_day FROM customers_customer c"
        " WHERE c.id = life_customer.customer_id AND life_customer.begins IS NULL"
    )


def _assemble(end: int, read: Sequence[sources.Spans]) -> None:
    """Every day on which a span or an override begins or ends, with what every source says on it."""
    boundaries = "SELECT customer_id, begins AS day FROM life_customer"
    for spans in read:
        boundaries += f" UNION SELECT customer_id, since FROM {spans.table} UNION SELECT customer_id, until FROM {spans.table}"
    for day in ("since", "until"):
        boundaries += f" UNION SELECT n.customer_id, n.{day} FROM customers_notranked n JOIN life_customer c ON c.customer_id = n.customer_id"
        boundaries += (
            f" UNION SELECT o.customer_id, o.{day} FROM ladder_override o JOIN life_customer c ON c.customer_id = o.customer_id"
            " WHERE o.withdrawn_at IS NULL"
        )
    joins, values = [], {"not_ranked": sources.NOT_RANKED}
    for i, spans in enumerate(read):
        joins.append(
            f"LEFT JOIN {spans.table} s{i} ON s{i}.customer_id = d.customer_id AND s{i}.since <= d.day AND d.day < s{i}.until"
        )
        values |= {name: _say(expression, end).format(t=f"s{i}") for name, expression in spans.facts.items()}
    sql.run(
        f"INSERT INTO life_point ({', '.join(POINT_COLUMNS)})"
        " SELECT d.customer_id, d.day, LEAD(d.day) OVER (PARTITION BY d.customer_id ORDER BY d.day),"
        f" {', '.join(values.get(name, 'NULL') for name in FACT_COLUMNS)}"
        f" FROM (SELECT b.customer_id, b.day FROM ({boundaries}) b JOIN life_customer c ON c.customer_id = b.customer_id"
        f" WHERE b.day <= {end} AND b.day >= c.begins) d {' '.join(joins)}"
    )
    sql.analyze("life_point")


def split(editions: list[Edition], horizon: date) -> None:
    """Add to life_point the days on which time alone may flip a comparison, or an edition begins."""
    end = days.number(horizon)
    for flip in _flips(editions, end):
        found = Point.objects.annotate(flip=flip).filter(flip__gt=F("day")).filter(Q(next_day=None) | Q(flip__lt=F("next_day")))
        sql.insert_select(
            "life_flip", ["customer_id", "day", "flip", "next_day"], found.values_list("customer_id", "day", "flip", "next_day")
        )
    sql.analyze("life_flip")
    copied = ", ".join(f"p.{name}" for name in FACT_COLUMNS)
    sql.run(
        f"INSERT INTO life_point ({', '.join(POINT_COLUMNS)}) SELECT p.customer_id, f.flip, p.next_day, {copied}"
        " FROM (SELECT DISTINCT customer_id, day, flip FROM life_flip WHERE flip <= %s) f"
        " JOIN life_point p ON p.customer_id = f.customer_id AND p.day = f.day",
        [end],
    )
    sql.analyze("life_point")


def _flips(editions: list[Edition], end: int) -> list[Expression]:
    """An edition to come makes nobody due: when its day has come, everybody is marked (`reigns.begin`), and moves quietly."""
    found: dict[str, Expression] = {}
    for edition in editions:
        for expression in edition.flips():
            found.setdefault(repr((expression, edition.read_numbers)), expression)
    starts = {start for e in editions if e.first_day and (start := days.number(e.first_day)) <= end}
    return [*found.values(), *(Value(start, output_field=IntegerField()) for start in sorted(starts))]


def judge(ladder: Ladder, editions: list[Edition]) -> None:
    """Fill life_rung: the rung earned on every point's day, by the edition in force on it."""
    for edition, first, last in reigns(editions):
        points = Point.objects.all()
        if first is not None:
            points = points.filter(day__gte=first)
        if last is not None:
            points = points.filter(day__lt=last)
        _judge_by(edition, ladder.pk, points, F("day"))


def _judge_by(edition: Edition, ladder: int, points: QuerySet[Point], day: Expression) -> None:
    earned = points.annotate(rung=edition.earned(day), ladder=Value(ladder), edition=Value(edition.pk), on_day=day)
    sql.insert_select(
        "life_rung",
        ["customer_id", "ladder_id", "day", "rung_id", "edition_id"],
        earned.values_list("customer_id", "ladder", "on_day", "rung", "edition"),
    )


def reigns(editions: list[Edition]) -> list[tuple[Edition, int | None, int | None]]:
    """Each edition with its first day and the day after its last, as numbers; None is open.

    Of two editions from the same day the later number reigns.
    """
    starts = [None if e.first_day is None else days.number(e.first_day) for e in editions]
    found = []
    for i, edition in enumerate(editions):
        following = starts[i + 1] if i + 1 < len(editions) else None
        if i + 1 < len(editions) and following == starts[i]:
            continue
        found.append((edition, starts[i], following))
    return found


def islands() -> None:
    """Fill life_placement: runs of days on one rung, overrides laid over. Days on none (not ranked) leave a hole.

    A movement is the rules' own where the rung is the one earned, and was earned on that very day; any other is by an override.
    """
    sql.analyze("life_rung")
    masked = masking.mask()
    sql.run(
        """
        INSERT INTO life_placement (customer_id, ladder_id, rung_id, edition_id, since, until, by_override)
        SELECT customer_id, ladder_id, rung_id, edition_id, day, until,
            CASE WHEN rung_id <> earned OR earned = earned_before THEN 1 ELSE 0 END
        FROM (
            SELECT customer_id, ladder_id, rung_id, edition_id, day, earned, earned_before,
                LEAD(day) OVER (PARTITION BY customer_id, ladder_id ORDER BY day) AS until
            FROM (
                SELECT r.*, COALESCE(earned_id, rung_id) AS earned, LAG(rung_id) OVER life AS before,
                    LAG(COALESCE(earned_id, rung_id)) OVER life AS earned_before
                FROM life_rung r WINDOW life AS (PARTITION BY customer_id, ladder_id ORDER BY day)
            ) steps WHERE before IS NULL OR before <> rung_id
        ) runs WHERE rung_id <> 0
        """
    )
    sql.analyze("life_placement")
    if masked:
        masking.name_overrides()


def set_due(horizon: date) -> None:
    """Write on every open placement the earliest day after the horizon on which time alone may end it."""
    sql.run(
        "UPDATE life_placement SET due = f.due FROM"
        " (SELECT customer_id, MIN(flip) AS due FROM life_flip WHERE next_day IS NULL AND flip > %s GROUP BY customer_id) f"
        " WHERE f.customer_id = life_placement.customer_id AND life_placement.until IS NULL",
        [days.number(horizon)],
    )


def last_points() -> Q:
    """The points that hold at the horizon, before `split`."""
    return Q(next_day=None)


def stand(edition: Edition, at: date) -> None:
    """Fill life_rung with the rung of each customer on a day, overrides laid over, from points built with that horizon."""
    today = Value(days.number(at), output_field=IntegerField())
    _judge_by(edition, edition.ladder_id, Point.objects.filter(last_points()), today)
    sql.analyze("life_rung")
    masking.mask()


def standing(edition: Edition, at: date) -> dict[int, int]:
    """How many of the customers stand on each rung on a day, from points built with that horizon. {rung id: count}"""
    stand(edition, at)
    return dict(sql.rows("SELECT rung_id, COUNT(*) FROM life_rung GROUP BY rung_id"))
