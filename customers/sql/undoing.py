"""The statements of taking an import back, over two temporary tables.

`handed_over`: the lines that another import named too, and which. `shaken`: the documents that lose lines, or a mention.
"""

UNDO_CONCERNED = """
SELECT customer_id FROM {purchaseline} WHERE brought_by_id = %s UNION SELECT customer_id FROM {refundline} WHERE brought_by_id = %s
UNION SELECT d.customer_id FROM {purchase} d JOIN {mention} m ON m.purchase_id = d.id WHERE m.brought_by_id = %s
UNION SELECT d.customer_id FROM {refund} d JOIN {mention} m ON m.refund_id = d.id WHERE m.brought_by_id = %s
"""
HANDED_OVER = """
SELECT m.{line_owner} AS id, min(m.brought_by_id) AS other FROM {linemention} m JOIN {line} l ON l.id = m.{line_owner}
WHERE l.brought_by_id = %s AND m.brought_by_id <> l.brought_by_id GROUP BY m.{line_owner}
"""
HAND_OVER_LINES = "UPDATE {line} SET brought_by_id = h.other FROM handed_over h WHERE h.id = {line}.id"
# Who brought a line names it by that, and by no mention.
FORGET_HANDED_OVER = """
DELETE FROM {linemention} WHERE ({line_owner}, brought_by_id) IN (SELECT id, other FROM handed_over)
"""
SHAKEN = """
SELECT d.id FROM {document} d WHERE d.withdrawn_at IS NULL AND d.id IN (
    SELECT {owner} FROM {line} WHERE brought_by_id = %s UNION SELECT {owner} FROM {mention} WHERE brought_by_id = %s AND {owner} IS NOT NULL
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
# Looked up one by one: held against a list of all lines of a large ledger, PostgreSQL would go through that again for every document.
BARE = (
    "brought_by_id = %s AND id IN (SELECT id FROM shaken) AND NOT EXISTS (SELECT 1 FROM {line} l WHERE l.{owner} = {document}.id)"
)
# A refund that named a purchase now gone waits for it again.
WAIT_AGAIN = """
UPDATE {refund} SET names = p.external_id, purchase_id = NULL, amount = CASE WHEN whole THEN 0 ELSE {refund}.amount END FROM {purchase} p
WHERE p.id = {refund}.purchase_id AND p.brought_by_id = %s AND p.id IN (SELECT id FROM shaken)
AND NOT EXISTS (SELECT 1 FROM {purchaseline} l WHERE l.purchase_id = p.id)
"""
REMOVE = "DELETE FROM {document} WHERE " + BARE
GOING = "SELECT id FROM {document} WHERE " + BARE
# Another import may have named a document none of whose lines it had: what it knew of it stands withdrawn under the same id.
FORGET_GOING = "DELETE FROM {mention} WHERE {owner} IN (" + GOING + ")"
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
# Who stays is from now on the other import's, or nobody's. Those who named them are gathered at once: asked customer by customer, every
# mention there is would be read again for each.
HAND_OVER_CUSTOMERS = """
UPDATE {customer} SET brought_by_id = named.other FROM (
    SELECT customer_id, min(other) AS other FROM (
        SELECT d.customer_id, m.brought_by_id AS other FROM {customer} c JOIN {purchase} d ON d.customer_id = c.id
        JOIN {mention} m ON m.purchase_id = d.id WHERE c.brought_by_id = %s
        UNION ALL SELECT d.customer_id, m.brought_by_id FROM {customer} c JOIN {refund} d ON d.customer_id = c.id
        JOIN {mention} m ON m.refund_id = d.id WHERE c.brought_by_id = %s
    ) each_mention GROUP BY customer_id
) named WHERE named.customer_id = {customer}.id AND {customer}.brought_by_id = %s
"""
LEAVE_CUSTOMERS = "UPDATE {customer} SET brought_by_id = NULL WHERE brought_by_id = %s"
