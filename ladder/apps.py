from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.db import connections
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate

from ladder import marks, spacing

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper


def install_marks(using: str, **kwargs: object) -> None:
    marks.install(connections[using])


def know_spacing(connection: BaseDatabaseWrapper, **kwargs: object) -> None:
    spacing.install(connection)


class LadderConfig(AppConfig):
    name = "ladder"

    def ready(self) -> None:
        connection_created.connect(know_spacing, sender=None)
        # The one moment at which every table is there in its newest form.
        post_migrate.connect(install_marks, sender=self)
