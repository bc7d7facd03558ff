"""Ladders, their rungs, and the editions of their rules."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import BigIntegerField, Case, Q, Value, When
from django.urls import reverse
from django.utils import timezone

from customers.days import DayField
from ladder import rules
from ladder.facts import Numbers

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import ApiKey, User
    from ladder.facts.fact import Expression
    from ladder.rules import Rule

MOST_GRACE = 365
NOWHERE = 0  # stands for "on no rung"; a NULL here would slip through every comparison


THE_PRODUCT = "the product"


def said_by(user: User | None, key: ApiKey | None) -> str:
    """Who did what somebody does on a page, over REST or by a command."""
    return str(user or key or "somebody at the command line")


class Ladder(models.Model):
    """A way that customers go, from its ground to its top."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=100)
    position = models.PositiveSmallIntegerField(default=0, help_text="The first one is the primary ladder.")
    four_eyes = models.BooleanField(default=False, help_text="Who made a draft may not publish it: a second person does.")
    hold_hours = models.PositiveSmallIntegerField(
        default=24, help_text="So long after publishing, rules can be called back and everything restored."
    )

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return self.name


class Rung(models.Model):
    """A place on a ladder or beside it. The same slug on two ladders means two different rungs."""

    ladder = models.ForeignKey(Ladder, on_delete=models.CASCADE, related_name="rungs")
    slug = models.SlugField()
    name = models.CharField(max_length=60)
    public_label = models.CharField(max_length=60, blank=True, help_text="What a customer may see.")

    class Meta:
        ordering = ["ladder", "id"]
        constraints = [models.UniqueConstraint("ladder", "slug", name="rung_once_per_ladder")]

    def __str__(self) -> str:
        return self.name


class EditionQuerySet(models.QuerySet["Edition"]):
    def published(self) -> EditionQuerySet:
        """In the order in which they judge: by first day, the one without first day first."""
        standing = self.filter(published_at__isnull=False, called_back_at=None)
        return standing.order_by(models.F("first_day").asc(nulls_first=True), "number")

    def drafts(self) -> EditionQuerySet:
        return self.filter(published_at=None)

    def held(self, at: datetime) -> EditionQuerySet:
        """Published, and still to be called back."""
        return self.published().filter(held_until__gt=at)

    def to_come(self) -> EditionQuerySet:
        """Published from a day that has not come yet."""
        return self.published().filter(begun_at=None)

    def told(self) -> EditionQuerySet:
        """With everything that `__str__`, `author`, `publisher` and `recaller` say."""
        people = ("made_by", "made_with", "published_by", "published_with", "called_back_by", "called_back_with")
        return self.select_related("ladder", *people)


class Edition(models.Model):
    """One state of a ladder's rules and numbers. Once published it never changes."""

    ladder = models.ForeignKey(Ladder, on_delete=models.CASCADE, related_name="editions")
    number = models.PositiveIntegerField()
    numbers = models.JSONField(default=dict, blank=True, help_text="The numbers that facts are computed with.")
    note = models.CharField(max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False, help_text="Counts what a draft said, one after the other.")
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")
    made_with = models.ForeignKey("accounts.ApiKey", on_delete=models.SET_NULL, null=True, editable=False, related_name="+")
    shipped = models.BooleanField(default=False, editable=False, help_text="It came with the product.")
    written_by = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        editable=False,
        related_name="+",
        help_text="Everybody who wrote on it, by their own hand or by a key of theirs.",
    )
    published_at = models.DateTimeField(null=True, editable=False)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    published_with = models.ForeignKey("accounts.ApiKey", on_delete=models.SET_NULL, null=True, editable=False, related_name="+")
    begun_at = models.DateTimeField(
        null=True, editable=False, help_text="When its first day had come and everybody was due by it."
    )
    held_until = models.DateTimeField(null=True, editable=False, help_text="Until then it can be called back.")
    called_back_at = models.DateTimeField(null=True, editable=False)
    called_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    called_back_with = models.ForeignKey(
        "accounts.ApiKey", on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )
    first_day = DayField(null=True, editable=False, help_text="It judges from this day; empty means from the first fact.")

    objects = EditionQuerySet.as_manager()

    class Meta:
        ordering = ["ladder", "number"]
        constraints = [models.UniqueConstraint("ladder", "number", name="edition_once_per_number")]

    def __str__(self) -> str:
        return f"{self.ladder.slug} edition {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.refuse_published()
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("ladder:edition", args=[self.pk])

    def clean(self) -> None:
        Numbers.read(self.numbers)
        self.refuse_published()

    @property
    def author(self) -> str:
        return THE_PRODUCT if self.shipped else said_by(self.made_by, self.made_with)

    @property
    def publisher(self) -> str | None:
        if self.published_at is None:
            return None
        return THE_PRODUCT if self.shipped else said_by(self.published_by, self.published_with)

    @property
    def recaller(self) -> str | None:
        """Who called its publication back."""
        return said_by(self.called_back_by, self.called_back_with) if self.called_back_at else None

    @property
    def is_to_come(self) -> bool:
        """Published, and its first day has not come yet."""
        return self.published_at is not None and self.begun_at is None and self.called_back_at is None

    @property
    def is_draft(self) -> bool:
        return self.published_at is None

    def refuse_published(self) -> None:
        """Raises ValidationError if this edition was ever published, in the database or here."""
        if self.pk and Edition.objects.filter(pk=self.pk, published_at__isnull=False).exists():
            raise ValidationError("A published edition never changes: make a new one.")

    @cached_property
    def read_numbers(self) -> Numbers:
        return Numbers.read(self.numbers)

    @cached_property
    def all_steps(self) -> list[Step]:
        return list(self.steps.select_related("rung").order_by("position"))

    def in_order_of_judgement(self) -> list[Step]:
        """Side states first, then the steps from the top; the ground has no rule and comes last of all."""
        sides = [step for step in self.all_steps if step.kind == Step.Kind.SIDE]
        climb = [step for step in self.all_steps if step.kind == Step.Kind.STEP]
        return sides + climb[::-1]

    @property
    def ground(self) -> Step:
        return next(step for step in self.all_steps if step.kind == Step.Kind.GROUND)

    def earned(self, day: Expression) -> Case:
        """The rung earned on a day, as a column of a scorecard."""
        whens = [When(step.fits(day), then=Value(step.rung_id)) for step in self.in_order_of_judgement()]
        unranked = When(Q(not_ranked=1), then=Value(NOWHERE))
        return Case(unranked, *whens, default=Value(self.ground.rung_id), output_field=BigIntegerField())

    @property
    def soft_steps(self) -> list[Step]:
        """The steps that are kept by a rule milder than the one that earns them, or left only after days of grace."""
        return [step for step in self.all_steps if step.kind == Step.Kind.STEP and (step.stay is not None or step.grace_days)]

    def rules(self) -> list[Rule]:
        """Every rule: those that earn a rung in the order of judgement, then those that keep one."""
        judged = self.in_order_of_judgement()
        return [*(step.read_rule for step in judged), *(step.read_stay for step in judged if step.read_stay)]

    def needs(self) -> set[str]:
        """The sources of facts that are read only because these rules ask for them."""
        return {source for rule in self.rules() for condition, _ in rule.asked() for source in condition.needs()}

    def flips(self) -> list[Expression]:
        """The days on which time alone may move somebody, as expressions over a scorecard; each once."""
        found: dict[str, Expression] = {}
        for rule in self.rules():
            for expression in rule.flips(self.read_numbers):
                found.setdefault(repr(expression), expression)
        return list(found.values())


class Step(models.Model):
    """A rung in an edition: beside the ladder, its ground, or a step with the rule that earns it."""

    class Kind(models.TextChoices):
        SIDE = "side", "Beside the ladder"
        GROUND = "ground", "Ground"
        STEP = "step", "Step"

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="steps")
    rung = models.ForeignKey(Rung, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    position = models.PositiveSmallIntegerField(
        help_text="Side states in order of judgement, then the ladder from its ground up."
    )
    rule = models.JSONField(null=True, blank=True)
    stay = models.JSONField(null=True, blank=True, help_text="Who stands here stays while this holds, or the rule above.")
    grace_days = models.PositiveSmallIntegerField(
        default=0,
        help_text="They fall only when it has failed for so many days running.",
        validators=[MaxValueValidator(MOST_GRACE)],
    )
    loyal = models.BooleanField(default=False, help_text="From here on a customer counts as loyal.")

    class Meta:
        ordering = ["edition", "position"]
        constraints = [
            models.UniqueConstraint("edition", "rung", name="step_once_per_edition"),
            models.UniqueConstraint("edition", "position", name="step_one_per_position"),
        ]

    def __str__(self) -> str:
        return f"{self.rung.name} in {self.edition}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.edition.refuse_published()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        self.edition.refuse_published()
        return super().delete(*args, **kwargs)

    def clean(self) -> None:
        if self.rung.ladder_id != self.edition.ladder_id:
            raise ValidationError({"rung": f"{self.rung} is a rung of another ladder."})
        if self.kind != self.Kind.STEP and (self.stay is not None or self.grace_days):
            raise ValidationError({"stay": "Only a step is kept by a milder rule or left after days of grace."})
        if self.kind == self.Kind.GROUND:
            if self.rule is not None:
                raise ValidationError({"rule": "The ground has no rule."})
        else:
            rules.read(self.rule, f"{self.rung.slug}.rule")
        if self.stay is not None:
            rules.read(self.stay, f"{self.rung.slug}.stay")

    @cached_property
    def read_rule(self) -> rules.Rule:
        return rules.read(self.rule, f"{self.rung.slug}.rule", kept=True)

    @cached_property
    def read_stay(self) -> rules.Rule | None:
        return None if self.stay is None else rules.read(self.stay, f"{self.rung.slug}.stay", kept=True)

    def fits(self, day: Expression) -> Q:
        return self.read_rule.q(day, self.edition.read_numbers)
