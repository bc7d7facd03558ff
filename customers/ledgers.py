"""The ledgers that a file of evidence may fill: each model of one says itself what a file may tell of it.

Whoever adds a ledger, here or in an app above, gives its model a `brought_in`; nothing else has to know.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.apps import apps

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Ledger:
    """What a file may tell of a ledger's rows. Fields are named as the model names them."""

    kind: str
    """Of its mappings and imports."""
    label: str
    fields: tuple[str, ...]
    demanded: tuple[str, ...] = ()
    dated: str = "occurred_at"
    """The field that a file's date fills."""
    names: str = ""
    """The field that holds another customer, whom the file calls as it calls the first."""
    about: str = ""
    """The field that holds the purchase a row is about; a file may name it instead of the customer."""
    later: tuple[str, ...] = ()
    """Fields that may be learned after the row: left out, they contradict nothing."""
    steps: tuple[str, ...] = ()
    """Columns that are no field but tell what came after; the model's `follow` makes a row of them."""
    followed_by: str = ""
    """The relation that holds them."""
    only: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Columns that are not kept, and what they have to say for the row to be taken."""
    scale: int = 0
    """Of its numbers, 0 to this; a mapping has to say the same, so that nobody takes another scale for it."""
    kept: tuple[str, ...] = ()
    """Lookups of rows with which a person has had to do since: they stay when their import is taken back."""

    @property
    def columns(self) -> tuple[str, ...]:
        return (
            "customer",
            "name",
            "date",
            "month",
            "id",
            *([self.about] if self.about else []),
            *self.fields,
            *self.steps,
            *self.only,
        )


def ledgers() -> dict[str, type[Any]]:
    """The models that files of evidence fill, by the kind of their mappings."""
    found = (model for model in apps.get_models() if hasattr(model, "brought_in"))
    return {model.brought_in.kind: model for model in found}


def kinds() -> list[tuple[str, str]]:
    return [(kind, model.brought_in.label) for kind, model in ledgers().items()]
