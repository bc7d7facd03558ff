"""One act on a draft's document: on a rule, on a rung, on a number. Gives another document; who stores it checks all of it."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError

from ladder.choosing import Choice
from ladder.facts import FACTS
from ladder.reshaping import ACTS, ROOT, STAY, acted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Document = dict[str, Any]

NAMED = ("name", "public_label", "loyal")


def applied(document: Document, said: Mapping[str, Any]) -> Document:
    """The document after one act. `said` has "do", and what that asks for. Raises ValidationError naming the place."""
    do, found = str(said.get("do")), copy.deepcopy(document)
    if do in RUNG_ACTS:
        RUNG_ACTS[do](found, said)
    elif do in ACTS:
        _act(_rung(found, said), do, said)
    else:
        raise ValidationError(f"do: “{do[:40]}” is no act; there are {', '.join([*ACTS, *RUNG_ACTS])}.")
    return found


def _act(row: Document, do: str, said: Mapping[str, Any]) -> None:
    """On the rule that earns the rung, or where the path begins with "stay" on the one that keeps it."""
    path = str(said.get("path", ROOT))
    root = STAY if path.partition(".")[0] == STAY else ROOT
    if root not in row:
        none = "the ground has no rule" if root == ROOT else "the rung is kept by the rule that earns it; soften it first"
        raise ValidationError(f"{row['rung']}.{root}: {none}.")
    try:
        row[root] = acted(row[root], do, path.replace(root, ROOT, 1), said)
    except ValidationError as error:
        told = [f"{row['rung']}.{message.replace(ROOT, root, 1)}" for message in error.messages]
        raise ValidationError(told) from None


def _rung(document: Document, said: Mapping[str, Any]) -> Document:
    for row in document["rungs"]:
        if row["rung"] == said.get("rung"):
            return row  # type: ignore[no-any-return]
    known = ", ".join(row["rung"] for row in document["rungs"])
    raise ValidationError(f"rung: “{str(said.get('rung'))[:50]}” is none of this draft; there are {known}.")


def _add(document: Document, said: Mapping[str, Any]) -> None:
    """At the end of its kind: side states are judged in order, steps climb."""
    kind = said.get("kind", "step")
    if kind not in {"side", "step"}:
        raise ValidationError("kind: must be side or step; there is one ground.")
    row = {"rung": said.get("rung"), "kind": kind, "rule": said.get("rule") or Choice(FACTS["occasions"]).condition()}
    row |= {name: said[name] for name in NAMED if name in said}
    rungs = document["rungs"]
    rungs.insert(sum(r["kind"] == "side" for r in rungs) if kind == "side" else len(rungs), row)


def _name(document: Document, said: Mapping[str, Any]) -> None:
    """What a rung is called, and whether one is loyal from it on."""
    _rung(document, said).update({name: said[name] for name in NAMED if name in said})


def _remove(document: Document, said: Mapping[str, Any]) -> None:
    row = _rung(document, said)
    if row["kind"] == "ground":
        raise ValidationError(f"{row['rung']}: is the ground, which everybody needs whom no other rung takes.")
    document["rungs"].remove(row)


def _move(document: Document, said: Mapping[str, Any]) -> None:
    """Among its kind: down a list of side states is later in judgement, up the ladder is later in the list."""
    rungs, row = document["rungs"], _rung(document, said)
    if said.get("by") not in {"up", "down"}:
        raise ValidationError(f"{row['rung']}: by must be up or down.")
    later = (said["by"] == "up") == (row["kind"] == "step")
    i = rungs.index(row)
    other = i + (1 if later else -1)
    if not 0 <= other < len(rungs) or rungs[other]["kind"] != row["kind"]:
        raise ValidationError(f"{row['rung']}: has nowhere to go {said['by']}.")
    rungs[i], rungs[other] = rungs[other], rungs[i]


def _number(document: Document, said: Mapping[str, Any]) -> None:
    """A number that facts are computed with; checked where it is stored."""
    document["numbers"] = {**document.get("numbers", {}), str(said.get("name"))[:60]: said.get("value")}


def _soften(document: Document, said: Mapping[str, Any]) -> None:
    """Give a step a stay rule of its own, to begin with the one that earns it."""
    row = _rung(document, said)
    if row["kind"] != "step":
        raise ValidationError(f"{row['rung']}.{STAY}: only a step is kept by a milder rule.")
    row.setdefault(STAY, copy.deepcopy(row["rule"]))


def _harden(document: Document, said: Mapping[str, Any]) -> None:
    _rung(document, said).pop(STAY, None)


def _grace(document: Document, said: Mapping[str, Any]) -> None:
    """Days for which the rule must have failed before they fall; checked where it is stored."""
    _rung(document, said)["grace_days"] = said.get("value")


RUNG_ACTS: Mapping[str, Callable[[Document, Mapping[str, Any]], None]] = {
    "add_rung": _add, "name_rung": _name, "remove_rung": _remove, "move_rung": _move, "number": _number,
    "soften": _soften, "harden": _harden, "grace": _grace,
}  # fmt: skip
