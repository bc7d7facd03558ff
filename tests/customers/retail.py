"""Online Retail as an independent computation in plain Python tells it, and what the ledgers say when all of it is in."""

import csv
import io
import re
import zipfile
from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from pathlib import Path

from django.db import connection

from customers.models import Customer, Purchase, PurchaseLine, Refund, RefundLine, ReturnMatch

RETAIL = "online_retail/online_retail.csv.zip"
COUNTS = {
    "rows": 541_909, "taken": 406_829, "already": 0, "refused": {"no customer": 135_080},
    "customers": 4_372, "purchases": 18_536, "refunds": 3_654, "waiting": 1_671,
}  # fmt: skip


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


def known_figures(path: Path) -> None:
    """The ledgers hold what the file says and nothing else."""
    [(customers, occasions, revenue)] = documented("Gross")
    assert (customers, occasions, Decimal(str(revenue))) == (4_338, 18_532, Decimal("8911407.90"))
    assert documented("Net")[0][0] == 4_327
    assert len(documented("Return lines")) == 1_671
    assert PurchaseLine.objects.filter(free=True).count() == 40
    assert PurchaseLine.objects.filter(free=False).count() == 397_884
    assert RefundLine.objects.count() == 8_905
    assert Customer.objects.filter(purchases=None).count() == 33
    expected = {invoice: when and when.date() for invoice, when in net(rows_of(path)).items()}
    assert dict(Purchase.objects.filter(priced=True).values_list("external_id", "ended")) == expected


def newest_rows() -> list[int]:
    """The last key of every ledger: none moves where a file brings nothing new."""
    ledgers = (Purchase, PurchaseLine, Refund, RefundLine, ReturnMatch)
    return [ledger.objects.order_by("-pk").values_list("pk", flat=True)[0] for ledger in ledgers]
