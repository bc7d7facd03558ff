"""The plain numbers in a ladder document: found in reading order, and changed without touching its shape."""

from __future__ import annotations

import copy
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from ladder import rules
from ladder.facts import Numbers
from ladder.rules import Condition

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True)
class Threshold:
    """A number that a condition of a rung holds a fact against; `name` says its place: "client.3"."""

    name: str
    rung: str
    condition: Condition


def thresholds(document: Mapping[str, Any]) -> list[Threshold]:
    read = ((name, rung, rules.read(place, kept=True)) for name, rung, place in _places(document))
    return [Threshold(name, rung, condition) for name, rung, condition in read if isinstance(condition, Condition)]


def changed(document: Mapping[str, Any], values: Mapping[str, int], numbers: Mapping[str, int]) -> dict[str, Any]:
    """The document with other values at the named places, and these numbers where they are not what they are without saying."""
    found: dict[str, Any] = copy.deepcopy(dict(document))
    for name, _, place in _places(found):
        place["value"] = values.get(name, place["value"])
    usual = Numbers()
    said = {field.name for field in fields(Numbers)} & set(found.get("numbers", {}))
    found["numbers"] = {name: value for name, value in numbers.items() if name in said or value != getattr(usual, name)}
    return found


def _places(document: Mapping[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for row in document["rungs"]:
        for i, place in enumerate(_numeric(row.get("rule"))):
            yield f"{row['rung']}.{i}", row.get("name", row["rung"]), place


def _numeric(rule: Any) -> Iterator[dict[str, Any]]:
    """The conditions of a rule that name a number."""
    if not isinstance(rule, dict):
        return
    for part in [*rule.get("all", []), *rule.get("any", []), rule.get("not")]:
        yield from _numeric(part)
    if isinstance(rule.get("value"), int) and not isinstance(rule["value"], bool):
        yield rule
