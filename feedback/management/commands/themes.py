"""Says what the themes bear."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from accounts.answering import AnsweringCommand
from customers.days import day_of
from feedback import corroborating
from feedback.models import Theme

if TYPE_CHECKING:
    from feedback.corroborating import Evidence


class Command(AnsweringCommand):
    help = "Of each theme: how many speak, of how many it concerns, how loud the loudest is, and what that makes of it."

    def handle(self, *args: Any, **options: Any) -> None:
        found = corroborating.weigh_all(Theme.objects.all(), day_of(timezone.now()))
        lines = [line(theme, evidence) for theme, evidence in found]
        answer = {"themes": [told(theme, evidence) for theme, evidence in found]}
        self.reply(options, answer, *(lines or ["There are no themes yet."]))


def told(theme: Theme, evidence: Evidence) -> dict[str, Any]:
    share, answered = evidence.share, evidence.answered
    return {
        "slug": theme.slug, "state": evidence.state, "messages": evidence.messages, "voices": evidence.voices,
        "exposed": evidence.exposed, "low": share and share.low, "high": share and share.high,
        "loudest_share": evidence.loudest_share, "tolerance": evidence.tolerance, "anonymous": evidence.anonymous,
        "answers": evidence.answers, "agree": evidence.agree,
        "answers_low": answered and answered.low, "answers_high": answered and answered.high,
    }  # fmt: skip


def line(theme: Theme, evidence: Evidence) -> str:
    share = evidence.share
    of = f"of {evidence.exposed:,} ({share.low:.1%} to {share.high:.1%})" if share else "of nobody knows how many"
    loud = f", the loudest {evidence.loudest_share:.0%}" if evidence.loudest_share is not None else ""
    return f"{theme.slug}: {evidence.state}, {evidence.voices} voices {of} in {evidence.messages} messages{loud}"
