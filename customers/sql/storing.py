"""The statements of storing a range of whole documents.

`chunk` is a temporary table: the range's staged lines, being joined to what the ledgers already hold. {near} is the range once more,
of what a ledger is joined by (`sql.near`).
"""

# The first and the last document of the next lines, after what has been stored: beside that PostgreSQL would find every line that was
# taken off the stage until it is vacuumed.
ENDS = """
SELECT min(document), max(document) FROM (
    SELECT document FROM {stagedline} WHERE brought_by_id = %s AND document > %s ORDER BY document LIMIT %s
) next_lines
"""
# How many documents a range has, and how many of them are contested or overflowing as told below: seldom any, so it is asked at once.
DOCUMENTS = """
SELECT count(*), count(CASE WHEN several OR total > %s THEN 1 END) FROM (
    SELECT min(customer) <> max(customer) AS several, sum(quantity * unit_price) AS total FROM {stagedline}
    WHERE brought_by_id = %s AND document BETWEEN %s AND %s GROUP BY document, refund
) AS d
"""
# Whose ledgers a range may touch: the customers it names, and those to whom a correction has given its documents.
NAMED = """
SELECT DISTINCT x.customer_id FROM {stagedline} s JOIN {externalid} x ON x.source_id = %s AND x.external_id = s.customer
WHERE s.brought_by_id = %s AND s.document BETWEEN %s AND %s
"""
OWNING = """
SELECT DISTINCT d.customer_id FROM {stagedline} s
JOIN {document} d ON d.source_id = %s AND d.external_id = s.document AND d.withdrawn_at IS NULL AND d.corrects_id IS NOT NULL
WHERE s.brought_by_id = %s AND s.document BETWEEN %s AND %s AND {which}
"""

# Documents named together with more than one customer, in the file or by the file and the ledger.
CONTESTED = """
SELECT document, refund FROM {stagedline} WHERE brought_by_id = %s AND document BETWEEN %s AND %s
GROUP BY document, refund HAVING min(customer) <> max(customer)
"""
# Documents whose lines, each in order, add up to more than their amount can hold. (Rows without an invoice stand alone.)
OVERFLOWING = """
SELECT document, refund FROM {stagedline} WHERE brought_by_id = %s AND document BETWEEN %s AND %s AND document NOT LIKE '%% '
GROUP BY document, refund HAVING sum(quantity * unit_price) > %s
"""
CONTESTED_BY_LEDGER = """
SELECT DISTINCT s.document, s.refund FROM {stagedline} s
JOIN {document} d ON d.source_id = %s AND d.external_id = s.document AND d.withdrawn_at IS NULL
LEFT JOIN {externalid} x ON x.source_id = d.source_id AND x.external_id = s.customer
WHERE s.brought_by_id = %s AND s.document BETWEEN %s AND %s AND {which} AND (x.customer_id IS NULL OR x.customer_id <> d.customer_id)
AND NOT EXISTS (SELECT 1 FROM {document} w WHERE w.source_id = d.source_id AND w.external_id = d.external_id
                AND w.withdrawn_at IS NOT NULL AND w.customer_id = x.customer_id) {near}
"""

CHUNK = """
CREATE TEMPORARY TABLE chunk AS
SELECT s.line, s.document, s.refund, s.customer, s.product, s.description, s.quantity, s.unit_price, s.unit_cost, s.free,
       s.occurred_at, s.day, s.names, s.channel, s.fulfilled, s.promised, x.customer_id, p.id AS product_id,
       row_number() OVER (PARTITION BY s.document, s.refund, s.product, s.quantity, s.unit_price ORDER BY s.line) AS copy,
       CAST(NULL AS bigint) AS document_id, CAST(NULL AS bigint) AS line_id
FROM {stagedline} s
LEFT JOIN {externalid} x ON x.source_id = %s AND x.external_id = s.customer
LEFT JOIN {product} p ON p.source_id = %s AND p.code = s.product AND s.product <> ''
WHERE s.brought_by_id = %s AND s.document BETWEEN %s AND %s
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
WHERE chunk.document_id IS NULL AND {which} AND d.source_id = %s AND d.external_id = chunk.document AND d.withdrawn_at IS NULL {near}
"""
SAME = """
l.quantity = chunk.quantity AND l.unit_price = chunk.unit_price AND l.copy = chunk.copy
AND (l.product_id = chunk.product_id OR (l.product_id IS NULL AND chunk.product_id IS NULL))
"""
RECOGNISE = "UPDATE chunk SET line_id = l.id FROM {line} l WHERE {which} AND l.{owner} = chunk.document_id {near} AND " + SAME
# What a correction replaced was known too: the file may not bring it back.
RECOGNISE_WITHDRAWN = (
    """
UPDATE chunk SET line_id = l.id FROM {line} l JOIN {document} d ON d.id = l.{owner}
WHERE chunk.line_id IS NULL AND {which} AND d.source_id = %s AND d.withdrawn_at IS NOT NULL AND d.external_id = chunk.document {near} AND """
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
FROM chunk c JOIN {document} d ON d.id = c.document_id {near} WHERE {flag}c.refund GROUP BY c.document_id
"""
# Whether there is any: a file that comes again says nothing new, and is spared what follows.
ANY_NEWS = """
SELECT 1 FROM chunk c JOIN {document} d ON d.id = c.document_id {near}
WHERE {flag}c.refund AND (c.line_id IS NULL OR (d.corrects_id IS NULL AND c.occurred_at < d.occurred_at)) LIMIT 1
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
                        channel, fulfilled, promised, priced, returned)
SELECT {uuid}, min(customer_id), %s, document, min(occurred_at), min(day), %s, %s, %s,
       round(sum(CASE WHEN free THEN 0 ELSE quantity * unit_price END), 4), coalesce(min(nullif(channel, '')), ''), max(fulfilled), max(promised), max(CASE WHEN free THEN 0 ELSE 1 END) = 1, 0
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
INSERT INTO {purchaseline} (purchase_id, customer_id, product_id, quantity, unit_price, unit_cost, free, copy, brought_by_id, returned)
SELECT document_id, customer_id, product_id, quantity, unit_price, unit_cost, free, copy, %s, 0
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
SELECT c.customer_id FROM chunk c WHERE c.line_id IS NULL AND (
    c.refund
    OR EXISTS (SELECT 1 FROM {refundline} r WHERE r.customer_id = c.customer_id AND r.unit_price = c.unit_price
               AND (r.product_id = c.product_id OR (r.product_id IS NULL AND c.product_id IS NULL)))
)
UNION SELECT c.customer_id FROM chunk c JOIN {purchase} d ON d.id = c.document_id
WHERE c.line_id IS NULL AND NOT c.refund AND d.ended IS NOT NULL {near}
"""
DONE_WITH = "DELETE FROM {stagedline} WHERE brought_by_id = %s AND document BETWEEN %s AND %s"

# A contested document's lines with their customer, the earliest first; and whose it is in the ledger.
WHOSE = """
SELECT x.customer_id, s.customer, s.line, s.content FROM {stagedline} s
LEFT JOIN {externalid} x ON x.source_id = %s AND x.external_id = s.customer
WHERE s.brought_by_id = %s AND s.document = %s AND {which} ORDER BY s.occurred_at, s.customer
"""
OWNER = "SELECT customer_id FROM {document} WHERE source_id = %s AND external_id = %s AND withdrawn_at IS NULL"
UNSTAGE = "DELETE FROM {stagedline} WHERE brought_by_id = %s AND line = %s"
ANY_WITHDRAWN = "SELECT 1 FROM {document} d WHERE d.source_id = %s AND d.withdrawn_at IS NOT NULL {near} LIMIT 1"
