"""Real businesses' files, from the command line to the rungs, against figures computed elsewhere."""

from __future__ import annotations

import io
import json
from collections import defaultdict
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command
from django.db import connection

from customers import undoing
from customers.models import Customer, Import
from ladder.models import Action, Placement
from tests.customers.conftest import nothing
from tests.customers.retail import COUNTS, RETAIL, known_figures, newest_rows
from tests.ladder import second
from tests.ladder.rule_n import RUNGS, Retail, counted, moved

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.data, pytest.mark.django_db]


def told(command: str, *arguments: object) -> dict[str, Any]:
    out = io.StringIO()
    call_command(command, *map(str, arguments), "--json", stdout=out, stderr=io.StringIO())
    return json.loads(out.getvalue())


def dumped(change: dict[str, Any], folder: Path, slug: str, *, drop: str = "", count: str = "") -> Path:
    out = io.StringIO()
    call_command("dump_ladder", "griffin", stdout=out)
    document = json.loads(out.getvalue()) | {"ladder": slug, "name": slug}
    document["rungs"] = [
        {**r, **({"rule": change[r["rung"]]} if r["rung"] in change else {})} for r in document["rungs"] if r["rung"] != drop
    ]
    path = folder / f"{slug}.json"
    text = json.dumps(document)
    path.write_text(text.replace('"occasions"', f'"{count}"') if count else text)
    return path


def more_than(days: int) -> dict[str, Any]:
    bought = {"fact": "occasions", "is": "at_least", "value": 1}
    return {"inactive": {"all": [bought, {"fact": "silence", "is": "above", "value": days}]}}


def misled(*tables: str) -> None:
    """PostgreSQL believes that these are empty, as it does of what was emptied when it last looked and has been filled since."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("UPDATE pg_class SET reltuples = 0, relpages = 100 WHERE relname = ANY(%s)", [list(tables)])


def three(rungs: dict[str, int]) -> dict[str, int]:
    return {slug: rungs[slug] for slug in ("first-time", "repeat", "inactive")}


def placed(customer: str, ladder: str = "griffin") -> list[tuple[str, date]]:
    rows = Placement.objects.true().filter(customer__external_ids__external_id=customer, ladder__slug=ladder)
    return [(p.rung.slug, p.since) for p in rows.select_related("rung").order_by("since")]


def proposed_as_computed(at: date, lives: list[list[date]], *, provisional: bool) -> None:
    answer = told("propose", "griffin", "--at", at)
    occasions = [sorted({day.toordinal() for day in days}) for days in lives]
    gap, silent = answer["typical_gap"], answer["inactive_after"]
    n, median = second.typical_gap(occasions)
    assert (gap["n"], gap["median"]) == (n, pytest.approx(median))
    limit, shares = second.inactivity(occasions)
    assert {int(days): (share["returned"], share["n"]) for days, share in silent["limits"].items()} == shares
    assert (silent["proposed"], silent["provisional"]) == (limit, provisional)


# The file runs from 1 December 2010 to 9 December 2011.
ENDS = [*(date(2011, month, 1) - timedelta(days=1) for month in range(1, 13)), date(2011, 11, 30) + timedelta(days=9)]


@cache
def stood(ladder: str, day: date) -> dict[str, int]:
    """Asked once: many pairs of days have one in common."""
    return told("ladder", ladder, "--at", day)["rungs"]


def movements_add_up(ladder: str, since: date, until: date, computed: dict[str, dict[str, int]]) -> None:
    """Every way between the three rungs is as computed; rows and columns add up to what `ladder --at` says of the two days."""
    found = told("movements", ladder, "--from", since, "--to", until)
    matrix = found["matrix"]
    ways = {b: {a: n for a, n in row.items() if a in RUNGS} for b, row in matrix.items() if b in RUNGS}
    assert {b: row for b, row in ways.items() if row} == computed, (ladder, since, until)
    rows = {b: sum(row.values()) for b, row in matrix.items() if b != "nowhere"}
    columns = {slug: sum(row.get(slug, 0) for row in matrix.values()) for slug in found["after"]}
    standing = [stood(ladder, day) for day in (since, until)]
    assert {slug: n for slug, n in standing[0].items() if n} == rows, (ladder, since)
    assert standing[1] == columns, (ladder, until)


def test_online_retail_stands_where_rule_n_says(shared_data: Path, tmp_path: Path) -> None:
    path = shared_data / RETAIL
    retail = Retail(path)
    counts = told("import_purchases", path, "--mapping", "online-retail")
    assert {what: counts[what] for what in COUNTS} == COUNTS
    known_figures(path)
    before = newest_rows()

    call_command(
        "load_ladder", dumped(more_than(180), tmp_path, "flat"), "--publish", "--from", "2010-01-01", stdout=io.StringIO()
    )
    by_invoice = dumped(more_than(180), tmp_path, "by-invoice", count="invoices")
    call_command("load_ladder", by_invoice, "--publish", stdout=io.StringIO())
    ranked = told("rank", "--at", "2011-12-09")
    assert (ranked["judged"], ranked["actions"]) == (4_372, 0)

    last = told("ladder", "griffin", "--at", "2011-12-09")["rungs"]
    assert last["suspect"] == 45
    assert sum(last.values()) - last["suspect"] == 4_327
    assert last == told("ladder", "griffin")["rungs"], "the stored standing is the fold"
    for end in ENDS:
        assert three(stood("flat", end)) == counted(retail.flat(end)), end
        assert three(stood("griffin", end)) == counted(retail.shipped(end)), end
    for end in (date(2011, 2, 28), date(2011, 6, 30), date(2011, 9, 30), date(2011, 12, 9)):
        assert three(told("ladder", "by-invoice", "--at", end)["rungs"]) == counted(retail.flat(end, by="invoices")), end
    for since, until in [*pairwise(ENDS), (ENDS[0], ENDS[-1]), (date(2011, 3, 15), date(2011, 8, 3))]:
        movements_add_up("flat", since, until, moved(retail.flat(since), retail.flat(until)))
        movements_add_up("griffin", since, until, moved(retail.shipped(since), retail.shipped(until)))

    proposed_as_computed(date(2011, 12, 9), list(retail.occasions(date(2011, 12, 9)).values()), provisional=True)
    assert placed("12346")[-1] == ("suspect", date(2011, 1, 18))
    assert {"541431", "C541433"} == {
        *Customer.objects.filter(external_ids__external_id="12346").values_list("purchases__external_id", flat=True),
        *Customer.objects.filter(external_ids__external_id="12346").values_list("refunds__external_id", flat=True),
    }
    assert placed("16446") == [("first-time", date(2011, 5, 18)), ("inactive", date(2011, 11, 15))]

    again = told("import_purchases", path, "--mapping", "online-retail")
    assert (again["taken"], again["already"], again["customers"], again["waiting"]) == (0, 406_829, 0, 0)
    assert newest_rows() == before
    still = told("rank", "--at", "2011-12-09", "--queue")
    assert (still["judged"], still["moved"]) == (0, 0)
    assert not Action.objects.exclude(step__programme__slug__in=["first-purchase-check", "welcome", "welcome-back"]).exists(), (
        "too short a ledger"
    )
    assert told("ladder_check")["offenders"] == []
    misled("customers_mention", "customers_linemention")
    for of in Import.objects.order_by("-pk"):
        undoing.undo(of)
    assert nothing()


def test_cdnow_stands_where_rule_c_says(shared_data: Path, tmp_path: Path) -> None:
    told("import_purchases", shared_data / "cdnow" / "CDNOW_sample.txt", "--mapping", "cdnow")
    bought = cdnow(shared_data / "cdnow" / "CDNOW_sample.txt")
    proposed_as_computed(date(1998, 6, 30), [[*days] for days in bought.values()], provisional=False)
    call_command("load_ladder", dumped({}, tmp_path, "no-inactive", drop="inactive"), "--publish", stdout=io.StringIO())
    call_command("load_ladder", dumped(more_than(180), tmp_path, "flat"), "--publish", stdout=io.StringIO())
    told("rank", "--at", "1998-06-30")
    lasting = told("ladder", "no-inactive", "--at", "1998-06-30")["rungs"]
    assert (lasting["first-time"], lasting["repeat"]) == (1_218, 1_139)
    assert three(told("ladder", "flat")["rungs"]) == {"first-time": 0, "repeat": 515, "inactive": 1_842}
    assert told("ladder_check")["offenders"] == []


def cdnow(path: Path) -> dict[str, set[date]]:
    """The days on which each customer of the raw file bought."""
    bought: dict[str, set[date]] = defaultdict(set)
    for line in path.read_text().splitlines():
        customer, _, day, *_ = line.split()
        bought[customer].add(date(int(day[:4]), int(day[4:6]), int(day[6:])))
    return bought


def cdnow_by_rule_c(path: Path, at: date, until: date) -> dict[str, tuple[int, int]]:
    """A second computation, from the raw file: {rung: (people, of whom bought again)} by the shipped limits of silence."""
    bought = cdnow(path)
    found = {"first-time": (0, 0), "repeat": (0, 0), "inactive": (0, 0)}
    for days in bought.values():
        known = sorted(day for day in days if day <= at)
        gaps = [(later - day).days for day, later in pairwise(known)]
        usual = 2 * sum(gaps) / len(gaps) if len(gaps) > 1 else 180
        limit = max(180, usual, *(1.25 * gap for gap in gaps))
        rung = "inactive" if (at - known[-1]).days > limit else "repeat" if gaps else "first-time"
        people, again = found[rung]
        found[rung] = (people + 1, again + any(at < day <= until for day in days))
    return found


@pytest.mark.parametrize(("at", "horizon"), [(date(1997, 9, 30), 270), (date(1997, 6, 30), 90)])
def test_cdnow_is_backtested_as_a_second_computation_says(shared_data: Path, at: date, horizon: int) -> None:
    path = shared_data / "cdnow" / "CDNOW_sample.txt"
    told("import_purchases", path, "--mapping", "cdnow")
    answer = told("backtest", "griffin", "--at", at, "--horizon", horizon)
    expected = cdnow_by_rule_c(path, at, at + timedelta(horizon))
    assert answer["people"] == 2_357
    assert {slug: (r["n"], r["repeat"]["count"]) for slug, r in answer["rungs"].items() if slug in expected} == expected
    assert all(r["n"] == 0 for slug, r in answer["rungs"].items() if slug not in expected)
    did, did_not = {k: again for k, (_, again) in expected.items()}, {k: n - again for k, (n, again) in expected.items()}
    order = ["inactive", "first-time", "repeat"]
    pairs = [(order.index(a) - order.index(b), did[a] * did_not[b]) for a in order for b in order]
    wins = sum(n * (1 if ahead > 0 else 0.5 if ahead == 0 else 0) for ahead, n in pairs)
    assert answer["auc"] == pytest.approx(wins / sum(n for _, n in pairs))
