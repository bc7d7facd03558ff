"""The figures of real files, against an independent computation in plain Python that imports nothing of ours."""

import csv
import io
import re
import zipfile
from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection

from customers import undoing
from customers.models import Customer, Purchase, PurchaseLine, Refund, RefundLine, ReturnMatch
from tests.customers.conftest import ledgers, nothing

pytestmark = [pytest.mark.data, pytest.mark.django_db]
RETAIL = "online_retail/online_retail.csv.zip"


def documented(heading: str):
    """The first row that the query documented under the heading gives."""
    text = (Path(__file__).parents[2] / "docs" / "queries.md").read_text()
    query = re.search(rf"## {heading}.*?```sql\n(.*?)```", text, re.DOTALL)[1]
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


def rows_of(path: Path) -> list[dict[str, str]]:
    with zipfile.ZipFile(path) as archive, archive.open(archive.namelist()[0]) as file:
        return list(csv.DictReader(io.TextIOWrapper(file, "utf-8")))


def net(rows: list[dict[str, str]]) -> dict[str, datetime | None]:
    """Rule N: of each invoice, when the last of its priced lines had been taken back, or None while any is left."""
    at = {}
    for row in rows:
        when = datetime.fromisoformat(row["InvoiceDate"])
        at[row["InvoiceNo"]] = min(at.get(row["InvoiceNo"], when), when)
    bought, credited = defaultdict(list), defaultdict(list)
    for row in rows:
        if row["CustomerID"]:
            group = row["CustomerID"], row["StockCode"], Decimal(row["UnitPrice"])
            if row["InvoiceNo"].startswith("C"):
                credited[group].append((at[row["InvoiceNo"]], row["InvoiceNo"], -int(row["Quantity"])))
            elif Decimal(row["UnitPrice"]) > 0:
                bought[group].append([at[row["InvoiceNo"]], row["InvoiceNo"], int(row["Quantity"]), None])
    for group, credits in credited.items():
        for when, _, quantity in sorted(credits):
            for line in sorted(bought[group], reverse=True, key=lambda line: line[:2]):
                if line[0] <= when and line[2] and quantity:
                    taken = min(quantity, line[2])
                    line[2] -= taken
                    quantity -= taken
                    line[3] = when
    ended = {}
    for lines in bought.values():
        for _, invoice, left, when in lines:
            ended.setdefault(invoice, []).append(None if left else when)
    return {invoice: None if None in whens else max(whens) for invoice, whens in ended.items()}


def test_online_retail_gives_the_known_figures(bring, shared_data):
    found = bring(shared_data / RETAIL, mapping="online-retail")
    assert {key: found[key] for key in ("rows", "taken", "already", "refused", "customers", "purchases", "refunds", "waiting")} == {
        "rows": 541_909, "taken": 406_829, "already": 0, "refused": {"no customer": 135_080},
        "customers": 4_372, "purchases": 18_536, "refunds": 3_654, "waiting": 1_671,
    }  # fmt: skip
    [(customers, occasions, revenue)] = documented("Gross")
    assert (customers, occasions, Decimal(str(revenue))) == (4_338, 18_532, Decimal("8911407.90"))
    assert documented("Net")[0][0] == 4_327
    assert len(documented("Return lines")) == 1_671
    assert PurchaseLine.objects.filter(free=True).count() == 40
    assert PurchaseLine.objects.filter(free=False).count() == 397_884
    assert RefundLine.objects.count() == 8_905
    assert Customer.objects.filter(purchases=None).count() == 33

    expected = {invoice: when and when.date() for invoice, when in net(rows_of(shared_data / RETAIL)).items()}
    stored = dict(Purchase.objects.filter(priced=True).values_list("external_id", "ended"))
    assert stored == expected

    everything = [
        model.objects.order_by("-pk").values_list("pk", flat=True)[0]
        for model in (Purchase, PurchaseLine, Refund, RefundLine, ReturnMatch)
    ]
    again = bring(shared_data / RETAIL, mapping="online-retail")
    assert (again["taken"], again["already"], again["customers"], again["waiting"]) == (0, 406_829, 0, 0)
    assert everything == [
        model.objects.order_by("-pk").values_list("pk", flat=True)[0]
        for model in (Purchase, PurchaseLine, Refund, RefundLine, ReturnMatch)
    ]
    undoing.undo(again["import"])
    undoing.undo(found["import"])
    assert nothing()


def test_overlapping_parts_of_online_retail_give_the_same_in_either_order(bring, shared_data, tmp_path):
    rows = [row for row in rows_of(shared_data / RETAIL) if row["CustomerID"][-2:] in ("46", "05")]
    early = [row for row in rows if row["InvoiceDate"] < "2011-08-15"]
    late = [row for row in rows if row["InvoiceDate"] >= "2011-05-15"]
    expected = arrive(bring, tmp_path, [rows])
    assert len(expected["matches"]) > 100
    assert arrive(bring, tmp_path, [early, late]) == expected
    assert arrive(bring, tmp_path, [late[::-1], early]) == expected


def arrive(bring, folder: Path, files: list[list[dict[str, str]]]):
    brought = []
    for number, rows in enumerate(files):
        path = folder / f"part{number}.csv"
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        brought.append(bring(path, mapping="online-retail")["import"])
    found = ledgers()
    for of in brought:
        undoing.undo(of)
    assert nothing()
    return found


def test_cdnow_gives_the_known_figures(bring, shared_data):
    found = bring(shared_data / "cdnow" / "CDNOW_sample.txt", mapping="cdnow")
    assert (found["rows"], found["taken"], found["customers"], found["purchases"], found["refused"]) == (
        6_919,
        6_919,
        2_357,
        6_919,
        {},
    )
    days = defaultdict(set)
    for customer, day in Purchase.objects.filter(priced=True).values_list("customer", "day"):
        days[customer].add(day)
    assert (sum(len(each) == 1 for each in days.values()), sum(len(each) > 1 for each in days.values())) == (1_218, 1_139)
    assert Purchase.objects.filter(amount=0).count() == 8
    assert bring(shared_data / "cdnow" / "CDNOW_sample.txt", mapping="cdnow")["already"] == 6_919
