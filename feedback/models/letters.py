"""Letters that carry an invitation by e-mail: they wait here until a worker hands them to the mail server."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q

from feedback.models.surveys import Invitation

if TYPE_CHECKING:
    from datetime import datetime

    from accounts.models import Viewer


class LetterQuerySet(models.QuerySet["Letter"]):
    def visible_to(self, viewer: Viewer) -> LetterQuerySet:
        return self.filter(viewer.reach("invitation__customer__owner", "invitation__customer__team"))

    def due(self, at: datetime) -> LetterQuerySet:
        return self.filter(state=Letter.State.WAITING, due_at__lte=at)

    def in_hand(self) -> LetterQuerySet:
        return self.filter(state=Letter.State.SENDING)

    def lost(self, at: datetime) -> LetterQuerySet:
        """Taken so long ago that whoever took them must have died."""
        return self.in_hand().filter(taken_at__lte=at - Letter.LEASE)

    def undecided(self) -> LetterQuerySet:
        """Nobody knows whether they were sent, and no answer or bounce has shown it since."""
        return self.filter(state=Letter.State.UNCERTAIN, invitation__answered_at=None, invitation__bounced_at=None)


class Letter(models.Model):
    """An invitation's way to the mail server: handed over at most once, unless a person says again."""

    class State(models.TextChoices):
        WAITING = "waiting", "waits to be sent"
        SENDING = "sending", "being handed over"
        SENT = "sent", "sent"
        BOUNCED = "bounced", "refused by the mail server"
        FAILED = "failed", "not taken by the mail server in time"
        WITHHELD = "withheld", "not sent after all"
        UNCERTAIN = "uncertain", "perhaps sent"

    LEASE = timedelta(minutes=10)  # a handing over takes seconds; past this nobody is at it any more
    LASTS = timedelta(days=4)  # nothing older is sent

    invitation = models.OneToOneField(Invitation, on_delete=models.CASCADE, related_name="letter")
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    since = models.DateTimeField(help_text="It is tried for four days from then on.")
    due_at = models.DateTimeField(help_text="Not tried before.")
    tries = models.PositiveSmallIntegerField(default=0)
    taken_as = models.UUIDField(null=True, editable=False)
    taken_at = models.DateTimeField(null=True)
    words = models.CharField(max_length=200, blank=True, help_text="Why it was not sent, or not yet.")

    objects = LetterQuerySet.as_manager()

    class Meta:
        ordering = ["due_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="sending") | Q(taken_at__isnull=False, taken_as__isnull=False), name="letter_sending_is_taken"
            )
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="waiting"), name="letter_waiting"),
            models.Index(fields=["taken_at"], condition=Q(state__in=["sending", "uncertain"]), name="letter_in_the_air"),
        ]

    def __str__(self) -> str:
        return f"{self.invitation}: {self.get_state_display()}"
