"""Taking an import back: exactly what it brought, and nothing that another import or a person also vouches for."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.db import models, transaction

from accounts import auditing
from accounts.models import AuditEntry, User
from customers import retracting, returns, sql
from customers.models import (
    ContactPoint,
    Customer,
    ExternalId,
    FieldValue,
    Filling,
    Import,
    Mention,
    Purchase,
    PurchaseLine,
    Qualification,
    Refund,
    StagedCustomer,
    StagedLine,
)
from customers.models.imports import State
from customers.sql import undoing as statements
from customers.storing import PURCHASES, REFUNDS, words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

TOGETHER = 500
OWN_STATEMENTS = (Purchase, PurchaseLine, Refund, Mention)  # these are seen to in SQL


class Undone(Exception):
    """The import is undone already, or never stored anything; the message says which."""


def undo(of: Import, *, by: User | None = None) -> dict[str, int]:
    """Take the import back; how many lines, documents and customers went. Raises Undone."""
    with transaction.atomic():
        undoable = Import.objects.filter(pk=of.pk, dry_run=False).exclude(state=State.UNDONE)
        if not undoable.update(state=State.UNDONE, lease_until=None):
            raise Undone("This import has been undone already, or was a dry run: there is nothing to take back.")
        of.refresh_from_db()
        gone = remove(of)
        auditing.note(by, "undid", of, **gone)
    return gone


def remove(of: Import) -> dict[str, int]:
    """Everything the import alone brought, in the caller's transaction; how many lines, documents and customers went."""
    if of.is_evidence:
        return {**retracting.retract(of), "customers": unmake(of)}
    customers = {customer for (customer,) in sql.rows(statements.UNDO_CONCERNED, of.pk, of.pk, of.pk, of.pk)}
    returns.lock(customers)
    # What the database knows of the mentions may be from before the last import, or from when there were none.
    tables = sql.tables()
    sql.analyse(*(tables[name] for name in ("purchase", "purchaseline", "refund", "refundline", "mention", "linemention")))
    gone = {"lines": 0, "documents": 0}
    for kind in (REFUNDS, PURCHASES):
        for each, count in take_back(of, words(kind), kind).items():
            gone[each] += count
    unsay(of)
    gone["customers"] = unmake(of)
    returns.rematch(customers)
    for staged in (StagedLine, StagedCustomer):
        staged.objects.filter(brought_by=of).delete()
    return gone


def take_back(of: Import, names: dict[str, str], kind: dict[str, str]) -> dict[str, int]:
    """The lines and documents of one ledger, save what another import also named."""
    sql.run("CREATE TEMPORARY TABLE handed_over AS " + statements.HANDED_OVER, of.pk, **names)
    sql.run("CREATE INDEX handed_over_id ON handed_over (id)")
    sql.analyse("handed_over")
    sql.run(statements.HAND_OVER_LINES, **names)
    sql.run(statements.FORGET_HANDED_OVER, **names)
    sql.run("DROP TABLE handed_over")
    sql.run("CREATE TEMPORARY TABLE shaken AS " + statements.SHAKEN, of.pk, of.pk, **names)
    sql.run("CREATE INDEX shaken_id ON shaken (id)")
    sql.analyse("shaken")
    sql.run(statements.FORGET_LINES, of.pk, **names)
    sql.run(statements.FORGET, of.pk, **names)
    for statement in statements.UNMATCH[kind["document"]]:
        sql.run(statement, of.pk)
    lines = sql.run(statements.REMOVE_LINES, of.pk, **names)
    if kind is PURCHASES:
        sql.run(statements.WAIT_AGAIN, of.pk)
    unhook([pk for (pk,) in sql.rows(statements.GOING, of.pk, **names)] if kind is PURCHASES else [])
    sql.run(statements.FORGET_GOING, of.pk, **names)
    documents = sql.run(statements.REMOVE, of.pk, **names)
    sql.run(statements.HAND_OVER, of.pk, **names)
    amount = "CASE WHEN l.free THEN 0 ELSE l.quantity * l.unit_price END" if kind is PURCHASES else "l.quantity * l.unit_price"
    priced = (
        f", priced = EXISTS (SELECT 1 FROM {names['line']} l WHERE l.{names['owner']} = {names['document']}.id AND NOT l.free)"
    )
    sql.run(statements.SET_RIGHT, **names, line_amount=amount, also=priced if kind is PURCHASES else "")
    sql.run(statements.SET_TIME, **names)
    sql.run("DROP TABLE shaken")
    return {"lines": lines, "documents": documents}


def unhook(purchases: Sequence[int]) -> None:
    """What else was said about purchases that go: it stays, about none of them; what would be nothing without its purchase goes too."""
    for relation in Purchase._meta.related_objects:
        model: Any = relation.related_model
        name = relation.field.name
        if model in OWN_STATEMENTS:
            continue
        for start in range(0, len(purchases), TOGETHER):
            rows = model._base_manager.filter(**{f"{name}__in": purchases[start : start + TOGETHER]})
            if relation.on_delete is models.CASCADE:
                rows.delete()
            else:
                rows.update(**{name: None})


def unsay(of: Import) -> None:
    """What the import said of customers it did not make."""
    for filling in Filling.objects.filter(brought_by=of).select_related("customer__owner"):
        customer, field = filling.customer, filling.field
        now = customer.owner.username if field == "owner" and customer.owner else getattr(customer, field)
        if now == filling.after:
            setattr(customer, field, None if field == "owner" else filling.before)
            customer.save(update_fields=[field, "folded_name"])
    for model in (Filling, ContactPoint, Qualification, FieldValue):
        model._default_manager.filter(brought_by=of).delete()


def unmake(of: Import) -> int:
    """Remove the customers that the import made and of whom nothing else is known; how many."""
    made = list(Customer.objects.filter(brought_by=of).values_list("pk", flat=True))
    handled = handled_since(of.made_at)
    gone = 0
    for start in range(0, len(made), TOGETHER):
        some = made[start : start + TOGETHER]
        free = sorted(set(some) - referred_to(some) - dealt_with(some, handled))
        Customer.objects.filter(pk__in=free).delete()
        gone += len(free)
    sql.run(statements.HAND_OVER_CUSTOMERS, of.pk, of.pk, of.pk)
    sql.run(statements.LEAVE_CUSTOMERS, of.pk)
    return gone


def referred_to(customers: Sequence[int]) -> set[int]:
    """Of whom something else is known: a row that notes who or what brought it, or that protects its customer.

    What is merely derived of a customer notes neither, and goes with them.
    """
    found: set[int] = set()
    for relation in Customer._meta.related_objects:
        if is_fact(relation):
            column = relation.field.name
            model: Any = relation.related_model
            found |= set(model._base_manager.filter(**{f"{column}__in": customers}).values_list(f"{column}_id", flat=True))
    return found


def is_fact(relation: Any) -> bool:
    names = {each.name for each in relation.related_model._meta.get_fields()}
    return relation.related_model is not ExternalId and (
        not names.isdisjoint(("recorded_by", "brought_by")) or relation.on_delete is models.PROTECT
    )


def handled_since(then: datetime) -> dict[str, set[str]]:
    """The keys of whatever somebody did something to since then, by the name of its model, as the audit trail has it."""
    found: dict[str, set[str]] = defaultdict(set)
    for thing in AuditEntry.objects.filter(at__gte=then).order_by().values_list("thing", flat=True).distinct():
        model, _, key = thing.rpartition(" ")
        found[model].add(key)
    return found


def dealt_with(customers: Sequence[int], handled: dict[str, set[str]]) -> set[int]:
    """With whom somebody has had to do: a person's act on them, or on what was derived of them (an action done, say).

    Such a row notes its person, or the audit trail does; whose model it is, is no matter.
    """
    found = {customer for customer in customers if str(customer) in handled["customer"]}
    for relation in Customer._meta.related_objects:
        model: Any = relation.related_model
        people = [each.attname for each in model._meta.concrete_fields if each.related_model is User]
        acted = handled.get(str(model._meta.model_name), set())
        if not is_fact(relation) and (people or acted):
            column = relation.field.attname
            rows = model._base_manager.filter(**{f"{column}__in": customers}).values_list(column, "pk", *people)
            found |= {customer for customer, key, *who in rows if str(key) in acted or any(who)}
    return found
