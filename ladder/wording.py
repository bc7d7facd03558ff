"""How facts, rungs and movements are said to people. The same words in browser, API and export."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from datetime import date

    from customers.models import Customer, Purchase
    from ladder.evidence import Evidence
    from ladder.facts import Fact
    from ladder.models import Override, Placement, ProgrammeStep, Step
    from ladder.rules import Condition
    from ladder.standings import Stand


def day(value: date) -> str:
    """18 May 2011."""
    return f"{value.day} {value:%B %Y}"


def count(number: int, one: str, many: str) -> str:
    return f"1 {one}" if number == 1 else f"{number:,} {many}"


WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def spelled(number: int) -> str:
    """Small numbers as words."""
    return WORDS[number] if 0 <= number < len(WORDS) else f"{number:,}"


def money(cents: int) -> str:
    """1,250.00 EUR."""
    whole, part = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole:,}.{part:02} {settings.BUSINESS_CURRENCY}"


def percent(share: float | None) -> str:
    """A share of 1: "12.5 %"; of what is not supported "too few"."""
    return "too few" if share is None else f"{100 * share:.1f} %"


def lowered(label: str) -> str:
    """A label within a sentence."""
    return f"{label[:1].lower()}{label[1:]}"


def sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def movement_reason(step: ProgrammeStep, placement: Placement, order: Purchase | None) -> str:
    """Why an action is there, and why now, as a sentence."""
    if step.starts == step.Starts.LEAVES_BUYING:
        return f"Bought again on {day(placement.since)} after having been {step.rung.name.lower()}."
    said = f"{placement.rung.name} since {day(placement.since)}"
    if order and order.fulfilled:
        said += f", delivered on {day(order.fulfilled)}"
    return f"{said}: time for this {count(step.after_days, 'day', 'days')} later." if step.after_days else f"{said}."


def moved(before: Stand | None, after: Stand | None) -> str:
    """What a movement is: rising, falling, coming back."""
    if before is None or after is None:
        return "Moved"
    if before.side and not after.side:
        return "Came back"
    return "Fell" if after.side or after.position < before.position else "Rose"


def value(fact: Fact, number: int | None) -> int | str | bool | None:
    """A fact's value as it travels: numbers as numbers, choices and flags by their word."""
    if number is None:
        return None
    if fact.kind == "flag":
        return bool(number)
    if fact.kind == "choice":
        return next((word for word, stands_for in fact.choices.items() if stands_for == number), None)
    return number


def shown(fact: Fact, number: int | None) -> str:
    """A fact's value in a table."""
    said = value(fact, number)
    if said is None:
        return "unknown"
    if isinstance(said, bool):
        return "yes" if said else "no"
    if fact.kind == "money" and isinstance(said, int):
        return money(said)
    return f"{said:,} %" if fact.kind == "percent" else f"{said:,}" if isinstance(said, int) else said


NEEDED = {
    "at_least": ("≥ {}", "{} needed"),
    "above": ("> {}", "more than {} needed"),
    "at_most": ("≤ {}", "up to {} allowed"),
    "below": ("< {}", "below {} needed"),
    "equal": ("{}", "{} needed"),
    "differs": ("not {}", "not {}"),
    "known": ("known", ""),
    "unknown": ("unknown", ""),
}
OPPOSITE = {
    "at_least": "below", "below": "at_least", "above": "at_most", "at_most": "above", "equal": "differs", "known": "unknown", "unknown": "known",
}  # fmt: skip


def needed(condition: Condition, against: int | None, *, opposite: bool = False) -> str:
    """What a comparison asks, as a table has it: "≥ 4"; of one that must not be so, its other side."""
    return NEEDED[OPPOSITE[condition.how] if opposite else condition.how][0].format(shown(condition.fact, against))


def said(fact: Fact, number: int | None) -> str:
    """A fact of a customer in words: "bought on 3 different days"."""
    if number is None or (fact.kind == "flag" and not number and not fact.unsure):
        return fact.unsaid or f"{fact.label.lower()} unknown"
    if fact.kind in {"choice", "flag", "text"}:
        return fact.exactly.get(number) or fact.said
    return fact.exactly.get(number) or fact.said.format(shown(fact, number) if fact.kind == "money" else f"{number:,}")


def clause(evidence: Evidence, *, turned: bool = False) -> str:
    """A fact in words, with what is asked beside it where that is a number; `turned`: with what would have been allowed."""
    fact, how = evidence.condition.fact, evidence.condition.how
    words, beside = said(fact, evidence.value), NEEDED[OPPOSITE[how] if evidence.opposite != turned else how][1]
    if not beside or not fact.is_number or evidence.against is None or (how == "equal" and evidence.value == evidence.against):
        return words
    return f"{words} ({beside.format(shown(fact, evidence.against))})"


def listed(parts: list[str], last: str = "and") -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} {last} {parts[-1]}" if parts else ""


def why(customer: Customer, step: Step, evidence: list[Evidence]) -> str:
    """One sentence: who stands where because of what; after the semicolon, what keeps them from falling beside the ladder."""
    return f"{customer.name} stands on {step.rung.name}: {because(step, evidence)}."


def no_longer(lost: Step, evidence: list[Evidence]) -> str:
    """One more sentence: what the higher rung that somebody came from asks and is not so."""
    return f" No longer {lost.rung.name}: {listed(list(dict.fromkeys(clause(e) for e in evidence)))}."


def kept(customer: Customer, step: Step, evidence: list[Evidence], falls_on: date | None) -> str:
    """Who stays where because of a milder rule; or by grace, until when and although what."""
    if falls_on is None:
        return f"{customer.name} stays on {step.rung.name}: {because(step, [e for e in evidence if e.holds and not e.beside])}."
    although = listed(list(dict.fromkeys(clause(e) for e in evidence if not e.holds and not e.beside)))
    return f"{customer.name} stays on {step.rung.name} by grace until {day(falls_on - timedelta(days=1))}, although {although}."


def because(step: Step, evidence: list[Evidence]) -> str:
    """What the rules say for a rung."""
    if step.kind == step.Kind.GROUND:
        return listed(list(dict.fromkeys(_grounded(evidence)))) or "nothing puts them higher"
    if step.kind == step.Kind.SIDE:
        parts = [clause(e, turned=True) if e.condition.fact.anchor else said(e.condition.fact, e.value) for e in evidence]
        return listed(list(dict.fromkeys(parts)))
    own = list(dict.fromkeys(clause(e) for e in evidence if not e.beside))
    beside = list(dict.fromkeys(clause(e) for e in evidence if e.beside))
    return "; ".join(filter(None, [", ".join(own), listed(beside)]))


def _grounded(evidence: list[Evidence]) -> list[str]:
    """What keeps somebody on the ground: nothing bought, and what else is asked of them; or what the first steps ask and is not so."""
    choices = [clause(e) for e in evidence if e.condition.fact.kind == "choice"]
    if any(e.condition.fact.name in EVER_BOUGHT and e.value == 0 for e in evidence):
        taken_back = any("taken back" in source for e in evidence for source in e.sources)
        return ["what they bought was taken back" if taken_back else "nothing bought yet", *choices]
    return [*(clause(e) for e in evidence if not e.holds), *choices]


EVER_BOUGHT = {"occasions", "invoices"}
HELD = {"fix": "held there", "at_least": "held there or above", "at_most": "held there or below"}


def overridden(customer: Customer, step: Step, override: Override, ruled: Step, evidence: list[Evidence]) -> str:
    """Who stands where because somebody said so, until when and why; and what the rules would say."""
    said = f"by {override.author} from {day(override.since)} until {day(override.until)} (“{override.reason}”)"
    if step == ruled:
        return f"{why(customer, step, evidence)} {override} {said}: that changes nothing now."
    return (
        f"{customer.name} stands on {step.rung.name} by override, {HELD[override.how]} {said}."
        f" The rules would say {ruled.rung.name}: {because(ruled, evidence)}."
    )


def held_back(override: Override) -> str:
    """What lifts somebody whom an override keeps where they are."""
    return f"Nothing before {day(override.until)}, when the override ends."


def way_out(step: Step) -> str:
    asked = [c.fact for c, _ in step.read_rule.asked()]
    if any(fact.anchor for fact in asked):
        return "A purchase brings them back onto the ladder."
    wanted = list(dict.fromkeys(fact.lifts[0] for fact in asked if fact.kind == "choice"))
    if wanted:
        return f"A purchase brings them onto the ladder, and so {'do' if len(wanted) > 1 else 'does'} {listed(wanted)}."
    return "Once this is no longer so, they are back on the ladder."


def lift(target: Step, missing: list[tuple[Condition, bool, int | None, int | None, list[str]]]) -> str:
    """What the step above asks and is not so yet: "One more purchase on another day lifts them to Repeat."."""
    parts = list(dict.fromkeys(_missing(*row) for row in missing))
    if any("more purchase" in part for part in parts):
        parts = [part for part in parts if part != "a purchase"]  # any one of those does it
    first = parts[0].partition(" ")[0]  # “taking part on two more days” is one thing, “two more purchases” are several
    several = len(parts) > 1 or first in {"purchases", *WORDS[2:]} or first.replace(",", "").isdecimal()
    return sentence(f"{listed(parts)} {'lift' if several else 'lifts'} them to {target.rung.name}")


def _missing(condition: Condition, so: bool, has: int | None, against: int | None, made_of: list[str]) -> str:  # noqa: FBT001
    fact = condition.fact
    one, other = fact.lifts
    named = f"{fact.label}:" if fact.unsure else lowered(fact.label)
    if fact.kind in {"flag", "choice"} and condition.how == "equal":
        wanted = so == (against == 1)
        asked = (one if wanted else other) or f"{named} {needed(condition, against, opposite=not so)}"
        return f"{asked} ({listed(made_of)})" if made_of and not wanted else asked
    if one and so and condition.how in {"at_least", "above"}:
        more = (against or 0) - (has or 0) + (condition.how == "above")
        if not has and more == 1:
            return one.replace("one more", "a").replace(" on another day", "")
        return one if more == 1 else other.format(spelled(more))
    if other and so and fact.kind == "money" and condition.how in {"at_least", "above"}:
        return other.format(money((against or 0) - (has or 0) + (condition.how == "above")))
    if other and so and fact.kind == "percent":
        return f"{other.format(shown(fact, against))} ({'not known yet' if has is None else f'now {shown(fact, has)}'})"
    if fact.anchor:
        return "a purchase"
    return f"{named} {needed(condition, against, opposite=not so)} (now {shown(fact, has)})"


def rises(step: Step, to: Step) -> bool:
    """Whether it is upwards from one step to another; out of a side state always, into one never."""
    return to.kind != to.Kind.SIDE and (step.kind == step.Kind.SIDE or to.position > step.position)


def falls(
    step: Step, to: Step, on: date, keepers: list[str], *, override: Override | None = None, begins: Override | None = None
) -> str:
    """What time alone will do: "Falls to Inactive on 12 January 2027 unless they buy."; by an override that ends or `begins` then."""
    up = rises(step, to)
    what = f"{'Rises' if up else 'Falls'} to {to.rung.name} on {day(on)}"
    if begins:
        return f"{what}, when an override by {begins.author} begins (“{begins.reason}”)."
    if override and override.until == on:
        return f"{what}, when the override ends."
    unless = listed(keepers, "or") or "something happens before"
    return f"{what}{'' if up else f' unless {unless}'}."
