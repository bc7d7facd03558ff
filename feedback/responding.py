"""Answering a survey: what is said is kept at every step, and sent once.

"Once" is a compare and swap on the invitation, in the transaction that writes the facts: of any number
who send at one moment, one finds it unanswered.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from customers.models import Source
from feedback import canvassing, recording
from feedback.models import GivenAnswer, Invitation, Question, Reward

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from customers.recording import Recorded

    Said = Mapping[Question, dict[str, Any] | None]
    """Answers as `Question.read` gives them; None for one that was left empty."""


class Ended(Exception):
    """The invitation was answered, or has expired, in the meantime."""


def given(invitation: Invitation) -> dict[int, GivenAnswer]:
    """What was said so far, by question."""
    return {answer.question_id: answer for answer in invitation.given.all()}


@transaction.atomic
def keep(invitation: Invitation, said: Said, *, at: datetime) -> None:
    """Keep answers for when the customer comes back by the same link. Raises Ended."""
    held = Invitation.objects.select_for_update().get(pk=invitation.pk)  # what is sent at this moment is not written over
    if held.answered_at or held.expires_at <= at:
        raise Ended
    _write(invitation, said, at)


@transaction.atomic
def give(invitation: Invitation, said: Said, *, at: datetime) -> list[Recorded]:
    """Send the answers: these and those that were kept. They become facts, once. Raises Ended."""
    claim(invitation, at)
    _write(invitation, said, at)
    if invitation.promise:  # for having answered; what was answered is not looked at
        Reward.objects.create(invitation=invitation, customer=invitation.customer, earned_at=at)
    return record(invitation, at=at)


def claim(invitation: Invitation, at: datetime) -> None:
    """Consume the link, or raise Ended. The conditions stand on the row itself: PostgreSQL looks at them again once it has waited."""
    free = Invitation.objects.filter(pk=invitation.pk, answered_at=None, expires_at__gt=at)
    if not free.update(answered_at=at):
        raise Ended
    invitation.answered_at = at


def _write(invitation: Invitation, said: Said, at: datetime) -> None:
    for question, answer in said.items():
        if answer is None:
            invitation.given.filter(question=question).delete()
        else:
            invitation.given.update_or_create(question=question, defaults={**answer, "at": at})


def record(invitation: Invitation, *, at: datetime) -> list[Recorded]:
    """The facts that the answers are, each under an id that the invitation gives it. A choice stays an answer."""
    answers = {answer.question.slug: answer for answer in invitation.given.select_related("question")}
    scored = {slug for slug, answer in answers.items() if answer.number is not None}
    explained = {a.question.explains: a.words for a in answers.values() if a.question.explains in scored}
    source, _ = Source.objects.get_or_create(slug="surveys", defaults={"name": "Surveys"})
    found = []
    for slug, answer in answers.items():
        fact: dict[str, Any] = {
            "customer": invitation.customer, "source": source, "external_id": f"{invitation.uuid}:{slug}", "occurred_at": at, "at": at,
            "invitation": invitation,
        }  # fmt: skip
        if answer.number is not None:
            found.append(_score(answer, explained.get(slug, ""), fact))
        elif _tells(answer, scored):
            topic = answer.question.topic or Question.Topic.OTHER
            found.append(recording.record_opinion(question=topic, words=answer.words, **fact))
    canvassing.heard(invitation, answers.values(), at=at)
    return found


def _score(answer: GivenAnswer, words: str, fact: dict[str, Any]) -> Recorded:
    said: dict[str, Any] = {"score": answer.number, "words": words, **fact}
    if answer.question.kind == Question.Kind.RECOMMENDATION:
        return recording.record_response(**said)
    about = fact["invitation"].purchase
    return recording.record_satisfaction(subject=answer.question.subject, purchase=about, **said)


def _tells(answer: GivenAnswer, scored: set[str]) -> bool:
    """Whether words are an opinion of their own, and not the reason of a score."""
    spoken = answer.question.kind in (Question.Kind.OPINION, Question.Kind.WORDS) and bool(answer.words.strip())
    return spoken and answer.question.explains not in scored
