"""Small tables that a model looks into for every row: read once while many rows are taken in, and anew at any other time."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Table = TypeVar("Table")
_kept: ContextVar[dict[Any, Any] | None] = ContextVar("kept", default=None)


@contextmanager
def into(kept: dict[Any, Any]) -> Iterator[None]:
    """What is looked up meanwhile is kept here, and not read again."""
    token = _kept.set(kept)
    try:
        yield
    finally:
        _kept.reset(token)


def once(name: Any, read: Callable[[], Table]) -> Table:
    """A table by its name, read unless it is kept."""
    kept = _kept.get()
    if kept is None:
        return read()
    if name not in kept:
        kept[name] = read()
    found: Table = kept[name]
    return found
