"""Writing down what customers say: once per source and external id, like every other fact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from django.db import transaction

from accounts.auditing import note
from customers import days
from customers.recording import Contradicted, Recorded, user_of
from feedback.models import Recommendation, Response

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import ApiKey, User
    from customers.models import Customer, Source

Said = TypeVar("Said", Recommendation, Response)


def record_recommendation(
    *,
    customer: Customer,
    source: Source,
    occurred_at: datetime,
    at: datetime,
    external_id: str = "",
    prompted: bool,
    to_whom: str = "",
    words: str = "",
    by: User | ApiKey | None = None,
) -> Recorded:
    """Record a recommendation, once. `at` is when we learn of it. Raises Contradicted, ValidationError."""
    said = {"prompted": prompted, "to_whom": to_whom, "words": words}
    return _record(Recommendation, customer, source, external_id, occurred_at, at, by, said)


def record_response(
    *,
    customer: Customer,
    source: Source,
    occurred_at: datetime,
    at: datetime,
    external_id: str = "",
    score: int,
    words: str = "",
    by: User | ApiKey | None = None,
) -> Recorded:
    """Record an answer, 0 to 10, once. `at` is when we learn of it. Raises Contradicted, ValidationError."""
    return _record(Response, customer, source, external_id, occurred_at, at, by, {"score": score, "words": words})


@transaction.atomic
def _record(
    model: type[Said],
    customer: Customer,
    source: Source,
    external_id: str,
    occurred_at: datetime,
    at: datetime,
    by: User | ApiKey | None,
    said: dict[str, Any],
) -> Recorded:
    fact = {"customer": customer, "occurred_at": occurred_at, **said}
    row = model(
        source=source,
        external_id=external_id,
        day=days.day_of(occurred_at),
        recorded_at=at,
        recorded_by=user_of(by),
        **fact,
    )
    row.full_clean(exclude=["external_id"], validate_unique=False, validate_constraints=False)
    external_id = external_id or str(row.uuid)
    values = {f.attname: getattr(row, f.attname) for f in model._meta.concrete_fields if not f.primary_key}
    kept, new = model.objects.get_or_create(
        source=source, external_id=external_id, withdrawn_at=None, defaults={**values, "external_id": external_id}
    )
    if new:
        note(by, f"recorded a {model._meta.verbose_name} of", customer)
    elif differs := [name for name, value in fact.items() if getattr(kept, name) != value]:
        raise Contradicted(f"Under {source.slug}:{external_id} something else is recorded: {', '.join(differs)}.")
    return Recorded(kept, created=new)
