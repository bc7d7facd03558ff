"""What may be done at one place of a rule: add, change, remove, replace, wrap, unwrap, turn, move.

An act gives a new rule and leaves the old one; what cannot be done is a ValidationError that names the place. Nothing is stored.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError

from ladder import choosing, rules
from ladder.facts import find

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Document = dict[str, Any]
    Step = tuple[str, int]  # into a part of "all" or "any", or into what "not" turns (then the number says nothing)

ROOT, STAY = "rule", "stay"
PLACE = re.compile(rf"{ROOT}((?:\.(?:all|any)\[\d{{1,4}}\]|\.not)*)")
STEP = re.compile(r"\.(all|any)\[(\d+)\]|\.(not)")


def acted(rule: Document, do: str, path: str, said: Mapping[str, Any]) -> Document:
    """The rule after one act on one place. Raises ValidationError naming the place."""
    if do not in ACTS:
        raise ValidationError(f"{path[:100]}: “{do[:40]}” is no act on a rule; there are {', '.join(ACTS)}.")
    found = ACTS[do](rule, steps(path), said)
    if len(found) != 1:
        raise ValidationError(f"{path}: is all that the rung asks. Change it, or remove the rung.")
    return rules.read(found[0], ROOT).document()


def steps(path: str) -> list[Step]:
    if not PLACE.fullmatch(path):
        raise ValidationError(f"{path[:100]}: is not a place in a rule like rule.all[0].")
    return [(kind or turned, int(i or 0)) for kind, i, turned in STEP.findall(path)]


def place(way: list[Step]) -> str:
    return ROOT + "".join(".not" if kind == "not" else f".{kind}[{i}]" for kind, i in way)


def at(rule: Document, way: list[Step]) -> Document:
    """The part at a place."""
    for kind, i in way:
        parts = rule.get(kind)
        if parts is None or (kind != "not" and i >= len(parts)):
            raise ValidationError(f"{place(way)}: there is nothing at this place.")
        rule = parts if kind == "not" else parts[i]
    return rule


def _put(rule: Document, way: list[Step], new: list[Document]) -> list[Document]:
    """The rule with others in the place of one of its parts; a group that nothing is left of goes too."""
    if not way:
        return new
    (kind, i), *rest = way
    if kind == "not":
        return [{"not": part} for part in _put(rule["not"], rest, new)]
    parts = [*rule[kind][:i], *_put(rule[kind][i], rest, new), *rule[kind][i + 1 :]]
    return [{kind: parts}] if parts else []


def _group(part: Document) -> str:
    """How a group joins its parts; "" of what is none."""
    return next((kind for kind in ("all", "any") if kind in part), "")


def _add(rule: Document, way: list[Step], said: Mapping[str, Any]) -> list[Document]:
    """A condition to the end of a group; beside anything else it makes one that asks for both."""
    part = at(rule, way)
    new = said["rule"] if "rule" in said else _choice(said.get("fact"), way).condition()
    kind = _group(part)
    return _put(rule, way, [{kind: [*part[kind], new]} if kind else {"all": [part, new]}])


def _choice(name: Any, way: list[Step]) -> choosing.Choice:
    fact = find(name) if isinstance(name, str) else None
    if fact is None:
        raise ValidationError(f"{place(way)}.fact: “{str(name)[:60]}” is not a fact.")
    return choosing.Choice(fact)


def _remove(rule: Document, way: list[Step], said: Mapping[str, Any]) -> list[Document]:
    at(rule, way)
    return _put(rule, way, [])


def _replace(rule: Document, way: list[Step], said: Mapping[str, Any]) -> list[Document]:
    at(rule, way)
    return _put(rule, way, [said.get("rule", {})])


def _change(rule: Document, way: list[Step], said: Mapping[str, Any]) -> list[Document]:
    """Another fact, comparison or value. A fact alone keeps what fits it, else begins anew."""
    part = at(rule, way)
    if "fact" not in part:
        raise ValidationError(f"{place(way)}: is no comparison, so it has no fact, comparison or value.")
    choice = _choice(said.get("fact", part["fact"]), way)
    new = {**part, **{name: said[name] for name in ("fact", "is", "value") if name in said}}
    if new["is"] in choosing.UNVALUED and "value" not in said:
        new.pop("value", None)
    elif new["is"] not in choosing.UNVALUED:
        new.setdefault("value", choice.default)
    if not {"is", "value"} & set(said) and not _fits(new):
        new = choice.condition()
    return _put(rule, way, [new])


def _fits(condition: Document) -> bool:
    try:
        rules.read(condition)
    except ValidationError:
        return False
    return True


def _into(said: Mapping[str, Any], way: list[Step], known: tuple[str, ...]) -> str:
    into = said.get("into")
    if into not in known:
        raise ValidationError(f"{place(way)}: into must be {' or '.join(known)}.")
    return str(into)


def _wrap(rule: Document, way: list[Step], said: Mapping[str, Any]) -> list[Document]:
    into, part = _into(said, way, ("all", "any", "not")), at(rule, way)
    return _put(rule, way, [{"not": part} if into == "not" else {into: [part]}])


def _turn(rule: Document, way: list[Step], said: Mapping[str, Any]) -> list[Document]:
    """All into any, and back."""
    into, part = _into(said, way, ("all", "any")), at(rule, way)
    if not (kind := _group(part)):
        raise ValidationError(f"{place(way)}: is no group.")
    return _put(rule, way, [{into: part[kind]}])


def _unwrap(rule: Document, way: list[Step], said: Mapping[str, Any]) -> list[Document]:
    """What a group or a not holds in its own place; several only inside a group, which takes them in."""
    part = at(rule, way)
    kind = _group(part)
    parts = part[kind] if kind else [part["not"]] if "not" in part else []
    if not parts:
        raise ValidationError(f"{place(way)}: is no group and no not: there is nothing to unwrap.")
    if len(parts) > 1 and (not way or way[-1][0] == "not"):
        raise ValidationError(f"{place(way)}: holds {len(parts)} conditions, and only one has room here.")
    return _put(rule, way, parts)


def _move(rule: Document, way: list[Step], said: Mapping[str, Any]) -> list[Document]:
    """One place up or down in its group."""
    if said.get("by") not in {"up", "down"}:
        raise ValidationError(f"{place(way)}: by must be up or down.")
    at(rule, way)
    if not way or way[-1][0] == "not":
        raise ValidationError(f"{place(way)}: stands alone and has nowhere to move.")
    kind, i = way[-1]
    parts = [*at(rule, way[:-1])[kind]]
    other = i + (1 if said["by"] == "down" else -1)
    if not 0 <= other < len(parts):
        raise ValidationError(f"{place(way)}: is the {'last' if said['by'] == 'down' else 'first'} of its group already.")
    parts[i], parts[other] = parts[other], parts[i]
    return _put(rule, way[:-1], [{kind: parts}])


ACTS: Mapping[str, Callable[[Document, list[Step], Mapping[str, Any]], list[Document]]] = {
    "add": _add, "change": _change, "remove": _remove, "replace": _replace, "wrap": _wrap, "unwrap": _unwrap, "turn": _turn, "move": _move,
}  # fmt: skip
