"""Bringing a file in, from its first byte to the last count; resumable after any death, and undoable.

Two phases, each in transactions that carry their own cursor: `staging` reads the file, `storing`
takes whole documents from the stage into the ledgers. A lease keeps two from working on one import;
whoever finds it expired takes over and goes on.
"""

from __future__ import annotations

import hashlib
import logging
import time
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError, transaction
from django.db.models import Count, Q

from accounts.crashing import crash
from customers import fielding, introducing, mappings, noting, reading, rehearsing, sql, staging, storing, undoing
from customers.models import Import, Mapping, RefundLine, RefusedRow, Source
from customers.models.imports import State

if TYPE_CHECKING:
    from collections.abc import Callable

    from accounts.models import User

    Tell = Callable[[Import], None]

log = logging.getLogger(__name__)

# A lease is renewed by every transaction, which also locks the import's row; so it may be short, and what a dead
# process left behind is soon free. One that outlives its lease unseen goes on; one that was overtaken stops (Lost).
LEASE = timedelta(seconds=3)
PATIENCE = timedelta(seconds=15)
PEOPLE_AT_A_TIME = 2_000
RETRIES = 3
UNFINISHED = (State.WAITING, State.READING, State.STORING)


class Failed(Exception):
    """The file was not brought in, and nothing of it is stored; the message says where it fails."""


class Lost(Exception):
    """Another has taken the import over."""


def find_mapping(name_or_path: str) -> tuple[str, str]:
    """A stored mapping's name and text, or a file's. Raises LookupError."""
    stored = Mapping.objects.filter(slug=name_or_path).first()
    if stored:
        return stored.slug, stored.text
    path = Path(name_or_path)
    if not path.is_file():
        names = ", ".join(Mapping.objects.values_list("slug", flat=True))
        raise LookupError(f"There is no mapping “{name_or_path}”, neither by that name ({names}) nor as a file.")
    return path.stem[:100], path.read_text(encoding="utf-8", errors="replace")


def fingerprint(path: Path, mapping_text: str) -> str:
    """SHA-256 of the file's bytes and the mapping's text."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    digest.update(b"\0" + mapping_text.encode())
    return digest.hexdigest()


def begin(path: Path, *, kind: str, mapping: tuple[str, str], at: datetime, dry_run: bool = False, by: User | None = None,
          file_name: str = "") -> Import:  # fmt: skip
    """The import of this file: the unfinished one if there is one, else a new one. Raises Failed, mappings.Rejected."""
    name, text = mapping
    read = mappings.parse(text)
    if read.kind != kind:
        raise mappings.Rejected(f"The mapping “{name}” is not one for {kind}.")
    fielding.named(read)
    try:
        sha256, size = fingerprint(path, text), path.stat().st_size
    except OSError as error:
        raise Failed(f"The file cannot be read: {error.strerror or error}.") from None
    unfinished = Import.objects.filter(sha256=sha256, state__in=UNFINISHED, dry_run=dry_run).first()
    return unfinished or Import.objects.create(
        kind=kind, mapping=name, mapping_text=text, file_name=(file_name or path.name)[:255], sha256=sha256, path=str(path.resolve())[:500],
        bytes_total=size, dry_run=dry_run, by=by, made_at=at, counts={"taken": 0, "already": 0, "customers": 0, "purchases": 0, "refunds": 0},
    )  # fmt: skip


def waiting(now: datetime) -> list[Import]:
    """Uploaded files that nobody is at work on, oldest first. Files of a command are the command's to go on with."""
    uploads = str(Path(settings.MEDIA_ROOT).resolve())
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    return list(Import.objects.filter(free, state__in=UNFINISHED, path__startswith=uploads).order_by("pk"))


class Work:
    """One process at work on one import."""

    def __init__(self, of: Import, path: Path, at: datetime, tell: Tell) -> None:
        self.of, self.path, self.at, self.tell = of, path, at, tell
        self.began = time.monotonic()
        self.before = float(of.counts.get("seconds", 0))
        self.reached = ""  # the last document that this process has stored

    @cached_property
    def mapping(self) -> mappings.Map:
        return mappings.parse(self.of.mapping_text)

    def seize(self) -> bool:
        """Take the lease, waiting for one that a dead process left behind; False when the work is done. Raises Failed."""
        give_up = datetime.now(UTC) + PATIENCE
        while True:
            now = datetime.now(UTC)
            free = Q(lease_until=None) | Q(lease_until__lt=now)
            if Import.objects.filter(free, pk=self.of.pk, state__in=UNFINISHED).update(lease_until=now + LEASE):
                self.of.refresh_from_db()
                return True
            self.of.refresh_from_db()
            if self.of.state not in UNFINISHED:
                return False
            if now > give_up:
                raise Failed("Another process is at work on this import.")
            time.sleep(0.2)

    def hold(self, **changes: Any) -> None:
        """Renew the lease and note how far it got, first thing in a transaction, so that a second worker waits. Raises Lost."""
        until = datetime.now(UTC) + LEASE
        mine = Import.objects.filter(pk=self.of.pk, lease_until=self.of.lease_until)
        if not mine.update(lease_until=until, **changes):
            raise Lost
        self.of.lease_until = until
        for field, value in changes.items():
            setattr(self.of, field, value)

    def read(self) -> None:
        staging.read(self.of, self.mapping, self.path, self.stage, still=self.hold)
        with transaction.atomic():
            noting.number_alone(self.of)
            self.hold(state=State.STORING, documents=staging.waiting(self.of), bytes_read=self.of.bytes_total)
            crash("read")
        sql.analyse(sql.tables()["stagedline"])
        self.tell(self.of)

    def stage(self, batch: staging.Batch, position: int) -> None:
        with transaction.atomic():
            self.hold(state=State.READING, rows=self.of.rows + batch.rows, bytes_read=position)
            batch.stage()
            crash("reading")
        self.tell(self.of)

    def store(self) -> None:
        while self.store_some():
            self.tell(self.of)

    def store_some(self) -> bool:
        """One transaction; again when somebody recorded the same document meanwhile, or the database chose it to give way."""
        for left in reversed(range(RETRIES)):
            kept = {field: getattr(self.of, field) for field in ("lease_until", "stored", "counts")}
            try:
                with transaction.atomic(), staging.bringing(self.of):
                    reached = self.store_range()
            except (IntegrityError, OperationalError):
                for field, value in kept.items():
                    setattr(self.of, field, value)
                if not left:
                    raise
            else:
                self.reached = reached or self.reached
                return reached is not None
        return False

    def store_range(self) -> str | None:
        """The last document that was stored, empty where what is stored are none; nothing where there was no more to do."""
        self.hold()
        reached = ""
        # Made here, so that neither a dry run nor a file that fails leaves a source behind.
        source, _ = Source.objects.get_or_create(slug=self.mapping.source, defaults={"name": self.mapping.name[:100]})
        if self.of.kind == "customers":
            counts = introducing.store_people(self.of, source, self.at, PEOPLE_AT_A_TIME)
        elif self.of.is_evidence:
            counts = noting.Rows(self.of, self.mapping, source, self.at).store()
        else:
            part = storing.Range(self.of, self.mapping, source, self.at, after=self.reached)
            counts, reached = part.store(), part.upto or ""
        stored = counts.pop("documents")
        if not stored:
            return None
        added = {key: self.of.counts.get(key, 0) + value for key, value in counts.items()}
        self.hold(stored=self.of.stored + stored, counts={**self.of.counts, **added, "seconds": self.seconds()})
        crash("storing")
        return reached

    def finish(self) -> None:
        with transaction.atomic():
            staging.clear(self.of)
            self.hold(state=State.DONE, counts=self.counted(), finished_at=datetime.now(UTC))
            crash("finishing")
        self.release()

    def counted(self) -> dict[str, Any]:
        """The counts under their stable names; rows = taken + already + the sum of refused."""
        refused = (
            RefusedRow.objects.filter(brought_by=self.of).values_list("reason").annotate(n=Count("id")).order_by("-n", "reason")
        )
        waiting = (
            noting.waiting(self.of) if self.of.is_evidence else RefundLine.objects.filter(brought_by=self.of, matched=0).count()
        )
        found = self.of.counts
        return {
            "rows": self.of.rows,
            "taken": found.get("taken", 0),
            "already": found.get("already", 0),
            "refused": dict(refused),
            "customers": found.get("customers", 0),
            "purchases": found.get("purchases", 0),
            "refunds": found.get("refunds", 0),
            "waiting": waiting,
            "seconds": self.seconds(),
        }

    def seconds(self) -> float:
        return round(self.before + time.monotonic() - self.began, 1)

    def rehearse(self) -> None:
        """The very same statements, thrown away; the counts and what was refused are kept."""
        lease = self.of.lease_until
        with rehearsing.apart(str(self.of.pk)) as home:
            while self.store_some():
                if home:
                    theirs, self.of.lease_until = self.of.lease_until, lease
                    with home():
                        self.hold(stored=self.of.stored)
                    lease, self.of.lease_until = self.of.lease_until, theirs
                self.tell(self.of)
            counts = self.counted()
            refused = list(
                RefusedRow.objects.filter(brought_by=self.of, reason__in=(*storing.REASONS, *noting.REASONS)).values(
                    "line", "reason", "content"
                )
            )
        self.of.lease_until = lease
        with transaction.atomic():
            self.hold(state=State.DONE, counts=counts, finished_at=datetime.now(UTC))
            RefusedRow.objects.bulk_create([RefusedRow(brought_by=self.of, **row) for row in refused], batch_size=500)
            noting.forget_waiting(self.of)
            staging.clear(self.of)
        self.release()

    def release(self) -> None:
        Import.objects.filter(pk=self.of.pk).update(lease_until=None)

    def fail(self, why: str) -> None:
        """Nothing of the file stays, and the import says why."""
        ended = {"state": State.FAILED, "error": why, "lease_until": None, "finished_at": datetime.now(UTC)}
        try:
            with transaction.atomic():
                Import.objects.filter(pk=self.of.pk).update(**ended, stored=0)  # first, so that nobody takes it over meanwhile
                undoing.remove(self.of)
                RefusedRow.objects.filter(brought_by=self.of).delete()
        except DatabaseError:
            log.exception("What import %s had stored could not be taken back.", self.of.pk)
            ended["error"] = (
                f"{why} What it had stored by then could not be taken back; try manage.py undo_import {self.of.uuid}."
            )
            Import.objects.filter(pk=self.of.pk).update(**ended)


def run(of: Import, path: Path, *, at: datetime, tell: Tell = lambda of: None) -> dict[str, Any]:
    """Bring the file in, or go on with it; the counts. `tell` hears of progress. Raises Failed.

    A database that is away is no fault of the file: its error is passed on, and once the lease has run out the import goes on.
    """
    work = Work(of, path, at, tell)
    if not work.seize():
        return dict(of.counts)
    try:
        if work.of.state != State.STORING:
            work.read()
        if work.of.dry_run:
            work.rehearse()
        else:
            work.store()
            work.finish()
    except reading.Unread as unread:
        work.fail(str(unread))
        raise Failed(str(unread)) from None
    except Lost:
        raise Failed("Another process has taken this import over.") from None
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:
        log.exception("Import %s failed.", of.pk)
        why = (
            f"It stopped at an error that nobody expected: {str(error).splitlines()[0] if str(error) else type(error).__name__}."
        )
        work.fail(why)
        raise Failed(why) from error
    if not work.of.dry_run:
        noting.take_waiting(at)
    of.refresh_from_db()
    return dict(of.counts)
