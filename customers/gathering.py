"""Rows of several ledgers in one query: each as an instance of its model, with the fields that were asked for."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import F, Model, QuerySet, Value
from django.db.models.functions import JSONObject

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


@dataclass(frozen=True)
class Kind:
    """Rows of one model: the fields wanted, and under names of our own what lies behind a relation."""

    rows: QuerySet[Any]
    fields: tuple[str, ...] = ()
    behind: Mapping[str, str] = field(default_factory=dict)

    def said(self) -> JSONObject:
        return JSONObject(**{name: F(name) for name in self.fields}, **{name: F(path) for name, path in self.behind.items()})

    def made(self, pk: int, said: Mapping[str, Any]) -> Any:
        return made(self.rows.model, pk, said)


def made(model: type[Model], pk: int, said: Mapping[str, Any]) -> Any:
    """An instance that was not loaded but told: only for showing."""
    row = model(pk=pk)
    for name, value in said.items():
        with suppress(FieldDoesNotExist):  # a name of our own
            value = model._meta.get_field(name).to_python(value)  # type: ignore[union-attr]
        setattr(row, name, value)
    return row


def gather(kinds: Mapping[str, Kind]) -> dict[str, list[Any]]:
    """The rows of every kind, by its name, oldest first. One query, none without kinds."""
    found: dict[str, list[Any]] = {name: [] for name in kinds}
    for name, pk, said in _rows(kinds.items()):
        found[name].append(kinds[name].made(pk, said))
    return found


def _rows(kinds: Iterable[tuple[str, Kind]]) -> Iterable[Any]:
    parts = [
        kind.rows.order_by().annotate(of=Value(name), row=F("pk"), told=kind.said()).values_list("of", "row", "told")
        for name, kind in kinds
    ]
    return parts[0].union(*parts[1:], all=True).order_by("of", "row") if parts else ()
