"""Fields of the business's own in a file of customers: which its mapping names, and what is new of what it says of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from customers import days
from customers.mappings import OWN, Rejected
from customers.models import CustomField, FieldValue

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from customers.mappings import Map
    from customers.models import Customer, Import


def named(mapping: Map) -> dict[str, CustomField]:
    """The fields that the mapping names, by their slug. Raises Rejected if one is not there, or asked no more."""
    slugs = [column.removeprefix(OWN) for column in mapping.columns if column.startswith(OWN)]
    found = {field.slug: field for field in CustomField.objects.filter(slug__in=slugs, archived_at=None)} if slugs else {}
    for slug in slugs:
        if slug not in found:
            raise Rejected(f"columns.{OWN}{slug}: there is no field “{slug[:40]}”, or it is archived.")
    return found


class Saying:
    """What a file says of the fields of some customers, held against what is known of them in memory."""

    def __init__(self, customers: Iterable[int], told: Sequence[dict[str, str]]) -> None:
        slugs = {slug for said in told if said.get("fields") for slug in json.loads(said["fields"])}
        self.new: list[FieldValue] = []
        self.fields: dict[str, CustomField] = {}
        self.latest: dict[tuple[int, str], str] = {}
        if slugs:
            self.fields = {field.slug: field for field in CustomField.objects.filter(slug__in=slugs)}
            rows = FieldValue.objects.deciding().reverse().filter(customer__in=list(customers), field__slug__in=slugs)
            self.latest = {(key, slug): value for key, slug, value in rows.values_list("customer_id", "field__slug", "value")}

    def hear(self, customer: Customer, said: dict[str, str], *, of: Import, at: datetime) -> None:
        """Values other than the latest."""
        for slug, value in json.loads(said.get("fields") or "{}").items():
            if self.latest.get((customer.pk, slug)) != value:
                self.latest[customer.pk, slug] = value
                field, since = self.fields[slug], days.day_of(at)
                number = field.read(value)[1]
                self.new.append(
                    FieldValue(
                        customer=customer, field=field, value=value, number=number, since=since, recorded_at=at, brought_by=of
                    )
                )
