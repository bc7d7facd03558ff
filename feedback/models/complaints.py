"""What went wrong for customers, until it is answered."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Case, Exists, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from customers.days import DayField, day_of, zone
from customers.ledgers import Ledger
from customers.models import Entry
from customers.models.ledger import EntryQuerySet, once_per_source
from feedback.models.service_levels import ServiceLevel, Severity

if TYPE_CHECKING:
    from accounts.models import User, Viewer
    from customers.models import Import


class ComplaintQuerySet(EntryQuerySet["Complaint"]):
    def visible_to(self, viewer: Viewer) -> ComplaintQuerySet:
        return self.filter(viewer.reach("customer__owner", "customer__team"))

    def told(self) -> ComplaintQuerySet:
        """With what their steps make of them: `turn` (the latest that answers or reopens) and `turned_at`, `due` and `grade` as of now, `keeper` (a user's key)."""
        steps = ComplaintStep.objects.filter(complaint=OuterRef("pk"))
        last = Case(When(kind=ComplaintStep.Kind.REOPENED, then=1), default=0)
        turn = steps.filter(kind__in=ComplaintStep.TURNS).order_by("-day", "-occurred_at", last.desc())
        regraded = steps.filter(kind=ComplaintStep.Kind.REGRADED)
        earliest = regraded.filter(due_day__lt=OuterRef("due_day")).order_by("due_day").values("due_day")[:1]
        taken = steps.filter(kind=ComplaintStep.Kind.TAKEN).order_by("-occurred_at", "-pk")
        return self.annotate(
            turn=Subquery(turn.values("kind")[:1]),
            turned_at=Subquery(turn.values("occurred_at")[:1]),
            due=Coalesce(Subquery(earliest), "due_day"),
            grade=Coalesce(Subquery(regraded.order_by("-occurred_at", "-pk").values("severity")[:1]), "severity"),
            keeper=Coalesce(Subquery(taken.values("to")[:1]), "customer__owner", output_field=models.BigIntegerField()),
        )

    def waiting(self) -> ComplaintQuerySet:
        """Of those told: never answered, or reopened since."""
        return self.filter(Q(turn=None) | Q(turn=ComplaintStep.Kind.REOPENED))

    def late(self, today: date) -> ComplaintQuerySet:
        """Of those told: waiting past the day that was promised."""
        waiting: Any = self.waiting()
        found: ComplaintQuerySet = waiting.filter(due__lt=today)
        return found

    def which(self, asked: str, today: date) -> ComplaintQuerySet:
        """Of those told: open, late, unchecked or all. Raises KeyError for anything else."""
        words = {"open": self.waiting, "late": lambda: self.late(today), "unchecked": self.unchecked, "all": self.all}
        return words[asked]()

    def unchecked(self) -> ComplaintQuerySet:
        """Of those told: answered, and nobody has asked since whether the customer is content."""
        checked = ComplaintStep.objects.filter(complaint=OuterRef("pk"), kind=ComplaintStep.Kind.CHECKED)
        told: Any = self.filter(~Exists(checked.filter(occurred_at__gte=OuterRef("turned_at"))))
        found: ComplaintQuerySet = told.filter(turn=ComplaintStep.Kind.ANSWERED)
        return found


class Complaint(Entry):
    """Something went wrong for a customer. Open until it is answered, and again from when it is reopened.

    `severity` and `due_day` are what was said and promised when it was received, and stay; a step may grade it anew, and
    then the earlier promise holds.
    """

    severity = models.CharField(
        max_length=7,
        choices=Severity.choices,
        default=Severity.MINOR,
        help_text="As it was received; it says within how many days we answer.",
    )
    due_day = DayField(
        blank=True,
        help_text="The last day on which an answer is in time, written when the complaint is received; by its severity if left out.",
    )
    words = models.TextField(blank=True, max_length=5000)

    objects = ComplaintQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        ordering = ["-occurred_at", "-id"]
        constraints = [once_per_source("complaint")]
        indexes = [models.Index(fields=["customer", "day"], name="complaint_by_customer")]

    QUIET = timedelta(days=30)
    """Answered so long ago, and nothing more heard, it counts as closed without having been checked."""

    class State(models.TextChoices):
        """Follows from the steps and the day, and is stored nowhere."""

        RECEIVED = "received", "Received"
        TAKEN = "taken", "Taken on"
        REOPENED = "reopened", "Reopened"
        ANSWERED = "answered", "Answered, to be checked"
        CHECKED = "checked", "Closed, they are content"
        CLOSED = "closed", "Closed, unchecked"

    brought_in = Ledger(
        "complaints",
        "Complaints",
        fields=("words", "due_day", "severity"),
        steps=("answered", "answer"),
        followed_by="steps",
        kept=("steps__recorded_by", "remedies", "thememessages"),
    )

    def __str__(self) -> str:
        return "complaint"

    def get_absolute_url(self) -> str:
        return reverse("listening:complaint", args=[self.uuid])

    def complete(self) -> None:
        super().complete()
        if self.due_day is None:
            self.due_day = ServiceLevel.due(self.severity, self.day or day_of(self.occurred_at))

    def clean(self) -> None:
        if self.due_day and self.occurred_at and self.due_day < day_of(self.occurred_at):
            raise ValidationError({"due_day": "An answer cannot be due before the complaint was received."})

    def follow(self, steps: dict[str, str], *, of: Import, at: datetime) -> bool:
        """A file says when it was answered, and how; whether that is new. On the day it was received, after that."""
        answered = max(datetime.fromisoformat(steps["answered"]), self.occurred_at + timedelta(microseconds=1))
        said = {"words": steps["answer"][:5000], "recorded_at": at, "brought_by": of}
        _, new = self.steps.get_or_create(kind=ComplaintStep.Kind.ANSWERED, occurred_at=answered, defaults=said)
        return new

    def is_open(self) -> bool:
        """Whether it waits for an answer, by all that is known of it."""
        last = self._last_turn()
        return last is None or last.kind == last.Kind.REOPENED

    def _last_turn(self) -> ComplaintStep | None:
        turns = [step for step in self.steps.all() if step.kind in ComplaintStep.TURNS]
        return max(turns, key=lambda step: (step.day, step.occurred_at, step.kind == step.Kind.REOPENED), default=None)

    def _of_kind(self, kind: ComplaintStep.Kind) -> list[ComplaintStep]:
        found = [step for step in self.steps.all() if step.kind == kind]
        return sorted(found, key=lambda step: (step.occurred_at, step.pk))

    @property
    def due_by(self) -> date:
        """The last day on which an answer is in time: the earliest that was promised."""
        promised: list[date] = [step.due_day for step in self._of_kind(ComplaintStep.Kind.REGRADED) if step.due_day]
        earliest: date = min([self.due_day, *promised])
        return earliest

    @property
    def graded(self) -> Severity:
        """How severe it is by now."""
        last = self._of_kind(ComplaintStep.Kind.REGRADED)[-1:]
        return Severity(last[0].severity if last else self.severity)

    @property
    def owner(self) -> User | None:
        """Who sees to it: whoever took it or was given it last, else the customer's account manager."""
        last = self._of_kind(ComplaintStep.Kind.TAKEN)[-1:]
        return (last[0].to if last else None) or self.customer.owner

    def clock(self, today: date) -> str:
        """How long there is to answer it, in words; empty once it is answered."""
        if not self.is_open():
            return ""
        left = (self.due_by - today).days
        span = f"{abs(left)} day{'' if abs(left) == 1 else 's'}"
        return f"{span} late" if left < 0 else f"due in {span}" if left else "due today"

    def state(self, today: date) -> State:
        """Where it is, of its steps up to now."""
        turn = self._last_turn()
        if turn is None:
            return self.State.TAKEN if self._of_kind(ComplaintStep.Kind.TAKEN) else self.State.RECEIVED
        if turn.kind == ComplaintStep.Kind.REOPENED:
            return self.State.REOPENED
        if any(step.occurred_at >= turn.occurred_at for step in self._of_kind(ComplaintStep.Kind.CHECKED)):
            return self.State.CHECKED
        return self.State.ANSWERED if today - turn.day <= self.QUIET else self.State.CLOSED


class ComplaintStep(models.Model):
    """What became of a complaint. Of those that turn it, several on one day, the latest counts; of several at one instant, that it is open.

    The others tell how it is worked on; of them rules read only that a promise became an earlier one.
    """

    class Kind(models.TextChoices):
        ANSWERED = "answered", "answered"
        REOPENED = "reopened", "reopened"
        TAKEN = "taken", "given to somebody"
        REGRADED = "regraded", "graded anew"
        CHECKED = "checked", "checked: they are content"
        DISCONTENT = "discontent", "checked: they are not content"

    TURNS = (Kind.ANSWERED, Kind.REOPENED)
    """What opens and closes it; the only kinds that `ladder.sources` counts."""

    complaint = models.ForeignKey(Complaint, on_delete=models.CASCADE, related_name="steps")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+", editable=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, editable=False, related_name="+",
        help_text="To whom it was given.",
    )  # fmt: skip
    severity = models.CharField(max_length=7, choices=Severity.choices, blank=True, editable=False, help_text="As it was graded.")
    due_day = DayField(null=True, blank=True, editable=False, help_text="What this grade promises, counted from then.")
    occurred_at = models.DateTimeField(help_text="When it happened.")
    day = DayField(editable=False)
    words = models.TextField(blank=True, max_length=5000)
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    brought_by = models.ForeignKey("customers.Import", on_delete=models.PROTECT, null=True, editable=False, related_name="+")

    class Meta:
        ordering = ["complaint", "occurred_at", "kind", "id"]
        indexes = [
            models.Index(fields=["customer", "day"], name="complaint_step_by_customer"),
            models.Index(fields=["kind", "recorded_at"], name="complaint_step_by_kind"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="regraded", due_day__isnull=False) & ~Q(severity="")
                | ~Q(kind="regraded") & Q(severity="", due_day=None),
                name="complaint_step_regraded_says_what_it_promises",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} on {self.day:%Y-%m-%d}"

    def save(self, *args: object, **kwargs: object) -> None:
        self.customer_id = self.complaint.customer_id
        if self.day is None:
            self.day = day_of(self.occurred_at)
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def clean(self) -> None:
        received = self.complaint.occurred_at
        if self.occurred_at and self.occurred_at <= received:  # it would count for nothing
            when = f"{received.astimezone(zone()):%Y-%m-%d %H:%M}"
            raise ValidationError({"occurred_at": f"This is not after the complaint was received, on {when}."})
