"""What of a run is left to do, and whom it could not judge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import Viewer


class QuarantineQuerySet(models.QuerySet["Quarantine"]):
    def visible_to(self, viewer: Viewer) -> QuarantineQuerySet:
        return self.filter(viewer.reach("customer__owner", "customer__team"))


class Quarantine(models.Model):
    """A customer on whose facts the rules fail. They keep their marks and their rungs, and runs leave them out until something new comes."""

    customer = models.OneToOneField("customers.Customer", on_delete=models.CASCADE, primary_key=True, related_name="quarantine")
    run = models.ForeignKey("ladder.Run", on_delete=models.SET_NULL, null=True, related_name="quarantines")
    since = models.DateTimeField()
    error = models.CharField(max_length=500)
    marks = models.PositiveIntegerField(help_text="Marks that had come when they were last tried: one more is something new.")

    objects = QuarantineQuerySet.as_manager()

    class Meta:
        ordering = ["-since", "customer"]

    def __str__(self) -> str:
        return f"{self.customer}: {self.error}"


class StretchQuerySet(models.QuerySet["Stretch"]):
    def left(self) -> StretchQuerySet:
        """Of runs that go on, those that are not ranked yet."""
        return self.filter(done_at=None, run__finished_at=None, run__cancelled_at=None)

    def free(self, at: datetime) -> StretchQuerySet:
        """Left, and in nobody's hands."""
        return self.left().filter(Q(lease_until=None) | Q(lease_until__lt=at))


class Stretch(models.Model):
    """Neighbouring chunks of a run, for any worker to take. Who takes them holds a lease: past it they are anybody's again."""

    run = models.ForeignKey("ladder.Run", on_delete=models.CASCADE, related_name="stretches")
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    lease_until = models.DateTimeField(null=True)
    taken_by = models.CharField(max_length=100, blank=True, help_text="The process in whose hands it is, or was last.")
    done_at = models.DateTimeField(null=True)

    objects = StretchQuerySet.as_manager()

    class Meta:
        ordering = ["first"]
        constraints = [
            models.UniqueConstraint("run", "first", name="stretch_once_a_run"),
            models.CheckConstraint(condition=Q(last__gte=models.F("first")), name="stretch_not_empty"),
        ]
        indexes = [models.Index(fields=["run"], condition=Q(done_at=None), name="stretch_left")]

    def __str__(self) -> str:
        return f"chunks {self.first} to {self.last} of {self.run}"
