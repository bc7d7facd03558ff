"""What a source is: spans of days of a customer over which a ledger says the same."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ladder import sql

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Prepared:
    """A table that is filled before the spans that read it."""

    table: str
    columns: str
    select: str
    key: str = ""
    """The columns that name a row, where it is joined by them."""


@dataclass(frozen=True)
class Spans:
    """One source: the temporary table it fills, how, and what it contributes to a scorecard."""

    table: str
    columns: str
    """Of the table, beside customer_id, since and until."""
    select: str
    """Gives customer_id, since and the columns: what holds from that day until the next row of the customer."""
    facts: Mapping[str, str]
    """Scorecard column -> expression over this table, {t} its alias."""
    before: tuple[Prepared, ...] = ()
    """Filled before it, each once, whoever else names it."""
    name: str = ""
    """Of a source that is read only where a rule asks for one of its facts."""
    says_until: bool = False
    """The select gives `until` after `since`: its spans leave holes."""
    present: str = ""
    """Gives only the span that holds on the horizon, where that can be had for much less than all of them."""
    present_on_postgresql: str = ""
    """The same in words that only PostgreSQL knows, where it has it for less again."""

    @property
    def presently(self) -> str:
        return (sql.on_postgresql() and self.present_on_postgresql) or self.present

    @property
    def untold(self) -> dict[str, str]:
        """The expression of each column where it has no row."""
        return {name: re.sub(r"\{t\}\.\w+", "CAST(NULL AS BIGINT)", told) for name, told in self.facts.items()}

    @property
    def statement(self) -> str:
        """Gives customer_id, since, until and the columns."""
        if self.says_until:
            return self.select
        return (
            f"WITH told (customer_id, since, {self.columns}) AS ({self.select}) SELECT customer_id, since,"
            f" COALESCE(LEAD(since) OVER (PARTITION BY customer_id ORDER BY since), {{forever}}), {self.columns} FROM told"
        )


def latest(name: str, ledger: str, value: str = "", *, only: str = "1 = 1", asked: str = "") -> Spans:
    """The day of the latest row of a ledger that stands, and a value of the rows of that day. `asked`: where a rule asks for it."""
    return Spans(
        name=asked,
        table=f"life_{name}",
        columns="told",
        select=f"""
            SELECT r.customer_id, r.day, {value or "COUNT(*)"} FROM {ledger} r JOIN life_customer c ON c.customer_id = r.customer_id {{within:r}}
            WHERE r.withdrawn_at IS NULL AND {only} AND r.day <= {{horizon}} GROUP BY r.customer_id, r.day
        """,
        facts={f"{name}_day": "{t}.since", **({name: "{t}.told"} if value else {})},
    )
