"""What several customers say alike, who may have lived through it, and what was decided about it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from customers.days import DayField

SAID = ("complaint", "response", "satisfaction", "suggestion", "message")
"""What may belong to a theme: the fields of ThemeMessage, of which each row has one."""


class Theme(models.Model):
    """A claim that several customers seem to make, within a window, about something of which we know whom it concerns."""

    class Base(models.TextChoices):
        UNKNOWN = "", "Not known yet"
        FAILURES = "failures", "Everyone affected by the failures named here"
        BUYERS = "buyers", "Everyone who bought in the window, of one product or category if it is named"
        TAGGED = "tagged", "Everyone with a tag"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    claim = models.TextField(max_length=1000, help_text="What is said, as a sentence that may turn out wrong.")
    first_day = DayField(null=True, blank=True, help_text="The first day of the window; empty for no such limit.")
    last_day = DayField(null=True, blank=True, help_text="The last day of the window; empty while it is open.")
    tolerance = models.FloatField(
        default=0.01,
        validators=[MinValueValidator(0.0), MaxValueValidator(0.5)],
        help_text="The share of those concerned that we can live with; 0.01 is 1 %.",
    )
    base = models.CharField(max_length=8, choices=Base.choices, default=Base.UNKNOWN, blank=True)
    failures = models.ManyToManyField("feedback.Failure", blank=True, related_name="themes")
    product = models.ForeignKey("customers.Product", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    category = models.ForeignKey("customers.Category", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    tag = models.ForeignKey("customers.Tag", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.CheckConstraint(condition=Q(tolerance__gte=0, tolerance__lte=0.5), name="theme_tolerance")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("listening:theme", args=[self.slug])

    def clean(self) -> None:
        if self.first_day and self.last_day and self.last_day < self.first_day:
            raise ValidationError({"last_day": "The window cannot end before it begins."})
        if self.base == self.Base.TAGGED and self.tag is None:
            raise ValidationError({"tag": "Say which tag."})

    def holds(self, day: object) -> bool:
        """Whether a day lies in the window."""
        return not ((self.first_day and day < self.first_day) or (self.last_day and day > self.last_day))  # type: ignore[operator]


def exactly_one(names: tuple[str, ...]) -> Q:
    found = Q()
    for one in names:
        found |= Q(**{f"{name}__isnull": name != one for name in names})
    return found


def about(model: str) -> models.ForeignKey:  # type: ignore[type-arg]
    """One of the things that may be said; what is gathered keeps it from going with its import."""
    return models.ForeignKey(f"feedback.{model}", on_delete=models.CASCADE, null=True, related_name="%(class)ss")


class OneThing(models.Model):
    """A row about exactly one thing that was said."""

    complaint = about("Complaint")
    response = about("Response")
    satisfaction = about("Satisfaction")
    suggestion = about("Suggestion")
    message = about("Message")

    class Meta:
        abstract = True

    @property
    def said(self) -> models.Model:
        """The complaint, answer, suggestion or message."""
        found: models.Model = next(getattr(self, name) for name in SAID if getattr(self, f"{name}_id"))
        return found


class ThemeMessage(OneThing):
    """Somebody gathered something that was said into a theme."""

    theme = models.ForeignKey(Theme, on_delete=models.CASCADE, related_name="gathered")
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        ordering = ["theme", "id"]
        constraints = [
            models.CheckConstraint(condition=exactly_one(SAID), name="theme_message_is_one_thing"),
            *(models.UniqueConstraint("theme", name, name=f"theme_{name}_once") for name in SAID),
        ]

    def __str__(self) -> str:
        return f"{self.said} in {self.theme}"


class Candidate(OneThing):
    """Something said that reads like others: like what is in a theme already, or like others in no theme. Derived, and made anew."""

    theme = models.ForeignKey(Theme, on_delete=models.CASCADE, null=True, related_name="candidates")
    group = models.PositiveIntegerField(
        default=0, help_text="Those without a theme that read alike share a number, the largest first."
    )
    likeness = models.FloatField(help_text="The cosine, up to 1.")

    class Meta:
        ordering = ["theme", "group", "-likeness", "id"]
        constraints = [models.CheckConstraint(condition=exactly_one(SAID), name="candidate_is_one_thing")]

    def __str__(self) -> str:
        return f"{self.said}, {self.likeness:.2f}"


class Decision(models.Model):
    """Somebody decided about a theme, knowing what was known then. The latest holds."""

    class Outcome(models.TextChoices):
        CHANGE = "change", "We change something"
        REST = "rest", "We leave it as it is"
        ASK = "ask", "We ask the silent first"

    theme = models.ForeignKey(Theme, on_delete=models.CASCADE, related_name="decisions")
    outcome = models.CharField(max_length=6, choices=Outcome.choices)
    why = models.TextField(max_length=1000)
    state = models.CharField(max_length=12, editable=False, help_text="What the evidence said then.")
    voices = models.PositiveIntegerField(editable=False)
    exposed = models.PositiveIntegerField(null=True, editable=False)
    at = models.DateTimeField(default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"{self.get_outcome_display()}, {self.at:%Y-%m-%d}"


class Sample(models.Model):
    """Silent customers drawn by chance from those concerned by a theme; the seed draws the same again from the same people."""

    theme = models.ForeignKey(Theme, on_delete=models.CASCADE, related_name="samples")
    seed = models.PositiveBigIntegerField(editable=False)
    size = models.PositiveIntegerField(help_text="How many were asked for.")
    drawn_from = models.PositiveIntegerField(editable=False, help_text="How many silent voices there were.")
    drawn_at = models.DateTimeField(default=timezone.now, editable=False)
    drawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")
    survey = models.ForeignKey(
        "feedback.Survey",
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        help_text="By which they are asked.",
    )

    class Meta:
        ordering = ["-drawn_at", "-id"]

    def __str__(self) -> str:
        return f"{self.size} drawn on {self.drawn_at:%Y-%m-%d}"


class SampleMemberQuerySet(models.QuerySet["SampleMember"]):
    def unreached(self) -> SampleMemberQuerySet:
        """Not asked yet, or by an invitation that came back; not passed over; and nothing is known of what they think."""
        bounced = Q(invitation__bounced_at__isnull=False, invitation__answered_at=None)
        return self.filter(Q(asked_at=None) | bounced, answered_at=None, passed_over="")


class SampleMember(models.Model):
    """One of a sample: when they were asked "do you feel the same?", and what they answered."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sample = models.ForeignKey(Sample, on_delete=models.CASCADE, related_name="members")
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="+")
    place = models.PositiveIntegerField(help_text="In the order of drawing, from 1.")
    invitation = models.OneToOneField(
        "feedback.Invitation", on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    passed_over = models.CharField(
        max_length=20,
        blank=True,
        help_text="Why they could not be invited, a name of `inviting.REASONS`; the next drawn took their place.",
    )
    asked_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    agrees = models.BooleanField(null=True)

    objects = SampleMemberQuerySet.as_manager()

    class Meta:
        ordering = ["sample", "place"]
        constraints = [
            models.UniqueConstraint("sample", "customer", name="sampled_once"),
            models.CheckConstraint(
                condition=Q(answered_at=None, agrees=None) | Q(answered_at__isnull=False, agrees__isnull=False),
                name="sample_answer_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer} in {self.sample}"
