"""Storing staged lines in the ledgers: a range of whole documents at a time, joined to what is there.

Each range is one transaction, which also takes its lines off the stage. So what is staged is what
remains to be done, and a killed import goes on where it stopped.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from django.db import connection

from customers import introducing, returns, sql
from customers.interpreting import MOST
from customers.models import Product, RefusedRow
from customers.sql import storing as statements

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from customers.mappings import Map
    from customers.models import Import, Source

AT_A_TIME = int(os.environ.get("SMALL_STEPS", 25_000))  # lines; fewer in tests that kill
CONTESTED = "the document belongs to another customer"
TOO_MUCH = f"the document's lines add up to more than {MOST:,}"
PURCHASES = {
    "document": "purchase",
    "line": "purchaseline",
    "owner": "purchase_id",
    "line_owner": "purchase_line_id",
    "flag": "NOT ",
}
REFUNDS = {"document": "refund", "line": "refundline", "owner": "refund_id", "line_owner": "refund_line_id", "flag": ""}
CHUNK = "chunk WHERE {flag}refund"
REASONS = (CONTESTED, TOO_MUCH)  # for which storing refuses lines


class Range:
    """The next staged documents of an import after one, up to some number of lines, and what becomes of them."""

    def __init__(self, of: Import, mapping: Map, source: Source, at: datetime, after: str = "") -> None:
        self.of, self.mapping, self.source, self.at = of, mapping, source, at
        self.counts = {"documents": 0, "taken": 0, "already": 0, "customers": 0, "purchases": 0, "refunds": 0}
        first, self.upto = sql.rows(statements.ENDS, of.pk, after, AT_A_TIME)[0]
        self.staged = (of.pk, first, self.upto)

    def run(self, statement: str, *values: Any, kind: dict[str, str] | None = None, **names: str) -> int:
        return sql.run(statement, *values, **(words(kind) if kind else {}), **names)

    def store(self) -> dict[str, int]:
        """In the caller's transaction. How many documents and lines were handled, and what they brought; no documents, no more to do."""
        if self.upto is None:
            return self.counts
        sql.make_room()
        [(self.counts["documents"], dubious)] = sql.rows(statements.DOCUMENTS, int(MOST), *self.staged)
        # What is rolled back need not be sure, and would keep everybody waiting; and SQLite has one writer, so nobody is looked for there.
        if not self.of.dry_run and connection.features.has_select_for_update:
            returns.lock(self.concerned())
        self.refuse_contested(dubious=dubious)
        if dubious:
            self.refuse_overflowing()
        sql.run("DROP TABLE IF EXISTS chunk")
        self.run(statements.CHUNK, self.source.pk, self.source.pk, *self.staged)
        self.run(statements.NUMBER_ALONE)
        sql.analyse("chunk")
        self.counts["customers"] = self.welcome()
        self.shelve()
        touched = self.extend(PURCHASES) | self.extend(REFUNDS)
        near, ends = sql.near("d.id", "document_id", CHUNK.format(**PURCHASES))
        touched |= {customer for (customer,) in sql.rows(statements.TOUCHED, *ends, near=near)}
        self.counts["purchases"] = self.buy()
        self.counts["refunds"] = self.take_back()
        self.counts["taken"] = self.add_lines()
        self.counts["already"] = int(sql.rows("SELECT count(*) FROM chunk")[0][0]) - self.counts["taken"]
        self.tell_planner()
        returns.rematch(touched | returns.connect(self.source.pk, "IN (SELECT customer_id FROM chunk)"))
        self.run(statements.DONE_WITH, *self.staged)
        sql.run("DROP TABLE chunk")
        return self.counts

    def tell_planner(self) -> None:
        """Before returns are matched: what the database knows of the ledgers may be from when they were all but empty."""
        tables = sql.tables()
        for kind, ledgers in (("purchases", ("purchase", "purchaseline")), ("refunds", ("refund", "refundline"))):
            before = int(self.of.counts.get(kind, 0))
            if before.bit_length() < (before + self.counts[kind]).bit_length():  # twice as many as when it was last told
                sql.analyse(*(tables[name] for name in ledgers))

    def concerned(self) -> set[int]:
        """The customers who are there and whose ledgers this range may touch."""
        at = (self.source.pk, *self.staged)
        found = {*sql.rows(statements.NAMED, *at)}
        for kind in (PURCHASES, REFUNDS):
            found |= {*sql.rows(statements.OWNING, *at, **words(kind, "s"))}
        return {customer for (customer,) in found}

    def refuse_contested(self, *, dubious: int) -> None:
        """A document has one customer: the ledger's, else that of its earliest line; lines of others are refused."""
        contested = {*sql.rows(statements.CONTESTED, *self.staged)} if dubious else set()
        near, ends = sql.near(
            "d.external_id", "document", "{stagedline} WHERE brought_by_id = %s AND document BETWEEN %s AND %s", *self.staged
        )
        for kind in (PURCHASES, REFUNDS):
            found = sql.rows(statements.CONTESTED_BY_LEDGER, self.source.pk, *self.staged, *ends, **words(kind, "s"), near=near)
            contested |= {*found}
        for document, refund in sorted(contested):
            self.refuse_others(document, REFUNDS if refund else PURCHASES)

    def refuse_others(self, document: str, kind: dict[str, str]) -> None:
        lines = sql.rows(statements.WHOSE, self.source.pk, self.of.pk, document, **words(kind, "s"))
        owners = sql.rows(statements.OWNER, self.source.pk, document, **words(kind))
        keeper = owners[0][0] if owners else lines[0][1]
        self.refuse([line for line in lines if (line[0] if owners else line[1]) != keeper], CONTESTED)

    def refuse_overflowing(self) -> None:
        for document, refund in sql.rows(statements.OVERFLOWING, *self.staged, int(MOST)):
            kind = REFUNDS if refund else PURCHASES
            self.refuse(sql.rows(statements.WHOSE, self.source.pk, self.of.pk, document, **words(kind, "s")), TOO_MUCH)

    def refuse(self, lines: Iterable[tuple[Any, ...]], because: str) -> None:
        """Take these lines, each ending with its number and content, off the stage."""
        refused = [RefusedRow(brought_by=self.of, line=number, reason=because, content=content) for *_, number, content in lines]
        RefusedRow.objects.bulk_create(refused, batch_size=500)
        with connection.cursor() as cursor:
            cursor.executemany(statements.UNSTAGE.format(**sql.tables()), [(self.of.pk, row.line) for row in refused])

    def welcome(self) -> int:
        """Make the customers nobody has heard of; fill what was not known of the others."""
        introducing.fill_known(
            [customer for (customer,) in sql.rows(statements.KNOWN)], of=self.of, source=self.source, at=self.at
        )
        newcomers = [external_id for (external_id,) in sql.rows(statements.NEWCOMERS)]
        introducing.introduce(newcomers, of=self.of, source=self.source, at=self.at)
        if newcomers:
            self.run(statements.WELCOME, self.source.pk)
        return len(newcomers)

    def shelve(self) -> None:
        """Make the products nobody has heard of."""
        new = sql.rows(statements.NEW_PRODUCTS)
        Product.objects.bulk_create(
            [Product(source=self.source, code=code, name=name or "") for code, name in new], batch_size=500
        )
        if new:
            self.run(statements.SHELVE, self.source.pk)

    def extend(self, kind: dict[str, str]) -> set[int]:
        """Join the chunk to documents that are there and bring these up to date; whose documents moved in time."""
        near, ends = sql.near("d.external_id", "document", CHUNK.format(**kind))
        there = self.run(statements.LINK, self.source.pk, *ends, kind=kind, near=near)
        if there:
            theirs, first_and_last = sql.near(f"l.{kind['owner']}", "document_id", CHUNK.format(**kind))
            self.run(statements.RECOGNISE, *first_and_last, kind=kind, near=theirs)
        if sql.rows(statements.ANY_WITHDRAWN, self.source.pk, *ends, **words(kind), near=near):
            self.run(statements.RECOGNISE_WITHDRAWN, self.source.pk, *ends, kind=kind, near=near)
        self.run(statements.MENTION_LINES, self.of.pk, kind=kind)
        return self.extend_documents(kind) if there else set()

    def extend_documents(self, kind: dict[str, str]) -> set[int]:
        """Bring documents up to date that are there, where the chunk says anything new of them; whose moved in time."""
        near, ends = sql.near("d.id", "document_id", CHUNK.format(**kind))
        if not sql.rows(statements.ANY_NEWS, *ends, **words(kind), near=near):
            return set()
        moved = {customer for (customer,) in sql.rows(statements.MOVED, *ends, **words(kind), near=near)}
        self.run(statements.REMEMBER_TIME, *ends, kind=kind, near=near)
        purchase = sql.tables()["purchase"]
        also = f", priced = ({purchase}.priced OR n.priced = 1)" if kind is PURCHASES else ""
        self.run(statements.EXTEND, *ends, kind=kind, also=also, near=near)
        return moved

    def buy(self) -> int:
        return self.run(statements.BUY, self.source.pk, sql.instant(self.at), self.of.pk, self.currency)

    def take_back(self) -> int:
        false = "false" if connection.vendor == "postgresql" else "0"
        return self.run(statements.TAKE_BACK, self.source.pk, sql.instant(self.at), self.of.pk, self.currency, false=false)

    def add_lines(self) -> int:
        for kind in (PURCHASES, REFUNDS):
            near, ends = sql.near("d.external_id", "document", CHUNK.format(**kind))
            self.run(statements.LINK, self.source.pk, *ends, kind=kind, near=near)
            self.run(statements.MENTION, self.of.pk, kind=kind)
        return self.run(statements.BUY_LINES, self.of.pk) + self.run(statements.TAKE_BACK_LINES, self.of.pk)

    @property
    def currency(self) -> str:
        return self.mapping.currency or introducing.currency()


def words(kind: dict[str, str], table: str = "chunk") -> dict[str, str]:
    """What a statement's braces stand for when it is about purchases, or about refunds."""
    names = sql.tables()
    return {
        "document": names[kind["document"]],
        "line": names[kind["line"]],
        "owner": kind["owner"],
        "line_owner": kind["line_owner"],
        "flag": kind["flag"],
        "which": f"{kind['flag']}{table}.refund",
    }
