"""What reads alike is proposed, and a person decides."""

from __future__ import annotations

import pytest

from bench.themes import scores
from customers.entering import withdraw
from feedback import likening, similarity
from feedback.models import Candidate
from tests.customers.conftest import NOW
from tests.factories import DAY_0, complaint, customer, gather, message, theme

LATE = ["My parcel arrived late", "The parcel arrived late", "My parcel arrived late again", "Parcel arrived late"]
DIRTY = ["The shop floor was dirty", "The floor of the shop was dirty", "Dirty shop floor"]


def proposed(**of) -> set[str]:
    return {row.said.words for row in Candidate.objects.filter(**of)}


@pytest.mark.django_db
def test_what_reads_alike_shares_a_group_the_largest_first() -> None:
    for words in (*DIRTY, *LATE, "Hello"):
        message(None, words=words)
    likening.propose()
    assert [proposed(theme=None, group=n) for n in (0, 1)] == [set(LATE), set(DIRTY)]


@pytest.mark.django_db
def test_what_reads_like_a_theme_is_proposed_for_it_and_what_is_in_it_is_not() -> None:
    late, said = theme(), [message(None, words=words) for words in (*LATE, *DIRTY)]
    gather(late, *said[:2])
    likening.propose()
    assert proposed(theme=late) == set(LATE[2:])
    assert proposed(theme=None) == set(DIRTY) | set(LATE[2:])


@pytest.mark.django_db
def test_the_withdrawn_the_wordless_and_letterless_break_nothing_and_again_is_the_same() -> None:
    gone = complaint(customer(), DAY_0, due=DAY_0)
    withdraw(gone, at=NOW)
    complaint(customer("Bert"), DAY_0, due=DAY_0)
    for words in ("…", "!!!", "\U0001f600", *LATE):
        message(None, words=words)
    likening.propose()
    first = list(Candidate.objects.values_list("message", "group", "likeness"))
    likening.propose()
    assert list(Candidate.objects.values_list("message", "group", "likeness")) == first
    assert proposed() == set(LATE)


@pytest.mark.django_db
def test_it_proposes_anew_only_when_something_was_said_since() -> None:
    message(None, words=LATE[0])
    assert [likening.propose_if_new(), likening.propose_if_new()] == [True, False]
    gather(theme(), message(None, words=LATE[1]))
    assert likening.propose_if_new()


@pytest.mark.parametrize("texts", [["a", "b"], ["", ""], ["…", "?"], ["late", "late"], ["same words here"] * 300])
def test_no_texts_are_too_few_or_too_alike(texts) -> None:
    assert len(similarity.grouped(similarity.vectors(texts))) == len(texts)


@pytest.mark.data
def test_texts_of_one_meaning_are_gathered_far_better_than_by_bag_of_words(shared_data) -> None:
    from bench import themes

    texts, labels = themes.read(shared_data / "banking77" / "train.csv", 1500)
    plain = max(
        scores(list(themes.fcluster(themes.bag_of_words(texts), apart, "distance")), labels)[2]
        for apart in (0.55, 0.65, 0.75, 0.85)
    )
    assert scores(similarity.grouped(similarity.vectors(texts)), labels)[2] > 1.7 * plain
