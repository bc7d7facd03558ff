"""The ledgers' rows behind a reason: the newest of each, as a table names them."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Q, Value, When

from customers.gathering import Kind, gather
from customers.models import CustomerTag, FieldValue, Involvement, JointPlan, Purchase, Qualification, Referral, UsableCategory
from feedback.models import CompetitorConsidered, Complaint, HostileAct, LeavingNotice, Recommendation, Response, Satisfaction
from feedback.models.advocacy import asked_before
from ladder import wording
from ladder.evidence import Origin
from ladder.facts.fielding import PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.db.models import QuerySet

    from customers.models import Customer

MOST_SOURCES = 5


def of(customer: Customer, ledgers: Iterable[str], day: date) -> dict[str, list[Origin]]:
    """The newest rows of these ledgers. One query."""
    kinds = {
        name: _of_field(name, customer, day) if name.startswith(PREFIX) else LEDGERS[name](customer, day)
        for name in sorted(ledgers)
        if name in LEDGERS or name.startswith(PREFIX)
    }
    found = {name: sorted(rows, key=_dated, reverse=True) for name, rows in gather(kinds).items()}
    return defaultdict(list, {name: [Origin(_source(row, day), row) for row in rows] for name, rows in found.items()})


def _dated(row: Any) -> tuple[date, int]:
    return getattr(row, "day", None) or row.since or date.min, row.pk


def _newest(rows: QuerySet[Any], by: str) -> QuerySet[Any]:
    found: QuerySet[Any] = rows.model._default_manager.filter(pk__in=rows.order_by(f"-{by}", "-pk").values("pk")[:MOST_SOURCES])
    return found


LEDGERS = {
    "purchases": lambda of, day: Kind(
        _newest(Purchase.objects.standing().filter(customer=of, day__lte=day), "day"), ("external_id", "day", "ended")
    ),
    "qualifications": lambda of, day: Kind(
        _newest(Qualification.objects.filter(customer=of, since__lte=day), "since"), ("subject", "answer", "since")
    ),
    "usable_categories": lambda of, day: Kind(
        UsableCategory.objects.on(day).filter(customer=of), ("since",), {"name": "category__name"}
    ),
    "recommendations": lambda of, day: Kind(
        _newest(Recommendation.objects.standing().telling().filter(customer=of, day__lte=day), "day"), ("kind", "prompted", "day")
    ),
    "tags": lambda of, day: Kind(CustomerTag.objects.on(day).filter(customer=of), ("since",), {"name": "tag__name"}),
    "responses": lambda of, day: _said(Response, of, day, "score"),
    "satisfaction": lambda of, day: _said(Satisfaction, of, day, "score", "subject"),
    "referrals": lambda of, day: Kind(
        _newest(Referral.objects.standing().filter(customer=of, day__lte=day), "day").annotate(asked=_asked()),
        ("day",),
        {"prompted": "asked"},
    ),
    "involvements": lambda of, day: _said(Involvement, of, day, "kind", "what"),
    "complaints": lambda of, day: _said(Complaint, of, day),
    "hostile_acts": lambda of, day: Kind(
        _newest(HostileAct.objects.standing().filter(customer=of, day__lte=day, confirmed=True), "day"), ("audience", "day")
    ),
    "leaving_notices": lambda of, day: _said(LeavingNotice, of, day),
    "competitors_considered": lambda of, day: _said(CompetitorConsidered, of, day, "competitor"),
    "joint_plans": lambda of, day: Kind(_newest(JointPlan.objects.on(day).filter(customer=of), "since"), ("name", "since")),
}


def _asked() -> Case:
    return Case(When(Q(prompted=True) | asked_before(), then=Value(1)), default=Value(0))


def _of_field(name: str, of: Customer, day: date) -> Kind:
    rows = FieldValue.objects.standing().filter(customer=of, since__lte=day, field__slug=name.removeprefix(PREFIX))
    return Kind(_newest(rows, "since"), ("value", "since"), {"label": "field__label"})


def _said(model: Any, of: Customer, day: date, *fields: str) -> Kind:
    """The newest rows of a ledger that stand."""
    return Kind(_newest(model.objects.standing().filter(customer=of, day__lte=day), "day"), (*fields, "day"))


def _source(row: Any, day: date) -> str:
    """A row behind a value, as a table names it."""
    match row:
        case Purchase(ended=ended) if ended and ended <= day:
            return f"{row.external_id} (taken back)"
        case Purchase():
            return str(row.external_id)
        case FieldValue():
            return f"{row.label}: {row.value or 'unknown'}, since {wording.day(row.since)}"  # type: ignore[attr-defined]
        case Qualification() | JointPlan():
            return f"{row}, since {wording.day(row.since)}"
        case UsableCategory() | CustomerTag():
            return str(row.name)  # type: ignore[union-attr]
        case _:
            return f"{row}, {wording.day(row.day)}"
