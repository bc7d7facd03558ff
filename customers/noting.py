"""Storing staged evidence in its ledger, a batch at a time: each row once, whoever else has brought or typed it.

Known by source and id, a row is compared, never changed; only what may be learned later fills what was empty.
What a file names of somebody nobody knows waits on the stage, if its mapping says so, until they are known.
"""

from __future__ import annotations

import logging
import os
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q

from customers import introducing, mappings, remembering, sql
from customers.hearing import ALONE, made
from customers.ledgers import ledgers
from customers.models import ExternalId, Import, Purchase, RefusedRow, Source, StagedEvidence, Vouch

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from django.db.models import QuerySet

    from customers.ledgers import Ledger
    from customers.mappings import Map
    from customers.models import Customer

log = logging.getLogger(__name__)

AT_A_TIME = int(os.environ.get("SMALL_STEPS", 2_000))  # rows; fewer in tests that kill
NOBODY = "nobody is known by this id"
NOTHING = "no purchase is known by this id"
ANOTHERS = "the purchase is another customer's"
CONTRADICTED = "something else is recorded under this id"
THEMSELVES = "the customer and the one they name are the same"
REASONS = (NOBODY, NOTHING, ANOTHERS, CONTRADICTED, THEMSELVES)  # for which storing refuses rows

NUMBER_ALONE = """
UPDATE {table} SET external_id = {table}.external_id || n.number FROM (
    SELECT id, ROW_NUMBER() OVER (PARTITION BY external_id ORDER BY line) AS number FROM {table}
    WHERE brought_by_id = %s AND external_id LIKE %s
) n WHERE n.id = {table}.id
"""


def number_alone(of: Import) -> None:
    """Give each row without an id its number among equals of the file; once, when all of the file is on the stage."""
    if of.is_evidence:
        with connection.cursor() as cursor:
            cursor.execute(NUMBER_ALONE.format(table=sql.quoted(StagedEvidence._meta.db_table)), [of.pk, f"%{ALONE}"])


def waiting(of: Import) -> int:
    """How many rows wait for somebody nobody knows yet."""
    return StagedEvidence.objects.filter(brought_by=of, waits=True).count()


def forget_waiting(of: Import) -> None:
    StagedEvidence.objects.filter(brought_by=of, waits=True).delete()


def take_waiting(at: datetime) -> None:
    """Store what waited for somebody who is known by now."""
    for of in Import.objects.filter(pk__in=StagedEvidence.objects.filter(waits=True).values("brought_by")).order_by("pk"):
        try:
            while _take_waiting(of, at) == AT_A_TIME:
                pass  # there may be more
        except Exception:  # of whoever brought them, and nobody else's: they go on waiting, and the next time it is tried again
            log.exception("What waits of import %s could not be stored.", of.pk)


@transaction.atomic
def _take_waiting(of: Import, at: datetime) -> int:
    """Some of what waits of an import for those who are known by now; how many rows those were."""
    mapping = mappings.parse(of.mapping_text)
    source = Source.objects.filter(slug=mapping.source).first()
    free = {"skip_locked": connection.features.has_select_for_update_skip_locked}
    if source and (ready := list(arrived(of, source).select_for_update(of=("self",), **free))):
        Rows(of, mapping, source, at, ready).store()
        return len(ready)
    return 0


def arrived(of: Import, source: Source) -> QuerySet[StagedEvidence]:
    def known(column: str) -> Exists:
        return Exists(ExternalId.objects.filter(source=source, external_id=OuterRef(column)))

    bought = Exists(Purchase.objects.standing().filter(source=source, external_id=OuterRef("purchase")))
    rows = StagedEvidence.objects.filter(
        Q(customer="") | known("customer"), Q(other="") | known("other"), brought_by=of, waits=True
    )
    return rows.filter(Q(purchase="") | bought).order_by("external_id", "line")[:AT_A_TIME]


class Rows:
    """Some staged rows of an import, and what becomes of them."""

    def __init__(self, of: Import, mapping: Map, source: Source, at: datetime, staged: Sequence[StagedEvidence] = ()) -> None:
        self.of, self.mapping, self.source, self.at = of, mapping, source, at
        self.model = ledgers()[of.kind]
        self.ledger: Ledger = self.model.brought_in
        here = StagedEvidence.objects.filter(brought_by=of, waits=False).order_by("external_id", "line")
        self.staged = staged or list(here[:AT_A_TIME])
        self.counts = {"documents": len(self.staged), "taken": 0, "already": 0, "customers": 0}
        self.people: dict[str, Customer] = {}
        self.purchases: dict[str, Purchase] = {}
        self.known: dict[str, list[Any]] = defaultdict(list)
        self.new: dict[str, Any] = {}
        self.filled: dict[int, set[str]] = defaultdict(set)
        self.vouches: set[tuple[int, str]] = set()
        self.noted: list[tuple[Any, StagedEvidence, bool]] = []

    def store(self) -> dict[str, int]:
        """In the caller's transaction. How many rows were handled, and what they brought; none, no more to do."""
        if not self.staged:
            return self.counts
        there = self.meet()
        found = self.model._default_manager.filter(source=self.source, external_id__in={row.external_id for row in there})
        for known in found.order_by("pk"):
            self.known[known.external_id].append(known)
        self.look_up_fillings()
        with remembering.into({}):
            for row in there:
                self.note(row)
        self.keep()
        StagedEvidence.objects.filter(pk__in=[row.pk for row in self.staged if not row.waits]).delete()
        return self.counts

    def meet(self) -> list[StagedEvidence]:
        """The rows of whom and of what is known, the others refused or left waiting; customers are made if the mapping says so."""
        self.look_up_people()
        about = {row.purchase for row in self.staged if row.purchase}
        standing = Purchase.objects.standing().filter(source=self.source, external_id__in=about) if about else ()
        self.purchases = {purchase.external_id: purchase for purchase in standing}
        there = [row for row in self.staged if not self.lacks(row)]
        absent = [row for row in self.staged if self.lacks(row)]
        if self.mapping.unknown == "refuse":
            for row in absent:
                self.refuse(row, self.lacks(row))
        else:  # no purchase is made from its number
            self.wait(absent)
        for row in there:
            row.waits = False
        return there

    def look_up_people(self) -> None:
        named = {name for row in self.staged for name in (row.customer, row.other) if name}
        self.people = introducing.called(named, self.source)
        unknown = sorted(named - self.people.keys())
        if unknown and self.mapping.unknown == "create":
            names = {row.customer: row.name for row in reversed(self.staged)}
            said = {external_id: {"name": names.get(external_id, "")} for external_id in unknown}
            self.people |= introducing.make(said, of=self.of, source=self.source, at=self.at)
            self.counts["customers"] = len(unknown)

    def lacks(self, row: StagedEvidence) -> str:
        """What is not known of those a row names; nothing if all are."""
        if any(name and name not in self.people for name in (row.customer, row.other)):
            return NOBODY
        return NOTHING if row.purchase and row.purchase not in self.purchases else ""

    def wait(self, absent: Sequence[StagedEvidence]) -> None:
        """Taken, unless another import has left the same waiting."""
        others = StagedEvidence.objects.filter(waits=True, brought_by__kind=self.of.kind).exclude(brought_by=self.of)
        twice = set(others.filter(external_id__in=[row.external_id for row in absent]).values_list("external_id", flat=True))
        for row in absent:
            row.waits = True
            self.counts["already" if row.external_id in twice else "taken"] += 1
        StagedEvidence.objects.bulk_update(absent, ["waits"], batch_size=500)

    def look_up_fillings(self) -> None:
        keys = [row.pk for rows in self.known.values() for row in rows]
        vouched = Vouch.objects.filter(kind=self.of.kind, row__in=keys).exclude(field="") if self.ledger.later else ()
        for vouch in vouched:
            self.filled[vouch.row].add(vouch.field)

    def note(self, staged: StagedEvidence) -> None:
        """One row: new, known already, or at odds with what is known."""
        row = made(self.model, staged)
        row.source, row.recorded_at, row.brought_by = self.source, self.at, self.of
        purchase = self.purchases.get(staged.purchase)
        row.customer_id = purchase.customer_id if purchase else self.people[staged.customer].pk
        if purchase and staged.customer and self.people[staged.customer].pk != row.customer_id:
            self.refuse(staged, ANOTHERS)
            return
        if purchase:
            setattr(row, self.ledger.about, purchase)
        if staged.other:
            setattr(row, self.ledger.names, self.people[staged.other])
        if staged.other and self.people[staged.other].pk == row.customer_id:
            self.refuse(staged, THEMSELVES)
            return
        stored = [self.new[row.external_id]] if row.external_id in self.new else self.known.get(row.external_id, [])
        same = next((each for each in reversed(stored) if not self.differs(each, row, staged)), None)
        if stored and same is None:
            self.refuse(staged, CONTRADICTED)
            return
        if same is None:
            self.new[row.external_id] = row
            self.noted.append((row, staged, True))
        else:
            self.noted.append((same, staged, self.vouch(same, row)))

    def differs(self, known: Any, row: Any, staged: StagedEvidence) -> bool:
        """Whether they contradict each other. What may be learned later does so only where both say something."""
        open_until_said = [name for name in self.ledger.later if getattr(known, name) is None or getattr(row, name) is None]
        named = [self.ledger.names] if self.ledger.names else [f"{self.ledger.about}_id"] if staged.purchase else []
        said = {"customer_id", self.ledger.dated, *staged.said, *named}
        return any(getattr(known, name) != getattr(row, name) for name in said if name not in open_until_said)

    def vouch(self, known: Any, row: Any) -> bool:
        """The file says again what is known, and may fill what was empty of it; whether it did."""
        if getattr(known, "withdrawn_at", None):
            return False
        said = [name for name in self.ledger.later if getattr(row, name) is not None]
        empty = [name for name in said if getattr(known, name) is None]
        for name in empty:
            setattr(known, name, getattr(row, name))
        if known.pk is not None:
            if known.brought_by_id != self.of.pk:
                self.vouches.add((known.pk, ""))
            self.vouches |= {(known.pk, name) for name in said if name in empty or name in self.filled[known.pk]}
            if empty:
                known.save(update_fields=empty)
        return bool(empty)

    def keep(self) -> None:
        self.model._default_manager.bulk_create(self.new.values(), batch_size=500)
        for row, staged, added in self.noted:
            followed = bool(staged.steps) and row.follow(staged.steps, of=self.of, at=self.at)
            self.counts["taken" if added or followed else "already"] += 1
        vouches = [Vouch(brought_by=self.of, kind=self.of.kind, row=row, field=name) for row, name in sorted(self.vouches)]
        Vouch.objects.bulk_create(vouches, batch_size=500, ignore_conflicts=True)

    def refuse(self, row: StagedEvidence, because: str) -> None:
        RefusedRow.objects.create(brought_by=self.of, line=row.line, reason=because, content=row.content)
