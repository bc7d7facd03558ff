"""What people say in the rules' place: a customer's rung fixed, or held from below or above, for some days."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from customers.days import DayField
from ladder.models.ladders import Step, said_by

if TYPE_CHECKING:
    from datetime import date

    from accounts.models import Viewer
    from ladder.models.ladders import Ladder

LONGEST = 731  # days: two years, a leap day among them


class OverrideQuerySet(models.QuerySet["Override"]):
    def visible_to(self, viewer: Viewer) -> OverrideQuerySet:
        return self.filter(viewer.reach("customer__owner", "customer__team"))

    def standing(self) -> OverrideQuerySet:
        return self.filter(withdrawn_at=None)

    def on(self, day: date) -> OverrideQuerySet:
        """What holds on a day. Of several on one ladder one decides; see ladder.masking."""
        return self.filter(since__lte=day, until__gt=day)

    def told(self) -> OverrideQuerySet:
        """With everything that `__str__` and `author` say."""
        return self.select_related("rung__ladder", "made_by", "made_with")


class Override(models.Model):
    """A mask over what the rules say of a customer on one ladder, from `since` to the day before `until`.

    The rules never see it, and when it ends what they say is there again. It is withdrawn, never changed:
    a withdrawn one counts on none of its days.
    """

    class How(models.TextChoices):
        FIX = "fix", "Fixed on"
        AT_LEAST = "at_least", "At least"
        AT_MOST = "at_most", "At most"

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    customer = models.ForeignKey("customers.Customer", on_delete=models.PROTECT, related_name="overrides")
    how = models.CharField(max_length=8, choices=How.choices)
    rung = models.ForeignKey("ladder.Rung", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    since = DayField(help_text="The first day on which it holds.")
    until = DayField(help_text="The first day on which it no longer holds, at most two years later.")
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")
    made_with = models.ForeignKey("accounts.ApiKey", on_delete=models.SET_NULL, null=True, editable=False, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, editable=False)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False, related_name="+"
    )

    objects = OverrideQuerySet.as_manager()

    class Meta:
        ordering = ["-since", "-id"]
        constraints = [
            # What is said twice is said once; and no two that stand are alike in all that decides between them.
            models.UniqueConstraint(
                "customer", "rung", "how", "since", "until", "reason", condition=Q(withdrawn_at=None), name="override_once"
            ),
            models.CheckConstraint(
                condition=Q(until__gt=F("since")) & Q(until__lte=F("since") + LONGEST), name="override_ends_within_two_years"
            ),
            models.CheckConstraint(condition=Q(how__in=["fix", "at_least", "at_most"]), name="override_how"),
            models.CheckConstraint(condition=~Q(reason=""), name="override_has_a_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.get_how_display()} {self.rung.name}"

    @property
    def ladder(self) -> Ladder:
        return self.rung.ladder

    @property
    def author(self) -> str:
        return said_by(self.made_by, self.made_with)

    def clean(self) -> None:
        if self.since and self.until and self.until <= self.since:
            raise ValidationError({"until": "It must end after the day on which it begins."})
        if self.since and self.until and (self.until - self.since).days > LONGEST:
            raise ValidationError({"until": "It ends at most two years after it begins; renew it then."})
        if self.reason and not self.reason.strip():
            raise ValidationError({"reason": "Say why."})
        self._clean_rung()

    def _clean_rung(self) -> None:
        if self.rung_id is None:
            return
        kinds = set(self.rung.steps.filter(edition__published_at__isnull=False).values_list("kind", flat=True))
        if not kinds:
            raise ValidationError({"rung": "No published rules know this rung."})
        if self.how != self.How.FIX and kinds == {Step.Kind.SIDE}:
            raise ValidationError(
                {"rung": "This stands beside the ladder: nobody is above or below it. Fix them on it, or choose a rung."}
            )

    def over(self, steps: list[Step], earned: Step) -> Step:
        """What stands in the place of the step that the rules give, among the steps of an edition.

        Only for explaining and looking ahead; whoever is ranked is masked in the database, by ladder.masking.
        """
        bound = next((step for step in steps if step.rung_id == self.rung_id), None)
        if bound is None or (self.how != self.How.FIX and Step.Kind.SIDE in {bound.kind, earned.kind}):
            return earned
        above, below = earned.position > bound.position, earned.position < bound.position
        bound_holds = {self.How.FIX: True, self.How.AT_LEAST: below, self.How.AT_MOST: above}
        return bound if bound_holds[self.How(self.how)] else earned
