"""Whom a run could not judge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

if TYPE_CHECKING:
    from accounts.models import Viewer


class QuarantineQuerySet(models.QuerySet["Quarantine"]):
    def visible_to(self, viewer: Viewer) -> QuarantineQuerySet:
        return self.filter(viewer.reach("customer__owner", "customer__team"))


class Quarantine(models.Model):
    """A customer on whose facts the rules fail. They keep their marks and their rungs, and runs leave them out until something new comes."""

    customer = models.OneToOneField("customers.Customer", on_delete=models.CASCADE, primary_key=True, related_name="quarantine")
    run = models.ForeignKey("ladder.Run", on_delete=models.SET_NULL, null=True, related_name="quarantines")
    since = models.DateTimeField()
    error = models.CharField(max_length=500)
    marks = models.PositiveIntegerField(help_text="Marks that had come when they were last tried: one more is something new.")

    objects = QuarantineQuerySet.as_manager()

    class Meta:
        ordering = ["-since", "customer"]

    def __str__(self) -> str:
        return f"{self.customer}: {self.error}"
