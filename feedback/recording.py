"""Writing down what customers say: once per source and external id, like every other fact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from customers.days import day_of
from customers.entering import Fact, enter
from feedback.models import (
    CompetitorConsidered,
    Complaint,
    HostileAct,
    LeavingNotice,
    Opinion,
    Question,
    Recommendation,
    Response,
    Satisfaction,
)

if TYPE_CHECKING:
    from datetime import date

    from customers.models import Purchase
    from customers.recording import Recorded
    from feedback.models import Invitation


def record_recommendation(
    *,
    prompted: bool,
    kind: str = Recommendation.Kind.RECOMMENDATION,
    to_whom: str = "",
    words: str = "",
    **fact: Unpack[Fact],
) -> Recorded:
    """Record a recommendation or a reference, once. Raises Contradicted, ValidationError."""
    return enter(Recommendation, fact, prompted=prompted, kind=kind, to_whom=to_whom, words=words)


def record_response(*, score: int, words: str = "", invitation: Invitation | None = None, **fact: Unpack[Fact]) -> Recorded:
    """Record an answer, 0 to 10, once. Raises Contradicted, ValidationError."""
    return enter(Response, fact, score=score, words=words, invitation=invitation)


def record_satisfaction(
    *,
    score: int,
    subject: str = Satisfaction.Subject.OVERALL,
    purchase: Purchase | None = None,
    words: str = "",
    invitation: Invitation | None = None,
    **fact: Unpack[Fact],
) -> Recorded:
    """Record how satisfied they are, 1 to 5, once; about a purchase of theirs, if it is said. Raises Contradicted, ValidationError."""
    return enter(Satisfaction, fact, score=score, subject=subject, purchase=purchase, words=words, invitation=invitation)


def record_opinion(
    *, words: str, question: str = Question.Topic.OTHER, invitation: Invitation | None = None, **fact: Unpack[Fact]
) -> Recorded:
    """Record what somebody thinks, in their words, once. Raises Contradicted, ValidationError."""
    return enter(Opinion, fact, question=question, words=words, invitation=invitation)


def record_complaint(*, words: str = "", due_day: date | None = None, **fact: Unpack[Fact]) -> Recorded:
    """Record a complaint, once, due after `Complaint.ANSWER_WITHIN` unless said otherwise. Raises Contradicted, ValidationError."""
    due = due_day or Complaint.due_by_default(day_of(fact["occurred_at"]))
    return enter(Complaint, fact, words=words, due_day=due)


def record_hostile_act(*, audience: str, evidence: str, **fact: Unpack[Fact]) -> Recorded:
    """Record an attempt to turn others against us, once; it counts when two people confirm it. Raises Contradicted, ValidationError."""
    return enter(HostileAct, fact, audience=audience, evidence=evidence)


def record_leaving_notice(*, words: str = "", **fact: Unpack[Fact]) -> Recorded:
    """Record that a customer said they mean to leave, once. Raises Contradicted, ValidationError."""
    return enter(LeavingNotice, fact, words=words)


def record_competitor(*, competitor: str, words: str = "", **fact: Unpack[Fact]) -> Recorded:
    """Record that a customer is looking at a competitor, once. Raises Contradicted, ValidationError."""
    return enter(CompetitorConsidered, fact, competitor=competitor, words=words)
