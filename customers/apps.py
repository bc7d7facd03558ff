from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


def ship_mappings(using: str, **kwargs: object) -> None:
    """Store the mapping files of this release. One that somebody keeps under another name stays as it is."""
    from customers import mappings  # noqa: PLC0415 - once all apps are there
    from customers.models import Mapping  # noqa: PLC0415

    if Mapping._meta.db_table not in connections[using].introspection.table_names():  # on the way back
        return
    for slug, text in mappings.shipped().items():
        said = {"text": text, "kind": mappings.parse(text).kind, "shipped": True}
        Mapping.objects.using(using).update_or_create(slug=slug, defaults=said)


class CustomersConfig(AppConfig):
    name = "customers"

    def ready(self) -> None:
        # Whichever app brings a new ledger, its mappings are there after `migrate`.
        post_migrate.connect(ship_mappings, sender=self)
