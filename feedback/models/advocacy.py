"""What customers tell others about us, for or against."""

from __future__ import annotations

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.db.models import Exists, ExpressionWrapper, OuterRef, Q
from django.utils import timezone

from customers.days import DayField
from customers.ledgers import Ledger
from customers.models import Entry
from customers.models.ledger import EntryQuerySet, once_per_source

PROMPTS_FOR = 30
"""Days for which an ask of ours prompts what a customer tells others, its own day included."""


class Ask(Entry):
    """Somebody of ours asked a customer to tell others; typed in, sent by another system, or left by an action that was done."""

    class What(models.TextChoices):
        RECOMMENDATION = "recommendation", "to recommend us"
        REVIEW = "review", "for a public review"
        TESTIMONIAL = "testimonial", "for a testimonial"

    what = models.CharField(max_length=14, choices=What.choices, default=What.RECOMMENDATION)
    words = models.TextField(blank=True, max_length=5000)

    class Meta:
        ordering = ["-occurred_at", "-id"]
        constraints = [once_per_source("ask")]
        indexes = [models.Index(fields=["customer", "day"], name="ask_by_customer")]

    brought_in = Ledger("asks", "When we asked them to tell others", fields=("what", "words"))

    def __str__(self) -> str:
        return f"asked {self.get_what_display()}"


def asked_before() -> Exists:
    """Whether an ask of ours lies in the days before a row of a customer's: that prompts, whatever was recorded."""
    first = ExpressionWrapper(OuterRef("day") - PROMPTS_FOR, output_field=DayField())
    return Exists(Ask.objects.standing().filter(customer=OuterRef("customer"), day__lte=OuterRef("day"), day__gte=first))


class TellingQuerySet(EntryQuerySet["Recommendation"]):
    def in_favour(self) -> TellingQuerySet:
        """Telling others for us. What is told in public counts only once somebody has said that it speaks for us."""
        return self.filter(Q(kind__in=Recommendation.ALWAYS_FOR_US) | Q(favourable=True))

    def unasked(self) -> TellingQuerySet:
        """By themselves: recorded as unprompted, and no ask of ours in the days before."""
        return self.exclude(kind=Recommendation.Kind.REFERENCE).telling()

    def telling(self) -> TellingQuerySet:
        """What rules count: what was told by themselves, and references."""
        by_themselves = Q(prompted=False) & ~asked_before()
        return self.in_favour().filter(Q(kind=Recommendation.Kind.REFERENCE) | by_themselves)


class Recommendation(Entry):
    """Somebody told others about us, or lent us their name when a prospect asked for a reference.

    Prompted means our code, link or form, a promised reward, or one of us asked in the 30 days before. `prompted` is what was
    recorded; an `Ask` before it makes it prompted as well, whenever that is learned of.
    """

    class Kind(models.TextChoices):
        RECOMMENDATION = "recommendation", "recommendation"
        REFERENCE = "reference", "reference given when asked"
        TESTIMONIAL = "testimonial", "testimonial"
        REVIEW = "review", "public review"
        MENTION = "mention", "social mention"

    ALWAYS_FOR_US = (Kind.RECOMMENDATION, Kind.REFERENCE, Kind.TESTIMONIAL)

    kind = models.CharField(max_length=14, choices=Kind.choices, default=Kind.RECOMMENDATION)
    prompted = models.BooleanField(default=False)
    favourable = models.BooleanField(
        null=True, blank=True, help_text="Whether what was told in public speaks for us; it counts only once that is known."
    )
    to_whom = models.CharField(max_length=200, blank=True)
    channel = models.ForeignKey("feedback.Channel", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    evidence = models.URLField(max_length=500, blank=True, validators=[URLValidator(["http", "https"])])
    words = models.TextField(blank=True, max_length=5000)

    objects = TellingQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        ordering = ["-occurred_at", "-id"]
        constraints = [
            once_per_source("recommendation"),
            models.CheckConstraint(
                condition=~Q(kind__in=["recommendation", "reference", "testimonial"], favourable=False),
                name="recommendation_is_for_us",
            ),
        ]
        indexes = [models.Index(fields=["customer", "day"], name="recommendation_by_customer")]

    brought_in = Ledger(
        "recommendations",
        "Recommendations, references, testimonials, public reviews, social mentions",
        fields=("kind", "prompted", "favourable", "to_whom", "evidence", "words"),
        demanded=("prompted",),
    )

    def __str__(self) -> str:
        if self.kind == self.Kind.REFERENCE:
            return "reference"
        return f"{'prompted' if self.prompted else 'unprompted'} {self.get_kind_display()}"

    @property
    def always_for_us(self) -> bool:
        return self.kind in self.ALWAYS_FOR_US

    def clean(self) -> None:
        if self.favourable is False and self.always_for_us:
            raise ValidationError({"favourable": f"A {self.kind} speaks for us; record a public review or a mention instead."})


class HostileAct(Entry):
    """An attempt to turn others against us, with evidence. It counts, from its own day, once two people confirmed it.

    Never a complaint, a low score, a return, a legal claim, or a word to a regulator or ombudsman.
    """

    audience = models.CharField(max_length=100, help_text="Before whom, as in “the trade fair” or “a review site”.")
    evidence = models.TextField(max_length=5000, help_text="What shows it: words, a link, who heard it.")
    # derived from confirmations:
    confirmed = models.BooleanField(default=False, editable=False)

    class Meta:
        ordering = ["-occurred_at", "-id"]
        constraints = [once_per_source("hostile_act")]
        indexes = [models.Index(fields=["customer", "day"], name="hostile_act_by_customer")]

    brought_in = Ledger(
        "hostile_acts",
        "Hostile acts, to be confirmed by two people",
        fields=("audience", "evidence"),
        demanded=("audience", "evidence"),
        kept=("confirmations",),
    )

    def __str__(self) -> str:
        return f"hostile act before {self.audience}"


class Confirmation(models.Model):
    """Somebody of ours has seen the evidence and says that it was a hostile act."""

    act = models.ForeignKey(HostileAct, on_delete=models.CASCADE, related_name="confirmations")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["act", "at"]
        constraints = [models.UniqueConstraint("act", "by", name="confirmation_once_per_person")]

    def __str__(self) -> str:
        return f"confirmed by {self.by}"
