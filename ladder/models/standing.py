"""Where customers stand: stale marks, scorecards, placements, and the runs that bring them up to date."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Case, F, OuterRef, Q, Subquery, When
from django.utils import timezone

from customers.days import DayField
from ladder import facts

if TYPE_CHECKING:
    from datetime import date, datetime

CHUNK_SIZE = 10_000


def bounds(number: int) -> tuple[int, int]:
    """The first and the last customer id of a chunk."""
    return number * CHUNK_SIZE, (number + 1) * CHUNK_SIZE - 1


def in_chunk(number: int) -> Q:
    """Rows of its customers."""
    first, last = bounds(number)
    return Q(customer__gte=first, customer__lte=last)


class StaleMark(models.Model):
    """A customer's facts were touched, from this day on. Written by database triggers only; see ladder.marks.

    Append-only, duplicates welcome: a ranker consumes exactly the marks it has read, before it reads facts.
    """

    customer_id = models.BigIntegerField()
    day = DayField()
    imported = models.BooleanField(null=True, help_text="By an import; empty where the write says nothing about it.")

    class Meta:
        indexes = [models.Index(fields=["customer_id", "day"], name="stale_by_customer")]

    def __str__(self) -> str:
        return f"customer {self.customer_id} from {self.day}"


FactColumns: type[models.Model] = type(
    "FactColumns",
    (models.Model,),
    {
        "__module__": __name__,
        "__doc__": "One column a fact: what a scorecard and a day of a life have in common.",
        "Meta": type("Meta", (), {"abstract": True}),
        **{name: field() for name, field in facts.COLUMNS.items()},
    },
)


class Scorecard(FactColumns):  # type: ignore[misc, valid-type]
    """A customer's facts, the same on each day since the one they were read for. Recomputed from the ledgers, never patched."""

    customer = models.OneToOneField("customers.Customer", on_delete=models.CASCADE, primary_key=True, related_name="scorecard")
    day = models.IntegerField(help_text="The day of the reading since which these facts are the same.")
    first_fact = models.IntegerField(
        null=True, help_text="The day of the first fact, if there is any: their history begins then."
    )

    def __str__(self) -> str:
        return f"scorecard of {self.customer_id}"


class Point(FactColumns):  # type: ignore[misc, valid-type]
    """A customer's facts from one day of their life to the next change. Lives in a temporary table."""

    customer_id = models.BigIntegerField(primary_key=True)  # with day; Django wants one column named
    day = models.IntegerField()
    next_day = models.IntegerField(null=True)

    class Meta:
        managed = False
        db_table = "life_point"

    def __str__(self) -> str:
        return f"customer {self.customer_id} on day {self.day}"


class Chosen(models.Model):
    """The customers a chunk judges. Lives in a temporary table."""

    customer_id = models.BigIntegerField(primary_key=True)
    first_fact = models.IntegerField(null=True)
    begins = models.IntegerField(null=True)
    quiet = models.IntegerField(default=0)

    class Meta:
        managed = False
        db_table = "life_customer"

    def __str__(self) -> str:
        return f"customer {self.customer_id}"


class PlacementQuerySet(models.QuerySet["Placement"]):
    def current(self) -> PlacementQuerySet:
        """Where customers stand now, as far as we know now."""
        return self.filter(until=None, superseded_at=None)

    def true(self) -> PlacementQuerySet:
        """The history as we know it now."""
        return self.filter(superseded_at=None)

    def on(self, day: date) -> PlacementQuerySet:
        return self.filter(since__lte=day).filter(Q(until=None) | Q(until__gt=day))

    def with_before(self) -> Any:  # a queryset of placements; django-stubs cannot follow the annotation
        """Each with the id of the rung of the placement that led into it in `came_from`, if one did."""
        before = Placement.objects.true().filter(
            customer=OuterRef("customer"), ladder=OuterRef("ladder"), until=OuterRef("since")
        )
        return self.annotate(came_from=Subquery(before.values("rung")[:1]))

    def entered_from(self) -> Any:
        """Those that another placement led into, with the id of its rung in `came_from`."""
        return self.with_before().exclude(came_from=None)

    def known_at(self, at: datetime) -> PlacementQuerySet:
        """The rows that were believed at an instant. Their `until` is as of now: ask `was_until` what it was then."""
        believed = self.filter(recorded_at__lte=at).filter(Q(superseded_at=None) | Q(superseded_at__gt=at))
        return believed.annotate(was_until=Case(When(closed_at__lte=at, then=F("until")), default=None, output_field=DayField()))

    def believed_on(self, day: date, at: datetime) -> PlacementQuerySet:
        """Where customers stood on a day, as it was believed at an instant: what was closed later was open then."""
        return self.known_at(at).filter(since__lte=day).filter(Q(was_until=None) | Q(was_until__gt=day))


class Placement(models.Model):
    """A customer stands on a rung from `since` until the day before `until`.

    In two times: valid (since, until) and known (recorded_at, closed_at, superseded_at). What ends is
    closed; what was wrong is superseded, and stays.
    """

    customer = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, related_name="placements")
    ladder = models.ForeignKey("ladder.Ladder", on_delete=models.CASCADE, related_name="+")
    rung = models.ForeignKey("ladder.Rung", on_delete=models.PROTECT, related_name="placements")
    edition = models.ForeignKey("ladder.Edition", on_delete=models.PROTECT, related_name="+")
    since = DayField()
    until = DayField(null=True)
    due = DayField(null=True, help_text="The earliest day on which time alone may end it.")
    falls_on = DayField(null=True, help_text="The day on which grace ends, for whom the rung is kept by grace alone.")
    imported = models.BooleanField(
        default=False, help_text="Found by an import, a rule change, an override or a full pass: queues nothing by itself."
    )
    override = models.ForeignKey(
        "ladder.Override",
        on_delete=models.SET_NULL,
        null=True,
        db_index=False,
        related_name="+",
        help_text="The one that holds on its last day, for an open one as of the last ranked day, whether or not the rules say the same.",
    )
    by_override = models.BooleanField(default=False, help_text="It began because an override began or ended.")
    recorded_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, help_text="When we learned that it ended.")
    superseded_at = models.DateTimeField(null=True, help_text="When we learned that it was wrong.")

    objects = PlacementQuerySet.as_manager()

    class Meta:
        ordering = ["customer", "ladder", "since", "id"]
        constraints = [
            models.UniqueConstraint("customer", "ladder", condition=Q(until=None, superseded_at=None), name="placement_one_open"),
            models.UniqueConstraint("customer", "ladder", "since", condition=Q(superseded_at=None), name="placement_one_since"),
            models.CheckConstraint(condition=Q(until=None) | Q(until__gt=models.F("since")), name="placement_not_empty"),
        ]
        indexes = [
            models.Index(
                fields=["ladder", "rung", "customer"], condition=Q(until=None, superseded_at=None), name="placement_by_rung"
            ),
            models.Index(fields=["due"], condition=Q(until=None, superseded_at=None), name="placement_due"),
            models.Index(fields=["ladder", "since"], condition=Q(superseded_at=None), name="placement_movements"),
            models.Index(fields=["override"], condition=Q(override__isnull=False), name="placement_by_override"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} on {self.rung_id} since {self.since}"


class Outlook(models.Model):
    """What time alone will do to where somebody stands on a ladder in the days looked ahead; for as long as they are due on that day

    and nothing more is said of days to come.
    """

    customer = models.ForeignKey("customers.Customer", on_delete=models.CASCADE, db_index=False, related_name="outlooks")
    ladder = models.ForeignKey("ladder.Ladder", on_delete=models.CASCADE, db_index=False, related_name="+")
    due = DayField(null=True)
    marks = models.PositiveIntegerField(
        default=0, help_text="How much was said of days to come, or taken back, when it was looked."
    )
    error = models.CharField(max_length=500, blank=True, help_text="Why nothing could be foretold.")
    falls_on = DayField(null=True, help_text="The first day on which they stand lower; empty where they do not.")
    falls_to = models.ForeignKey("ladder.Rung", on_delete=models.CASCADE, null=True, db_index=False, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["customer", "ladder"], name="outlook_one")]
        indexes = [models.Index(fields=["ladder", "falls_on"], condition=Q(falls_on__isnull=False), name="outlook_by_day")]

    def __str__(self) -> str:
        return f"{self.customer_id} falls on {self.falls_on}"


class Chunk(models.Model):
    """A fixed range of customers. Whoever ranks it writes its row first, which locks it."""

    number = models.BigIntegerField(
        primary_key=True, help_text=f"Customers {CHUNK_SIZE:,} x number to {CHUNK_SIZE:,} x (number + 1) - 1."
    )
    ranked_at = models.DateTimeField(null=True)
    through = DayField(null=True, help_text="Everybody in it is judged up to this day.")
    given_up_at = models.DateTimeField(null=True, help_text="When it could not be ranked, and nobody in it was to blame.")

    def __str__(self) -> str:
        return f"chunk {self.number}"


class RunQuerySet(models.QuerySet["Run"]):
    def ranked_through(self) -> date | None:
        """The last business day up to which anybody has been ranked. It never goes back."""
        found: date | None = self.aggregate(day=models.Max("day"))["day"]
        return found

    def superfluous(self, before: datetime) -> RunQuerySet:
        """Finished ones of what was stale, begun before an instant, that say nothing an earlier run of their day does not."""
        earlier = Run.objects.filter(day=OuterRef("day"), pk__lt=OuterRef("pk"))
        return self.filter(models.Exists(earlier), kind=Run.Kind.STALE, finished_at__isnull=False, started_at__lt=before)


class Run(models.Model):
    """One bringing-up-to-date, with its progress. A night happens once per business day."""

    class Kind(models.TextChoices):
        NIGHT = "night", "nightly"
        STALE = "stale", "what was stale"
        ASKED = "asked", "asked for"

    kind = models.CharField(max_length=5, choices=Kind.choices)
    day = DayField(db_index=True)
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    cancelled_at = models.DateTimeField(null=True)
    chunks = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    judged = models.PositiveIntegerField(default=0)
    moved = models.PositiveIntegerField(default=0)
    actions = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0, help_text="Chunks that could not be ranked; the next run tries them again.")
    quarantined = models.PositiveIntegerField(
        default=0, help_text="Customers on whose facts the rules fail; they alone were left out."
    )
    error = models.CharField(max_length=500, blank=True)

    objects = RunQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [models.UniqueConstraint("day", condition=Q(kind="night"), name="run_one_night_a_day")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} run of {self.day}"

    @property
    def goes_on(self) -> bool:
        """Workers are at it, or will be."""
        if self.finished_at or self.cancelled_at:
            return False
        return self.stretches.filter(done_at=None).exists()

    @property
    def percent(self) -> int:
        return 100 * self.done // self.chunks if self.chunks else 0
