"""Programmes and the actions they queue."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import Viewer


class Programme(models.Model):
    """What the business does when customers enter or leave a rung."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=100)
    on = models.BooleanField(default=True, help_text="Off: it queues nothing. What is queued stays.")
    priority = models.PositiveSmallIntegerField(default=50, help_text="Lower comes first.")

    class Meta:
        ordering = ["priority", "slug"]

    def __str__(self) -> str:
        return self.name


class ProgrammeStep(models.Model):
    """One thing to do in a programme: on entering or leaving a rung, so many days after."""

    class Starts(models.TextChoices):
        ENTERS = "enters", "on entering the rung"
        LEAVES_BUYING = "leaves", "on leaving the rung by buying"
        CALLED = "called", "when another step calls for it"
        FAILURE = "failed", "when a failure of ours affected them, wherever they stand"
        DEFEND = "defend", "when a failure of ours affected them while they stood on the rung"
        IDEA = "idea", "when what they suggested or wanted was built or declined"
        COMPLAINT = "grieve", "when they complained"
        ANSWER = "answer", "when a complaint of theirs was answered"
        REWARD = "reward", "when they answered what a reward was promised for"

    class Counts(models.TextChoices):
        MOVEMENT = "movement", "the day of the movement"
        DELIVERY = "delivery", "delivery, else the purchase"

    class Once(models.TextChoices):
        MOVEMENT = "movement", "once per movement"
        EVER = "ever", "once per customer, for ever"

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="steps")
    slug = models.SlugField()
    name = models.CharField(max_length=100, help_text="What the account manager is asked to do, as in “Welcome her”.")
    rung = models.ForeignKey("ladder.Rung", on_delete=models.PROTECT, related_name="+")
    starts = models.CharField(max_length=6, choices=Starts.choices, default=Starts.ENTERS)
    once = models.CharField(max_length=8, choices=Once.choices, default=Once.MOVEMENT)
    counts_from = models.CharField(max_length=8, choices=Counts.choices, default=Counts.MOVEMENT)
    after_days = models.PositiveSmallIntegerField(default=0, help_text="Due so many days after.")
    fresh_days = models.PositiveSmallIntegerField(default=14, help_text="Not queued for movements older than this.")
    expires_days = models.PositiveSmallIntegerField(default=30, help_text="Dropped, visibly, so many days after it was due.")
    most_a_year = models.PositiveSmallIntegerField(default=0, help_text="So many times a year at most; 0 for no such limit.")
    asks = models.BooleanField(default=False, help_text="Doing it brings an answer from 1 to 5.")
    prompts = models.BooleanField(
        default=False, help_text="Doing it asks them to tell others about us: what they tell soon after is prompted."
    )
    gate = models.SlugField(blank=True, help_text="A further condition, by name; see ladder.gates.")
    words = models.TextField(blank=True, help_text="Suggested words. {name} stands for the customer's name.")

    class Meta:
        ordering = ["programme", "id"]
        constraints = [models.UniqueConstraint("programme", "slug", name="step_once_per_programme")]

    def __str__(self) -> str:
        return f"{self.programme}: {self.name}"


class State(models.TextChoices):
    WAITING = "waiting", "waiting"
    DEFERRED = "deferred", "deferred"
    DONE = "done", "done"
    DISMISSED = "dismissed", "dismissed"
    CANCELLED = "cancelled", "cancelled"
    EXPIRED = "expired", "expired"


OPEN = (State.WAITING, State.DEFERRED)


class ActionQuerySet(models.QuerySet["Action"]):
    def visible_to(self, viewer: Viewer) -> ActionQuerySet:
        return self.filter(viewer.reach("customer__owner", "customer__team"))

    def open(self) -> ActionQuerySet:
        return self.filter(state__in=OPEN)

    def due(self, at: datetime) -> ActionQuerySet:
        return self.open().filter(due_at__lte=at)


class Action(models.Model):
    """Something to do for a customer. `key` says what it is once for: a unique row is what "exactly once" means."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    customer = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="actions")
    step = models.ForeignKey(ProgrammeStep, on_delete=models.PROTECT, related_name="actions")
    placement = models.ForeignKey("ladder.Placement", on_delete=models.SET_NULL, null=True, related_name="actions")
    key = models.CharField(max_length=80)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    state_reason = models.CharField(max_length=300, blank=True)
    reason = models.CharField(max_length=500, help_text="Why it was queued, as a sentence.")
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    queued_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    finished_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    answer = models.PositiveSmallIntegerField(null=True, help_text="What the customer said, 1 to 5, where the step asks.")
    note = models.TextField(blank=True, max_length=5000)

    objects = ActionQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "id"]
        constraints = [
            models.UniqueConstraint("customer", "step", "key", name="action_once"),
            models.CheckConstraint(condition=Q(answer=None) | Q(answer__gte=1, answer__lte=5), name="action_answer_1_to_5"),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state__in=["waiting", "deferred"]), name="action_due"),
            models.Index(fields=["customer", "state"], name="action_by_customer"),
            models.Index(fields=["state", "expires_at"], name="action_by_expiry"),
        ]

    def __str__(self) -> str:
        return f"{self.step.name}, due {self.due_at:%Y-%m-%d}"

    @property
    def words(self) -> str:
        """The step's suggested words, for this customer."""
        return self.step.words.replace("{name}", self.customer.name)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


class ActionEvent(models.Model):
    """A change of an action's state, kept so that it can be undone and read later."""

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    act = models.UUIDField(db_index=True, help_text="What one person did at once, and is undone at once.")
    was = models.CharField(max_length=10, choices=State.choices, blank=True, help_text="Empty: the act made it.")
    became = models.CharField(max_length=10, choices=State.choices)
    was_due_at = models.DateTimeField()
    was_expires_at = models.DateTimeField()
    was_reason = models.CharField(max_length=500, blank=True)
    was_answer = models.PositiveSmallIntegerField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.was} to {self.became}"
