"""Every fact that a rule may name: what it is, how it is read off a scorecard, when time alone changes it.

A kind of evidence a module: what they do (`buying`), what they say (`saying`), what they tell others (`telling`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ladder.columns import CHANGES, COLUMNS
from ladder.facts import buying, fielding, lately, saying, tagging, telling
from ladder.facts.buying import inactive
from ladder.facts.fact import CHOICES, Fact, flag, whole
from ladder.facts.numbers import Numbers

if TYPE_CHECKING:
    from collections.abc import Mapping

FACTS: Mapping[str, Fact] = {fact.name: fact for fact in (*buying.FACTS, *lately.FACTS, *saying.FACTS, *telling.FACTS)}


def find(name: str) -> Fact | None:
    """The fact of this name; of a tag, a channel or a field of the business's own: "tag:", "channel:" or "field:", and its name."""
    return FACTS.get(name) or tagging.fact(name) or fielding.fact(name)


__all__ = ["CHANGES", "CHOICES", "COLUMNS", "FACTS", "Fact", "Numbers", "find", "flag", "inactive", "whole"]
