"""What the page of a survey shows of its questions: texts, choices, what was said so far and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError

from feedback import languages
from feedback.models.questions import LONGEST, SCALES
from feedback.phrases import phrase

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from feedback.models import GivenAnswer, Invitation, Question

SHOWN_AGAIN = 4 * LONGEST  # characters of words that are too long; of more the beginning


@dataclass
class Asked:
    """One question to one customer. `said` is what was sent, as it was sent."""

    question: Question
    invitation: Invitation
    said: str = ""
    error: str = ""

    @property
    def name(self) -> str:
        return f"q-{self.question.slug}"

    def phrase(self, name: str, /, **values: object) -> str:
        return phrase(name, self.invitation.language, self.invitation.form_of_address, **values)

    @property
    def text(self) -> str:
        return languages.said(self.question.texts, self.invitation.language, self.invitation.form_of_address)

    @property
    def options(self) -> list[tuple[str, str]]:
        """Value and label of what may be chosen; none where words are asked for."""
        if scale := SCALES.get(self.question.kind):
            return [(str(n), str(n)) for n in scale]
        of = self.invitation
        return [(row["slug"], languages.said(row["texts"], of.language, of.form_of_address)) for row in self.question.choices]

    @property
    def ends(self) -> tuple[str, str] | None:
        """What the least and the most of a scale mean."""
        kind = {"recommendation": "likely", "satisfaction": "satisfied"}.get(self.question.kind)
        return (self.phrase(f"least_{kind}"), self.phrase(f"most_{kind}")) if kind else None

    @property
    def longest(self) -> str:
        """For the markup: no number there has its thousands apart."""
        return str(LONGEST)

    @property
    def optional(self) -> str:
        return "" if self.question.required else self.phrase("optional")


@dataclass
class Sent:
    """What a form said, read: answers to keep, and questions to ask again."""

    asked: list[Asked]
    answers: dict[Question, dict[str, Any] | None] = field(default_factory=dict)

    @property
    def wrong(self) -> bool:
        return any(one.error for one in self.asked)


def asked(invitation: Invitation, questions: Iterable[Question], kept: Mapping[int, GivenAnswer]) -> list[Asked]:
    """The questions as they stand, with what was said so far."""
    return [Asked(question, invitation, _again(kept.get(question.pk))) for question in questions]


def _again(kept: GivenAnswer | None) -> str:
    if kept is None:
        return ""
    return kept.words if kept.number is None else str(kept.number)


def read(invitation: Invitation, questions: Iterable[Question], form: Mapping[str, str]) -> Sent:
    """Read a form. What is wrong is said at its question; everything else is an answer to keep."""
    sent = Sent([Asked(question, invitation) for question in questions])
    for one in sent.asked:
        said = form.get(one.name, "").replace("\r\n", "\n")  # as browsers count, and as it was typed
        one.said = said if len(said) <= SHOWN_AGAIN else said[:LONGEST]
        try:
            sent.answers[one.question] = one.question.read(said) if said else None
        except ValidationError as error:
            one.error = one.phrase(error.code or "wrong", **(error.params or {}))
    return sent
