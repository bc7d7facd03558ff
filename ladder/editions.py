"""Ladders travel as JSON: reading, writing and publishing their editions."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NoReturn

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Max

from accounts.models import ApiKey, User
from customers import days
from customers.recording import user_of
from ladder import reigns, rules
from ladder.facts import Numbers
from ladder.models import Edition, Ladder, ProgrammeStep, Run, Rung, Step
from ladder.models.ladders import MOST_GRACE

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from ladder.models.ladders import EditionQuerySet

KEYS = {"ladder", "name", "numbers", "rungs", "note"}
RUNG_KEYS = {"rung", "name", "public_label", "kind", "rule", "stay", "grace_days", "loyal"}
FURTHEST = timedelta(days=366)  # how far ahead rules may be published
TAKEN = {"queue", "runs"}  # of the pages beside the ladders
SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,49}")


def check(document: Any) -> dict[str, Any]:
    """A ladder document, or a ValidationError naming the place of what is wrong."""
    if not isinstance(document, dict):
        raise ValidationError("document: must be a JSON object with ladder, name, numbers and rungs.")
    if unknown := sorted(set(document) - KEYS):
        raise ValidationError(f"{unknown[0]}: is not known here; there are {', '.join(sorted(KEYS))}.")
    _slug(document.get("ladder"), "ladder")
    if document["ladder"] in TAKEN:
        raise ValidationError(f"ladder: “{document['ladder']}” is the address of another page; choose another slug.")
    _text(document.get("name"), "name", 100)
    _text(document.get("note", ""), "note", 300, shortest=0)
    Numbers.read(document.get("numbers", {}))
    rungs = document.get("rungs")
    if not isinstance(rungs, list) or not 1 <= len(rungs) <= 30:
        raise ValidationError("rungs: must be a list of 1 to 30 rungs, side states first, then the ladder from its ground up.")
    for i, rung in enumerate(rungs):
        _check_rung(rung, f"rungs[{i}]")
    _check_order([rung["kind"] for rung in rungs], [rung["rung"] for rung in rungs])
    if "\\u0000" in json.dumps(document):  # PostgreSQL stores none
        raise ValidationError("document: holds a NUL, which no name and no text has.")
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
    if rung["kind"] == Step.Kind.SIDE and rung.get("loyal"):
        raise ValidationError(f"{place}.loyal: nobody beside the ladder counts as loyal.")
    if rung["kind"] == Step.Kind.GROUND:
        if rung.get("rule") is not None:
            raise ValidationError(f"{place}.rule: the ground has no rule.")
    else:
        rules.read(rung.get("rule"), f"{place}.rule")
    _check_softness(rung, place)


def _check_softness(rung: dict[str, Any], place: str) -> None:
    grace = rung.get("grace_days", 0)
    if not isinstance(grace, int) or isinstance(grace, bool) or not 0 <= grace <= MOST_GRACE:
        raise ValidationError(f"{place}.grace_days: must be a whole number of days from 0 to {MOST_GRACE}.")
    said = "stay" if rung.get("stay") is not None else "grace_days" if grace else ""
    if said and rung["kind"] != Step.Kind.STEP:
        raise ValidationError(f"{place}.{said}: only a step is kept by a milder rule or left after days of grace.")
    if rung.get("stay") is not None:
        rules.read(rung["stay"], f"{place}.stay")


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
def draft(document: Any, *, by: User | ApiKey | None = None) -> Edition:
    """A new, unpublished edition from a document; makes the ladder and rungs it names where they are new."""
    check(document)
    ladder, _ = Ladder.objects.get_or_create(
        slug=document["ladder"],
        defaults={"name": document["name"], "position": (Ladder.objects.aggregate(last=Max("position"))["last"] or 0) + 1},
    )
    number = (ladder.editions.aggregate(last=Max("number"))["last"] or 0) + 1
    edition = ladder.editions.create(
        number=number, numbers=document.get("numbers", {}), note=document.get("note", ""), **_by("made", by)
    )
    _name(edition, document)
    _fill(edition, document)
    _sign(edition, by)
    return edition


def _fill(edition: Edition, document: dict[str, Any]) -> None:
    for position, row in enumerate(document["rungs"]):
        rung, _ = Rung.objects.get_or_create(
            ladder=edition.ladder,
            slug=row["rung"],
            defaults={"name": row.get("name", row["rung"]), "public_label": row.get("public_label", "")},
        )
        edition.steps.create(
            rung=rung, kind=row["kind"], position=position, rule=row.get("rule"), stay=row.get("stay"),
            grace_days=row.get("grace_days", 0), loyal=row.get("loyal", False),
        )  # fmt: skip


class Overtaken(ValidationError):
    """Somebody else changed the draft since it was read."""


@transaction.atomic
def revise(edition: Edition, document: Any, *, by: User | ApiKey | None = None, seen: int | None = None) -> None:
    """Let a draft say something else. What was tried before says nothing of it any more and is let go.

    `seen` is the version that was read before: if the draft says something else by now, Overtaken. A system leaves whose draft it is.
    """
    check(document)
    if document["ladder"] != edition.ladder.slug:
        raise ValidationError(f"ladder: this is a draft of {edition.ladder.slug}.")
    _claim(edition, seen)
    before = [step.rung_id for step in edition.all_steps]
    edition.numbers, edition.note = document.get("numbers", {}), document.get("note", edition.note)
    edition.save(update_fields=["numbers", "note"])
    edition.steps.all().delete()
    edition.__dict__.pop("all_steps", None)
    edition.__dict__.pop("read_numbers", None)
    _name(edition, document)
    _fill(edition, document)
    _rewritten(edition, by)
    _let_go(before)


@transaction.atomic
def rewritten(edition: Edition, *, by: User) -> None:
    """A draft was changed where it is stored, in the admin site: whoever read it before is overtaken, and it is theirs who did it."""
    _claim(edition, None)
    _rewritten(edition, by)


def _rewritten(edition: Edition, by: User | ApiKey | None) -> None:
    if isinstance(by, User):
        edition.made_by, edition.made_with = by, None
        edition.save(update_fields=["made_by", "made_with"])
    edition.simulations.all().delete()
    edition.backtests.all().delete()
    _sign(edition, by)


def _by(did: str, by: User | ApiKey | None) -> dict[str, Any]:
    """Who did it, as the columns that keep it: a user, or the key of a system; neither is somebody at the command line."""
    return {f"{did}_by": user_of(by), f"{did}_with": by if isinstance(by, ApiKey) else None}


def _sign(edition: Edition, by: User | ApiKey | None) -> None:
    """Note whose words the draft holds; a key's are those of whoever made the key."""
    if writer := by if by is None or isinstance(by, User) else by.made_by:
        edition.written_by.add(writer)


def _claim(edition: Edition, seen: int | None) -> None:
    """From here on the draft is ours until the transaction ends; Overtaken if it is not what was seen."""
    drafts = Edition.objects.drafts().filter(pk=edition.pk)
    claimed = (drafts if seen is None else drafts.filter(version=seen)).update(version=F("version") + 1)
    if not claimed:
        edition.refuse_published()
        raise Overtaken("Somebody changed this draft since you read it, so nothing was changed. Look at what it says now.")
    edition.refresh_from_db(fields=["version"])


def _name(edition: Edition, document: dict[str, Any]) -> None:
    """Give the ladder and the rungs that only this edition speaks of the names it has for them. The others are named once for all editions."""
    others = edition.ladder.editions.exclude(pk=edition.pk)
    _rename(edition.ladder, {"name": document["name"]}, "", alone=not others.exists())
    rungs = {rung.slug: rung for rung in edition.ladder.rungs.all()}
    named_elsewhere = shared(edition)
    for i, row in enumerate(document["rungs"]):
        if rung := rungs.get(row["rung"]):
            said = {name: row[name] for name in ("name", "public_label") if name in row}
            _rename(rung, said, f"rungs[{i}].", alone=rung.pk not in named_elsewhere)


def _rename(thing: Ladder | Rung, said: dict[str, str], place: str, *, alone: bool) -> None:
    changed = [name for name, text in said.items() if text != getattr(thing, name)]
    if changed and not alone:
        raise ValidationError(
            f"{place}{changed[0]}: {thing.name} is a {thing._meta.verbose_name} of other editions too, and is renamed for all of them"
            " in the admin site."
        )
    for name in changed:
        setattr(thing, name, said[name])
    thing.save(update_fields=changed)


def shared(edition: Edition) -> set[int]:
    """The rungs that other editions of the ladder speak of too, by id."""
    return set(Step.objects.exclude(edition=edition).filter(rung__ladder=edition.ladder).values_list("rung", flat=True))


def _let_go(rungs: list[int]) -> None:
    """Rungs that nothing speaks of any more."""
    needed = ProgrammeStep.objects.filter(rung__in=rungs).values("rung")
    Rung.objects.filter(pk__in=rungs, steps=None, placements=None).exclude(pk__in=needed).delete()


@transaction.atomic
def discard(edition: Edition, *, seen: int | None = None) -> None:
    """Let a draft go, with the rungs and the ladder that nothing else speaks of."""
    edition.refuse_published()
    _claim(edition, seen)
    ladder, rungs = edition.ladder, [step.rung_id for step in edition.all_steps]
    edition.delete()
    _let_go(rungs)
    Ladder.objects.filter(pk=ladder.pk, editions=None, rungs=None).delete()


@transaction.atomic
def publish(
    edition: Edition,
    *,
    at: datetime,
    by: User | ApiKey | None = None,
    first_day: date | None = None,
    hold: timedelta = timedelta(0),
    seen: int | None = None,
) -> None:
    """Let an edition judge: a ladder's first from the first fact on, a later one from `first_day`, by default today.

    From a day to come it begins with that day, and can be called back until then, and while `hold` lasts from then on.
    `seen` is the version that was read before: of a draft that says something else by now nothing is published.
    Everybody is judged again from that day; what that finds queues nothing by itself. While `hold` lasts it can be called back.
    Raises ValidationError with the remedy.
    """
    ladder = Ladder.objects.select_for_update().get(pk=edition.ladder_id)
    edition.refuse_published()
    _claim(edition, seen)
    if ladder.four_eyes and (not isinstance(by, User) or edition.written_by.filter(pk=by.pk).exists()):
        raise ValidationError("A second person publishes the rules of this ladder: whoever wrote on the draft may not.")
    if first_day and first_day > days.day_of(at) + FURTHEST:
        raise ValidationError(f"Rules are published at most {FURTHEST.days} days ahead.")
    if held := ladder.editions.held(at).exclude(begun_at=None).first():
        raise ValidationError(f"Edition {held.number} can still be called back: keep it or call it back first.")
    if first_day is None and ladder.editions.published().exists():
        first_day = days.day_of(at)
    begins = max(at, days.start_of(first_day)) if first_day else at
    held_until = begins + hold if hold or begins > at else None
    published = {"published_at": at, "first_day": first_day, "held_until": held_until, **_by("published", by)}
    Edition.objects.filter(pk=edition.pk).update(**published)
    edition.simulations.filter(finished_at=None).update(cancelled_at=at)
    reigns.begin(max(filter(None, [days.day_of(at), Run.objects.ranked_through()])), at=at)
    edition.refresh_from_db(fields=[*published, "begun_at"])


@transaction.atomic
def call_back(edition: Edition, *, at: datetime, by: User | ApiKey | None = None) -> None:
    """Take a publication back while it is held: everybody is judged again as if it had never been, and actions it cancelled wait again."""
    called_back = {"called_back_at": at, **_by("called_back", by)}
    if not _held(edition, at).update(**called_back):
        _refuse(edition, "The time in which this could be called back is over: publish the edition before it again instead.")
    edition.refresh_from_db(fields=[*called_back, "begun_at"])
    if edition.begun_at:
        reigns.mark_everybody(edition)


def keep(edition: Edition, *, at: datetime) -> None:
    """End the time in which a publication can be called back; one that has not begun yet can be until it begins."""
    if edition.is_to_come:
        raise ValidationError(
            f"It begins on {edition.first_day} and can be called back until then: there is nothing to keep yet."
        )
    if not _held(edition, at).update(held_until=at):
        _refuse(edition, "This edition is not held any more.")
    edition.refresh_from_db(fields=["held_until"])


def _refuse(edition: Edition, over: str) -> NoReturn:
    """Raises ValidationError with the reason why it is not held: `over` if it was, and the time has passed."""
    edition.refresh_from_db(fields=["published_at", "called_back_at"])
    if edition.published_at is None:
        raise ValidationError("This is a draft, which was never published: there is nothing to keep or to call back.")
    if edition.called_back_at:
        raise ValidationError(f"This edition was called back on {days.day_of(edition.called_back_at)} already: it judges nobody.")
    raise ValidationError(over)


def _held(edition: Edition, at: datetime) -> EditionQuerySet:
    return Edition.objects.held(at).filter(pk=edition.pk)


def document(edition: Edition, steps: Iterable[Step] | None = None) -> dict[str, Any]:
    """The edition as it travels; as it would with other steps in the place of its own."""
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
                **({} if step.stay is None else {"stay": step.stay}),
                **({"grace_days": step.grace_days} if step.grace_days else {}),
                **({"loyal": True} if step.loyal else {}),
            }
            for step in (edition.all_steps if steps is None else steps)
        ],
        **({"note": edition.note} if edition.note and not edition.shipped else {}),
    }
