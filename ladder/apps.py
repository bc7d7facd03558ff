from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate

from ladder import marks


def install_marks(using: str, **kwargs: object) -> None:
    marks.install(connections[using])


class LadderConfig(AppConfig):
    name = "ladder"

    def ready(self) -> None:
        # The one moment at which every table is there in its newest form.
        post_migrate.connect(install_marks, sender=self)
