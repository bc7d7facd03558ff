"""What an explanation says, for pages, API and export."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ladder import nearing, wording

if TYPE_CHECKING:
    from datetime import date

    from ladder.evidence import Evidence
    from ladder.models import Edition, Ladder, Override, Rung, Step
    from ladder.nearing import Position


def evidence_document(evidence: Evidence) -> dict[str, Any]:
    """One comparison as it travels."""
    return {
        "fact": evidence.condition.fact.name,
        "label": evidence.condition.fact.label,
        "value": wording.value(evidence.condition.fact, evidence.value),
        "needed": wording.needed(evidence.condition, evidence.against, opposite=evidence.opposite),
        "holds": evidence.holds,
        "sources": evidence.sources,
    }


@dataclass(frozen=True)
class Explanation:
    """The rung on a day, why, what would lift and what time alone will do."""

    ladder: Ladder
    edition: Edition
    rung: Rung
    step: Step
    since: date
    day: date
    why: str
    evidence: list[Evidence]
    lifts: list[str] = field(default_factory=list)
    falls_on: date | None = None
    falls_to: Rung | None = None
    falls: str = ""
    """What time alone will do, as a sentence; empty if nothing."""
    override: Override | None = None
    """Said by somebody in the rules' place, whether or not it changes anything."""
    ruled: Step | None = None
    """What the rules say, under an override."""
    inactive: bool = False
    """Bought, and silent for longer than is usual for them, whatever the rung."""
    position: Position | None = None
    """How near the next rung is."""
    rises: bool = False
    """Whether what time alone will do is upwards: then it lifts them, and is no fall to whoever reads it elsewhere."""

    @property
    def last_evidence(self) -> date | None:
        """The newest day of what the reason rests on."""
        return max((origin.day for e in self.evidence for origin in e.origins if origin.day), default=None)

    @property
    def fresh(self) -> str:
        return nearing.fresh(self.last_evidence, self.day)

    @property
    def title(self) -> str:
        return f"Why {self.rung.name}"

    @property
    def edition_number(self) -> str:
        return str(self.edition.number)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The evidence as a table shows it, what is asked twice once."""
        shown = [
            {**evidence_document(e), "value": wording.shown(e.condition.fact, e.value), "origins": e.origins}
            for e in self.evidence
        ]
        return list({(row["label"], row["needed"]): row for row in shown}.values())

    def document(self) -> dict[str, Any]:
        return {
            "ladder": self.ladder.slug,
            "rung": self.rung.slug,
            "since": self.since.isoformat(),
            "why": self.why,
            "evidence": [evidence_document(e) for e in self.evidence],
            "next": {
                "up": [*self.lifts, *([self.falls] if self.rises else [])],
                "falls_on": self.falls_on.isoformat() if self.falls_on and not self.rises else None,
                "falls_to": self.falls_to.slug if self.falls_to and not self.rises else None,
            },
            "position": self.position.document() if self.position else None,
            "last_evidence": self.last_evidence.isoformat() if self.last_evidence else None,
            "edition": self.edition.number,
            "override": override_document(self.override, self.ruled) if self.override and self.ruled else None,
        }


def override_document(override: Override, ruled: Step) -> dict[str, Any]:
    """An override in force as it travels, with the rung that the rules would say."""
    return {
        "id": f"ovr_{override.uuid.hex}",
        "how": override.how,
        "rung": override.rung.slug,
        "reason": override.reason,
        "by": override.author,
        "since": override.since.isoformat(),
        "until": override.until.isoformat(),
        "rules_say": ruled.rung.slug,
    }
