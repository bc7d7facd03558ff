"""The set-based statements of importing, in the SQL that both databases share, and where they differ.

Names of tables come from the models, values are always bound. `chunk` is a temporary table: the
staged lines of a range of whole documents, being joined to what the ledgers already hold.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from django.db import connection

from customers import days, models

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from django.db.models import Model

UUIDS = {
    "postgresql": "gen_random_uuid()",
    "sqlite": "lower(hex(randomblob(6))) || '4' || substr(lower(hex(randomblob(2))), 2) || 'a' || substr(lower(hex(randomblob(8))), 2)",
}


def quoted(name: str) -> str:
    return connection.ops.quote_name(name)


def tables() -> dict[str, str]:
    """What the statements' braces stand for."""
    every = (models.StagedLine, models.StagedCustomer, models.ExternalId, models.Product, models.Purchase, models.PurchaseLine, models.Refund,
             models.RefundLine, models.Mention, models.LineMention, models.RefusedRow, models.Customer, models.ReturnMatch)  # fmt: skip
    names = {str(model._meta.model_name): quoted(model._meta.db_table) for model in every}
    return {**names, "uuid": UUIDS[connection.vendor]}


def run(statement: str, *values: Any, **names: str) -> int:
    """Execute a statement; how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(statement.format(**tables(), **names), values)
        return max(int(cursor.rowcount), 0)


def rows(statement: str, *values: Any, **names: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement.format(**tables(), **names), values)
        return list(cursor.fetchall())


def instant(at: datetime) -> Any:
    """An instant as this database stores it, for statements that Django does not write."""
    return connection.ops.adapt_datetimefield_value(at)


def pour(model: type[Model], columns: Sequence[str], content: Sequence[Sequence[Any]]) -> None:
    """Add many rows the fastest way the database has. Texts, numbers and booleans only; None is NULL."""
    table, names = quoted(model._meta.db_table), ", ".join(map(quoted, columns))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            buffer = io.StringIO()
            csv.writer(buffer).writerows(content)
            buffer.seek(0)
            force = f", FORCE_NOT_NULL ({names})"
            cursor.cursor.copy_expert(f"COPY {table} ({names}) FROM STDIN WITH (FORMAT csv{force})", buffer)
        else:
            marks = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", content)


def update(model: type[Model], columns: tuple[str, ...], changes: Iterable[tuple[tuple[Any, ...], tuple[Any, ...], int]]) -> None:
    """Write (new values, stored values, key) where the two differ."""
    differing = [(*map(bound, new), pk) for new, stored, pk in changes if new != stored]
    if differing:
        sets = ", ".join(f"{quoted(column)} = %s" for column in columns)
        with connection.cursor() as cursor:
            cursor.executemany(f"UPDATE {quoted(model._meta.db_table)} SET {sets} WHERE id = %s", differing)


def bound(value: Any) -> Any:
    return days.number(value) if hasattr(value, "toordinal") else value


def analyse(table: str) -> None:
    """Tell PostgreSQL's planner what a table just filled looks like; SQLite's does well without."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {table}")


BOUNDARY = "SELECT document FROM {stagedline} WHERE brought_by_id = %s ORDER BY document LIMIT 1 OFFSET %s"
LAST = "SELECT max(document) FROM {stagedline} WHERE brought_by_id = %s"


def make_room() -> None:
    """Let PostgreSQL sort and join a range in memory, until the transaction ends."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL work_mem = '64MB'")


PEOPLE = "SELECT count(*) FROM {stagedcustomer} WHERE brought_by_id = %s"
DOCUMENTS_UPTO = (
    "SELECT count(*) FROM (SELECT DISTINCT document, refund FROM {stagedline} WHERE brought_by_id = %s AND document <= %s) AS d"
)
DOCUMENTS = "SELECT count(*) FROM (SELECT DISTINCT document, refund FROM {stagedline} WHERE brought_by_id = %s) AS d"
# Whose ledgers a range may touch: the customers it names, and those to whom a correction has given its documents.
NAMED = """
SELECT x.customer_id FROM {stagedline} s JOIN {externalid} x ON x.source_id = %s AND x.external_id = s.customer
WHERE s.brought_by_id = %s AND s.document <= %s
"""
OWNING = """
SELECT DISTINCT d.customer_id FROM {stagedline} s
JOIN {document} d ON d.source_id = %s AND d.external_id = s.document AND d.withdrawn_at IS NULL
WHERE s.brought_by_id = %s AND s.document <= %s AND {which}
"""

# Documents named together with more than one customer, in the file or by the file and the ledger.
CONTESTED = """
SELECT document, refund FROM {stagedline} WHERE brought_by_id = %s AND document <= %s
GROUP BY document, refund HAVING min(customer) <> max(customer)
"""
# Documents whose lines, each in order, add up to more than their amount can hold. (Rows without an invoice stand alone.)
OVERFLOWING = """
SELECT document, refund FROM {stagedline} WHERE brought_by_id = %s AND document <= %s AND document NOT LIKE '%% '
GROUP BY document, refund HAVING sum(quantity * unit_price) > %s
"""
CONTESTED_BY_LEDGER = """
SELECT DISTINCT s.document, s.refund FROM {stagedline} s
JOIN {document} d ON d.source_id = %s AND d.external_id = s.document AND d.withdrawn_at IS NULL
LEFT JOIN {externalid} x ON x.source_id = d.source_id AND x.external_id = s.customer
WHERE s.brought_by_id = %s AND s.document <= %s AND {which} AND (x.customer_id IS NULL OR x.customer_id <> d.customer_id)
AND NOT EXISTS (SELECT 1 FROM {document} w WHERE w.source_id = d.source_id AND w.external_id = d.external_id
                AND w.withdrawn_at IS NOT NULL AND w.customer_id = x.customer_id)
"""

CHUNK = """
CREATE TEMPORARY TABLE chunk AS
SELECT s.line, s.document, s.refund, s.customer, s.product, s.description, s.quantity, s.unit_price, s.free,
       s.occurred_at, s.day, s.names, x.customer_id, p.id AS product_id,
       row_number() OVER (PARTITION BY s.document, s.refund, s.product, s.quantity, s.unit_price ORDER BY s.line) AS copy,
       CAST(NULL AS bigint) AS document_id, CAST(NULL AS bigint) AS line_id
FROM {stagedline} s
LEFT JOIN {externalid} x ON x.source_id = %s AND x.external_id = s.customer
LEFT JOIN {product} p ON p.source_id = %s AND p.code = s.product AND s.product <> ''
WHERE s.brought_by_id = %s AND s.document <= %s
"""
# Without an invoice every row is its own document; equal ones are told apart by their number.
NUMBER_ALONE = "UPDATE chunk SET document = document || copy, copy = 1 WHERE document LIKE '%% '"

NEWCOMERS = "SELECT DISTINCT customer FROM chunk WHERE customer_id IS NULL ORDER BY customer"
KNOWN = "SELECT DISTINCT customer FROM chunk WHERE customer_id IS NOT NULL ORDER BY customer"
WELCOME = """
UPDATE chunk SET customer_id = x.customer_id FROM {externalid} x
WHERE chunk.customer_id IS NULL AND x.source_id = %s AND x.external_id = chunk.customer
"""
NEW_PRODUCTS = """
SELECT product, min(CASE WHEN description <> '' THEN description END) FROM chunk
WHERE product_id IS NULL AND product <> '' GROUP BY product ORDER BY product
"""
SHELVE = """
UPDATE chunk SET product_id = p.id FROM {product} p
WHERE chunk.product_id IS NULL AND chunk.product <> '' AND p.source_id = %s AND p.code = chunk.product
"""

LINK = """
UPDATE chunk SET document_id = d.id, customer_id = d.customer_id FROM {document} d
WHERE chunk.document_id IS NULL AND {which} AND d.source_id = %s AND d.external_id = chunk.document AND d.withdrawn_at IS NULL
"""
SAME = """
l.quantity = chunk.quantity AND l.unit_price = chunk.unit_price AND l.copy = chunk.copy
AND (l.product_id = chunk.product_id OR (l.product_id IS NULL AND chunk.product_id IS NULL))
"""
RECOGNISE = "UPDATE chunk SET line_id = l.id FROM {line} l WHERE {which} AND l.{owner} = chunk.document_id AND " + SAME
# What a correction replaced was known too: the file may not bring it back.
RECOGNISE_WITHDRAWN = (
    """
UPDATE chunk SET line_id = l.id FROM {line} l JOIN {document} d ON d.id = l.{owner}
WHERE chunk.line_id IS NULL AND {which} AND d.source_id = %s AND d.withdrawn_at IS NOT NULL AND d.external_id = chunk.document AND """
    + SAME
)

# Documents that are there: with an earlier time (but what a correction says of time stands), or with more lines.
NEWS = """
SELECT c.document_id AS id,
       min(CASE WHEN d.corrects_id IS NULL AND c.occurred_at < d.occurred_at THEN c.occurred_at ELSE d.occurred_at END) AS occurred_at,
       min(CASE WHEN d.corrects_id IS NULL AND c.day < d.day THEN c.day ELSE d.day END) AS day,
       sum(CASE WHEN c.line_id IS NULL THEN 1 ELSE 0 END) AS added,
       sum(CASE WHEN c.line_id IS NULL AND NOT c.free THEN c.quantity * c.unit_price ELSE 0 END) AS amount,
       max(CASE WHEN c.line_id IS NULL AND NOT c.free THEN 1 ELSE 0 END) AS priced
FROM chunk c JOIN {document} d ON d.id = c.document_id WHERE {flag}c.refund GROUP BY c.document_id
"""
# Whose returns may match otherwise because a document moved to an earlier time.
MOVED = "SELECT DISTINCT d.customer_id FROM {document} d JOIN (" + NEWS + ") n ON n.id = d.id WHERE n.occurred_at < d.occurred_at"
# A document no import has named yet (somebody typed it) is about to move: its own time is kept, for an undo.
REMEMBER_TIME = (
    """
INSERT INTO {mention} ({owner}, occurred_at, day)
SELECT d.id, d.occurred_at, d.day FROM {document} d JOIN ("""
    + NEWS
    + """) n ON n.id = d.id
WHERE n.occurred_at < d.occurred_at AND NOT EXISTS (SELECT 1 FROM {mention} m WHERE m.{owner} = d.id)
"""
)
EXTEND = (
    """
UPDATE {document} SET amount = round({document}.amount + n.amount, 4), occurred_at = n.occurred_at, day = n.day {also}
FROM ("""
    + NEWS
    + ") n WHERE n.id = {document}.id AND (n.added > 0 OR n.occurred_at < {document}.occurred_at)"
)

BUY = """
INSERT INTO {purchase} (uuid, customer_id, source_id, external_id, occurred_at, day, recorded_at, brought_by_id, currency, amount,
                        channel, priced, returned)
SELECT {uuid}, min(customer_id), %s, document, min(occurred_at), min(day), %s, %s, %s,
       round(sum(CASE WHEN free THEN 0 ELSE quantity * unit_price END), 4), '', max(CASE WHEN free THEN 0 ELSE 1 END) = 1, 0
FROM chunk WHERE NOT refund AND document_id IS NULL AND line_id IS NULL GROUP BY document ORDER BY document
"""
TAKE_BACK = """
INSERT INTO {refund} (uuid, customer_id, source_id, external_id, occurred_at, day, recorded_at, brought_by_id, currency, amount,
                      names, whole, reason)
SELECT {uuid}, min(customer_id), %s, document, min(occurred_at), min(day), %s, %s, %s,
       round(sum(quantity * unit_price), 4), max(names), {false}, ''
FROM chunk WHERE refund AND document_id IS NULL AND line_id IS NULL GROUP BY document ORDER BY document
"""
BUY_LINES = """
INSERT INTO {purchaseline} (purchase_id, customer_id, product_id, quantity, unit_price, free, copy, brought_by_id, returned)
SELECT document_id, customer_id, product_id, quantity, unit_price, free, copy, %s, 0
FROM chunk WHERE NOT refund AND line_id IS NULL ORDER BY document_id, line
"""
TAKE_BACK_LINES = """
INSERT INTO {refundline} (refund_id, customer_id, product_id, quantity, unit_price, copy, brought_by_id, matched)
SELECT document_id, customer_id, product_id, quantity, unit_price, copy, %s, 0
FROM chunk WHERE refund AND line_id IS NULL ORDER BY document_id, line
"""
MENTION = """
INSERT INTO {mention} (brought_by_id, {owner}, occurred_at, day)
SELECT %s, document_id, min(occurred_at), min(day) FROM chunk WHERE {which} AND document_id IS NOT NULL GROUP BY document_id
"""
MENTION_LINES = (
    "INSERT INTO {linemention} (brought_by_id, {line_owner}) SELECT %s, line_id FROM chunk WHERE {which} AND line_id IS NOT NULL"
)

# Whose returns may match otherwise because of the lines this chunk adds.
TOUCHED = """
SELECT DISTINCT c.customer_id FROM chunk c WHERE c.line_id IS NULL AND (
    c.refund
    OR EXISTS (SELECT 1 FROM {refundline} r WHERE r.customer_id = c.customer_id AND r.unit_price = c.unit_price
               AND (r.product_id = c.product_id OR (r.product_id IS NULL AND c.product_id IS NULL)))
    OR EXISTS (SELECT 1 FROM {purchase} p WHERE p.id = c.document_id AND p.ended IS NOT NULL)
)
"""
ARRIVED = """
SELECT r.id, p.id, r.customer_id FROM {refund} r JOIN {purchase} p
ON p.source_id = r.source_id AND p.external_id = r.names AND p.customer_id = r.customer_id
WHERE r.source_id = %s AND r.names <> '' AND r.withdrawn_at IS NULL AND p.withdrawn_at IS NULL AND r.customer_id {whose}
"""
DONE_WITH = "DELETE FROM {stagedline} WHERE brought_by_id = %s AND document <= %s"

# A contested document's lines with their customer, the earliest first; and whose it is in the ledger.
WHOSE = """
SELECT x.customer_id, s.customer, s.line, s.content FROM {stagedline} s
LEFT JOIN {externalid} x ON x.source_id = %s AND x.external_id = s.customer
WHERE s.brought_by_id = %s AND s.document = %s AND {which} ORDER BY s.occurred_at, s.customer
"""
OWNER = "SELECT customer_id FROM {document} WHERE source_id = %s AND external_id = %s AND withdrawn_at IS NULL"
UNSTAGE = "DELETE FROM {stagedline} WHERE brought_by_id = %s AND line = %s"
ANY_WITHDRAWN = "SELECT 1 FROM {document} WHERE source_id = %s AND withdrawn_at IS NOT NULL LIMIT 1"

# --- undoing. `shaken` holds the documents that lose lines, or a mention -------------------------------------------
UNDO_CONCERNED = """
SELECT customer_id FROM {purchaseline} WHERE brought_by_id = %s UNION SELECT customer_id FROM {refundline} WHERE brought_by_id = %s
UNION SELECT d.customer_id FROM {purchase} d JOIN {mention} m ON m.purchase_id = d.id WHERE m.brought_by_id = %s
UNION SELECT d.customer_id FROM {refund} d JOIN {mention} m ON m.refund_id = d.id WHERE m.brought_by_id = %s
"""
HAND_OVER_LINES = """
UPDATE {line} SET brought_by_id = m.other FROM (
    SELECT m.{line_owner} AS id, min(m.brought_by_id) AS other FROM {linemention} m JOIN {line} l ON l.id = m.{line_owner}
    WHERE l.brought_by_id = %s AND m.brought_by_id <> l.brought_by_id GROUP BY m.{line_owner}
) m WHERE m.id = {line}.id AND {line}.brought_by_id = %s
"""
FORGET_HANDED_OVER = """
DELETE FROM {linemention} WHERE brought_by_id <> %s AND id IN (
    SELECT m.id FROM {linemention} m JOIN {line} l ON l.id = m.{line_owner} AND l.brought_by_id = m.brought_by_id
)
"""
SHAKEN = """
SELECT d.id FROM {document} d WHERE d.withdrawn_at IS NULL AND (
    d.id IN (SELECT {owner} FROM {line} WHERE brought_by_id = %s) OR d.id IN (SELECT {owner} FROM {mention} WHERE brought_by_id = %s)
)
"""
FORGET_LINES = "DELETE FROM {linemention} WHERE brought_by_id = %s AND {line_owner} IS NOT NULL"
FORGET = "DELETE FROM {mention} WHERE brought_by_id = %s AND {owner} IS NOT NULL"
DOOMED = "SELECT l.id FROM {purchaseline} l WHERE l.brought_by_id = %s AND l.purchase_id IN (SELECT id FROM shaken)"
UNMATCH = {
    "refund": (
        "DELETE FROM {returnmatch} WHERE refund_line_id IN "
        "(SELECT l.id FROM {refundline} l WHERE l.brought_by_id = %s AND l.refund_id IN (SELECT id FROM shaken))",
    ),
    "purchase": (
        f"DELETE FROM {{returnmatch}} WHERE purchase_line_id IN ({DOOMED})",
        f"UPDATE {{refundline}} SET purchase_line_id = NULL WHERE purchase_line_id IN ({DOOMED})",
    ),
}
REMOVE_LINES = "DELETE FROM {line} WHERE brought_by_id = %s AND {owner} IN (SELECT id FROM shaken)"
BARE = "brought_by_id = %s AND id IN (SELECT id FROM shaken) AND id NOT IN (SELECT {owner} FROM {line})"
# A refund that named a purchase now gone waits for it again.
WAIT_AGAIN = """
UPDATE {refund} SET names = p.external_id, purchase_id = NULL, amount = CASE WHEN whole THEN 0 ELSE {refund}.amount END FROM {purchase} p
WHERE p.id = {refund}.purchase_id AND p.brought_by_id = %s AND p.id IN (SELECT id FROM shaken)
AND p.id NOT IN (SELECT purchase_id FROM {purchaseline})
"""
REMOVE = "DELETE FROM {document} WHERE " + BARE
HAND_OVER = """
UPDATE {document} SET brought_by_id = (SELECT min(l.brought_by_id) FROM {line} l WHERE l.{owner} = {document}.id)
WHERE brought_by_id = %s AND id IN (SELECT id FROM shaken)
"""
SET_RIGHT = """
UPDATE {document} SET amount = round(coalesce((SELECT sum({line_amount}) FROM {line} l WHERE l.{owner} = {document}.id), 0), 4) {also}
WHERE id IN (SELECT id FROM shaken)
"""
SET_TIME = """
UPDATE {document} SET occurred_at = m.occurred_at, day = m.day
FROM (SELECT {owner} AS id, min(occurred_at) AS occurred_at, min(day) AS day FROM {mention} WHERE {owner} IN (SELECT id FROM shaken) GROUP BY {owner}) m
WHERE m.id = {document}.id AND m.occurred_at <> {document}.occurred_at AND {document}.corrects_id IS NULL
"""
# Who stays is from now on the other import's, or nobody's.
HAND_OVER_CUSTOMERS = """
UPDATE {customer} SET brought_by_id = (SELECT min(m.brought_by_id) FROM {mention} m
    LEFT JOIN {purchase} p ON p.id = m.purchase_id LEFT JOIN {refund} r ON r.id = m.refund_id
    WHERE coalesce(p.customer_id, r.customer_id) = {customer}.id)
WHERE brought_by_id = %s
"""
