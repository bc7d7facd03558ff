"""The figures there are, by the names that the command and REST give them; a new one is one entry."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from feedback import figures, timing

if TYPE_CHECKING:
    from collections.abc import Callable

    from feedback.figures import Asked, Figure


class Named(NamedTuple):
    label: str
    of: Callable[[Asked, str], Figure]
    """By what is asked for, and the subject of satisfaction."""
    of_answers: bool = True
    """Whether surveys ask for it, so that one of them may be named."""


NAMED = {
    "nps": Named("Net promoter score", lambda asked, _: figures.nps(asked)),
    "satisfaction": Named("Satisfaction, 1 to 5", figures.satisfaction),
    "response-rate": Named("Response rate, %", lambda asked, _: figures.response_rate(asked)),
    "time-to-answer": Named("Days to answer a complaint, median", lambda asked, _: timing.time_to_answer(asked), of_answers=False),
    "answered-in-time": Named("Complaints answered in time, %", lambda asked, _: timing.in_time(asked), of_answers=False),
    "loop-closed": Named("Answered complaints checked with the customer, %", lambda asked, _: timing.loop_closed(asked), of_answers=False),
}  # fmt: skip
