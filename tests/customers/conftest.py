"""Files to bring in, and the ledgers as plain rows that can be compared."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from customers import importing
from customers.models import Customer, ExternalId, Purchase, PurchaseLine, Refund, RefundLine, ReturnMatch

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
HEADING = "invoice,customer,date,product,quantity,price"
Bring = Callable[..., dict[str, Any]]


@pytest.fixture
def bring(db: None, tmp_path: Path) -> Bring:
    """Brings a text, bytes or a path in; gives the counts."""
    serial = iter(range(1000))

    def bring(
        content: str | bytes | Path, *, mapping: str = "purchases", kind: str = "purchases", **extra: Any
    ) -> dict[str, Any]:
        path = content if isinstance(content, Path) else tmp_path / f"file{next(serial)}.csv"
        if isinstance(content, str):
            path.write_bytes(content.encode())
        elif isinstance(content, bytes):
            path.write_bytes(content)
        found = ("as written", mapping) if "\n" in mapping else importing.find_mapping(mapping)
        of = importing.begin(path, kind=kind, mapping=found, at=NOW, **extra)
        return {**importing.run(of, path, at=NOW), "import": of}

    return bring


def csv(*rows: str, heading: str = HEADING) -> str:
    return "\n".join([heading, *rows, ""])


def ledgers() -> dict[str, list[tuple[Any, ...]]]:
    """Everything stored and derived, without keys and without who brought it, in an order of its own."""
    purchase = ("source__slug", "external_id", "occurred_at", "day", "amount", "priced", "ended", "returned", "currency")
    refund = ("source__slug", "external_id", "occurred_at", "day", "amount", "names", "whole", "purchase__external_id")
    line = ("product__code", "quantity", "unit_price", "copy")
    match = ("refund_line__refund__external_id", "purchase_line__purchase__external_id", "refund_line__product__code",
             "refund_line__quantity", "refund_line__copy", "purchase_line__quantity", "purchase_line__copy", "quantity", "day")  # fmt: skip
    standing = {"withdrawn_at": None}
    return {
        "customers": sorted(ExternalId.objects.values_list("source__slug", "external_id", "customer__name")),
        "purchases": ordered(Purchase.objects.filter(**standing).values_list("customer__name", *purchase)),
        "purchase lines": ordered(
            PurchaseLine.objects.filter(purchase__withdrawn_at=None).values_list(
                "purchase__external_id", *line, "free", "returned", "ended"
            )
        ),
        "refunds": ordered(Refund.objects.filter(**standing).values_list("customer__name", *refund)),
        "refund lines": ordered(
            RefundLine.objects.filter(refund__withdrawn_at=None).values_list("refund__external_id", *line, "matched")
        ),
        "matches": ordered(ReturnMatch.objects.values_list(*match)),
    }


def ordered(rows: Any) -> list[tuple[Any, ...]]:
    return sorted(rows, key=lambda row: [str(value) for value in row])


def nothing() -> bool:
    return not Customer.objects.exists() and not Purchase.objects.exists() and not Refund.objects.exists()
