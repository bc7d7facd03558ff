"""What was found when a draft was tried on the whole base."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from customers.days import DayField

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import Viewer


class SimulationQuerySet(models.QuerySet["Simulation"]):
    def waiting(self, at: datetime) -> SimulationQuerySet:
        """Neither ended nor in somebody's hands."""
        return self.filter(finished_at=None).filter(Q(lease_until=None) | Q(lease_until__lt=at))


class Simulation(models.Model):
    """One trying of a draft, a chunk at a time: it may be left alone, and goes on where it was left."""

    edition = models.ForeignKey("ladder.Edition", on_delete=models.CASCADE, related_name="simulations")
    day = DayField(help_text="The last ranked day, on which everybody stands.")
    first_day = DayField(null=True, help_text="From when the draft would judge; empty means from the first fact.")
    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    lease_until = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    chunks = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    report: models.JSONField[Any, Any] = models.JSONField(default=dict)
    error = models.CharField(max_length=500, blank=True)

    objects = SimulationQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"trying {self.edition} on {self.day}"

    @property
    def progress(self) -> str:
        if self.error:
            return f"Interrupted, and gone on with within minutes: {self.error}"
        return f"{self.done:,} of {self.chunks:,} parts of the customers" if self.chunks else "Waiting for its turn."

    @property
    def percent(self) -> int:
        return 100 * self.done // self.chunks if self.chunks else 0


class SimulatedMoveQuerySet(models.QuerySet["SimulatedMove"]):
    def visible_to(self, viewer: Viewer) -> SimulatedMoveQuerySet:
        return self.filter(viewer.reach("customer__owner", "customer__team"))


class SimulatedMove(models.Model):
    """Somebody who would stand on another rung, and why."""

    simulation = models.ForeignKey(Simulation, on_delete=models.CASCADE, related_name="moves")
    customer = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="+")
    before = models.ForeignKey("ladder.Rung", on_delete=models.CASCADE, null=True, related_name="+")
    after = models.ForeignKey("ladder.Rung", on_delete=models.CASCADE, null=True, related_name="+")
    since = DayField(null=True)
    why = models.CharField(max_length=1000, blank=True)

    objects = SimulatedMoveQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint("simulation", "customer", name="simulated_move_once")]
        indexes = [models.Index(fields=["simulation", "before", "after"], name="simulated_move_by_cell")]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.before_id} to {self.after_id}"
