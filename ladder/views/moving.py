"""Between two past days: who stood where on each, and who went from where to where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from customers import days
from ladder import believing, reigns
from ladder.forms import BetweenForm
from ladder.models import Ladder

if TYPE_CHECKING:
    from django.http import HttpResponse

    from accounts.requests import Request
    from ladder.believing import Movements
    from ladder.models import Rung

COMPARED = timedelta(days=30)


@dataclass(frozen=True)
class Row:
    """Those who stood on a rung on the first day, by where they stood on the second."""

    rung: Rung | None
    cells: list[tuple[int, bool]]
    """How many, and whether they moved."""
    people: int


def movements(request: Request, slug: str) -> HttpResponse:
    ladder, today = get_object_or_404(Ladder, slug=slug), reigns.reigning(days.day_of(timezone.now())).day
    asked = request.GET if "from" in request.GET else {"from": f"{today - COMPARED}", "to": f"{today}"}
    form = BetweenForm(asked)
    context: dict[str, Any] = {"ladder": ladder, "form": form}
    if form.is_valid():
        said = form.cleaned_data
        known = days.end_of(said["known_at"]) if said["known_at"] else None
        try:
            found = believing.recorded(ladder, since=said["from"], until=said["to"], known_at=known, viewer=request.user)
        except believing.Unrecorded as error:
            form.add_error(None, error)
        else:
            context |= {"found": found, "known": said["known_at"], **table(found)}
    return render(request, "ladder/movements.html", context)


def table(found: Movements) -> dict[str, Any]:
    """Rows and columns from the top down, side states last, then no rung where somebody came or went; with both sums."""
    pairs = [pk for pair in found.matrix for pk in pair]
    order = [*reversed(found.rungs), *([None] if None in pairs else [])]
    rows = [
        Row(found.rungs.get(before or 0), cells, sum(n for n, _ in cells))
        for before in order
        for cells in [[(found.matrix.get((before, after), 0), before != after) for after in order]]
    ]
    sums = [sum(row.cells[i][0] for row in rows) for i in range(len(order))]
    return {"columns": [found.rungs.get(pk or 0) for pk in order], "rows": rows, "sums": sums, "people": sum(sums)}
