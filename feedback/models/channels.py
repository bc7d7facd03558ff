"""By which ways customers are heard."""

from __future__ import annotations

from django.db import models


class Channel(models.Model):
    """A way by which customers are heard: rows of data, of which a business switches off what it has not."""

    slug = models.SlugField(max_length=30, unique=True)
    name = models.CharField(max_length=60)
    we_ask = models.BooleanField(help_text="We go to them; otherwise they come to us.")
    active = models.BooleanField(default=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name
