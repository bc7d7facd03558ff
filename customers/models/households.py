"""Who lives together: several customers, one voice."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone


class Household(models.Model):
    """People at one postal address, or who are known to belong together; set by hand, perhaps on a proposal."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=200)
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name
