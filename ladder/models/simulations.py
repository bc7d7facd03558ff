"""What was found when an edition was tried on the whole base: a draft on today, any edition on a past day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from customers.days import DayField

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import Viewer


STATES = ("waiting", "under way", "done", "cancelled", "failed")


class TryingQuerySet(models.QuerySet[Any]):
    def waiting(self, at: datetime) -> Self:
        """Neither ended nor in somebody's hands."""
        return self.filter(finished_at=None).filter(Q(lease_until=None) | Q(lease_until__lt=at))

    def completed(self) -> Self:
        """Ended by having been done: neither called off nor given up."""
        return self.filter(cancelled_at=None, error="").exclude(finished_at=None)


class Trying(models.Model):
    """Asked for by somebody, done by whichever worker holds its lease, a chunk at a time."""

    asked_at = models.DateTimeField(default=timezone.now)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    lease_until = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0, help_text="How often it was begun without getting any further.")
    chunks = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    report: models.JSONField[Any, Any] = models.JSONField(default=dict)
    error = models.CharField(max_length=500, blank=True)

    objects = TryingQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["-id"]

    @property
    def is_completed(self) -> bool:
        return self.finished_at is not None and self.cancelled_at is None and not self.error

    @property
    def is_given_up(self) -> bool:
        """It failed as often as it may. What was called off before is not given up."""
        return self.finished_at is not None and self.cancelled_at is None and bool(self.error)

    @property
    def state(self) -> str:
        if self.finished_at is None:
            return "waiting" if self.lease_until is None else "under way"
        return "cancelled" if self.cancelled_at else "failed" if self.error else "done"

    @property
    def progress(self) -> str:
        if self.cancelled_at:
            return "It ends with the part it is at."
        if self.error:
            return f"Interrupted, and tried again within minutes: {self.error}"
        return f"{self.done:,} of {self.chunks:,} parts of the customers" if self.chunks else "Waiting for its turn."

    @property
    def percent(self) -> int:
        return 100 * self.done // self.chunks if self.chunks else 0


class Simulation(Trying):
    """One trying of a draft. It may be left alone, and goes on where it was left."""

    edition = models.ForeignKey("ladder.Edition", on_delete=models.CASCADE, related_name="simulations")
    day = DayField(help_text="The last ranked day, on which everybody stands.")
    first_day = DayField(null=True, help_text="From when the draft would judge; empty means from the first fact.")

    class Meta(Trying.Meta):
        abstract = False

    def __str__(self) -> str:
        return f"trying {self.edition} on {self.day}"


class Backtest(Trying):
    """What came, by then, of where an edition would have put customers on a past day. Left by whoever did it, it begins again."""

    edition = models.ForeignKey("ladder.Edition", on_delete=models.CASCADE, related_name="backtests")
    at = DayField(help_text="What is known by its end.")
    horizon = models.PositiveIntegerField(help_text="How many days after it are looked at.")

    class Meta(Trying.Meta):
        abstract = False

    def __str__(self) -> str:
        return f"{self.edition} on {self.at} and the {self.horizon} days after it"


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
