"""Reading a file onto the stage: what can be taken waits there, what cannot is kept with its reason.

Each batch of records is one transaction, which also moves the import's cursor on, so a killed
import reads on where it stopped.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from itertools import islice
from typing import IO, TYPE_CHECKING, Any

from accounts.models import User
from customers import fielding, sql
from customers.hearing import Hearer
from customers.interpreting import Interpreter, Line, Person, Refused
from customers.models import Bringing, RefusedRow, StagedCustomer, StagedEvidence, StagedLine
from customers.reading import opened, records

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from customers.mappings import Map
    from customers.models import Import
    from customers.reading import Record

AT_A_TIME = int(os.environ.get("SMALL_STEPS", 20_000))  # records; fewer in tests that kill
LONGEST_CONTENT = 2_000  # characters kept of a refused row
LINE_COLUMNS = ("brought_by_id", "line", *Line._fields, "content")
PERSON_COLUMNS = ("brought_by_id", "line", *Person._fields, "content")
REFUSED_COLUMNS = ("brought_by_id", "line", "reason", "content")


@contextmanager
def bringing(of: Import) -> Iterator[None]:
    """Until the end of the caller's transaction, whatever changes is the import's doing: the triggers of the ladder look for this row."""
    row = Bringing.objects.create(brought_by=of)
    yield
    row.delete()


class Batch:
    """Some records on their way to the stage."""

    def __init__(self, of: Import, interpreter: Interpreter, hearer: Hearer | None = None) -> None:
        self.of, self.interpreter, self.hearer = of, interpreter, hearer
        self.rows = 0
        self.lines: list[tuple[Any, ...]] = []
        self.people: dict[Person, tuple[Any, ...]] = {}
        self.heard: list[StagedEvidence] = []
        self.refused: list[tuple[int, int, str, str]] = []

    def add_all(self, some: Iterable[Record]) -> Batch:
        add = self.add_evidence if self.hearer else self.add_line if self.of.kind == "purchases" else self.add_person
        for record in some:
            self.rows += 1
            try:
                add(record)
            except Refused as refused:
                self.refused.append((self.of.pk, record.line, str(refused), record.content[:LONGEST_CONTENT]))
        return self

    def add_line(self, record: Record) -> None:
        line = self.interpreter.line(record)
        if self.interpreter.tells(record.cells):
            person = self.interpreter.said(record.cells)
            if person not in self.people:
                self.people[person] = (self.of.pk, record.line, *person, "")
        self.lines.append((self.of.pk, record.line, *line, record.content[:LONGEST_CONTENT]))

    def add_person(self, record: Record) -> None:
        self.interpreter.judge(record)
        person = self.interpreter.said(record.cells)
        self.lines.append((self.of.pk, record.line, *person, record.content[:LONGEST_CONTENT]))

    def add_evidence(self, record: Record) -> None:
        if self.hearer:
            self.heard.append(self.hearer.hear(record))

    def stage(self) -> None:
        """In the caller's transaction."""
        if self.hearer:
            StagedEvidence.objects.bulk_create(self.heard, batch_size=500)
        elif self.of.kind == "purchases":
            sql.pour(StagedLine, LINE_COLUMNS, self.lines)
            sql.pour(StagedCustomer, PERSON_COLUMNS, list(self.people.values()))
        else:
            sql.pour(StagedCustomer, PERSON_COLUMNS, self.lines)
        sql.pour(RefusedRow, REFUSED_COLUMNS, self.refused)


def read(
    of: Import, mapping: Map, path: Path, keep: Callable[[Batch, int], None], *, still: Callable[[], None] = lambda: None
) -> None:
    """Read on from the import's cursor; `keep` is given each batch and how far the file is read, and stages it.

    `still` is called now and then while it skips what was read before.
    """
    interpreter = Interpreter(mapping, owners=owners(mapping), fields=fielding.named(mapping))
    hearer = Hearer(mapping, of) if of.is_evidence else None
    with opened(path) as (stream, raw):
        coming = records(stream, mapping)
        for _ in batches(islice(coming, of.rows)):
            still()
        for some in batches(coming):
            keep(Batch(of, interpreter, hearer).add_all(some), position(raw))


def owners(mapping: Map) -> set[str]:
    return set(User.objects.filter(is_active=True).values_list("username", flat=True)) if "owner" in mapping.columns else set()


def batches(coming: Iterator[Record]) -> Iterator[list[Record]]:
    while some := list(islice(coming, AT_A_TIME)):
        yield some


def position(raw: IO[bytes]) -> int:
    return raw.tell()


def waiting(of: Import) -> int:
    """How many documents, customers or rows of evidence of the import are on the stage."""
    if of.kind != "purchases":
        staged: Any = StagedEvidence if of.is_evidence else StagedCustomer
        return int(staged.objects.filter(brought_by=of).count())
    return StagedLine.objects.filter(brought_by=of).values("document", "refund").distinct().count()


def clear(of: Import) -> None:
    """Take everything of the import off the stage, save who waits for somebody nobody knows yet."""
    StagedEvidence.objects.filter(brought_by=of, waits=False).delete()
    StagedLine.objects.filter(brought_by=of).delete()
    StagedCustomer.objects.filter(brought_by=of).delete()
