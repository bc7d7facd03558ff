"""The figures of real files, against an independent computation in plain Python that imports nothing of ours."""

import csv
from collections import defaultdict
from pathlib import Path

import pytest

from customers import undoing
from customers.models import Purchase
from tests.customers.conftest import ledgers, nothing
from tests.customers.retail import RETAIL, rows_of

pytestmark = [pytest.mark.data, pytest.mark.django_db]


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
