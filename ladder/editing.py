"""A rule as sentences that are changed one at a time, and as a tree again. Browser and REST use the same.

The sentences of a rule stand in reading order, each with its place ("rule.all[2].not"), which is also the place that errors name.
What is done at a place stands in `reshaping`.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ladder import rules
from ladder.reshaping import ROOT, STAY
from ladder.rules import Combination, Condition, Negation
from ladder.sentences import of_condition

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ladder.facts import Fact
    from ladder.models import Step
    from ladder.reshaping import Document
    from ladder.rules import Rule

GROUPS = {"all": "all of these", "any": "any of these", "not": "not so"}


@dataclass(frozen=True)
class Sentence:
    """One node of a rule: a comparison, or how those below it belong together."""

    path: str
    depth: int
    kind: str  # "all" · "any" · "not" · "comparison"
    words: str
    fact: Fact | None = None
    how: str = ""
    value: Any = None
    """As it travels: a number, true or false, "yes" or "no", {"fact": name}; None where there is none."""

    @property
    def shown(self) -> Document:
        """Of a comparison, the condition as a document."""
        asked = {"fact": self.fact.name if self.fact else "", "is": self.how}
        return asked if self.value is None else {**asked, "value": self.value}


def sentences(rule: Any, place: str = ROOT) -> list[Sentence]:
    """The rule of a rung, from its document. Raises ValidationError if it is none."""
    return list(_told(rules.read(rule, place), place, 0))


def of_step(step: Step) -> list[Sentence]:
    """Of the rule that earns a rung, and then of the one that keeps it, where there is one."""
    found = sentences(step.rule) if step.rule else []
    return found + (sentences(step.stay, STAY) if step.stay else [])


def _told(rule: Rule, path: str, depth: int) -> Iterator[Sentence]:
    match rule:
        case Condition():
            document = rule.document()
            yield Sentence(path, depth, "comparison", of_condition(rule), rule.fact, rule.how, document.get("value"))
        case Negation():
            yield Sentence(path, depth, "not", GROUPS["not"])
            yield from _told(rule.rule, f"{path}.not", depth + 1)
        case Combination():
            yield Sentence(path, depth, rule.how, GROUPS[rule.how])
            for i, part in enumerate(rule.rules):
                yield from _told(part, f"{path}.{rule.how}[{i}]", depth + 1)


def tree(told: Iterable[Sentence]) -> Document:
    """The rule that these sentences tell: what `sentences` took apart."""
    return _taken(deque(told))


def _taken(waiting: deque[Sentence]) -> Document:
    head = waiting.popleft()
    if head.kind == "comparison":
        return head.shown
    parts = []
    while waiting and waiting[0].depth > head.depth:
        parts.append(_taken(waiting))
    return {"not": parts[0]} if head.kind == "not" else {head.kind: parts}
