"""One ladder beside another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from customers import days
from ladder import crosswalks, reigns

if TYPE_CHECKING:
    from accounts.requests import Request


def crosswalk(request: Request, slug: str, other: str) -> HttpResponse:
    reign = reigns.reigning(days.day_of(timezone.now()))
    known = {edition.ladder.slug: edition for edition in reign.editions}
    if slug not in known or other not in known or slug == other:
        raise Http404("There are no two such ladders.")
    context = {
        "ladder": known[slug].ladder,
        "other": known[other].ladder,
        "ladders": [edition.ladder for edition in reign.editions],
        "today": reign.day,
        "crosswalk": crosswalks.crosswalk(known[slug], known[other], request.user),
    }
    return render(request, "ladder/crosswalk.html", context)
