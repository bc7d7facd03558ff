"""Rules and the difference between two editions, as sentences for people."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from ladder.facts import Fact, Numbers
from ladder.rules import Combination, Condition, Negation
from ladder.wording import count, listed, lowered, said, sentence, shown

if TYPE_CHECKING:
    from ladder.models import Edition, Step
    from ladder.rules import Rule

AMOUNT = {"at_least": "{} or more", "above": "more than {}", "at_most": "at most {}", "below": "less than {}", "equal": "{}"}
BESIDE = {
    "at_least": "at least as many {} as {}", "above": "more {} than {}", "at_most": "at most as many {} as {}",
    "below": "fewer {} than {}", "equal": "as many {} as {}",
}  # fmt: skip
KINDS = {"side": "stands beside the ladder", "ground": "is the ground", "step": "is a step"}
NUMBERS = {
    "typical_gap": "typical gap between two days on which they buy",
    "inactive_after": "least silence that makes inactive",
    "inactive_at_most": "longest silence that is let pass",
    "overdue_after": "least silence that is overdue",
    "fresh": "how long an answer counts",
    "advocacy_at_least": "how long a recommendation counts at least",
    "advocacy_at_most": "how long a recommendation counts at most",
    "recent": "how long a hostile act, a notice of leaving or a competitor counts",
}


def of_step(step: Step) -> str:
    """What a rung asks: "Client: bought on 4 or more different days; not overdue."."""
    return f"{step.rung.name}: {asked(step)}."


def asked(step: Step) -> str:
    found = "everybody whom no other rung takes" if step.rule is None else of_rule(step.read_rule)
    return ". ".join([found, *(sentence(part)[:-1] for part in softness(step))])


def softness(step: Step) -> list[str]:
    """How a rung is kept: "stays while bought on 3 or more different days", "falls only after 14 days of that failing"."""
    found = [f"stays while {of_rule(step.read_stay)}"] if step.read_stay else []
    return found + (
        [f"falls only once that has failed for {count(step.grace_days, 'day', 'days')} running"] if step.grace_days else []
    )


def of_rule(rule: Rule) -> str:
    """A rule, its outermost parts apart by semicolons."""
    return "; ".join(_part(part, outermost=True) for part in parts(rule))


def parts(rule: Rule) -> tuple[Rule, ...]:
    """What has to be so all together."""
    return rule.rules if isinstance(rule, Combination) and rule.how == "all" else (rule,)


def _part(rule: Rule, *, outermost: bool = False) -> str:
    match rule:
        case Condition():
            return of_condition(rule)
        case Negation(Condition(fact, "equal", int(value))) if fact.kind == "flag" and not fact.unsure:
            return of_condition(Condition(fact, "equal", 1 - value))
        case Negation():
            return f"not so: ({_part(rule.rule, outermost=True)})"
    words = listed([_part(part) for part in rule.rules], "and" if rule.how == "all" else "or")
    return words if outermost else f"({words})"


def of_condition(condition: Condition) -> str:
    fact, how, value = condition.fact, condition.how, condition.value
    label = lowered(fact.label)
    if how in {"known", "unknown"}:
        return f"{label} {how}"
    if isinstance(value, Fact):
        return BESIDE[how].format(label, lowered(value.label))
    if fact.kind == "choice":
        return said(fact, value)
    return fact.said.replace("{} %", "{}").format(amount(condition)) if fact.is_number and how != "equal" else said(fact, value)


def amount(condition: Condition) -> str:
    """The number a condition asks for: "80 % or more"."""
    value = condition.value if isinstance(condition.value, int) else None
    return AMOUNT[condition.how].format(shown(condition.fact, value))


def differences(old: Edition, new: Edition) -> list[str]:
    """What another edition of the same ladder asks differently, a sentence each; none if it judges alike."""
    before = {step.rung_id: step for step in old.all_steps}
    after = {step.rung_id: step for step in new.all_steps}
    found = [f"{step.rung.name} is new. {of_step(step)}" for rung, step in after.items() if rung not in before]
    found += [f"{step.rung.name} is no more." for rung, step in before.items() if rung not in after]
    for rung, step in after.items():
        if rung in before:
            found += _changes(before[rung], step)
    return [*found, *_order([r for r in before if r in after], after), *_numbers(old.read_numbers, new.read_numbers)]


def _order(before: list[int], after: dict[int, Step]) -> list[str]:
    if before == [rung for rung in after if rung in before]:
        return []
    return [f"The order is now {listed([step.rung.name for step in after.values()])}."]


def _changes(old: Step, new: Step) -> list[str]:
    name, found = new.rung.name, []
    if new.kind != old.kind:
        found.append(f"{name} {KINDS[new.kind]} now.")
    if new.loyal != old.loyal:
        found.append(f"{name} counts as loyal now." if new.loyal else f"{name} counts as loyal no longer.")
    if softness(new) != softness(old):
        found += [f"{name} {part} now." for part in softness(new)] or [
            f"{name} is kept by the rule that earns it, without grace, now."
        ]
    if new.rule is None or old.rule is None:
        return found
    gone = [part for part in parts(old.read_rule) if part not in parts(new.read_rule)]
    come = [part for part in parts(new.read_rule) if part not in parts(old.read_rule)]
    for part in come:
        if twin := next((other for other in gone if _twins(part, other)), None):
            gone.remove(twin)
            found.append(f"{name} asks for {_instead(part, twin)}.")
        else:
            found.append(f"{name} also asks: {_part(part, outermost=True)}.")
    return [*found, *(f"{name} no longer asks: {_part(part, outermost=True)}." for part in gone)]


def _twins(one: Rule, other: Rule) -> bool:
    """Whether one plainly took the place of the other: both ask the same facts in the same way, of other values."""
    return [(c.fact, so) for c, so in one.asked()] == [(c.fact, so) for c, so in other.asked()]


def _instead(new: Rule, old: Rule) -> str:
    match new, old:
        case Condition(fact, how, int(value)), Condition(_, was, int(before)) if fact.is_number and how == was:
            return f"{shown(fact, value)} instead of {shown(fact, before)}: {of_condition(new)}"
    return f"“{_part(new, outermost=True)}” instead of “{_part(old, outermost=True)}”"


def numbers(of: Numbers) -> dict[str, int]:
    """The numbers of an edition by their names for people."""
    return {NUMBERS[field.name]: getattr(of, field.name) for field in fields(of)}


def _numbers(old: Numbers, new: Numbers) -> list[str]:
    before, after = numbers(old), numbers(new)
    return [
        sentence(f"{name}: {after[name]:,} days instead of {before[name]:,}") for name in after if after[name] != before[name]
    ]
