"""Why somebody stands where an override holds them, and what the rules would say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ladder import explaining
from ladder.models import Ladder
from tests import factories as make
from tests.ladder.test_overrides import TODAY, on, rank, standing

if TYPE_CHECKING:
    from customers.models import Customer

pytestmark = pytest.mark.django_db


def explained(of: Customer, ladder: str = "griffin") -> explaining.Explanation:
    rank()
    of_ladder = Ladder.objects.get(slug=ladder)
    now, then = explaining.current(of, of_ladder, today=TODAY), explaining.as_of(of, of_ladder, day=TODAY)
    assert now
    assert then
    assert now.document() == then.document(), "as stored and as of today are told alike"
    assert now.rung == standing(of, ladder).rung
    return now


RULES = "bought on one day (1 needed); last bought 9 days ago (up to 180 allowed)."


@pytest.mark.parametrize(("how", "rung", "why", "lifts", "falls"), [
    ("fix", "client",
     "Ada stands on Client by override, held there by somebody at the command line from 30 January 2025 until 13 February 2025"
     f" (“promised”). The rules would say First-time: {RULES}",
     ["Nothing before 13 February 2025, when the override ends."], "Falls to First-time on 13 February 2025, when the override ends."),
    ("at_most", "suspect",
     "Ada stands on Suspect by override, held there or below by somebody at the command line from 30 January 2025 until 13 February 2025"
     f" (“promised”). The rules would say First-time: {RULES}",
     ["Nothing before 13 February 2025, when the override ends."], "Rises to First-time on 13 February 2025, when the override ends."),
    ("at_least", "first-time",
     f"Ada stands on First-time: {RULES} At least First-time by somebody at the command line from 30 January 2025 until"
     " 13 February 2025 (“promised”): that changes nothing now.",
     ["One more purchase on another day lifts them to Repeat."], "Falls to Inactive on 26 July 2025 unless they buy."),
])  # fmt: skip
def test_the_reason_says_who_says_so_and_what_the_rules_would_say(
    how: str, rung: str, why: str, lifts: list[str], falls: str
) -> None:
    ada = make.customer()
    make.purchase(ada, on(-9))
    make.override(ada, how, f"griffin:{rung}", on(-5), on(9), "promised")
    found = explained(ada)
    assert (found.why, found.lifts, found.falls) == (why, lifts, falls)
    document = found.document()
    assert (document["override"]["rules_say"], document["override"]["rung"]) == ("first-time", rung)
    assert [e["fact"] for e in document["evidence"]] == ["occasions", "silence"], "the rules' own"


def test_time_may_move_them_under_an_override_that_lets_it() -> None:
    ada = make.customer()
    make.purchase(ada, on(-170))
    make.override(ada, "at_least", "griffin:repeat", on(-5), on(90))
    found = explained(ada)
    assert (found.rung.slug, found.falls_on, found.falls_to and found.falls_to.slug) == ("repeat", on(11), "inactive")
    rank(on(11))
    assert standing(ada).rung.slug == "inactive"


def test_without_one_the_document_says_so() -> None:
    assert explained(make.customer()).document()["override"] is None
