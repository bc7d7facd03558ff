"""Saying what is known of a customer: need, ability, what they can use, tags, fields of our own, whether they are ranked, what stops contact.

All of it is dated rows. Saying something new adds a row or ends one; what was said before stays.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import transaction
from django.db.models import Q, Value

from accounts.auditing import note
from customers import returns
from customers.days import number
from customers.gathering import Kind, gather
from customers.models import (
    Category,
    ContactPoint,
    Customer,
    CustomerTag,
    CustomField,
    FieldValue,
    NotRanked,
    Qualification,
    RefusedWay,
    Stop,
    UsableCategory,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date, datetime

    from accounts.models import ApiKey, User
    from customers.models import ExternalId, Tag
    from customers.models.people import Span


class Known(NamedTuple):
    """What is known of a customer on a day, beside what they did."""

    contact_points: list[ContactPoint]
    external_ids: list[ExternalId]
    qualified: dict[str, Qualification]
    usable: list[str]
    tags: list[str]
    limits: Limits
    fields: list[tuple[CustomField, str]]
    """Those that are asked, with what they are; empty is unknown."""
    correction_due: date | None
    """When the first answer is due to what they say is not right."""
    beside: dict[str, list[Any]]


def known(customer: Customer, on: date, beside: Mapping[str, Kind] | None = None) -> Known:
    """All of it in one query, with the rows of apps above that a page shows beside it."""
    found = gather(
        {
            "contact": Kind(customer.contact_points.all(), ("kind", "value", "preferred")),
            "id": Kind(
                customer.external_ids.all(), ("external_id",), {"source_name": "source__name", "source_slug": "source__slug"}
            ),
            "said": Kind(customer.qualifications.filter(since__lte=on), ("subject", "answer", "since", "reason")),
            "usable": Kind(customer.usablecategorys.on(on), (), {"category_name": "category__name"}),
            "tag": Kind(customer.customertags.on(on), (), {"tag_name": "tag__name"}),
            "not_ranked": Kind(customer.notrankeds.on(on), ("reason",)),
            "stop": Kind(customer.stops.on(on), ("reason",)),
            "refused": Kind(customer.refusedways.on(on), ("way",)),
            "correction": Kind(customer.corrections.open(), ("due_day",)),
            "field": Kind(CustomField.objects.filter(archived_at=None), ("slug", "label", "kind")),
            "value": Kind(customer.fieldvalues.standing().filter(since__lte=on), ("field_id", "value", "number", "since")),
            **(beside or {}),
        }
    )
    reasons = [NotRanked.Reason(row.reason) for row in found["not_ranked"]]
    return Known(
        sorted(found["contact"], key=lambda point: not point.preferred),
        found["id"],
        {row.subject: row for row in sorted(found["said"], key=lambda row: (row.since, row.pk))},
        sorted(row.category_name for row in found["usable"]),
        sorted(row.tag_name for row in found["tag"]),
        Limits(
            reasons[0] if reasons else None,
            sorted(Stop.Reason(row.reason) for row in found["stop"]),
            sorted(ContactPoint.Kind(row.way) for row in found["refused"]),
        ),
        _latest(found["field"], found["value"]),
        min((row.due_day for row in found["correction"]), default=None),
        {name: found[name] for name in beside or {}},
    )


def _latest(fields: list[CustomField], values: list[FieldValue]) -> list[tuple[CustomField, str]]:
    """As `FieldValueQuerySet.deciding` has it."""
    now: dict[int, str] = {}
    for row in sorted(values, key=lambda row: (-number(row.since), row.number is not None, row.number or 0, row.value)):
        now.setdefault(row.field_id, row.value)
    return [(field, field.shown(now.get(field.pk, ""))) for field in sorted(fields, key=lambda field: (field.label, field.pk))]


class Limits(NamedTuple):
    """Why a customer is not ranked, if so, what stops contact, and by which ways they do not want to be reached."""

    not_ranked: NotRanked.Reason | None
    stops: list[Stop.Reason]
    refused: list[ContactPoint.Kind]


def limits(customer: Customer, on: date) -> Limits:
    """What limits a customer on a day, in one query."""
    kinds: tuple[tuple[type[Any], str], ...] = ((NotRanked, "reason"), (Stop, "reason"), (RefusedWay, "way"))
    held = [
        kind.objects.on(on).filter(customer=customer).order_by().annotate(of=Value(kind.__name__)).values_list("of", key)
        for kind, key in kinds
    ]
    rows = sorted(held[0].union(*held[1:]))
    reasons = [NotRanked.Reason(said) for of, said in rows if of == "NotRanked"]
    return Limits(
        reasons[0] if reasons else None,
        [Stop.Reason(said) for of, said in rows if of == "Stop"],
        [ContactPoint.Kind(said) for of, said in rows if of == "RefusedWay"],
    )


@transaction.atomic
def qualify(
    customer: Customer, subject: str, answer: str, *, since: date, reason: str = "", by: User | ApiKey | None = None
) -> Qualification:
    """From `since` on the answer about the subject is this one; an earlier answer of that very day was a slip, and goes.

    What it said stays in the audit trail. (Two answers that other systems gave for one day count as the more cautious.)
    """
    same_day = Qualification.objects.filter(customer=customer, subject=subject, since=number(since))
    replaced = list(same_day.values_list("answer", flat=True))
    same_day.delete()
    said = Qualification.objects.create(
        customer=customer, subject=subject, answer=answer, reason=reason, since=since, recorded_by=_person(by)
    )
    note(by, "qualified", customer, subject=subject, answer=answer, since=str(since), replaced=replaced)
    return said


@transaction.atomic
def set_usable(customer: Customer, categories: Collection[Category], *, since: date, by: User | ApiKey | None = None) -> None:
    """From `since` on the customer can use exactly these categories."""
    _hold(UsableCategory, customer, "category_id", {c.pk for c in categories}, since=since, by=by)
    note(by, "set usable categories of", customer, categories=sorted(c.name for c in categories), since=str(since))


@transaction.atomic
def set_tags(customer: Customer, tags: Collection[Tag], *, since: date, by: User | ApiKey | None = None) -> None:
    """From `since` on the customer carries exactly these tags."""
    _hold(CustomerTag, customer, "tag_id", {tag.pk for tag in tags}, since=since, by=by)
    note(by, "set tags of", customer, tags=sorted(tag.name for tag in tags), since=str(since))


def latest_values(customer: Customer, on: date) -> list[FieldValue]:
    """What every field is on a day."""
    found: dict[int, FieldValue] = {}
    for row in customer.fieldvalues.deciding().filter(since__lte=on).select_related("field"):
        found.setdefault(row.field_id, row)
    return list(found.values())


@transaction.atomic
def say_field(
    customer: Customer, field: CustomField, value: str, *, since: date, at: datetime, by: User | ApiKey | None = None
) -> FieldValue:
    """From `since` on the field is this, or unknown again where it is empty. Raises ValidationError.

    What was said of that very day before was a slip: it no longer counts, and stays readable.
    """
    said = FieldValue(customer=customer, field=field, value=value, since=since, recorded_at=at, recorded_by=_person(by))
    said.clean()
    same_day = FieldValue.objects.standing().filter(customer=customer, field=field, since=number(since))
    standing = list(same_day)
    if [row.value for row in standing] == [said.value]:
        return standing[0]
    same_day.update(withdrawn_at=at)
    said.save()
    note(by, "said a field of", customer, field=field.slug, value=said.value, since=str(since))
    return said


@transaction.atomic
def set_not_ranked(customer: Customer, reason: str, *, since: date, by: User | ApiKey | None = None) -> None:
    """From `since` on the customer stands on no ladder, for this reason; with none they are ranked."""
    _hold(NotRanked, customer, "reason", {reason} - {""}, since=since, by=by)
    note(by, "set not-ranked reason of", customer, reason=reason, since=str(since))


@transaction.atomic
def set_stops(
    customer: Customer,
    reasons: Collection[str],
    *,
    among: Collection[str] = Stop.Reason.values,
    since: date,
    by: User | ApiKey | None = None,
) -> None:
    """From `since` on exactly these reasons stop every contact. Those that are not `among` these stay as they are."""
    returns.lock([customer.pk])  # of two at one moment the second sees what the first has made hold
    _hold(Stop, customer, "reason", set(reasons), among=among, since=since, by=by)
    note(by, "set stops of", customer, reasons=sorted(reasons), among=sorted(among), since=str(since))


@transaction.atomic
def set_refused(
    customer: Customer,
    ways: Collection[str],
    *,
    among: Collection[str] = ContactPoint.Kind.values,
    since: date,
    by: User | ApiKey | None = None,
) -> None:
    """From `since` on they do not want to be reached by exactly these ways. Those that are not `among` these stay as they are."""
    returns.lock([customer.pk])
    before = set(customer.refusedways.on(since).filter(way__in=among).values_list("way", flat=True))
    _hold(RefusedWay, customer, "way", set(ways), among=among, since=since, by=by)
    if before != set(ways):
        note(by, "set refused ways of", customer, ways=sorted(ways), among=sorted(among), since=str(since))


def _hold(
    kind: type[Span],
    customer: Customer,
    key: str,
    wanted: set[Any],
    *,
    among: Collection[str] | None = None,
    since: date,
    by: User | ApiKey | None,
) -> None:
    """Make exactly `wanted` hold from `since` on: end what is not wanted, add what does not hold yet; `among` these values alone."""
    held = kind._default_manager.filter(Q(until=None) | Q(until__gt=since), customer=customer)
    held = held if among is None else held.filter(**{f"{key}__in": among})
    standing = set()
    for row in held:
        value = getattr(row, key)
        if value in wanted and row.until is None and row.since <= since:
            standing.add(value)
            continue
        row.until = max(since, row.since)  # one that was to begin later never begins
        row.save(update_fields=["until"])
    for value in sorted(wanted - standing):
        kind._default_manager.create(customer=customer, since=since, recorded_by=_person(by), **{key: value})


def _person(by: User | ApiKey | None) -> User | None:
    from_here = by is not None and by._meta.model_name == "user"
    return by if from_here else None  # type: ignore[return-value]
