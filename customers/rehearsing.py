"""Where a rehearsal may write: nothing of it stays, and nobody waits for it.

PostgreSQL rolls one transaction back. SQLite has one writer, whom everybody else would wait for as
long as the rehearsal takes; there it writes into a copy of the database that is thrown away.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Home = Callable[[], AbstractContextManager[Any]]


@contextmanager
def apart(name: str) -> Iterator[Home | None]:
    """What this thread writes is thrown away; inside what this gives, if anything, it is at home in the database again."""
    if (
        connection.vendor == "sqlite" and not connection.in_atomic_block
    ):  # whose transaction it is keeps the others waiting anyway
        with on_a_copy(name) as home:
            yield home
    else:
        with transaction.atomic():
            yield None
            transaction.set_rollback(True)


@contextmanager
def on_a_copy(name: str) -> Iterator[Home]:
    here: Any = connections[DEFAULT_DB_ALIAS]
    path = Path(here.settings_dict["NAME"]).with_name(f"rehearsal-{name}.sqlite3")
    throw_away(path)  # one that died may have left it
    copy: Any = here.copy()
    copy.settings_dict["NAME"] = str(path)
    try:
        here.ensure_connection()
        copy.ensure_connection()
        here.connection.backup(copy.connection)
        with at(copy):
            yield lambda: at(here)
    finally:
        copy.close()
        throw_away(path)


@contextmanager
def at(place: Any) -> Iterator[None]:
    """This thread's database is that one."""
    before = connections[DEFAULT_DB_ALIAS]
    connections[DEFAULT_DB_ALIAS] = place
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS] = before


def throw_away(path: Path) -> None:
    for end in ("", "-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
