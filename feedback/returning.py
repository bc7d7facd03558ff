"""How many of those who were asked answered. Counts people, so one who was asked twice is one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from customers.intervals import Share

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True)
class Returned:
    """Invitations that were made, came back and were answered; the rate is answered / (invited - bounced), of people."""

    invited: int
    bounced: int
    answered: int
    rate: Share


def returned(counted: Mapping[str, int] | None) -> Returned:
    """Of what `Invitation.objects.counted()` gives for a survey; nothing of one to which nobody was invited."""
    of = counted or {}
    rate = Share(of.get("answerers", 0), of.get("people", 0))
    return Returned(of.get("invited", 0), of.get("bounced", 0), of.get("answered", 0), rate)
