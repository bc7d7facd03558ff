"""Writing down what customers say: once per source and external id, like every other fact."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack

from django.db import transaction

from customers.entering import Fact, enter
from customers.recording import take_out
from feedback.models import (
    Ask,
    CompetitorConsidered,
    Complaint,
    HostileAct,
    Importance,
    LeavingNotice,
    Opinion,
    Question,
    Recommendation,
    Response,
    Satisfaction,
    Severity,
)

if TYPE_CHECKING:
    from datetime import date

    from customers.models import Purchase
    from customers.recording import Recorded
    from feedback.models import Channel, Invitation


def record_recommendation(
    *,
    prompted: bool,
    kind: str = Recommendation.Kind.RECOMMENDATION,
    favourable: bool | None = None,
    to_whom: str = "",
    channel: Channel | None = None,
    evidence: str = "",
    words: str = "",
    **fact: Unpack[Fact],
) -> Recorded:
    """Record that they told others, or gave a reference, once; whether it speaks for us may be learned later, under the same id.

    Raises Contradicted, ValidationError.
    """
    told: dict[str, Any] = {
        "prompted": prompted,
        "kind": kind,
        "to_whom": to_whom,
        "channel": channel,
        "evidence": evidence,
        "words": words,
    }
    if favourable is not None and fact.get("external_id") and (known := _completed(fact, told, favourable=favourable)):
        return known
    return enter(Recommendation, fact, later=("favourable",), favourable=favourable, **told)


@transaction.atomic
def _completed(fact: Fact, told: dict[str, Any], *, favourable: bool) -> Recorded | None:
    """Another row in the place of one of which was not known whether it speaks for us: what was known before stays readable."""
    under = Recommendation.objects.filter(source=fact["source"], external_id=fact["external_id"], withdrawn_at=None)
    unknown = under.filter(favourable=None).select_for_update(of=("self",)).first()
    if unknown is None:
        return None
    enter(Recommendation, fact, later=("favourable",), favourable=None, **told)  # whatever else differs contradicts
    take_out(unknown, at=fact["at"])
    return enter(Recommendation, fact, corrects=unknown, favourable=favourable, **told)


def record_ask(*, what: str = Ask.What.RECOMMENDATION, words: str = "", **fact: Unpack[Fact]) -> Recorded:
    """Record that we asked them to tell others, once. Raises Contradicted, ValidationError."""
    return enter(Ask, fact, what=what, words=words)


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


def record_importance(*, matter: str, importance: int, words: str = "", **fact: Unpack[Fact]) -> Recorded:
    """Record how much something matters to them, 1 to 5, once. Raises Contradicted, ValidationError."""
    return enter(Importance, fact, matter=matter, importance=importance, words=words)


def record_complaint(
    *, words: str = "", severity: str = Severity.MINOR, due_day: date | None = None, **fact: Unpack[Fact]
) -> Recorded:
    """Record a complaint, once, due as the service level of its severity says, unless said otherwise. Raises Contradicted, ValidationError."""
    return enter(Complaint, fact, later=["due_day"], words=words, severity=severity, due_day=due_day)


def record_hostile_act(*, audience: str, evidence: str, **fact: Unpack[Fact]) -> Recorded:
    """Record an attempt to turn others against us, once; it counts when two people confirm it. Raises Contradicted, ValidationError."""
    return enter(HostileAct, fact, audience=audience, evidence=evidence)


def record_leaving_notice(*, words: str = "", **fact: Unpack[Fact]) -> Recorded:
    """Record that a customer said they mean to leave, once. Raises Contradicted, ValidationError."""
    return enter(LeavingNotice, fact, words=words)


def record_competitor(*, competitor: str, words: str = "", **fact: Unpack[Fact]) -> Recorded:
    """Record that a customer is looking at a competitor, once. Raises Contradicted, ValidationError."""
    return enter(CompetitorConsidered, fact, competitor=competitor, words=words)
