"""Rule N of the data sets' description, computed a second time from the raw file. Imports nothing of the product."""

from __future__ import annotations

import csv
import io
import itertools
import zipfile
from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class Retail:
    """Online Retail: who bought on which occasions, and when each occasion was wholly taken back."""

    def __init__(self, path: Path) -> None:
        with zipfile.ZipFile(path) as z, z.open(z.namelist()[0]) as raw:
            rows = [r for r in csv.DictReader(io.TextIOWrapper(raw, "utf-8-sig")) if r["CustomerID"]]
        self.customers = {r["CustomerID"] for r in rows}
        when: dict[str, datetime] = {}
        for r in rows:
            at = parse(r["InvoiceDate"])
            when[r["InvoiceNo"]] = min(when.get(r["InvoiceNo"], at), at)
        bought: dict[tuple[str, str, float], list[list[object]]] = defaultdict(list)
        returns = []
        lines_of: dict[tuple[str, str], list[list[object]]] = defaultdict(list)
        for r in rows:
            quantity, price, invoice = int(r["Quantity"]), float(r["UnitPrice"]), r["InvoiceNo"]
            key = (r["CustomerID"], r["StockCode"], price)
            if invoice.startswith("C"):
                returns.append((when[invoice], invoice, key, -quantity))
            elif quantity > 0 and price > 0:
                line = [when[invoice], invoice, quantity, None]  # left, day taken back
                bought[key].append(line)
                lines_of[(r["CustomerID"], invoice)].append(line)
        for lines in bought.values():
            lines.sort(key=lambda line: (line[0], line[1]))
        for at, _, key, quantity in sorted(returns, key=lambda r: (r[0], r[1])):
            for line in reversed(bought.get(key, [])):
                if line[0] <= at and line[2] and quantity:
                    taken = min(line[2], quantity)
                    line[2] -= taken
                    quantity -= taken
                    if not line[2]:
                        line[3] = at.date()
        # (customer, invoice) -> day bought, day wholly taken back or None
        self.invoices = {
            key: (when[key[1]].date(), max(line[3] for line in lines) if all(line[3] for line in lines) else None)
            for key, lines in lines_of.items()
        }

    def occasions(self, at: date) -> dict[str, list[date]]:
        """Days of every customer's invoices that stand at the end of a day, one entry an invoice."""
        found: dict[str, list[date]] = defaultdict(list)
        for (customer, _), (day, ended) in self.invoices.items():
            if day <= at and (ended is None or ended > at):
                found[customer].append(day)
        return found

    def flat(self, at: date, *, by: str = "occasions", limit: int = 180) -> dict[str, str]:
        """The rung of every buyer: one-time, repeat, or inactive after more than `limit` days."""
        found = {}
        for customer, days in self.occasions(at).items():
            n = len(set(days)) if by == "occasions" else len(days)
            found[customer] = "inactive" if at - max(days) > timedelta(limit) else "repeat" if n >= 2 else "first-time"
        return found

    def shipped(self, at: date, u: int = 90, floor: int = 180) -> dict[str, str]:
        """The same with the silence limit of the shipped rules."""
        rungs = {}
        for customer, found in self.occasions(at).items():
            days = sorted(set(found))
            gaps = [(b - a).days for a, b in itertools.pairwise(days)]
            if not gaps:
                limit = max(2 * u, floor)
            elif len(gaps) == 1:
                limit = max(2 * u, 1.25 * gaps[0], floor)
            else:
                limit = min(max(2 * sum(gaps) / len(gaps), 1.25 * max(gaps), floor), 1095)  # the file spans under 3 years
            rungs[customer] = "inactive" if (at - days[-1]).days > limit else "repeat" if gaps else "first-time"
        return rungs


RUNGS = ("first-time", "repeat", "inactive")


def counted(rungs: dict[str, str]) -> dict[str, int]:
    return {slug: list(rungs.values()).count(slug) for slug in RUNGS}


def moved(before: dict[str, str], after: dict[str, str]) -> dict[str, dict[str, int]]:
    """Of buyers on both days, from where to where: {rung: {rung: how many}}."""
    found: dict[str, dict[str, int]] = {}
    for customer in before.keys() & after.keys():
        row = found.setdefault(before[customer], {})
        row[after[customer]] = row.get(after[customer], 0) + 1
    return found


def parse(text: str) -> datetime:
    for form in ("%m/%d/%Y %H:%M", "%Y-%m-%d %H:%M:%S", "%m/%d/%y %H:%M"):
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007
        except ValueError:
            continue
    raise ValueError(text)
