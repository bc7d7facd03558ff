"""Whole lives as facts over days, a set of customers at a time; `judging` makes rungs of them.

`build` fills temporary tables: life_point holds one row for every day on which anything about a
customer may change, with the facts as of that day, or those of them that rules ask for. A day on which
nothing of these happened and on which no comparison can flip is not there: whatever is folded over the
days is the identity on it.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import BigIntegerField, F, IntegerField, Q, Value

from customers import days
from ladder import latching, sources, sql
from ladder.compiled import Compiled, Said
from ladder.facts import COLUMNS, flag
from ladder.models import Edition, Point, Run

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Iterable, Sequence
    from datetime import date

    from ladder.facts.fact import Expression

FACT_COLUMNS = tuple(COLUMNS)
POINT_COLUMNS = ("customer_id", "day", "next_day", *FACT_COLUMNS)
TYPES = {name: "BIGINT" if isinstance(column(), BigIntegerField) else "INTEGER" for name, column in COLUMNS.items()}
DAY = f"{sql.quote('life_point')}.{sql.quote('day')}"
_FACTS = ", ".join(f"{name} {kind}" for name, kind in TYPES.items())
DAYS = {
    "life_point": f"customer_id BIGINT, day INTEGER, next_day INTEGER, {_FACTS}, PRIMARY KEY (customer_id, day)",
    "life_flip": "customer_id BIGINT, day INTEGER, flip INTEGER, next_day INTEGER",
    "life_rung": "customer_id BIGINT, ladder_id BIGINT, day INTEGER, rung_id BIGINT, edition_id BIGINT, earned_id BIGINT,"
    " override_id BIGINT",
    "life_placement": "customer_id BIGINT, ladder_id BIGINT, rung_id BIGINT, edition_id BIGINT, since INTEGER, until INTEGER,"
    " due INTEGER, falls_on INTEGER, override_id BIGINT, by_override INTEGER, PRIMARY KEY (customer_id, ladder_id, since)",
    **latching.TABLES,
}


def _say(template: str, horizon: int, **said: object) -> str:
    named = {"horizon": horizon, "t": "{t}", "currency": settings.BUSINESS_CURRENCY, **sources.NUMBERS, **sql.words(), **said}
    return template.format(**named)


def empty_tables() -> None:
    """The temporary tables of a chunk, empty. life_customer is for the caller to fill, then `build`."""
    tables = {
        "life_customer": "customer_id BIGINT PRIMARY KEY, first_fact INTEGER, begins INTEGER, quiet INTEGER NOT NULL DEFAULT 0"
    }
    for spans in (*sources.SPANS, *sources.ON_DEMAND):
        columns = ", ".join(f"{name.strip()} BIGINT" for name in spans.columns.split(","))
        tables[spans.table] = f"customer_id BIGINT, since BIGINT, until BIGINT, {columns}, PRIMARY KEY (customer_id, since)"
        for prepared in spans.before:
            declared = [f"{name.strip()} BIGINT" for name in prepared.columns.split(",")]
            tables[prepared.table] = ", ".join(declared + ([f"PRIMARY KEY ({prepared.key})"] if prepared.key else []))
    sql.fresh(tables | DAYS)


def choose(first: int, last: int) -> int:
    """Fill life_customer with everybody in a range of ids but the quarantined; gives how many. For a look that stores nothing."""
    chosen = sql.run(
        "INSERT INTO life_customer (customer_id) SELECT id FROM customers_customer WHERE id BETWEEN %s AND %s"
        " AND id NOT IN (SELECT customer_id FROM ladder_quarantine)",
        [first, last],
    )
    sql.analyze("life_customer")
    return chosen


def choose_one(customer: int) -> None:
    """Fill life_customer with one, by id. For a look that stores nothing."""
    sql.run("INSERT INTO life_customer (customer_id) VALUES (%s)", [customer])
    sql.analyze("life_customer")


def build(horizon: date, editions: Iterable[Edition] | None = None, columns: Sequence[str] = FACT_COLUMNS) -> set[str]:
    """Fill life_point for the customers in life_customer, with their facts of days up to the horizon; gives the tables of what was told.

    Of the sources that are read on demand those that the editions ask for; without editions, all. Of the facts those of these columns
    alone, the others are left empty: a day on which only others change is no point then.
    """
    end = days.number(horizon)
    read = _asked(editions)
    _begin(end)
    telling = _read(read, end)
    # One that is read on demand may tell what is no column: a tag, a field of the business's own.
    _assemble(end, [spans for spans in read if spans.name or not spans.facts.keys().isdisjoint(columns)], telling, columns)
    return telling


def last(horizon: date, editions: Iterable[Edition], telling: Container[str]) -> str:
    """What `present` gives, from what `build` has read and found told."""
    return _as_of(days.number(horizon), _asked(editions), telling)


def build_last(horizon: date, editions: Iterable[Edition]) -> None:
    """Fill life_point with the last point alone of every life that has begun by the horizon: what `build` gives for next_day None.

    All that is needed to judge that one day where no rung is soft, and read in a fraction of the time.
    """
    end = days.number(horizon)
    _begin(end)
    sql.run(
        f"INSERT INTO life_point (customer_id, day, {', '.join(FACT_COLUMNS)}) SELECT now.* FROM ({present(horizon, editions)}) now"
        f" JOIN life_customer begun ON begun.customer_id = now.customer_id WHERE begun.begins <= {end}"
    )
    sql.analyze("life_point", "customer_id", "day", "next_day")


def present(horizon: date, editions: Iterable[Edition]) -> str:
    """Read the facts of the customers in life_customer as of the horizon alone; gives a select of one row each.

    Of its columns: customer_id, day and FACT_COLUMNS.
    """
    end = days.number(horizon)
    read = _asked(editions)
    return _as_of(end, read, _read(read, end, only_now=True))


def _as_of(end: int, read: Sequence[sources.Spans], telling: Container[str]) -> str:
    joins, values = _said(read, telling, end)
    facts = ", ".join(f"{values.get(name) or f'CAST(NULL AS {kind})'} AS {name}" for name, kind in TYPES.items())
    return f"SELECT d.customer_id, d.day, {facts} FROM (SELECT customer_id, {end} AS day FROM life_customer) d {joins}"


def _asked(editions: Iterable[Edition] | None) -> tuple[sources.Spans, ...]:
    if editions is None:
        return sources.read({s.name for s in sources.ON_DEMAND})
    return sources.read(set[str]().union(*(e.needs() for e in editions)))


def _read(read: Sequence[sources.Spans], end: int, *, only_now: bool = False) -> set[str]:
    """Fill the tables of these sources; gives those of the sources that tell anything of these customers."""
    prepared, telling = set(), set()
    within = sql.Range("life_customer")
    for spans in read:
        shortcut = only_now and bool(spans.present)
        for each in () if shortcut else spans.before:
            if each not in prepared:
                prepared.add(each)
                if sql.run(f"INSERT INTO {each.table} ({each.columns}) {_say(each.select, end, within=within)}"):
                    sql.analyze(each.table)
        select = _say(spans.presently if shortcut else spans.statement, end, within=within)
        if sql.run(f"INSERT INTO {spans.table} (customer_id, since, until, {spans.columns}) {select}"):
            sql.analyze(spans.table, "customer_id", "since", "until")
            telling.add(spans.table)
    return telling


def _first_facts(end: int) -> str:
    within = sql.Range("life_customer")
    facts = " UNION ALL ".join(
        f"SELECT f.customer_id, MIN(f.{day}) AS day FROM {table} f JOIN life_customer c ON c.customer_id = f.customer_id"
        f" WHERE f.{day} <= {end} AND f.{condition} {within:f} GROUP BY f.customer_id"
        for table, day, condition in sources.FIRST_FACTS
    ).replace("f.1 = 1", "1 = 1")
    return f"SELECT customer_id, MIN(day) AS day FROM ({facts}) x GROUP BY customer_id"


def with_facts(horizon: date) -> set[int]:
    """Those of the customers in life_customer of whom any fact is known by a day, by id."""
    return {row[0] for row in sql.rows(_first_facts(days.number(horizon)))}


def _begin(end: int) -> None:
    """A life begins on the day of the first fact that is known by now, or else on the day the customer was recorded.

    Of days back too, so that whoever had no fact yet then is told of as the stored history tells: it had not begun.
    """
    ranked = Run.objects.ranked_through()
    known = max(end, days.number(ranked)) if ranked else end
    sql.run(
        f"UPDATE life_customer SET first_fact = first.day, begins = first.day FROM ({_first_facts(known)}) first"
        " WHERE first.customer_id = life_customer.customer_id"
    )
    sql.run(
        "UPDATE life_customer SET begins = c.recorded_day FROM customers_customer c"
        " WHERE c.id = life_customer.customer_id AND life_customer.begins IS NULL"
    )
    sql.analyze("life_customer")  # else PostgreSQL takes it that no life has begun


def _days(end: int, telling: Sequence[str]) -> str:
    """Every day of a life on which a span of these tables, a reason not to rank or an override begins or ends, with the next such day.

    Gives (customer_id, day, next_day, since_0, …): of each table the day on which its latest span of that day or before began. So that
    a day is joined to that one span, not compared with all of its customer's: with many purchases these are many squared.
    """
    begun = [f"since_{i}" for i in range(len(telling))]
    nothing = "".join(f", CAST(NULL AS BIGINT) AS {name}" for name in begun)
    found = [f"SELECT customer_id, begins AS day{nothing} FROM life_customer"]
    for i, table in enumerate(telling):
        since = "".join(f", {'since' if i == j else 'NULL'}" for j in range(len(telling)))
        found += [f"SELECT customer_id, since{since} FROM {table}", f"SELECT customer_id, until{nothing} FROM {table}"]
    for beside in ("customers_notranked x WHERE 1 = 1", "ladder_override x WHERE x.withdrawn_at IS NULL"):
        chosen = "AND x.customer_id IN (SELECT customer_id FROM life_customer)"
        found += [f"SELECT x.customer_id, x.{day}{nothing} FROM {beside} {chosen}" for day in ("since", "until")]
    each = "".join(f", MAX({name}) AS {name}" for name in begun)
    latest = "".join(f", MAX({name}) OVER life AS {name}" for name in begun)
    return (
        f"SELECT t.* FROM (SELECT customer_id, day, LEAD(day) OVER life AS next_day{latest} FROM ("
        f"SELECT customer_id, day{each} FROM ({' UNION ALL '.join(found)}) a WHERE day <= {end} GROUP BY customer_id, day"
        ") b WINDOW life AS (PARTITION BY customer_id ORDER BY day)) t"
        " JOIN life_customer c ON c.customer_id = t.customer_id WHERE t.day >= c.begins"
    )


def _said(
    read: Sequence[sources.Spans], telling: Container[str], end: int, begun: Sequence[str] = ()
) -> tuple[str, dict[str, str]]:
    """What every source says on each of the days "d": the joins, and the expression of each column.

    `begun` are the tables of which "d" tells when the span of its day began.

    Where a source tells nothing of any of these customers, its table is not joined: what it says is what it says of nobody.
    """
    joins, values = [], {"not_ranked": sources.NOT_RANKED}
    for i, spans in enumerate(read):
        facts = spans.facts if spans.table in telling else spans.untold
        if facts and spans.table in telling:
            since = f"= d.since_{begun.index(spans.table)}" if spans.table in begun else "<= d.day"
            joins.append(
                f"LEFT JOIN {spans.table} s{i} ON s{i}.customer_id = d.customer_id AND s{i}.since {since} AND d.day < s{i}.until"
            )
        values |= {name: _say(expression, end).format(t=f"s{i}") for name, expression in facts.items()}
    return " ".join(joins), values


def _assemble(end: int, read: Sequence[sources.Spans], telling: Collection[str], columns: Sequence[str]) -> None:
    """What each of these sources says on each day on which any of them says something new."""
    told = [spans.table for spans in read if spans.table in telling]
    joins, values = _said(read, telling, end, told)
    sql.run(
        f"INSERT INTO life_point (customer_id, day, next_day, {', '.join(columns)})"
        f" SELECT d.customer_id, d.day, d.next_day, {', '.join(values.get(name, 'NULL') for name in columns)}"
        f" FROM ({_days(end, told)}) d {joins}"
    )
    sql.analyze("life_point", "customer_id", "day", "next_day")


def split(editions: list[Edition], horizon: date) -> None:
    """Add to life_point the days on which time alone may flip a comparison, or an edition begins."""
    end = days.number(horizon)
    for select, parameters in _flipping(Said(editions)):
        sql.run(f"INSERT INTO life_flip (customer_id, day, flip, next_day) {select}", parameters)
    sql.analyze("life_flip")
    copied = ", ".join(f"p.{name}" for name in FACT_COLUMNS)
    sql.run(
        f"INSERT INTO life_point ({', '.join(POINT_COLUMNS)}) SELECT p.customer_id, f.flip, p.next_day, {copied}"
        " FROM (SELECT DISTINCT customer_id, day, flip FROM life_flip WHERE flip <= %s) f"
        " JOIN life_point p ON p.customer_id = f.customer_id AND p.day = f.day",
        [end],
    )
    sql.analyze("life_point", "customer_id", "day", "next_day")


@lru_cache(maxsize=32)
def _flipping(said: Said) -> list[tuple[str, list[Any]]]:
    """For each flip the points before it in whose time it falls."""
    found = []
    starts = sorted({days.number(e.first_day) for e in said.editions if e.first_day})
    for flip in (*flips(said.editions), *(Value(start, output_field=IntegerField()) for start in starts)):
        points = Point.objects.annotate(flip=flip).filter(flip__gt=F("day")).filter(Q(next_day=None) | Q(flip__lt=F("next_day")))
        found.append(Compiled.of(points.values_list("customer_id", "day", "flip", "next_day")).on(0))
    return found


def columns_of(editions: Sequence[Edition]) -> tuple[str, ...]:
    """The columns that the rules of these editions read."""
    return _columns(Said(editions))


@lru_cache(maxsize=32)
def _columns(said: Said) -> tuple[str, ...]:
    """Those that their conditions name once they are compiled, whatever facts they are made of."""
    asked: dict[str, Any] = {f"flip_{i}": flip for i, flip in enumerate(flips(said.editions))}
    for edition in said.editions:
        asked |= {f"e{edition.pk}_{i}": flag(rule.q(F("day"), edition.read_numbers)) for i, rule in enumerate(edition.rules())}
    select = Compiled.of(Point.objects.annotate(**asked).values_list(*asked)).select
    return tuple(
        name for name in FACT_COLUMNS if name == "not_ranked" or f"{sql.quote('life_point')}.{sql.quote(name)}" in select
    )


def flips_by_day(editions: Sequence[Edition]) -> bool:
    """Whether a day on which time alone flips a comparison follows from the day of the facts too: from what is no column, as of that day."""
    return _flips_by_day(Said(editions))


@lru_cache(maxsize=32)
def _flips_by_day(said: Said) -> bool:
    asked = {f"flip_{i}": flip for i, flip in enumerate(flips(said.editions))}
    return bool(asked) and DAY in Compiled.of(Point.objects.annotate(**asked).values_list(*asked)).select


def flips(editions: Sequence[Edition]) -> list[Expression]:
    """The days on which time alone flips a comparison of these editions, each once."""
    found: dict[str, Expression] = {}
    for edition in editions:
        for expression in edition.flips():
            found.setdefault(repr((expression, edition.read_numbers)), expression)
    return list(found.values())


def last_points() -> Q:
    """The points that hold at the horizon, before `split`."""
    return Q(next_day=None)
