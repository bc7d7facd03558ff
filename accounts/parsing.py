"""Reading the bodies of requests: JSON, nested no deeper than anything this API asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

if TYPE_CHECKING:
    from collections.abc import Iterable

DEEPEST = 100  # lists and objects inside each other; the rules of a ladder, the deepest there are, need much less
TOO_DEEP = f"Lists and objects are nested more than {DEEPEST} deep."


class ShallowJSONParser(JSONParser):
    """Refuses what Python has no stack to read, and what it could read but not check or write again."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            said = super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise ParseError(TOO_DEEP) from None
        nested = _wholes([said])
        for _ in range(DEEPEST):
            nested = [inner for whole in nested for inner in _wholes(whole.values() if isinstance(whole, dict) else whole)]
        if nested:
            raise ParseError(TOO_DEEP)
        return said


def _wholes(parts: Iterable[Any]) -> list[Any]:
    return [part for part in parts if isinstance(part, (dict, list))]
