"""Customers, and rows that an import refused, as CSV that is safe to open in a spreadsheet."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from django.db.models import prefetch_related_objects

from customers import paging
from customers.buying import Figures, figures
from customers.models import CustomField, FieldValue

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import date

    from customers.models import Customer, CustomerQuerySet, Import

CHUNK = 1000
COLUMNS = [
    "uuid", "kind", "name", "form_of_address", "e_mail", "phone", "language", "country", "owner", "team", "source",
    "external_ids", "first_recorded", "purchases", "first_bought", "last_bought", "bought_in_12_months", "bought_in_all",
]  # fmt: skip


def inert(cell: object) -> str:
    """Text that no spreadsheet takes for a formula."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


class _Line:
    """What a csv writer writes to: hands the line back."""

    def write(self, line: str) -> str:
        return line


def refused(of: Import) -> Iterator[str]:
    """The rows of a file that were not taken, with their lines in it and why."""
    writer = csv.writer(_Line())
    yield writer.writerow(["line", "reason", "content"])
    for row in of.refused_rows.iterator(chunk_size=2000):
        yield writer.writerow([row.line, row.reason, inert(row.content)])


def lines(customers: CustomerQuerySet, on: date) -> Iterator[str]:
    """The file line by line, by name, a thousand customers in memory at a time."""
    write = csv.writer(_Line()).writerow
    own = list(CustomField.objects.filter(archived_at=None))
    yield "\ufeff" + write([*COLUMNS, *(f"field:{field.slug}" for field in own)])
    after = ""
    while True:
        page = paging.page(customers.select_related("owner", "team", "source"), {"after": after}, size=CHUNK)
        prefetch_related_objects(page.rows, "contact_points", "external_ids__source")
        bought, said = figures(page.rows, on), _said(page.rows, on) if own else {}
        for customer in page.rows:
            values = [said.get((customer.pk, field.pk)) for field in own]
            yield write([inert(cell) for cell in (*_row(customer, bought[customer.pk]), *values)])
        after = page.after
        if not after:
            return


def _said(customers: Collection[Customer], on: date) -> dict[tuple[int, int], str]:
    """What the fields of the business's own are on a day, by customer and field."""
    rows = FieldValue.objects.deciding().reverse().filter(customer__in=customers, since__lte=on)
    return {(customer, field): value for customer, field, value in rows.values_list("customer_id", "field_id", "value")}


def _row(customer: Customer, bought: Figures) -> list[object]:
    reached = {kind: "; ".join(p.value for p in customer.contact_points.all() if p.kind == kind) for kind in ("email", "phone")}
    amounts = ["; ".join(f"{sum_:.2f} {currency}" for currency, sum_ in sums.items()) for sums in (bought.year, bought.total)]
    return [
        customer.uuid, customer.kind, customer.name, customer.form_of_address, reached["email"], reached["phone"],
        customer.language, customer.country, customer.owner, customer.team, customer.source.slug,
        "; ".join(str(e) for e in customer.external_ids.all()), customer.recorded_day,
        bought.purchases, bought.first, bought.last, *amounts,
    ]  # fmt: skip
