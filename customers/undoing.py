"""Taking an import back: exactly what it brought, and nothing that another import or a person also vouches for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models, transaction

from accounts import auditing
from customers import returns, sql
from customers.models import ContactPoint, Customer, ExternalId, Filling, Import, Qualification, StagedCustomer, StagedLine
from customers.models.imports import State
from customers.storing import PURCHASES, REFUNDS, words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from accounts.models import User

TOGETHER = 500


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
    customers = {customer for (customer,) in sql.rows(sql.UNDO_CONCERNED, of.pk, of.pk, of.pk, of.pk)}
    returns.lock(customers)
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
    sql.run(sql.HAND_OVER_LINES, of.pk, of.pk, **names)
    sql.run(sql.FORGET_HANDED_OVER, of.pk, **names)
    sql.run("CREATE TEMPORARY TABLE shaken AS " + sql.SHAKEN, of.pk, of.pk, **names)
    sql.run("CREATE INDEX shaken_id ON shaken (id)")
    sql.analyse("shaken")
    sql.run(sql.FORGET_LINES, of.pk, **names)
    sql.run(sql.FORGET, of.pk, **names)
    for statement in sql.UNMATCH[kind["document"]]:
        sql.run(statement, of.pk)
    lines = sql.run(sql.REMOVE_LINES, of.pk, **names)
    if kind is PURCHASES:
        sql.run(sql.WAIT_AGAIN, of.pk)
    documents = sql.run(sql.REMOVE, of.pk, **names)
    sql.run(sql.HAND_OVER, of.pk, **names)
    amount = "CASE WHEN l.free THEN 0 ELSE l.quantity * l.unit_price END" if kind is PURCHASES else "l.quantity * l.unit_price"
    priced = (
        f", priced = EXISTS (SELECT 1 FROM {names['line']} l WHERE l.{names['owner']} = {names['document']}.id AND NOT l.free)"
    )
    sql.run(sql.SET_RIGHT, **names, line_amount=amount, also=priced if kind is PURCHASES else "")
    sql.run(sql.SET_TIME, **names)
    sql.run("DROP TABLE shaken")
    return {"lines": lines, "documents": documents}


def unsay(of: Import) -> None:
    """What the import said of customers it did not make."""
    for filling in Filling.objects.filter(brought_by=of).select_related("customer__owner"):
        customer, field = filling.customer, filling.field
        now = customer.owner.username if field == "owner" and customer.owner else getattr(customer, field)
        if now == filling.after:
            setattr(customer, field, None if field == "owner" else filling.before)
            customer.save(update_fields=[field])
    for model in (Filling, ContactPoint, Qualification):
        model._default_manager.filter(brought_by=of).delete()


def unmake(of: Import) -> int:
    """Remove the customers that the import made and nothing else refers to; how many."""
    made = list(Customer.objects.filter(brought_by=of).values_list("pk", flat=True))
    gone = 0
    for start in range(0, len(made), TOGETHER):
        some = made[start : start + TOGETHER]
        free = sorted(set(some) - referred_to(some))
        Customer.objects.filter(pk__in=free).delete()
        gone += len(free)
    sql.run(sql.HAND_OVER_CUSTOMERS, of.pk)
    return gone


def referred_to(customers: Sequence[int]) -> set[int]:
    """Of whom something else is known: a row that notes who or what brought it, or that protects its customer.

    What is merely derived of a customer notes neither, and goes with them.
    """
    found: set[int] = set()
    for relation in Customer._meta.related_objects:
        model: Any = relation.related_model
        fact = any(each.name in ("recorded_by", "brought_by") for each in model._meta.get_fields())
        if model is not ExternalId and (fact or relation.on_delete is models.PROTECT):  # type: ignore[attr-defined]
            column = relation.field.name
            found |= set(model._base_manager.filter(**{f"{column}__in": customers}).values_list(f"{column}_id", flat=True))
    return found
