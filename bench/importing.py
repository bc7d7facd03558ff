"""What bringing in a file of purchases costs beside storing as many rows by `bulk_create`, bringing in the same file again, and undoing both.

python -m bench.importing --customers 100000 --purchases 10 --times 5 [--bulk N] [--keep]. `bulk_create` may be taken of fewer customers and
said of as many as the file has; with `--keep` nothing is undone. Each time on a fresh database: DATABASE_URL, whose `public` schema is
emptied, or SQLite in a temporary folder.
"""

from __future__ import annotations

import argparse
import csv
import os
import shutil
import tempfile
from datetime import date, timedelta
from pathlib import Path

from bench import measuring
from bench.measuring import manage

EMPTY = "from django.db import connection; connection.cursor().execute('DROP SCHEMA public CASCADE; CREATE SCHEMA public')"
BULK = """
from datetime import UTC, datetime
from time import perf_counter
from customers import days
from customers.models import Customer, Purchase, PurchaseLine, Source
from accounts.models import Team
from django.db import transaction
source, team = Source.objects.create(slug="bulk", name="Bulk"), Team.objects.order_by("pk").first() or Team.objects.create(name="Bulk")
at = datetime(2026, 1, 5, 12, tzinfo=UTC)
customers = [Customer(name=f"Bulk {{n}}", source=source, team=team, recorded_day=at.date()) for n in range({customers})]
began = perf_counter()
with transaction.atomic():
    Customer.objects.bulk_create(customers, batch_size=2_000)
    for n in range({times}):
        rows = [Purchase(customer=c, source=source, external_id=f"{{c.pk}}-{{n}}", occurred_at=at, day=at.date(), currency="EUR", amount=20) for c in customers]
        Purchase.objects.bulk_create(rows, batch_size=2_000)
        PurchaseLine.objects.bulk_create([PurchaseLine(purchase=row, customer_id=row.customer_id, unit_price=20) for row in rows], batch_size=2_000)
print(perf_counter() - began)
"""
UUIDS = "from customers.models import Import; print(*Import.objects.order_by('pk').values_list('uuid', flat=True))"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.importing", description=__doc__)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--purchases", type=int, default=10)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--bulk", type=int, help="customers to store by bulk_create; what it takes is said of --customers")
    parser.add_argument("--keep", action="store_true", help="undo nothing")
    arguments = parser.parse_args()
    folder, times = Path(tempfile.mkdtemp(prefix="loyaltycrm-bench-")), measuring.Times()
    file = folder / "purchases.csv"
    write(file, arguments.customers, arguments.purchases)
    try:
        for turn in range(arguments.times):
            times.turn = turn
            once(folder / str(turn), file, arguments, times)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"\n{arguments.customers:,} customers, {arguments.purchases} purchases each; {measuring.machine()}")
    print(times.table("bulk_create"))


def once(var: Path, file: Path, arguments: argparse.Namespace, times: measuring.Times) -> None:
    var.mkdir()
    env = {**os.environ, "VAR_DIR": str(var), "REDIS_URL": "", "PRODUCTION": ""}
    if env.get("DATABASE_URL", "").startswith("postgres"):
        manage(env, "shell", "-v0", "-c", EMPTY)
    manage(env, "migrate", "-v0")
    stored = arguments.bulk or arguments.customers
    bulk = BULK.format(customers=stored, times=arguments.purchases)
    out, _, megabytes = manage(env, "shell", "-v0", "-c", bulk)
    times.add("bulk_create", float(out) * arguments.customers / stored, megabytes)
    for name in ("import", "the same file again"):
        times.add(name, *manage(env, "import_purchases", str(file), "--mapping", "purchases", "--json")[1:])
    if not arguments.keep:
        uuids = manage(env, "shell", "-v0", "-c", UUIDS)[0].split()
        for name, uuid in zip(("the first undone", "and the second"), uuids, strict=True):
            times.add(name, *manage(env, "undo_import", uuid)[1:])
    shutil.rmtree(var)


def write(file: Path, customers: int, purchases: int) -> None:
    """Line after line by day, as a till writes them."""
    first = date(2023, 1, 5)
    with file.open("w", newline="") as out:
        lines = csv.writer(out)
        lines.writerow(["customer", "date", "price", "invoice", "product", "quantity"])
        for i in range(purchases):
            for n in range(customers):
                day = first + timedelta(days=i * 1095 // purchases + n % (1095 // purchases))
                lines.writerow([f"C{n}", day.isoformat(), (n * 31 + i * 17) % 200 + 1, f"{n}-{i}", f"P{n % 100}", 1])


if __name__ == "__main__":
    main()
