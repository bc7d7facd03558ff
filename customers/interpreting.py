"""What a record means under a mapping: a line of a purchase, a return, a customer, or a reason to refuse it.

Nothing is guessed: a value that does not fit what the mapping declares refuses its row.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple, TypeVar
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from accounts.ahead import AHEAD
from customers import days
from customers.mappings import OWN

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from customers.mappings import Map
    from customers.models import CustomField
    from customers.reading import Record

# A spreadsheet that has touched a column of ids leaves 1.23E+05 or 17850.0 behind: digits are lost or keys changed.
SPREADSHEET_ID = re.compile(r"[+-]?\d+(\.\d+)?[eE][+-]\d+|[+-]?\d[.,]\d+[eE]\d+|\d+\.0+")
SCIENTIFIC = "an id in scientific notation or with decimals: a spreadsheet has changed it"
NUMBER = re.compile(r"([+-]?)(\d{1,12})(?:\.(\d{0,12}))?|([+-]?)\.(\d{1,12})")
PLACES = 4
MOST = Decimal(999_999_999_999)  # of money; what the ledgers' columns hold
TOO_MUCH = f"quantity times price is above {MOST:,}"
CACHED = 50_000
K = TypeVar("K")
T = TypeVar("T")
LONGEST = {"name": 200, "phone": 300, "email": 300, "country": 60, "language": 10, "owner": 150, "channel": 40}
ANSWERS = ("yes", "no", "unknown", "")


class Refused(Exception):
    """The row is not taken; the message is the reason, the same words for every such row."""


class Line(NamedTuple):
    document: str
    refund: bool
    customer: str
    product: str
    description: str
    quantity: str
    unit_price: str
    unit_cost: str | None
    free: bool
    occurred_at: datetime
    day: int
    names: str
    channel: str
    fulfilled: int | None
    promised: int | None


class Person(NamedTuple):
    external_id: str
    also: str
    name: str
    email: str
    phone: str
    country: str
    language: str
    owner: str
    need: str
    ability: str
    fields: str
    """Fields of our own that the file fills, as JSON: {slug: value}."""


# What a line of a purchase or a return may be read from, besides what tells of its customer.
CELLS = (
    "customer",
    "product",
    "invoice",
    "date",
    "quantity",
    "price",
    "description",
    "cost",
    "names",
    "channel",
    "delivered",
    "promised",
)


class Interpreter:
    """Reads records under one mapping. Repeated texts (dates, numbers) are read once."""

    def __init__(self, mapping: Map, owners: Collection[str] = (), fields: Mapping[str, CustomField] | None = None) -> None:
        self.mapping, self.owners, self.fields = mapping, owners, fields or {}
        self.zone = ZoneInfo(mapping.zone) if mapping.zone else days.zone()
        self.latest = datetime.now(UTC) + AHEAD
        self.at = {field: index for index, field in enumerate(mapping.columns)}
        self.rules = [(self.at[rule.field], rule) for rule in mapping.rules]
        self.free = [(self.at[rule.field], rule) for rule in mapping.free]
        self.cells = itemgetter(*(self.at.get(field, -1) for field in CELLS))  # of a record with an empty cell put behind
        self.demanded = {
            field for field in ("customer", "quantity", "invoice") if field in self.at and field not in mapping.optional
        }
        self.date = remembered(self.read_date)
        self.date_in: Callable[[tuple[str, str]], tuple[datetime, int]] = remembered(lambda told: self.read_date(*told))
        self.calendar_day = remembered(self.read_calendar_day)
        self.number = remembered(self.read_number)
        self.id = remembered(read_id)
        self.about = [field for field in Person._fields[1:] if field in self.at]
        self.own = [field for field in self.at if field.startswith(OWN)]
        self.telling = [self.at[field] for field in (*self.about, *self.own)]
        self.person = remembered(self.read_person)

    def cell(self, cells: list[str], field: str) -> str:
        index = self.at.get(field)
        return "" if index is None else cells[index]

    def judge(self, record: Record) -> None:
        """Refuse what cannot be read, what the mapping refuses, and what names no customer."""
        if record.fault:
            raise Refused(record.fault)
        for index, rule in self.rules:
            if rule.fits(record.cells[index]):
                raise Refused(rule.because)
        if "customer" in self.demanded and not record.cells[self.at["customer"]]:
            raise Refused("no customer")

    def line(self, record: Record) -> Line:
        """The line of a purchase or of a return that the record is. Raises Refused."""
        self.judge(record)
        mapping = self.mapping
        customer, product, invoice, date, quantity, price, description, cost, names, channel, delivered, promised = self.cells(
            [*record.cells, ""]
        )
        customer, product = self.id(customer), self.id(product)
        if len(product) > 100:
            raise Refused("a product code longer than 100 characters")
        invoice = read_id(invoice)  # seldom seen twice: not worth remembering
        occurred_at, day = self.date(date)
        quantity = self.number(quantity if quantity or "quantity" in self.demanded else "1")
        negative, refund = quantity[0] == "-", False
        if mapping.invoice_prefix and invoice.startswith(mapping.invoice_prefix):
            refund = True
        elif negative:
            if not mapping.negative_quantity:
                raise Refused("a quantity below 0 that the mapping does not take for a return")
            refund = True
        if negative:
            quantity = quantity[1:]
        if quantity == "0":
            raise Refused("a quantity of 0")
        price, free = self.price(price, record.cells, refund=refund)
        if Decimal(quantity) * Decimal(price) > MOST:
            raise Refused(TOO_MUCH)
        document = invoice or self.document(record, customer, day)
        return Line(
            document,
            refund,
            customer,
            product,
            description[:200],
            quantity,
            price,
            self.cost(cost) if cost and not refund else None,  # of what comes back, the purchase knows
            free,
            occurred_at,
            day,
            self.id(names) if refund else "",
            "" if refund else in_channel(channel),
            self.calendar_day(("delivered", delivered)) if delivered and not refund else None,
            self.calendar_day(("promised", promised)) if promised and not refund else None,
        )

    def price(self, text: str, cells: list[str], *, refund: bool) -> tuple[str, bool]:
        """What one was sold for, and whether the line is free."""
        price = self.number(text) if text else "0"
        if price[0] == "-":
            raise Refused("a price below 0")
        if not refund and any(rule.fits(cells[index]) for index, rule in self.free):
            return price, True
        if price != "0" or refund:
            return price, False
        if self.mapping.without_price == "refuse":
            raise Refused("no price")
        return price, self.mapping.without_price == "free"

    def cost(self, text: str) -> str:
        """What one cost us."""
        cost = self.number(text)
        if cost[0] == "-":
            raise Refused("a cost below 0")
        return cost

    def read_calendar_day(self, told: tuple[str, str]) -> int:
        """The number of the day that a field names as the file writes it, whatever the time beside it."""
        field, text = told
        fitting = {found.date() for form in self.mapping.dates if (found := self.fit(text, form))}
        if len(fitting) != 1:
            why = "can be read in two ways" if fitting else "does not fit the mapping"
            raise Refused(f"the day in {field} {why}")
        return days.number(fitting.pop())

    def document(self, record: Record, customer: str, day: int) -> str:
        """What stands for the invoice where there is none: customer, day and content, to which storing adds a copy number."""
        if "invoice" in self.demanded:
            raise Refused("no invoice number")
        content = sha256("\x1f".join(record.content.split()).encode()).hexdigest()[:16]
        return f"{customer[:150]} {days.from_number(day)} {content} "

    def tells(self, cells: list[str]) -> bool:
        """Whether the record says anything of its customer but their id."""
        return any(map(cells.__getitem__, self.telling))

    def said(self, cells: list[str]) -> Person:
        """What the record says of its customer. Raises Refused."""
        return self.person((cells[self.at["customer"]], *(cells[index] for index in self.telling)))

    def read_person(self, told: tuple[str, ...]) -> Person:
        values = dict(zip((*self.about, *self.own), told[1:], strict=True))
        said = {field: values.get(field, "") for field in Person._fields[1:-1]}
        said["also"] = self.id(said["also"])
        person = Person(self.id(told[0]), **said, fields=self.read_fields(values))
        for field, longest in LONGEST.items():
            if len(getattr(person, field, "")) > longest:
                raise Refused(f"{field} is longer than {longest} characters")
        if person.need not in ANSWERS or person.ability not in ANSWERS:
            raise Refused("need and ability have to be yes, no or unknown")
        if person.owner and person.owner not in self.owners:
            raise Refused("an owner who is no user here")
        if person.email:
            try:
                validate_email(person.email)
            except ValidationError:
                raise Refused("not an e-mail address") from None
        return person

    def read_fields(self, values: dict[str, str]) -> str:
        """What the record says of fields of our own; an empty cell says nothing."""
        said = {}
        for column in self.own:
            slug = column.removeprefix(OWN)
            try:
                if value := self.fields[slug].read(values[column])[0]:
                    said[slug] = value
            except ValidationError:
                raise Refused(f"{slug} is not what the field takes") from None
        return json.dumps(said) if said else ""

    def read_number(self, text: str) -> str:
        """The number in its one way of writing: no plus, no idle zeros, a point. Never rounded."""
        if self.mapping.thousands:
            text = without_thousands(text, self.mapping.thousands, self.mapping.decimal)
        if self.mapping.decimal == ",":
            if "." in text:
                raise Refused("not a number as the mapping writes them")
            text = text.replace(",", ".")
        if not text:
            raise Refused("no quantity")
        found = NUMBER.fullmatch(text)
        if not found:
            raise Refused("not a number as the mapping writes them")
        sign, whole, part = (
            found[1] or found[4] or "",
            (found[2] or "0").lstrip("0") or "0",
            (found[3] or found[5] or "").rstrip("0"),
        )
        if len(part) > PLACES:
            raise Refused(f"a number with more than {PLACES} decimals")
        if len(whole) > 10:
            raise Refused("a number above 9,999,999,999")
        number = f"{whole}.{part}" if part else whole
        return f"-{number}" if sign == "-" and number != "0" else number

    def read_date(self, text: str, month: str = "") -> tuple[datetime, int]:
        """The instant, in UTC, and the number of the business's day it falls on. A month said beside it settles which reading is meant."""
        if not text:
            raise Refused("no date")
        fitting = {found for form in self.mapping.dates if (found := self.fit(text, form))}
        if month and fitting:
            fitting = {found for found in fitting if month.isdigit() and found.month == int(month)}
            if not fitting:
                raise Refused("the date is not in the month that the row says")
        if not fitting:
            raise Refused("the date does not fit the mapping")
        if len(fitting) > 1:
            raise Refused("the date can be read in two ways")
        try:
            at = fitting.pop().astimezone(UTC)
            day = days.number(days.day_of(at))
        except (OverflowError, ValueError):
            raise Refused("the date is out of range") from None
        if at > self.latest:
            raise Refused("the date lies more than a year ahead")
        return at, day

    def fit(self, text: str, form: str) -> datetime | None:
        try:
            found = datetime.strptime(text, form)  # noqa: DTZ007 - the zone follows
            # Without separators strptime reads 1997111 as it likes; only what it would write back is sure.
            if text.isdigit() and found.strftime(form) != text:
                return None
            if found.tzinfo:
                return found
            if not any(word in form for word in ("%H", "%I", "%c", "%X")):
                return days.start_of(found.date())
            return found.replace(tzinfo=self.zone)
        except (ValueError, OverflowError):
            return None


def read_id(text: str) -> str:
    """An id, product code or invoice number as it stands. Raises Refused when it cannot be one."""
    if len(text) > 200:
        raise Refused("an id longer than 200 characters")
    if "\n" in text or "\r" in text:
        raise Refused("a line break inside an id")
    if SPREADSHEET_ID.fullmatch(text):
        raise Refused(SCIENTIFIC)
    return text


def in_channel(text: str) -> str:
    if len(text) > LONGEST["channel"]:
        raise Refused(f"channel is longer than {LONGEST['channel']} characters")
    return text


def without_thousands(text: str, mark: str, decimal: str) -> str:
    whole, point, part = text.partition(decimal)
    if mark in whole and not re.fullmatch(rf"[+-]?\d{{1,3}}({re.escape(mark)}\d{{3}})+", whole):
        raise Refused("not a number as the mapping writes them")
    return whole.replace(mark, "") + point + part


def remembered(read: Callable[[K], T]) -> Callable[[K], T]:
    """The same reading, done once for each text; forgets all when it has seen too many."""
    seen: dict[K, T] = {}

    def again(text: K) -> T:
        try:
            return seen[text]
        except KeyError:
            if len(seen) >= CACHED:
                seen.clear()
            found = seen[text] = read(text)
            return found

    return again
