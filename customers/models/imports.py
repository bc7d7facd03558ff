"""Imports: a file, the mapping it was read through, how far it got, what was refused."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone

from customers.ledgers import kinds as evidence


class Kind(models.TextChoices):
    PURCHASES = "purchases", "Purchases and returns"
    CUSTOMERS = "customers", "Customers"


def kinds() -> list[tuple[str, str]]:
    """Of files: what the ledgers above this app add is known once all apps are."""
    return [*Kind.choices, *evidence()]


class Mapping(models.Model):
    """How a file's columns become facts, as TOML. `docs/mappings.md` documents the format."""

    slug = models.SlugField(unique=True)
    kind = models.CharField(max_length=20, choices=kinds)
    text = models.TextField(help_text="TOML")
    shipped = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ["kind", "slug"]

    def __str__(self) -> str:
        return self.slug


class State(models.TextChoices):
    WAITING = "waiting", "waiting"
    READING = "reading", "reading the file"
    STORING = "storing", "storing"
    DONE = "done", "done"
    FAILED = "failed", "failed"
    UNDONE = "undone", "undone"


class Import(models.Model):
    """One file brought in. `rows` and `stored` are the cursors a killed import resumes from."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=20, choices=kinds)
    mapping = models.CharField(max_length=100, help_text="The mapping's name.")
    mapping_text = models.TextField(help_text="The mapping as it was when the file was read.")
    file_name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64, help_text="Of the file's bytes and the mapping's text: the same again resumes.")
    path = models.CharField(max_length=500, blank=True, help_text="Where an uploaded file waits.")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    dry_run = models.BooleanField(default=False)
    rows = models.PositiveIntegerField(default=0, help_text="Lines read so far, the header apart.")
    bytes_read = models.PositiveBigIntegerField(default=0)
    bytes_total = models.PositiveBigIntegerField(default=0)
    stored = models.PositiveIntegerField(default=0, help_text="Documents stored so far.")
    documents = models.PositiveIntegerField(default=0)
    counts = models.JSONField(
        default=dict, help_text="rows, taken, already, refused, customers, purchases, refunds, waiting, seconds"
    )
    error = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True, help_text="Whoever works on it holds it until then.")

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.get_state_display()})"

    @property
    def is_evidence(self) -> bool:
        """Neither purchases nor customers, but rows of a ledger of what they say and do."""
        return self.kind not in Kind.values

    @property
    def progress(self) -> str:
        """How far it is, in words."""
        if self.documents:
            return f"{self.stored:,} of {self.documents:,} {'rows' if self.is_evidence else 'documents'} stored"
        return f"{self.rows:,} lines read"


class RefusedRow(models.Model):
    """A line that was not taken, as it stood, and why."""

    brought_by = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="refused_rows")
    line = models.PositiveIntegerField(help_text="In the file, counted from 1.")
    reason = models.CharField(max_length=200)
    content = models.TextField()

    class Meta:
        ordering = ["brought_by", "line"]
        constraints = [models.UniqueConstraint("brought_by", "line", name="refused_once_per_line")]

    def __str__(self) -> str:
        return f"line {self.line}: {self.reason}"
