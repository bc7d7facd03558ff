"""What the purchases propose for the numbers of a draft, to be taken in by a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils import timezone

from customers import days
from ladder import proposing, sentences
from ladder.views.editing import draft_called
from ladder.views.rules import configuring
from ladder.wording import percent

if TYPE_CHECKING:
    from django.http import HttpResponse

    from accounts.requests import Request
    from customers.intervals import Share


@configuring
def edition_proposals(request: Request, pk: int) -> HttpResponse:
    """A page of its own, because it takes a while on many purchases; for htmx the card alone."""
    draft = draft_called(pk)
    found = proposing.propose(days.day_of(timezone.now()))
    told = proposing.told(found, draft.read_numbers)
    rows = [{"number": name, "label": sentences.NUMBERS[name], **told[name]} for name in ("typical_gap", "inactive_after")]
    shares = {limit: share for limit, share in found.inactive_after.returned.items() if share.n}
    limits = [(limit, share.n, *_said(share)) for limit, share in shares.items()]
    context: dict[str, object] = {"edition": draft, "proposals": rows, "silent": found.inactive_after.share, "limits": limits}
    context["came_back"], context["interval"] = _said(found.inactive_after.share)
    return render(request, "ladder/_proposals.html" if request.htmx else "ladder/edition_proposals.html", context)


def _said(share: Share) -> tuple[str, str]:
    """A share and its interval in words."""
    return percent(share.share), f"{percent(share.low)} to {percent(share.high)}" if share.enough else "–"
