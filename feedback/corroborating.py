"""What a theme bears: how many speak, of how many it concerns, and whether that is enough to believe it.

v voices are distinct independent customers who said it in the window, N the voices it concerns. Corroborated is a theme
iff v >= 3 and the Wilson interval of v of N lies above the tolerance, or if that of at least 30 answers drawn by chance
("do you feel the same?") does; refuted iff the latter lies below it; else it is alleged. Where such answers say enough,
they decide. Words of nobody we know are messages, but no voice.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from customers import voices
from customers.intervals import ENOUGH, wilson
from feedback.exposing import exposed
from feedback.models import Message, SampleMember, Suggestion
from feedback.models.themes import SAID

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from django.db import models

    from customers.models import CustomerQuerySet
    from customers.voices import Voice
    from feedback.models import Theme

LEAST = 3  # voices
CORROBORATED, REFUTED, ALLEGED = "corroborated", "refuted", "alleged"


@dataclass(frozen=True)
class Share:
    """So many of so many voices, and its interval; n is at least 1."""

    count: int
    n: int

    @property
    def low(self) -> float:
        return wilson(self.count, self.n)[0]

    @property
    def high(self) -> float:
        return wilson(self.count, self.n)[1]


@dataclass(frozen=True)
class Evidence:
    """What is known of a theme on a day."""

    tolerance: float
    messages: int
    anonymous: int
    voices: int
    exposed: int | None
    """None while nobody has said whom it concerns; else at least as many as speak."""
    loudest: Voice | None
    loudest_messages: int
    agree: int
    answers: int

    @property
    def loudest_share(self) -> float | None:
        return self.loudest_messages / self.messages if self.loudest else None

    @property
    def share(self) -> Share | None:
        return Share(self.voices, self.exposed) if self.exposed else None

    @property
    def answered(self) -> Share | None:
        """Of answers drawn by chance, once they are enough."""
        return Share(self.agree, self.answers) if self.answers >= ENOUGH else None

    @property
    def state(self) -> str:
        return judge(self.voices, self.exposed, self.agree, self.answers, self.tolerance)


def judge(spoke: int, of: int | None, agree: int, answers: int, tolerance: float) -> str:
    """The state of a theme by its counts."""
    if answers >= ENOUGH:
        low, high = wilson(agree, answers)
        if high < tolerance:
            return REFUTED
        if low > tolerance:
            return CORROBORATED
    if of and spoke >= LEAST and wilson(spoke, of)[0] > tolerance:
        return CORROBORATED
    return ALLEGED


def weigh(theme: Theme, on: date) -> Evidence:
    """What is known of a theme as of a day."""
    who = [spoken.customer_id for spoken in standing(theme)]  # type: ignore[attr-defined]
    known = voices.independent(on).filter(pk__in={customer for customer in who if customer})
    voice_of = voices.voices(known)
    loud = Counter(voice_of[customer] for customer in who if customer in voice_of)
    loudest, most = min(loud.items(), key=lambda one: (-one[1], one[0]), default=(None, 0))
    agree, answers = answered(theme, on)
    return Evidence(
        tolerance=theme.tolerance, messages=len(who), anonymous=who.count(None), voices=len(loud), exposed=concerned(theme, known, on),
        loudest=loudest, loudest_messages=most, agree=agree, answers=answers,
    )  # fmt: skip


def concerned(theme: Theme, speakers: CustomerQuerySet, on: date) -> int | None:
    """How many voices the theme concerns: those of its base, and whoever speaks of it."""
    base = exposed(theme, on)
    if base is None:
        return None
    # One list, not either of two: of those PostgreSQL goes through the longer one again for every customer.
    each = base.order_by().values("pk").union(speakers.order_by().values("pk"))
    return voices.count(voices.independent(on).filter(pk__in=each))


def standing(theme: Theme) -> list[models.Model]:
    """What was gathered, is not withdrawn, and was said in the window."""
    rows = theme.gathered.select_related(*SAID, *(f"{name}__customer" for name in SAID))
    return [said for said in (row.said for row in rows) if stands(said) and theme.holds(said.day)]  # type: ignore[attr-defined]


def stands(said: models.Model) -> bool:
    return isinstance(said, (Message, Suggestion)) or said.withdrawn_at is None  # type: ignore[attr-defined]


def answered(theme: Theme, on: date) -> tuple[int, int]:
    """How many of the voices drawn by chance agree, and how many answered; of several answers of one voice the first counts."""
    rows = SampleMember.objects.filter(sample__theme=theme).exclude(answered_at=None).order_by("answered_at", "pk")
    said = list(rows.values_list("customer", "agrees"))
    voice_of = voices.voices(voices.independent(on).filter(pk__in={customer for customer, _ in said}))
    first: dict[Voice, bool] = {}
    for customer, agrees in said:
        if customer in voice_of:
            first.setdefault(voice_of[customer], bool(agrees))
    return sum(first.values()), len(first)


def weigh_all(themes: Iterable[Theme], on: date) -> list[tuple[Theme, Evidence]]:
    return [(theme, weigh(theme, on)) for theme in themes]
