"""Reading a file: from bytes, zipped or not, to records with their line numbers, whatever the bytes are.

A record that cannot be read comes with its fault; a file that cannot be read raises Unread.
"""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from customers.mappings import Map, Position

LONGEST_RECORD = 32 * 1024 * 1024  # characters; what is longer was never one record
LONGEST_CELL = 10_000
BIGGEST_FILE = 4 * 1024**3  # bytes, unzipped
BIGGEST_RATIO = 200  # unzipped to zipped, above which an archive is taken for a bomb
LINE_BREAKS = "\r\n"

csv.field_size_limit(LONGEST_RECORD)


class Unread(Exception):
    """The file cannot be read; the message names the line where there is one."""


class Record(NamedTuple):
    line: int
    """Where it starts, counted from 1."""
    cells: list[str]
    content: str
    fault: str


@contextmanager
def opened(path: Path) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """The file's bytes, unzipped, and the raw file, whose position tells how far reading got."""
    try:
        with path.open("rb") as raw:
            if raw.read(4) != b"PK\x03\x04":
                raw.seek(0)
                yield raw, raw
                return
            with zipfile.ZipFile(raw) as archive, archive.open(only_member(archive)) as member:
                yield member, raw
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise Unread(f"The zip file is damaged or cut short, or locked by a password: {error}.") from None
    except OSError as error:
        raise Unread(f"The file cannot be read: {error.strerror or error}.") from None


def only_member(archive: zipfile.ZipFile) -> zipfile.ZipInfo:
    members = [each for each in archive.infolist() if not each.is_dir() and not each.filename.startswith("__MACOSX/")]
    if len(members) != 1:
        raise Unread(f"The zip file holds {len(members)} files; it has to hold exactly one.")
    member = members[0]
    too_dense = member.file_size > BIGGEST_RATIO * max(member.compress_size, 1) and member.file_size > 10_000_000
    if member.file_size > BIGGEST_FILE or too_dense:
        raise Unread(f"The zip file would unpack to {member.file_size:,} bytes, which is more than is taken.")
    return member


class Lines:
    """The physical lines of a text, counted, those of the record being read held."""

    def __init__(self, stream: IO[bytes], encoding: str) -> None:
        encoding = "utf-8-sig" if encoding.lower().replace("_", "-") in ("utf-8", "utf8") else encoding
        self.text = io.TextIOWrapper(stream, encoding=encoding, errors="surrogateescape", newline="")
        self.number = 0
        self.held: list[str] = []
        self.length = 0

    def __iter__(self) -> Iterator[str]:
        read = self.text.readline
        while line := read(LONGEST_RECORD):
            self.number += 1
            self.held.append(line)
            self.length += len(line)
            if self.length >= LONGEST_RECORD:
                start = self.number - len(self.held) + 1
                raise Unread(f"Line {start} begins a record that does not end within {LONGEST_RECORD:,} characters.")
            yield line

    def release(self) -> str:
        """What the record just read looked like."""
        content = self.held[0] if len(self.held) == 1 else "".join(self.held)
        self.held.clear()
        self.length = 0
        return content.rstrip(LINE_BREAKS)


def records(stream: IO[bytes], mapping: Map) -> Iterator[Record]:
    """The file's records, its heading apart; the cells stand in the order of `mapping.columns`."""
    lines = Lines(stream, mapping.encoding)
    source = iter(lines)
    try:
        for _ in range(mapping.skip):
            next(source, None)
            lines.release()
        if mapping.format == "fixed":
            yield from fixed_width(lines, source, mapping)
        else:
            yield from separated(lines, source, mapping)
    except UnicodeError as error:
        raise Unread(f"Line {lines.number + 1} is not {mapping.encoding}: {error}.") from None
    finally:
        lines.text.detach()  # or it would close the stream, which is its opener's to close


def fixed_width(lines: Lines, source: Iterator[str], mapping: Map) -> Iterator[Record]:
    spans = [(position[0] - 1, position[1]) for position in mapping.columns.values() if isinstance(position, tuple)]
    shortest, whole = max(start for start, _ in spans), max(end for _, end in spans)
    for line in source:
        number, content = lines.number, lines.release()
        if not content.strip():
            continue
        content, fault = checked(content, mapping.encoding)
        cut_short = line[-1] not in LINE_BREAKS and len(content) < whole  # only the last line has no break
        if not fault and (len(content) <= shortest or cut_short):
            fault = "the line is shorter than its columns"
        if not fault and len(content) > LONGEST_CELL:
            fault = f"longer than {LONGEST_CELL:,} characters"
        yield Record(number, [content[start:end].strip() for start, end in spans], content, fault)


def separated(lines: Lines, source: Iterator[str], mapping: Map) -> Iterator[Record]:
    reader = csv.reader(source, delimiter=mapping.delimiter, quotechar=mapping.quote, strict=True)
    picked, width = places(lines, reader, mapping)
    while True:
        number = lines.number + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "unexpected end" in str(error):
                raise Unread(f"Line {number}: a quote is opened and never closed. Is the file cut short?") from None
            content, fault = checked(lines.release(), mapping.encoding)
            yield Record(number, [], content, fault or "the quotes do not pair")
            continue
        content, fault = checked(lines.release(), mapping.encoding)
        if not cells or (len(cells) == 1 and not cells[0].strip()):
            continue
        width = width or max(len(cells), max(picked) + 1)
        if not fault and len(cells) != width:
            fault = "more cells than columns" if len(cells) > width else "fewer cells than columns"
        if not fault and len(content) > LONGEST_CELL and max(map(len, cells)) > LONGEST_CELL:
            fault = f"a cell is longer than {LONGEST_CELL:,} characters"
        stripped = [*map(str.strip, cells), ""]  # the last is that of an optional column that is not there
        yield Record(number, [] if fault else [stripped[p] for p in picked], content, fault)


def places(lines: Lines, reader: Iterator[list[str]], mapping: Map) -> tuple[list[int], int]:
    """Where each of the mapping's columns stands, -1 for an optional one that is not there, and how many cells a row has."""
    if not mapping.header:
        picked = [int(number) - 1 for number in mapping.columns.values()]  # type: ignore[arg-type]
        return picked, 0
    number = lines.number + 1
    try:
        heading = [cell.strip() for cell in next(reader)]
    except StopIteration:
        raise Unread(f"Line {number}: the file is empty; it should begin with a line of headings.") from None
    except csv.Error as error:
        raise Unread(f"Line {number}: the headings cannot be read: {error}.") from None
    _, fault = checked(lines.release(), mapping.encoding)
    if fault:
        raise Unread(f"Line {number}: the headings cannot be read: {fault}.")
    return [place(field, wanted, heading, number, mapping) for field, wanted in without_unknown(heading, number, mapping)], len(
        heading
    )


def without_unknown(heading: list[str], number: int, mapping: Map) -> list[tuple[str, Position]]:
    """The mapping's columns, once it is sure that it knows all of the file's."""
    wanted = list(mapping.columns.items())
    missing = [str(name) for field, name in wanted if name not in heading and field not in mapping.optional]
    if missing:
        found = ", ".join(f"“{cell[:60]}”" for cell in heading[:20])
        raise Unread(
            f"Line {number}: no column “{missing[0]}”. The columns are {found}. Is the delimiter “{mapping.delimiter}” right?"
        )
    if mapping.ignore is not None:
        names = {*mapping.columns.values(), *mapping.ignore}
        unknown = [cell for cell in heading if cell not in names]
        if unknown:
            raise Unread(
                f"Line {number}: the mapping does not know the column “{unknown[0][:40]}”; name it in columns or in ignore."
            )
    return wanted


def place(field: str, wanted: Position, heading: list[str], number: int, mapping: Map) -> int:
    if heading.count(str(wanted)) > 1:
        raise Unread(f"Line {number}: two columns are called “{wanted}”.")
    return heading.index(str(wanted)) if wanted in heading else -1


def checked(content: str, encoding: str) -> tuple[str, str]:
    """The content as it can be stored, and what is wrong with it, if anything."""
    if "\0" in content:
        content, fault = content.replace("\0", "␀"), "a NUL byte"
    elif content.isascii():
        return content, ""
    else:
        fault = ""
    try:
        content.encode()
    except UnicodeEncodeError:
        return content.encode(errors="replace").decode(), f"bytes that are not {encoding}"
    return content, fault
