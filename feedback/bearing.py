"""What a theme bears, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from customers.intervals import ENOUGH
from customers.models import Customer
from customers.voices import HOUSEHOLD
from feedback.corroborating import CORROBORATED, LEAST, REFUTED

if TYPE_CHECKING:
    from accounts.models import Viewer
    from customers.voices import Voice
    from feedback.corroborating import Evidence, Share

SEEN = {CORROBORATED: "good", REFUTED: "bad"}
"""The colour of a state's chip; alleged has none."""


def chip(evidence: Evidence) -> str:
    return SEEN.get(evidence.state, "")


def percent(share: float) -> str:
    """As much of it as one can tell apart: 12 %, 1.4 %, 0.03 %."""
    if share and share < 0.001:
        return f"{100 * share:.2f} %"
    return f"{100 * share:.1f} %".replace(".0 ", " ") if share < 0.1 else f"{100 * share:.0f} %"


def interval(share: Share) -> str:
    return f"{percent(share.low)} to {percent(share.high)}"


def voices(count: int) -> str:
    return f"{count:,} {'voice' if count == 1 else 'voices'}"


def sentences(evidence: Evidence) -> list[str]:
    """What is known, and what that makes of it, for somebody who has to decide."""
    share, answered = evidence.share, evidence.answered
    said = [
        f"{voices(evidence.voices).capitalize()} in {evidence.messages:,} {'message' if evidence.messages == 1 else 'messages'}."
    ]
    if share is None:
        return [*said, "Nobody has said yet whom it concerns, so it cannot be more than alleged."]
    said[0] = (
        f"{said[0][:-1]}, of the {evidence.exposed:,} it concerns: {interval(share)} of them feel it, as far as they spoke by themselves."
    )
    limit = f"the {percent(evidence.tolerance)} we can live with"
    if answered:
        said.append(f"Of {answered.n:,} drawn by chance {answered.count:,} feel the same: {interval(answered)}.")
    elif evidence.answers:
        said.append(f"Answers drawn by chance: {evidence.answers:,}; below {ENOUGH} they say nothing.")
    return [*said, verdict(evidence, limit)]


def verdict(evidence: Evidence, limit: str) -> str:
    share = evidence.share
    if evidence.state == REFUTED:
        return f"Refuted: all of that lies below {limit}."
    if evidence.state == CORROBORATED:
        return f"Corroborated: it lies above {limit}."
    if evidence.voices < LEAST:
        return f"Alleged: it takes {LEAST} voices."
    return f"Alleged: it could be {limit}, or less." if share and share.low <= evidence.tolerance else "Alleged."


def loudest(evidence: Evidence, viewer: Viewer) -> str:
    """The loudest voice's share of the messages, with its name as far as the viewer may know it."""
    if evidence.loudest is None:
        return "Nobody we know has spoken."
    share = f"{evidence.loudest_messages:,} of {evidence.messages:,} messages, {percent(evidence.loudest_share or 0)}"
    return f"{name(evidence.loudest, viewer)}: {share}"


def name(voice: Voice, viewer: Viewer) -> str:
    kind, pk = voice
    seen = Customer.objects.visible_to(viewer).select_related("household")
    if kind == HOUSEHOLD:
        found = seen.filter(household=pk).first()
        return f"the household {found.household}" if found else "a household of another team"
    there = seen.filter(pk=pk).first()
    return there.name if there else "a customer of another team"
