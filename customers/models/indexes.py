"""Indexes that Django has no words for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor
    from django.db.backends.ddl_references import Statement


class CoveringIndex(models.Index):
    """An index that also carries columns which are only read, so that the rows themselves need not be.

    SQLite has no INCLUDE, and Django leaves it out there: each row found was then read from the table, which took half of the time.
    It is given them as further columns to find by, and those of the condition too, for it looks at them again.
    """

    def create_sql(
        self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor, using: str = "", **kwargs: Any
    ) -> Statement:
        if schema_editor.connection.features.supports_covering_indexes:
            return super().create_sql(model, schema_editor, using, **kwargs)
        asked = [child[0] for child in self.condition.children if isinstance(child, tuple)] if self.condition else []
        carried = [*self.fields, *self.include, *asked]
        return models.Index(fields=carried, condition=self.condition, name=self.name).create_sql(
            model, schema_editor, using, **kwargs
        )
