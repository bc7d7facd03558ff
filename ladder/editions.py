"""Ladders travel as JSON: reading, writing and publishing their editions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from customers import days
from ladder import rules, sql
from ladder.facts import Numbers
from ladder.models import Edition, Ladder, Rung, Step

if TYPE_CHECKING:
    from datetime import date, datetime

    from accounts.models import User

KEYS = {"ladder", "name", "numbers", "rungs", "note"}
RUNG_KEYS = {"rung", "name", "public_label", "kind", "rule", "loyal"}
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,49}")


def check(document: Any) -> dict[str, Any]:
    """A ladder document, or a ValidationError naming the place of what is wrong."""
    if not isinstance(document, dict):
        raise ValidationError("document: must be a JSON object with ladder, name, numbers and rungs.")
    if unknown := sorted(set(document) - KEYS):
        raise ValidationError(f"{unknown[0]}: is not known here; there are {', '.join(sorted(KEYS))}.")
    _slug(document.get("ladder"), "ladder")
    _text(document.get("name"), "name", 100)
    _text(document.get("note", ""), "note", 300, shortest=0)
    Numbers.read(document.get("numbers", {}))
    rungs = document.get("rungs")
    if not isinstance(rungs, list) or not 1 <= len(rungs) <= 30:
        raise ValidationError("rungs: must be a list of 1 to 30 rungs, side states first, then the ladder from its ground up.")
    for i, rung in enumerate(rungs):
        _check_rung(rung, f"rungs[{i}]")
    _check_order([rung["kind"] for rung in rungs], [rung["rung"] for rung in rungs])
    return document


def _check_rung(rung: Any, place: str) -> None:
    if not isinstance(rung, dict):
        raise ValidationError(f"{place}: must be an object.")
    if unknown := sorted(set(rung) - RUNG_KEYS):
        raise ValidationError(f"{place}.{unknown[0]}: is not known here; there are {', '.join(sorted(RUNG_KEYS))}.")
    _slug(rung.get("rung"), f"{place}.rung")
    _text(rung.get("name", rung["rung"]), f"{place}.name", 60)
    _text(rung.get("public_label", ""), f"{place}.public_label", 60, shortest=0)
    if not isinstance(rung.get("loyal", False), bool):
        raise ValidationError(f"{place}.loyal: must be true or false.")
    if rung.get("kind") not in Step.Kind.values:
        raise ValidationError(f"{place}.kind: must be side, ground or step.")
    if rung["kind"] == Step.Kind.GROUND:
        if rung.get("rule") is not None:
            raise ValidationError(f"{place}.rule: the ground has no rule.")
    else:
        rules.read(rung.get("rule"), f"{place}.rule")


def _check_order(kinds: list[str], slugs: list[str]) -> None:
    if kinds.count(Step.Kind.GROUND) != 1:
        raise ValidationError("rungs: exactly one of them is the ground.")
    order = [("side", "ground", "step").index(kind) for kind in kinds]
    if order != sorted(order):
        raise ValidationError("rungs: side states come first, then the ground, then the steps.")
    if len(set(slugs)) != len(slugs):
        raise ValidationError("rungs: two of them have the same slug.")


def _slug(value: Any, place: str) -> None:
    if not isinstance(value, str) or not SLUG.fullmatch(value):
        raise ValidationError(f"{place}: must be small letters, digits and hyphens.")


def _text(value: Any, place: str, longest: int, shortest: int = 1) -> None:
    if not isinstance(value, str) or not shortest <= len(value) <= longest or not value.isprintable():
        raise ValidationError(f"{place}: must be a text of {shortest} to {longest} characters, on one line.")


@transaction.atomic
def draft(document: Any, *, by: User | None = None) -> Edition:
    """A new, unpublished edition from a document; makes the ladder and rungs it names where they are new."""
    check(document)
    ladder, _ = Ladder.objects.get_or_create(
        slug=document["ladder"],
        defaults={"name": document["name"], "position": (Ladder.objects.aggregate(last=Max("position"))["last"] or 0) + 1},
    )
    number = (ladder.editions.aggregate(last=Max("number"))["last"] or 0) + 1
    edition = ladder.editions.create(
        number=number, numbers=document.get("numbers", {}), note=document.get("note", ""), made_by=by
    )
    for position, row in enumerate(document["rungs"]):
        rung, _ = Rung.objects.get_or_create(
            ladder=ladder,
            slug=row["rung"],
            defaults={"name": row.get("name", row["rung"]), "public_label": row.get("public_label", "")},
        )
        edition.steps.create(rung=rung, kind=row["kind"], position=position, rule=row.get("rule"), loyal=row.get("loyal", False))
    return edition


@transaction.atomic
def publish(edition: Edition, *, at: datetime, first_day: date | None = None) -> None:
    """Let an edition judge: a ladder's first from the first fact on, a later one from `first_day`, by default today.

    Everybody is judged again from that day; what that finds queues nothing by itself.
    """
    if edition.published_at:
        raise ValidationError("This edition is published already.")
    if first_day is None and edition.ladder.editions.published().exists():
        first_day = days.day_of(at)
    edition.published_at, edition.first_day = at, first_day
    edition.save(update_fields=["published_at", "first_day"])
    day = days.number(first_day) if first_day else 0
    sql.run(
        f"INSERT INTO ladder_stalemark (customer_id, day, imported) SELECT id, %s, {sql.words()['true']} FROM customers_customer",
        [day],
    )


def document(edition: Edition) -> dict[str, Any]:
    """The edition as it travels."""
    return {
        "ladder": edition.ladder.slug,
        "name": edition.ladder.name,
        "numbers": edition.numbers,
        "rungs": [
            {
                "rung": step.rung.slug,
                "name": step.rung.name,
                "public_label": step.rung.public_label,
                "kind": step.kind,
                **({} if step.rule is None else {"rule": step.rule}),
                **({"loyal": True} if step.loyal else {}),
            }
            for step in edition.all_steps
        ],
    }
