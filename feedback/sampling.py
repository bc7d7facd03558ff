"""Asking the silent: some of those whom a theme concerns, drawn by chance, and what they answer.

One is drawn of each voice that has not spoken and was not drawn before. The seed is kept: it puts everybody into an order by chance, the
same whoever else is there, of which a sample is the beginning. Who cannot be asked is passed over for the next in that order, so
what is asked is a random sample of those who can be.
"""

from __future__ import annotations

import secrets
from hashlib import sha256
from typing import TYPE_CHECKING

from django.db import transaction

from accounts.auditing import note
from customers import voices
from customers.recording import Contradicted, user_of
from feedback import corroborating, exposing
from feedback.models import Sample, SampleMember

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from accounts.models import ApiKey, User
    from feedback.models import Theme

MOST = 5_000


@transaction.atomic
def draw(theme: Theme, size: int, *, on: date, at: datetime, by: User | ApiKey | None = None, seed: int | None = None) -> Sample:
    """Draw so many of the silent, or all if they are fewer. Raises ValueError where there is nobody to draw from."""
    if not 0 < size <= MOST:
        raise ValueError(f"Draw between 1 and {MOST:,}.")
    free = silent(theme, on)
    if not free:
        raise ValueError("There is nobody silent to draw from: say first whom it concerns.")
    seed = secrets.randbits(32) if seed is None else seed
    drawn = ordered(free, seed)[:size]
    sample = Sample.objects.create(theme=theme, seed=seed, size=size, drawn_from=len(free), drawn_at=at, drawn_by=user_of(by))
    SampleMember.objects.bulk_create(
        SampleMember(sample=sample, customer_id=customer, place=place) for place, customer in enumerate(drawn, start=1)
    )
    note(by, "drew a sample for", theme, size=len(drawn), of=len(free))
    return sample


def silent(theme: Theme, on: date) -> list[int]:
    """One customer, the oldest record, of each voice concerned that has neither spoken nor been drawn; in the order of records."""
    base = exposing.exposed(theme, on)
    if base is None:
        return []
    heard = {spoken.customer_id for spoken in corroborating.standing(theme)}  # type: ignore[attr-defined]
    heard |= set(SampleMember.objects.filter(sample__theme=theme).values_list("customer", flat=True))
    known = voices.voices(voices.independent(on).filter(pk__in=base.values("pk")))
    known |= voices.voices(voices.independent(on).filter(pk__in=heard - {None}))
    concerned = set(base.values_list("pk", flat=True))
    gone = {voice for customer, voice in known.items() if customer in heard}
    first: dict[voices.Voice, int] = {}
    for customer in sorted(concerned):
        if known[customer] not in gone:
            first.setdefault(known[customer], customer)
    return list(first.values())


def ordered(customers: Iterable[int], seed: int) -> list[int]:
    """By chance, but for the same seed alike: two keep their order whoever else is among them."""
    return sorted(customers, key=lambda customer: sha256(f"{seed}:{customer}".encode()).digest())


def ask(member: SampleMember, *, at: datetime) -> None:
    """They were asked whether they feel the same; the first time counts."""
    SampleMember.objects.filter(pk=member.pk, asked_at=None).update(asked_at=at)


@transaction.atomic
def answer(member: SampleMember, agrees: bool, *, at: datetime, by: User | ApiKey | None = None) -> bool:  # noqa: FBT001 - the answer itself
    """What they answered, once; whether that is new. Raises Contradicted if they answered otherwise before."""
    held = SampleMember.objects.select_for_update().get(pk=member.pk)
    if held.answered_at:
        if held.agrees != agrees:
            raise Contradicted("They have answered otherwise already.")
        return False
    held.asked_at, held.answered_at, held.agrees = held.asked_at or at, at, agrees
    held.save()
    note(by, "recorded an answer of", held.customer, theme=held.sample.theme.slug)
    return True
