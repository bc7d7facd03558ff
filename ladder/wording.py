"""How facts, rungs and movements are said to people. The same words in browser, API and export."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ladder.facts import CHOICES

if TYPE_CHECKING:
    from datetime import date

    from customers.models import Customer, Purchase
    from ladder.explaining import Evidence
    from ladder.facts import Fact
    from ladder.models import Placement, ProgrammeStep, Step
    from ladder.rules import Condition


def day(value: date) -> str:
    """18 May 2011."""
    return f"{value.day} {value:%B %Y}"


def count(number: int, one: str, many: str) -> str:
    return f"1 {one}" if number == 1 else f"{number:,} {many}"


def movement_reason(step: ProgrammeStep, placement: Placement, order: Purchase | None) -> str:
    """Why an action is there, as a sentence."""
    if step.starts == step.Starts.LEAVES_BUYING:
        return f"Bought again on {day(placement.since)} after having been {step.rung.name.lower()}."
    if order and order.fulfilled:
        return f"{placement.rung.name} since {day(placement.since)}; delivered on {day(order.fulfilled)}."
    return f"{placement.rung.name} since {day(placement.since)}."


def value(fact: Fact, number: int | None) -> int | str | bool | None:
    """A fact's value as it travels: numbers as numbers, choices and flags by their word."""
    if number is None:
        return None
    if fact.kind == "flag":
        return bool(number)
    if fact.kind == "choice":
        return next(word for word, stands_for in CHOICES.items() if stands_for == number)
    return number


def shown(fact: Fact, number: int | None) -> str:
    """A fact's value in a table."""
    said = value(fact, number)
    if said is None:
        return "unknown"
    if isinstance(said, bool):
        return "yes" if said else "no"
    return f"{said:,} %" if fact.kind == "percent" else f"{said:,}" if isinstance(said, int) else said


NEEDED = {
    "at_least": "≥ {}",
    "above": "> {}",
    "at_most": "≤ {}",
    "below": "< {}",
    "equal": "{}",
    "known": "known",
    "unknown": "unknown",
}


def needed(condition: Condition, against: int | None) -> str:
    return NEEDED[condition.how].format(shown(condition.fact, against))


def said(fact: Fact, number: int | None) -> str:
    """A fact of a customer in words: "bought on 3 different days"."""
    if number is None or (fact.kind == "flag" and not number):
        return fact.unsaid or f"{fact.label.lower()} unknown"
    if fact.kind == "choice":
        return fact.said if value(fact, number) == "yes" else f"{fact.label.lower()}: no"
    text = fact.said.format(f"{number:,}")
    for many, one in (("1 different days", "1 day"), ("1 days", "1 day"), ("1 purchases", "1 purchase"), ("0 days ago", "today")):
        if fact.said.format(1) == text or number == 0:
            text = text.replace(many, one)
    return text


BESIDE = {"at_least": "{} needed", "above": "more than {}", "at_most": "up to {} allowed", "below": "below {}", "equal": ""}
# A comparison that does not hold, said from its other side.
OPPOSITE = {"above": "up to {} allowed", "at_least": "{} needed", "at_most": "more than {}", "below": "at least {}", "equal": ""}


def clause(evidence: Evidence) -> str:
    words = said(evidence.condition.fact, evidence.value)
    beside = (BESIDE if evidence.holds else OPPOSITE).get(evidence.condition.how, "")
    if not beside or not evidence.condition.fact.is_number or evidence.against is None:
        return words
    return f"{words} ({beside.format(shown(evidence.condition.fact, evidence.against))})"


def listed(parts: list[str], last: str = "and") -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {last} {parts[-1]}" if parts else ""


def why(customer: Customer, step: Step, evidence: list[Evidence]) -> str:
    """One sentence: who stands where because of what."""
    parts = list(dict.fromkeys(clause(e) for e in evidence))
    if step.kind == step.Kind.GROUND:
        taken_back = any("taken back" in source for e in evidence for source in e.sources)
        bought = "what they bought was taken back" if taken_back else "nothing bought yet"
        rest = [clause(e) for e in evidence if e.condition.fact.kind == "choice"]
        return f"{customer.name} stands on {step.rung.name}: {listed([bought, *rest])}."
    return f"{customer.name} stands on {step.rung.name} because they: {listed(parts)}."


def way_out(step: Step) -> str:
    if any(c.fact.anchor for c in step.read_rule.conditions()):
        return "A purchase brings them back onto the ladder."
    return "A need and the ability to pay make them a prospect, a purchase a customer."


def lift(target: Step, missing: list[tuple[Condition, int | None, int | None]]) -> str:
    """What the step above asks and is not so yet."""
    return f"{target.rung.name}: {listed([_missing(*row) for row in missing])}."


def _missing(condition: Condition, has: int | None, against: int | None) -> str:
    fact = condition.fact
    if fact.name in {"occasions", "invoices"} and condition.how == "at_least":
        more = (against or 0) - (has or 0)
        return f"{count(more, 'more day', 'more days')} with a purchase" if fact.name == "occasions" else f"{more} more purchases"
    if fact.kind == "flag":
        return f"{fact.said}" if against else f"{fact.unsaid}"
    if fact.kind == "choice":
        return f"{fact.label.lower()} set to {shown(fact, against)}"
    return f"{fact.label.lower()} {needed(condition, against)} (now {shown(fact, has)})"
