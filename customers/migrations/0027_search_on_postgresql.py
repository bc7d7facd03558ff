"""PostgreSQL finds names, contact points and ids by any part of them through an index: else a search reads everybody's."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.db import DatabaseError, migrations, transaction

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor

log = logging.getLogger(__name__)

# Said as Django says it of `contains`, `icontains` and `iexact`.
OF_PARTS = {
    "customer_name_in_parts": "customers_customer USING gin (folded_name gin_trgm_ops)",
    "contact_point_in_parts": "customers_contactpoint USING gin (UPPER(value::text) gin_trgm_ops)",
}
OF_IDS = {"external_id_in_capitals": "customers_externalid (UPPER(external_id::text))"}


def add(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor != "postgresql":
        return
    create(editor, OF_IDS)
    try:
        with transaction.atomic(using=editor.connection.alias):
            editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            create(editor, OF_PARTS)
    except DatabaseError as error:
        log.warning(
            "Customers are searched without an index, which takes long where they are many, for pg_trgm cannot be had: %s"
            " Once it is there, in a schema of the search path: manage.py migrate customers 0026, then manage.py migrate.",
            str(error).strip(),
        )


def create(editor: BaseDatabaseSchemaEditor, indexes: dict[str, str]) -> None:
    for name, on in indexes.items():
        editor.execute(f"CREATE INDEX {name} ON {on}")


def remove(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        for name in (*OF_PARTS, *OF_IDS):
            editor.execute(f"DROP INDEX IF EXISTS {name}")


class Migration(migrations.Migration):
    dependencies = [("customers", "0026_withdrawn_documents")]

    operations = [migrations.RunPython(add, remove)]
