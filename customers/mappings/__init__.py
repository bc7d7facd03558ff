"""The mapping format: how a file's columns become facts, written as TOML and validated here only.

`docs/mappings.md` documents it. The `.toml` files beside this module are the ones we ship.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from customers.ledgers import ledgers

SHIPPED = Path(__file__).parent
KINDS = ("purchases", "customers")
ABOUT_CUSTOMERS = ("customer", "name", "email", "phone", "country", "language", "owner", "need", "ability")
ABOUT_PURCHASES = (
    "invoice",
    "date",
    "product",
    "description",
    "quantity",
    "price",
    "names",
    "channel",
    "cost",
    "status",
    "delivered",
    "promised",
)
DEMANDED = {"purchases": ("customer", "date", "price"), "customers": ("customer",)}
ALSO = "also"  # another id of a customer at the source
OWN = "field:"  # before the slug of a field of the business's own
WITHOUT_PRICE = ("free", "purchase", "refuse")
UNKNOWN = ("refuse", "wait", "create")

Position = str | int | tuple[int, int]


class Rejected(Exception):
    """The text is not a mapping; the message names the place."""


@dataclass(frozen=True)
class Rule:
    """A row is refused, or its line free, when the field's value starts with, or equals, one of the words."""

    field: str
    because: str
    starts_with: tuple[str, ...] = ()
    equals: tuple[str, ...] = ()

    def fits(self, value: str) -> bool:
        return value in self.equals or (bool(self.starts_with) and value.startswith(self.starts_with))


@dataclass(frozen=True)
class Map:
    """A validated mapping."""

    name: str
    kind: str
    source: str
    columns: dict[str, Position]
    currency: str = ""
    zone: str = ""
    format: str = "csv"
    delimiter: str = ","
    quote: str = '"'
    encoding: str = "utf-8"
    header: bool = True
    skip: int = 0
    optional: tuple[str, ...] = ()
    ignore: tuple[str, ...] | None = None
    dates: tuple[str, ...] = ()
    decimal: str = "."
    thousands: str = ""
    invoice_prefix: str = ""
    negative_quantity: bool = False
    without_price: str = "refuse"
    free: tuple[Rule, ...] = ()
    unknown: str = "refuse"
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    rules: tuple[Rule, ...] = field(default=())


class Table:
    """A TOML table being read: takes what is expected, and in the end says what nobody expected."""

    def __init__(self, content: dict[str, Any], place: str = "") -> None:
        self.content, self.place = dict(content), place

    def at(self, key: str) -> str:
        return f"{self.place}.{key}" if self.place else key

    def take(self, key: str, kind: type, default: Any = None, *, choices: tuple[str, ...] = ()) -> Any:
        value = self.content.pop(key, default)
        if value is None:
            raise Rejected(f"{self.at(key)} is missing.")
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise Rejected(f"{self.at(key)} has to be {READS[kind]}.")
        if choices and value not in choices:
            raise Rejected(f"{self.at(key)} has to be one of {', '.join(choices)}, not “{value}”.")
        return value

    def words(self, key: str, default: list[str] | None = None) -> tuple[str, ...]:
        value = self.take(key, list, default)
        if not all(isinstance(word, str) for word in value):
            raise Rejected(f"{self.at(key)} has to be a list of texts.")
        return tuple(value)

    def table(self, key: str) -> Table:
        return Table(self.take(key, dict, {}), self.at(key))

    def finish(self) -> None:
        for key in self.content:
            raise Rejected(f"{self.at(key)} is not known here.")


READS = {str: "a text", int: "a whole number", bool: "true or false", list: "a list", dict: "a table"}


def parse(text: str) -> Map:
    """Read a mapping. Raises Rejected, which names the place."""
    try:
        top = Table(tomllib.loads(text.removeprefix("\ufeff").replace("\r\n", "\n")))
    except tomllib.TOMLDecodeError as error:
        raise Rejected(f"This is not TOML: {error}.") from None
    kind = top.take("kind", str, choices=(*KINDS, *ledgers()))
    found: dict[str, Any] = {
        "name": top.take("name", str, ""),
        "kind": kind,
        "source": slug(top, "source"),
        "currency": currency(top),
        "zone": zone(top),
        **file(top.table("file")),
    }
    found["columns"] = columns(top.table("columns"), kind, found["format"], header=found["header"])
    found["optional"] = known(top, "optional", found["columns"])
    found["ignore"] = ignored(top)
    found["rules"] = tuple(rule(each, index, found["columns"]) for index, each in enumerate(top.take("refuse", list, [])))
    if kind == "purchases":
        free = enumerate(top.take("free", list, []))
        found["free"] = tuple(rule(each, index, found["columns"], "free") for index, each in free)
        found |= facts(top)
    elif kind != "customers":
        found |= evidence(top, kind)
        if found["unknown"] == "create" and "customer" not in found["columns"]:
            raise Rejected("unknown cannot be create without columns.customer: a purchase is not made from its number.")
    top.finish()
    return Map(**found)


def ignored(top: Table) -> tuple[str, ...] | None:
    """Headings the file may have that the mapping leaves out; None means any."""
    if top.content.get("ignore") == "others":
        del top.content["ignore"]
        return None
    return top.words("ignore", [])


def slug(top: Table, key: str) -> str:
    value: str = top.take(key, str)
    if not value or len(value) > 50 or not all(c.isascii() and (c.isalnum() or c in "-_") for c in value):
        raise Rejected(f"{key} has to be up to 50 letters, digits, hyphens and underscores.")
    return value


def currency(top: Table) -> str:
    value: str = top.take("currency", str, "")
    if value and not (len(value) == 3 and value.isascii() and value.isalpha() and value.isupper()):
        raise Rejected("currency has to be three capital letters, as in EUR.")
    return value


def zone(top: Table) -> str:
    value: str = top.take("zone", str, "")
    try:
        if value:
            ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Rejected(f"zone “{value}” is not a time zone like Europe/Paris.") from None
    return value


def file(table: Table) -> dict[str, Any]:
    found = {
        "format": table.take("format", str, "csv", choices=("csv", "fixed")),
        "delimiter": table.take("delimiter", str, ","),
        "quote": table.take("quote", str, '"'),
        "encoding": table.take("encoding", str, "utf-8"),
        "skip": table.take("skip", int, 0),
    }
    found["header"] = table.take("header", bool, found["format"] == "csv")
    table.finish()
    for key in ("delimiter", "quote"):
        if len(found[key]) != 1 or found[key] in "\r\n\0":
            raise Rejected(f"file.{key} has to be one character.")
    if found["skip"] < 0:
        raise Rejected("file.skip cannot be below 0.")
    if found["format"] == "fixed" and found["header"]:
        raise Rejected("file.header cannot be true for fixed width: give the columns' positions and use file.skip.")
    try:
        "".encode(found["encoding"])
    except LookupError:
        raise Rejected(f"file.encoding “{found['encoding']}” is not known; try utf-8, cp1252 or latin-1.") from None
    return found


def columns(table: Table, kind: str, form: str, *, header: bool) -> dict[str, Position]:
    allowed, demanded = fields(kind)
    for key in table.content:
        if key not in allowed and not (kind == "customers" and key.startswith(OWN)):
            own = f", and {OWN} with the slug of one of your own" if kind == "customers" else ""
            raise Rejected(f"columns.{key} is no field of {kind}; the fields are {', '.join(allowed)}{own}.")
    if key := _missing(demanded, table.content, kind):
        raise Rejected(f"columns.{key} is missing.")
    return {key: position(value, f"columns.{key}", form, header=header) for key, value in table.content.items()}


def fields(kind: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The fields of a kind of file, and those that have to be there."""
    if kind in DEMANDED:
        return ABOUT_CUSTOMERS + (ABOUT_PURCHASES if kind == "purchases" else (ALSO,)), DEMANDED[kind]
    told = ledgers()[kind].brought_in
    return told.columns, ("customer", "date", *told.demanded)


def _missing(demanded: tuple[str, ...], given: dict[str, Any], kind: str) -> str:
    """The first field that has to be there and is not; a purchase tells whose it is."""
    about = "" if kind in DEMANDED else ledgers()[kind].brought_in.about
    return next((key for key in demanded if key not in given and not (key == "customer" and about in given)), "")


def position(value: Any, place: str, form: str, *, header: bool) -> Position:
    """A heading, a number counted from 1, or for fixed width [first, last], both counted from 1."""
    if form == "fixed":
        match value:
            case [int(first), int(last)] if 1 <= first <= last:
                return first, last
        raise Rejected(f"{place} has to be [first, last], positions counted from 1.")
    if header and isinstance(value, str) and value.strip():
        return value.strip()
    if not header and isinstance(value, int) and not isinstance(value, bool) and value >= 1:
        return value
    raise Rejected(f"{place} has to be {'the heading of a column' if header else 'the number of a column, counted from 1'}.")


def known(top: Table, key: str, among: dict[str, Position]) -> tuple[str, ...]:
    words = top.words(key, [])
    for word in words:
        if word not in among:
            raise Rejected(f"{key} names “{word}”, which columns does not.")
    return words


def rule(content: Any, index: int, among: dict[str, Position], which: str = "refuse") -> Rule:
    place = f"{which}[{index + 1}]"
    if not isinstance(content, dict):
        raise Rejected(f"{place} has to be a table.")
    table = Table(content, place)
    found = Rule(
        field=table.take("field", str, choices=tuple(among)),
        because=table.take("because", str) if which == "refuse" else "",
        starts_with=table.words("starts_with", []),
        equals=table.words("equals", []),
    )
    table.finish()
    if not (found.starts_with or found.equals):
        raise Rejected(f"{place} needs starts_with or equals.")
    if which == "refuse" and not 0 < len(found.because) <= 200:
        raise Rejected(f"{place}.because has to be a reason of up to 200 characters.")
    return found


def facts(top: Table) -> dict[str, Any]:
    """What only purchases have: dates, numbers, what marks a return, lines without a price."""
    numbers, returns, lines = (top.table(key) for key in ("numbers", "returns", "lines"))
    found = {
        "dates": dates(top),
        "decimal": numbers.take("decimal", str, ".", choices=(".", ",")),
        "thousands": numbers.take("thousands", str, ""),
        "invoice_prefix": returns.take("invoice_prefix", str, ""),
        "negative_quantity": returns.take("negative_quantity", bool, False),  # noqa: FBT003 - a default
        "without_price": lines.take("without_price", str, "refuse", choices=WITHOUT_PRICE),
    }
    for table in (numbers, returns, lines):
        table.finish()
    if found["thousands"] == found["decimal"] or len(found["thousands"]) > 1:
        raise Rejected("numbers.thousands has to be one character other than numbers.decimal, or empty.")
    return found


def dates(top: Table) -> tuple[str, ...]:
    table = top.table("dates")
    formats = table.words("formats")
    table.finish()
    if not formats or not all("%" in each for each in formats):
        raise Rejected('dates.formats needs at least one format like "%Y-%m-%d".')
    return formats


def evidence(top: Table, kind: str) -> dict[str, Any]:
    """What only evidence has: dates, words for values, what becomes of a row whose customer nobody knows."""
    told = ledgers()[kind].brought_in
    if told.scale and (scale := top.take("scale", int)) != told.scale:
        raise Rejected(f"scale is {scale}; only answers up to {told.scale} can be brought in, others are not the same question.")
    return {
        "dates": dates(top),
        "unknown": top.take("unknown", str, "refuse", choices=UNKNOWN),
        "values": values(top.table("values"), told.fields),
    }


def values(table: Table, known: tuple[str, ...]) -> dict[str, dict[str, str]]:
    """The file's words for our values: field -> the file's word -> ours."""
    found: dict[str, dict[str, str]] = {}
    for key in list(table.content):
        if key not in known:
            raise Rejected(f"{table.at(key)} is no field with values.")
        ours = table.table(key)
        found[key] = {word: value for value in list(ours.content) for word in ours.words(value)}
    return found


def shipped() -> dict[str, str]:
    """The text of every mapping we ship, by name."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(SHIPPED.glob("*.toml"))}
