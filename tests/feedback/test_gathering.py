"""Gathering, deciding, suggesting."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from customers.recording import Contradicted
from feedback import gathering, suggesting
from feedback.models import Channel, Decision, Hypothesis, ThemeMessage
from tests.customers.conftest import NOW
from tests.factories import DAY_0, customer, gather, message, noon, score, theme, user

pytestmark = pytest.mark.django_db


def suggested(**extra):
    said = {"channel": Channel.objects.get(slug="suggestion-box"), "occurred_at": noon(DAY_0), "at": NOW}
    return suggesting.suggest("A smaller box", **{**said, **extra})


def test_the_same_is_gathered_once_and_may_be_let_go() -> None:
    late, said = theme(), [message(None), score(customer(), DAY_0, 2)]
    assert [gathering.gather(late, said, at=NOW), gathering.gather(late, said, at=NOW)] == [2, 0]
    gathering.let_go(late.gathered.first())
    assert late.gathered.count() == 1


def test_a_row_of_a_theme_is_exactly_one_thing() -> None:
    late, ada = theme(), customer()
    for both in ({}, {"message": message(ada), "response": score(ada, DAY_0, 2)}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ThemeMessage.objects.create(theme=late, **both)


def test_something_changes_on_corroboration_only_and_who_decided_is_kept() -> None:
    late, ingrid = theme(concerns=20), user()
    said = {"on": DAY_0, "at": NOW, "by": ingrid}
    with pytest.raises(Contradicted, match="It is alleged"):
        gathering.decide(late, Decision.Outcome.CHANGE, "They are right", **said)
    with pytest.raises(ValidationError):
        gathering.decide(late, Decision.Outcome.REST, " ", **said)
    gather(late, *(message(customer(f"Loud {n}")) for n in range(3)))
    decision = gathering.decide(late, Decision.Outcome.CHANGE, "They are right", **said)
    assert (decision.state, decision.voices, decision.exposed, decision.by) == ("corroborated", 3, 23, ingrid)


def test_whoever_has_an_idea_wants_it_and_others_do_once() -> None:
    ada, bert = customer("Ada"), customer("Bert")
    idea = suggested(customer=ada)
    assert [suggesting.support(idea, one, at=NOW) for one in (ada, bert, bert)] == [False, True, False]
    assert suggested().support.count() == 0


def test_an_idea_is_settled_once_and_declined_with_a_reason() -> None:
    idea = suggested()
    suggesting.answer(idea, "planned", "", at=NOW)
    with pytest.raises(ValidationError, match="Say why not"):
        suggesting.answer(idea, "declined", " ", at=NOW)
    for _ in range(2):
        suggesting.answer(idea, "built", "Since May", at=NOW)
    with pytest.raises(Contradicted, match="built already"):
        suggesting.answer(idea, "heard", "", at=NOW)
    idea.refresh_from_db()
    assert (idea.state, idea.settled_at) == ("built", NOW)


@pytest.mark.parametrize("half", ["result", "decision"])
def test_a_hypothesis_has_a_result_and_a_decision_or_neither(half) -> None:
    with pytest.raises(ValidationError, match="belong together"):
        Hypothesis(claim="They like blue", test="Ask 100", **{half: "Yes"}).full_clean()
