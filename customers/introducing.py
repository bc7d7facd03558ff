"""Making customers out of what a file says of them, and filling what is not known of those that are there.

An import never overwrites what is known: it fills empty fields and adds contact points and answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Min, Q

from accounts.models import Team, User
from customers import days, fielding, returns, sql
from customers.folding import fold
from customers.models import ContactPoint, Customer, ExternalId, FieldValue, Filling, Qualification, StagedCustomer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
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
    for some in slices(external_ids):
        told = said_of(some, of)
        people = {each: told.get(each, {}) for each in some}
        made = make(people, of=of, source=source, at=at)
        tell({each: made[each] for each in told}, told, of=of, at=at)


def fill_known(external_ids: Sequence[str], *, of: Import, source: Source, at: datetime) -> None:
    """Fill what the file says of customers who are there and was not known."""
    for some in slices(external_ids):
        told = said_of(some, of)
        if told:
            tell(called(told, source), told, of=of, at=at)


def called(external_ids: Iterable[str], source: Source) -> dict[str, Customer]:
    """The customers who are there, by what the source calls them; one object a customer, however many names they have."""
    known = ExternalId.objects.filter(source=source, external_id__in=list(external_ids)).select_related("customer")
    one: dict[int, Customer] = {}
    return {each.external_id: one.setdefault(each.customer_id, each.customer) for each in known}


def said_of(external_ids: Sequence[str], of: Import) -> dict[str, dict[str, str]]:
    """What the file says of each; where it contradicts itself, the first in the alphabet, whatever the order of lines."""
    rows: Any = StagedCustomer.objects.filter(brought_by=of, external_id__in=external_ids).values("external_id")
    least = {f"least_{field}": Min(field, filter=~Q(**{field: ""})) for field in FIELDS}
    return {row["external_id"]: {field: row[f"least_{field}"] or "" for field in FIELDS} for row in rows.annotate(**least)}


def make(people: Mapping[str, dict[str, str]], *, of: Import, source: Source, at: datetime) -> dict[str, Customer]:
    """New customers, by what the source calls them, with the fields of their own that the file fills."""
    owners = users(said.get("owner", "") for said in people.values())
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
        for external_id, said in people.items()
    )
    found = dict(zip(people, made, strict=True))
    ExternalId.objects.bulk_create(
        ExternalId(customer=customer, source=source, external_id=external_id) for external_id, customer in found.items()
    )
    return found


def call_also(others: Mapping[str, Customer], source: Source) -> None:
    """Let customers be known by another id of theirs at the source too; one that is somebody's already stays theirs."""
    known = called(others, source)
    ExternalId.objects.bulk_create(
        ExternalId(customer=customer, source=source, external_id=other)
        for other, customer in others.items()
        if other not in known
    )


def users(names: Iterable[str]) -> dict[str, User]:
    wanted = {name for name in names if name}
    return {user.username: user for user in User.objects.filter(username__in=wanted).select_related("team")} if wanted else {}


def tell(customers: Mapping[str, Customer], told: Mapping[str, dict[str, str]], *, of: Import, at: datetime) -> None:
    """Keep what is new of what was told of these customers, both by what the source calls them."""
    telling = Telling(customers.values(), told.values(), of=of, at=at)
    for external_id, customer in customers.items():
        telling.hear(customer, external_id, told[external_id])
    telling.keep()


class Telling:
    """What a file says of some customers, held against what is known of them in memory, and written all at once."""

    def __init__(self, customers: Iterable[Customer], told: Iterable[dict[str, str]], *, of: Import, at: datetime) -> None:
        self.of, self.at = of, at
        told = list(told)
        self.owners = users(said.get("owner", "") for said in told)
        keys = {customer.pk for customer in customers}
        points = ContactPoint.objects.filter(customer__in=keys).order_by()
        self.reached = set(points.values_list("customer_id", "kind", "value"))
        answers = Qualification.objects.filter(customer__in=keys).order_by("since", "id")
        self.answered = {
            (key, subject): answer for key, subject, answer in answers.values_list("customer_id", "subject", "answer")
        }
        self.fields = fielding.Saying(keys, told)
        self.changed: dict[int, Customer] = {}
        self.fillings: list[Filling] = []
        self.points: list[ContactPoint] = []
        self.answers: list[Qualification] = []

    def hear(self, customer: Customer, external_id: str, said: dict[str, str]) -> bool:
        """Whether anything of it is new."""
        before = self.noted()
        self.fill(customer, external_id, said)
        self.reach(customer, said)
        self.answer(customer, said)
        self.fields.hear(customer, said, of=self.of, at=self.at)
        return before < self.noted()

    def noted(self) -> int:
        return len(self.fillings) + len(self.points) + len(self.answers) + len(self.fields.new)

    def fill(self, customer: Customer, external_id: str, said: dict[str, str]) -> None:
        """What is empty of the customer."""
        empty = {"name": unnamed(external_id), "country": "", "language": ""}
        for field, nothing in empty.items():
            now, value = getattr(customer, field), said.get(field, "")
            if value and now == nothing and value != now:
                setattr(customer, field, value)
                self.filled(customer, field, now, value)
        owner = self.owners.get(said.get("owner", ""))
        if owner and customer.owner_id is None:
            customer.owner = owner
            self.filled(customer, "owner", "", owner.username)

    def filled(self, customer: Customer, field: str, before: str, after: str) -> None:
        self.changed[customer.pk] = customer
        self.fillings.append(Filling(brought_by=self.of, customer=customer, field=field, before=before, after=after))

    def reach(self, customer: Customer, said: dict[str, str]) -> None:
        """Contact points that are not there."""
        for kind in ("email", "phone"):
            value = said.get(kind)
            if value and (customer.pk, kind, value) not in self.reached:
                self.reached.add((customer.pk, kind, value))
                self.points.append(ContactPoint(customer=customer, kind=kind, value=value, brought_by=self.of))

    def answer(self, customer: Customer, said: dict[str, str]) -> None:
        """Answers other than the latest."""
        for subject in ("need", "ability"):
            answer = said.get(subject)
            if answer and self.answered.get((customer.pk, subject)) != answer:
                self.answered[customer.pk, subject] = answer
                self.answers.append(
                    Qualification(
                        customer=customer, subject=subject, answer=answer, since=days.day_of(self.at), recorded_at=self.at,
                        brought_by=self.of,
                    )
                )  # fmt: skip

    def keep(self) -> None:
        """In the caller's transaction."""
        fields = ("name", "folded_name", "country", "language", "owner_id")
        for customer in self.changed.values():
            customer.folded_name = fold(customer.name)
        rows = [(tuple(getattr(customer, field) for field in fields), (), key) for key, customer in sorted(self.changed.items())]
        sql.update(Customer, fields, rows)
        Filling.objects.bulk_create(self.fillings, batch_size=TOGETHER)
        ContactPoint.objects.bulk_create(self.points, batch_size=TOGETHER)
        Qualification.objects.bulk_create(self.answers, batch_size=TOGETHER)
        FieldValue.objects.bulk_create(self.fields.new, batch_size=TOGETHER)


def store_people(of: Import, source: Source, at: datetime, limit: int) -> dict[str, int]:
    """Store the next staged customers, up to so many, in the caller's transaction; how many were taken, already and new."""
    staged = list(StagedCustomer.objects.filter(brought_by=of).order_by("external_id", "line")[:limit])
    known = called({row.external_id for row in staged}, source)
    if not of.dry_run:
        returns.lock(customer.pk for customer in known.values())
    new = {row.external_id: said(row) for row in reversed(staged) if row.external_id not in known}
    made = make(dict(sorted(new.items())), of=of, source=source, at=at)
    everyone, first = known | made, set(made)
    telling = Telling(known.values(), map(said, staged), of=of, at=at)
    taken = 0
    for row in staged:
        heard = telling.hear(everyone[row.external_id], row.external_id, said(row))
        taken += heard or row.external_id in first
        first.discard(row.external_id)
    telling.keep()
    call_also({row.also: everyone[row.external_id] for row in staged if row.also}, source)
    StagedCustomer.objects.filter(pk__in=[row.pk for row in staged]).delete()
    return {"documents": len(staged), "taken": taken, "already": len(staged) - taken, "customers": len(made)}


def said(row: StagedCustomer) -> dict[str, str]:
    return {field: getattr(row, field) for field in (*FIELDS, "fields")}


def slices(everything: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(everything), TOGETHER):
        yield everything[start : start + TOGETHER]
