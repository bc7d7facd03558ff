"""What the two importing commands share: arguments, progress on stderr, one JSON object on stdout, exit codes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.core.checks import Tags
from django.core.management.base import CommandError
from django.utils import timezone

from accounts.answering import FAILED, USAGE, AnsweringCommand
from customers import exporting, importing, mappings
from customers.ledgers import ledgers

if TYPE_CHECKING:
    from argparse import ArgumentParser

    from customers.models import Import


FEW = 20  # refused rows told one by one


class ImportCommand(AnsweringCommand):
    requires_system_checks = (Tags.models,)  # not of addresses: loading every page takes longer than bringing in a small file
    kinds: tuple[str, ...] = ()
    """Of the files it takes; empty for any kind of evidence."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="A CSV or fixed-width file, or a zip of one.")
        parser.add_argument("--mapping", required=True, help="A mapping's name, or a TOML file; see docs/mappings.md.")
        parser.add_argument("--dry-run", action="store_true", help="Say what would happen; store nothing.")
        parser.add_argument(
            "--refused", type=Path, metavar="FILE", help="Write the refused rows there as CSV: line, reason, content."
        )
        super().add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            mapping = importing.find_mapping(options["mapping"])
        except LookupError as error:
            raise CommandError(str(error), returncode=USAGE) from None
        if not options["file"].is_file():
            raise CommandError(f"{options['file']} is no file.", returncode=USAGE)
        self.may_write(options["refused"], options["file"])
        at = timezone.now()
        try:
            of = importing.begin(
                options["file"], kind=kind_of(mapping, self.kinds), mapping=mapping, at=at, dry_run=options["dry_run"]
            )
            counts = importing.run(of, options["file"], at=at, tell=self.tell)
        except (importing.Failed, mappings.Rejected) as error:
            raise CommandError(str(error), returncode=FAILED) from None
        self.tell_refused(of, options["refused"])
        if options["json"]:
            self.stdout.write(json.dumps(counts, ensure_ascii=False))
        else:
            self.report(of, counts)

    def may_write(self, path: Path | None, file: Path) -> None:
        """Asked before anything is stored: what is wrong with the command should not come after its work."""
        if path is None:
            return
        if path.resolve() == file.resolve():
            raise CommandError(f"--refused names the file itself: {path}.", returncode=USAGE)
        try:
            path.open("a").close()
        except OSError as error:
            raise CommandError(f"{path} cannot be written: {error.strerror}.", returncode=USAGE) from None

    def tell(self, of: Import) -> None:
        if of.documents:
            self.stderr.write(f"{'tried' if of.dry_run else 'gone through'} {of.stored:,} of {of.documents:,}")
        else:
            self.stderr.write(f"read {of.rows:,} rows, {100 * of.bytes_read // max(of.bytes_total, 1)} %")

    def tell_refused(self, of: Import, path: Path | None) -> None:
        """In which lines of the file, and why: the first here, all in a file if it was asked for."""
        for row in of.refused_rows.all()[:FEW]:
            self.stderr.write(f"{row}")
        if (more := of.refused_rows.count() - FEW) > 0:
            self.stderr.write(f"and {more:,} more refused")
        if path:
            path.write_text("".join(exporting.refused(of)), encoding="utf-8", newline="")

    def report(self, of: Import, counts: dict[str, Any]) -> None:
        done = "would be taken" if of.dry_run else "taken"
        self.stdout.write(f"{counts['rows']:,} rows: {counts['taken']:,} {done}, {counts['already']:,} already there.")
        for reason, number in counts["refused"].items():
            self.stdout.write(f"{number:,} refused: {reason.removesuffix('.')}.")
        new, wait = f"New: {counts['customers']:,} customers", f"{counts['waiting']:,} rows wait for their customer"
        if not of.is_evidence:
            new += f", {counts['purchases']:,} purchases, {counts['refunds']:,} refunds"
            wait = f"{counts['waiting']:,} return lines wait for their purchase"
        self.stdout.write(f"{new}; {wait}. {counts['seconds']} s.")
        if not of.dry_run:
            self.stdout.write(f"To take it back: manage.py undo_import {of.uuid}")


def kind_of(mapping: tuple[str, str], kinds: tuple[str, ...]) -> str:
    """The kind of a mapping, which has to be one of these, or of evidence. Raises Rejected."""
    name, text = mapping
    kind = mappings.parse(text).kind
    if kinds and kind not in kinds:
        raise mappings.Rejected(f"The mapping “{name}” is not one for {' or '.join(kinds)}.")
    if not kinds and kind not in ledgers():
        raise mappings.Rejected(f"The mapping “{name}” is one for {kind}: use import_{kind}.")
    return kind
