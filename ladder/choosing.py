"""What a condition may ask: every fact by its group, the comparisons that fit it, and how its value is given."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from django.conf import settings

from customers.models import CustomField, Purchase, Tag
from ladder.facts import FACTS, buying, find, lately, saying, telling
from ladder.rules import COMPARISONS, least_said, most_said

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ladder.facts import Fact
    from ladder.models import Edition

GROUPS = {"What they do": (*buying.FACTS, *lately.FACTS), "What they say": saying.FACTS, "What they tell others": telling.FACTS}
OTHERS, TAGS, CHANNELS, FIELDS = "Other facts", "Tags", "Channels", "Fields of your own"
FEW = 10  # of those there are, named where one is missing
UNVALUED = ("known", "unknown")
WORDS = {
    "at_least": "at least", "above": "more than", "at_most": "at most", "below": "less than", "equal": "exactly",
    "known": "is known", "unknown": "is unknown",
}  # fmt: skip
UNITS = {"days": "days", "percent": "%", "score": "of 10", "stars": "of 5"}


@dataclass(frozen=True)
class Choice:
    """A fact that a condition may ask about, with all that a form needs to know of it."""

    fact: Fact

    @property
    def comparisons(self) -> list[str]:
        return [*(COMPARISONS if self.fact.is_number else [] if self.fact.kind == "text" else ["equal"]), *UNVALUED]

    @property
    def unit(self) -> str:
        return settings.BUSINESS_CURRENCY if self.fact.kind == "money" else UNITS.get(self.fact.kind, "")

    @property
    def widget(self) -> str:
        """How a value is given: as a "number", as an amount of "money", or as one of `values`."""
        return "money" if self.fact.kind == "money" else "number" if self.fact.is_number else "choice"

    @property
    def values(self) -> list[Any]:
        offered: dict[str, list[Any]] = {"flag": [True, False], "choice": list(self.fact.choices)}
        return offered.get(self.fact.kind, [])

    @property
    def most(self) -> int | None:
        """The largest number it may be held against, cents of money."""
        return most_said(self.fact) if self.fact.is_number else None

    @property
    def least(self) -> int | None:
        return least_said(self.fact) if self.fact.is_number else None

    @property
    def beside(self) -> list[Fact]:
        """The facts it may be compared with."""
        if not self.fact.is_number:
            return []
        return [other for other in FACTS.values() if other.kind == self.fact.kind and other != self.fact and other.since is None]

    @property
    def default(self) -> Any:
        return self.values[0] if self.values else 1

    def condition(self) -> dict[str, Any]:
        """The condition to begin with."""
        how = self.comparisons[0]
        return {"fact": self.fact.name, "is": how, **({} if how in UNVALUED else {"value": self.default})}

    def words(self, how: str) -> str:
        return "is" if how == "equal" and not self.fact.is_number else WORDS[how]


def groups(used: Iterable[str] = ()) -> dict[str, list[Choice]]:
    """Every fact that may be asked about, by group; of those by name there are, and those in `used`."""
    grouped = {fact.name for facts in GROUPS.values() for fact in facts}
    found = {title: [Choice(fact) for fact in facts] for title, facts in GROUPS.items()}
    found[OTHERS] = [Choice(fact) for name, fact in FACTS.items() if name not in grouped]
    for title, prefix in ((TAGS, "tag:"), (CHANNELS, "channel:"), (FIELDS, "field:")):
        asked = {name for name in used if name.startswith(prefix)}
        found[title] = [
            Choice(fact) for fact in map(find, sorted({f"{prefix}{name}" for name in _there(prefix)} | asked)) if fact
        ]
    return {title: choices for title, choices in found.items() if choices}


def _there(prefix: str) -> Iterable[str]:
    """The names there are of tags, of channels that somebody bought through, or of fields of the business's own."""
    match prefix:
        case "tag:":
            return Tag.objects.values_list("name", flat=True)
        case "channel:":
            return Purchase.objects.exclude(channel="").order_by().values_list("channel", flat=True).distinct()
    return CustomField.objects.filter(archived_at=None).values_list("slug", flat=True)


def _less_loyal_above(edition: Edition) -> list[str]:
    climb = [step for step in edition.all_steps if step.kind != step.Kind.SIDE]
    return [
        f"{upper.rung.name} does not count as loyal, though {lower.rung.name} below it does."
        for lower, upper in pairwise(climb)
        if lower.loyal and not upper.loyal
    ]


def warnings(edition: Edition) -> list[str]:
    """What may be a slip: rules that ask about what does not exist, for a tag or channel may come later, or be misspelt; loyal below and not above."""
    asked = sorted({condition.fact.name for rule in edition.rules() for condition, _ in rule.asked()})
    found = _less_loyal_above(edition)
    for prefix in ("tag:", "channel:"):
        if named := [name.removeprefix(prefix) for name in asked if name.startswith(prefix)]:
            there = sorted(_there(prefix))
            some = f"There are: {', '.join(there[:FEW])}{f' and {len(there) - FEW:,} more' if len(there) > FEW else ''}."
            found += [
                f"No such {prefix[:-1]}: {name}. {some if there else 'There are none yet.'}"
                for name in named
                if name not in there
            ]
    return found
