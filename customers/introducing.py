"""Making customers out of what a file says of them, and filling what is not known of those that are there.

An import never overwrites what is known: it fills empty fields and adds contact points and answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Min, Q

from accounts.models import Team, User
from customers import days
from customers.models import ContactPoint, Customer, ExternalId, Filling, Qualification, StagedCustomer

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from customers.models import Import, Source

FIELDS = ("name", "email", "phone", "country", "language", "owner", "need", "ability")
TOGETHER = 500


def currency() -> str:
    return str(settings.BUSINESS_CURRENCY)


def unnamed(external_id: str) -> str:
    """What a customer is called of whom only an id is known."""
    return f"Customer {external_id}"[:200]


def introduce(external_ids: Sequence[str], *, of: Import, source: Source, at: datetime) -> None:
    """Make customers that the import names and nobody has heard of, with what the file says of them."""
    for start in range(0, len(external_ids), TOGETHER):
        some = external_ids[start : start + TOGETHER]
        said = said_of(some, of)
        make([(each, said.get(each, {})) for each in some], of=of, source=source, at=at)


def fill_known(external_ids: Sequence[str], *, of: Import, source: Source, at: datetime) -> None:
    """Fill what the file says of customers who are there and was not known."""
    for start in range(0, len(external_ids), TOGETHER):
        told = said_of(external_ids[start : start + TOGETHER], of)
        ids = ExternalId.objects.filter(source=source, external_id__in=told).select_related("customer") if told else ()
        for each in ids:
            fill(each.customer, each.external_id, told[each.external_id], of=of, at=at)


def said_of(external_ids: Sequence[str], of: Import) -> dict[str, dict[str, str]]:
    """What the file says of each; where it contradicts itself, the first in the alphabet, whatever the order of lines."""
    rows: Any = StagedCustomer.objects.filter(brought_by=of, external_id__in=external_ids).values("external_id")
    least = {f"least_{field}": Min(field, filter=~Q(**{field: ""})) for field in FIELDS}
    return {row["external_id"]: {field: row[f"least_{field}"] or "" for field in FIELDS} for row in rows.annotate(**least)}


def make(people: Sequence[tuple[str, dict[str, str]]], *, of: Import, source: Source, at: datetime) -> None:
    owners = users(said.get("owner", "") for _, said in people)
    root = Team.objects.order_by("path").first()
    made = Customer.objects.bulk_create(
        Customer(
            name=said.get("name") or unnamed(external_id),
            country=said.get("country", ""),
            language=said.get("language", ""),
            owner=(owner := owners.get(said.get("owner", ""))),
            team=owner.team if owner else root,
            source=source,
            recorded_at=at,
            recorded_day=days.day_of(at),
            brought_by=of,
        )
        for external_id, said in people
    )
    ExternalId.objects.bulk_create(
        ExternalId(customer=customer, source=source, external_id=external_id)
        for customer, (external_id, _) in zip(made, people, strict=True)
    )
    for customer, (_, said) in zip(made, people, strict=True):
        add(customer, said, of=of, at=at)


def users(names: Iterable[str]) -> dict[str, User]:
    wanted = {name for name in names if name}
    return {user.username: user for user in User.objects.filter(username__in=wanted).select_related("team")} if wanted else {}


def add(customer: Customer, said: dict[str, str], *, of: Import, at: datetime) -> bool:
    """Add contact points and answers that are not there; whether any was new."""
    added = False
    for kind in ("email", "phone"):
        if value := said.get(kind):
            _, new = ContactPoint.objects.get_or_create(customer=customer, kind=kind, value=value, defaults={"brought_by": of})
            added |= new
    for subject in ("need", "ability"):
        answer = said.get(subject)
        latest = (
            Qualification.objects.filter(customer=customer, subject=subject).order_by("-since", "-id").first() if answer else None
        )
        if answer and (latest is None or latest.answer != answer):
            Qualification.objects.create(
                customer=customer, subject=subject, answer=answer, since=days.day_of(at), recorded_at=at, brought_by=of
            )
            added = True
    return added


def fill(customer: Customer, external_id: str, said: dict[str, str], *, of: Import, at: datetime) -> bool:
    """Fill what is empty of a customer who is there; whether anything was new."""
    owner = users([said.get("owner", "")]).get(said.get("owner", ""))
    before = {"name": customer.name, "country": customer.country, "language": customer.language, "owner": ""}
    after = {field: said.get(field, "") for field in ("name", "country", "language")}
    empty = {"name": unnamed(external_id), "country": "", "language": ""}
    changes = {field: after[field] for field in after if after[field] and before[field] == empty[field]}
    for field, value in changes.items():
        setattr(customer, field, value)
    if owner and customer.owner_id is None:
        customer.owner, changes["owner"] = owner, owner.username
    if changes:
        customer.save(update_fields=list(changes))
        Filling.objects.bulk_create(
            Filling(brought_by=of, customer=customer, field=field, before=before[field], after=value)
            for field, value in changes.items()
        )
    return add(customer, said, of=of, at=at) or bool(changes)


def store_people(of: Import, source: Source, at: datetime, limit: int) -> dict[str, int]:
    """Store the next staged customers, up to so many, in the caller's transaction; how many were taken, already and new."""
    staged = list(StagedCustomer.objects.filter(brought_by=of).order_by("external_id", "line")[:limit])
    ids = ExternalId.objects.filter(source=source, external_id__in=[row.external_id for row in staged]).select_related("customer")
    known = {each.external_id: each.customer for each in ids}
    counts = {"documents": len(staged), "taken": 0, "already": 0, "customers": 0}
    new = {row.external_id: said(row) for row in reversed(staged) if row.external_id not in known}
    make(sorted(new.items()), of=of, source=source, at=at)
    first: set[str] = set()
    for row in staged:
        if row.external_id in new and row.external_id not in first:
            first.add(row.external_id)
            counts["taken"] += 1
            continue
        customer = known.get(row.external_id) or Customer.objects.get(
            external_ids__source=source, external_ids__external_id=row.external_id
        )
        counts["taken" if fill(customer, row.external_id, said(row), of=of, at=at) else "already"] += 1
    counts["customers"] = len(new)
    StagedCustomer.objects.filter(pk__in=[row.pk for row in staged]).delete()
    return counts


def said(row: StagedCustomer) -> dict[str, str]:
    return {field: getattr(row, field) for field in FIELDS}
