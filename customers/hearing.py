"""What a record of evidence means under its mapping: a row of a ledger, or a reason to refuse it.

How a cell is read follows from the model's field, and so does what is refused: nothing is checked here that forms do not check.
"""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models

from customers import days, remembering
from customers.days import DayField
from customers.interpreting import LONGEST, Interpreter, Refused
from customers.ledgers import ledgers
from customers.models import StagedEvidence

if TYPE_CHECKING:
    from customers.ledgers import Ledger
    from customers.mappings import Map
    from customers.models import Import
    from customers.reading import Record

WORDS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
LONGEST_CONTENT = 2_000  # characters kept of a row
ALONE = " "  # ends the identity of a row without an id until it gets its number among equals


class Hearer:
    """Reads records of one kind of evidence."""

    def __init__(self, mapping: Map, of: Import) -> None:
        self.interpreter, self.mapping, self.of = Interpreter(mapping), mapping, of
        self.model = ledgers()[mapping.kind]
        self.ledger: Ledger = self.model.brought_in
        self.tables: dict[Any, Any] = {}

    def hear(self, record: Record) -> StagedEvidence:
        """The row that the record is, for the stage. Raises Refused."""
        self.interpreter.judge(record)
        cells = record.cells
        customer = self.interpreter.id(self.cell(cells, "customer"))
        purchase = self.interpreter.id(self.cell(cells, self.ledger.about)) if self.ledger.about else ""
        if not (customer or purchase):
            raise Refused("no customer and no purchase")
        other = self.interpreter.id(self.cell(cells, self.ledger.names)) if self.ledger.names else ""
        occurred_at, day = self.interpreter.date_in((self.cell(cells, "date"), self.cell(cells, "month")))
        for column, wanted in self.ledger.only.items():
            if (found := self.cell(cells, column)) and found.lower() not in wanted:
                raise Refused(f"{column} is not {wanted[0]}")
        fields = [field for field in self.ledger.fields if field != self.ledger.names]
        said = {field: value for field in fields if (value := self.read(cells, field)) is not None}
        staged = StagedEvidence(
            brought_by=self.of, line=record.line, customer=customer, name=self.name(cells), other=other, purchase=purchase,
            occurred_at=occurred_at, day=days.from_number(day), said=said, steps=self.steps(cells, day), content=record.content[:LONGEST_CONTENT],
        )  # fmt: skip
        if other and other == customer:
            raise Refused("the customer and the one they name are the same")
        with remembering.into(self.tables):
            self.check(staged)
        staged.external_id = self.interpreter.id(self.cell(cells, "id")) or identity(staged, self.ledger)
        return staged

    def cell(self, cells: list[str], field: str) -> str:
        return self.interpreter.cell(cells, field)

    def name(self, cells: list[str]) -> str:
        name = self.cell(cells, "name") if "name" not in self.ledger.fields else ""
        if len(name) > LONGEST["name"]:
            raise Refused(f"name is longer than {LONGEST['name']} characters")
        return name

    def steps(self, cells: list[str], day: int) -> dict[str, Any]:
        """What came after: the instant of the first of its columns, and what the others say. Empty if there is no date."""
        if not self.ledger.steps:
            return {}
        if not (text := self.cell(cells, self.ledger.steps[0])):
            if said := next((column for column in self.ledger.steps[1:] if self.cell(cells, column)), ""):
                raise Refused(f"{said} without {self.ledger.steps[0]}, its date")
            return {}
        at, then = self.interpreter.date(text)
        if then < day:
            raise Refused(f"{self.ledger.steps[0]} is before the date")
        return {self.ledger.steps[0]: at.isoformat(), **{column: self.cell(cells, column) for column in self.ledger.steps[1:]}}

    def read(self, cells: list[str], name: str) -> Any:
        """What a cell says of a field, as JSON holds it; None where it says nothing."""
        text = self.cell(cells, name)
        if not text:
            if name in self.ledger.demanded:
                raise Refused(f"no {name}")
            return None
        text = self.mapping.values.get(name, {}).get(text, text)
        field = self.model._meta.get_field(name)
        if isinstance(field, models.BooleanField):
            if text.lower() not in WORDS:
                raise Refused(f"{name} is neither yes nor no")
            return WORDS[text.lower()]
        if isinstance(field, DayField):
            return self.interpreter.date(text)[1]
        if isinstance(field, models.IntegerField):
            number = self.interpreter.number(text)
            if not number.lstrip("-").isdigit():
                raise Refused(f"{name} is not a whole number")
            return int(number)
        return text

    def check(self, staged: StagedEvidence) -> None:
        """As the model does."""
        row = made(self.model, staged)
        for name in staged.said:
            try:
                self.model._meta.get_field(name).clean(getattr(row, name), row)
            except ValidationError as error:
                raise Refused(reason(self.model, name, error)) from None
        try:
            row.clean()
        except ValidationError as error:
            raise Refused(error.messages[0][:200]) from None


def made(model: type[Any], staged: StagedEvidence) -> Any:
    """An unsaved row of the ledger that says what is staged; who brought it and of whom it is are the caller's to fill."""
    said = {name: model._meta.get_field(name).to_python(value) for name, value in staged.said.items()}
    dated = {"since": staged.day} if model.brought_in.dated == "since" else {"occurred_at": staged.occurred_at, "day": staged.day}
    row = model(external_id=staged.external_id, **dated, **said)
    row.complete()
    return row


def reason(model: type[Any], name: str, error: ValidationError) -> str:
    """The same words for every row with this fault."""
    field = model._meta.get_field(name)
    if field.choices:
        return f"{name} is none of {', '.join(str(value) for value, _ in field.choices)}"[:200]
    if error.error_list[0].code == "max_length":
        return f"{name} is longer than {field.max_length:,} characters"
    return error.messages[0][:200]


def identity(staged: StagedEvidence, ledger: Ledger) -> str:
    """Of a row without an id: customer, day and content, to which storing adds its number among equals."""
    said = {name: value for name, value in staged.said.items() if name not in ledger.later}
    content = sha256(
        json.dumps(
            [staged.occurred_at.isoformat(), staged.other, *([staged.purchase] if staged.purchase else []), said], sort_keys=True
        ).encode()
    ).hexdigest()[:16]
    return f"{staged.customer[:150]} {staged.day} {content}{ALONE}"
