"""Signs that a customer may leave."""

from __future__ import annotations

from django.db import models

from customers.ledgers import Ledger
from customers.models import Entry
from customers.models.ledger import once_per_source


class LeavingNotice(Entry):
    """A customer said that they mean to leave: a contract given notice of, an account to be closed."""

    words = models.TextField(blank=True, max_length=5000)

    class Meta:
        ordering = ["-occurred_at", "-id"]
        constraints = [once_per_source("leaving_notice")]
        indexes = [models.Index(fields=["customer", "day"], name="leaving_notice_by_customer")]

    brought_in = Ledger("leaving_notices", "Notices of leaving", fields=("words",))

    def __str__(self) -> str:
        return "notice of leaving"


class CompetitorConsidered(Entry):
    """A customer is looking at a competitor."""

    competitor = models.CharField(max_length=200)
    words = models.TextField(blank=True, max_length=5000)

    class Meta:
        ordering = ["-occurred_at", "-id"]
        constraints = [once_per_source("competitor_considered")]
        indexes = [models.Index(fields=["customer", "day"], name="competitor_by_customer")]
        verbose_name_plural = "competitors considered"

    brought_in = Ledger("competitors", "Competitors considered", fields=("competitor", "words"), demanded=("competitor",))

    def __str__(self) -> str:
        return f"considers {self.competitor}"
