"""Rules in words, and what a draft asks differently."""

import copy
import json
from pathlib import Path

import pytest

from ladder import editions, rules, sentences

HOUSE = json.loads((Path(editions.__file__).parent / "ladders" / "griffin.json").read_text())
OCCASIONS = {"fact": "occasions", "is": "at_least", "value": 4}
OVERDUE = {"fact": "overdue", "is": "equal", "value": True}


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (OCCASIONS, "bought on 4 or more different days"),
        ({"fact": "occasions", "is": "equal", "value": 0}, "bought nothing so far"),
        ({"fact": "coverage", "is": "at_least", "value": 80}, "buys 80 % or more of what they can use"),
        ({"fact": "coverage", "is": "below", "value": 80}, "buys less than 80 % of what they can use"),
        ({"fact": "silence", "is": "above", "value": 180}, "last bought more than 180 days ago"),
        ({"fact": "score", "is": "at_most", "value": 6}, "gave a score of at most 6"),
        ({"fact": "score", "is": "unknown"}, "fresh score unknown"),
        ({"fact": "spend_90", "is": "at_least", "value": 125_000}, "spent 1,250.00 EUR or more within 90 days"),
        (OVERDUE, "overdue"),
        ({"fact": "overdue", "is": "equal", "value": False}, "not overdue"),
        ({"not": OVERDUE}, "not overdue"),
        ({"fact": "need", "is": "equal", "value": "yes"}, "has a need"),
        ({"fact": "need", "is": "equal", "value": "no"}, "no need"),
        ({"fact": "tag:vip", "is": "equal", "value": False}, "not tagged vip"),
        ({"fact": "channel:shop", "is": "equal", "value": True}, "bought through shop"),
        ({"fact": "margin_90", "is": "at_least", "value": 5000}, "earned us 50.00 EUR or more within 90 days"),
        ({"fact": "margin", "is": "unknown"}, "margin unknown"),
        ({"fact": "categories_365", "is": "at_least", "value": 2}, "bought of 2 or more categories within 365 days"),
        ({"fact": "channels_365", "is": "equal", "value": 1}, "bought through one channel within 365 days"),
        (
            {"fact": "silence", "is": "above", "value": {"fact": "silence_limit"}},
            "more days since they last bought than days of silence that are usual for them",
        ),
        (
            {"fact": "usable_categories", "is": "at_least", "value": {"fact": "categories_asked"}},
            "at least as many categories they can use as usable categories that must be known",
        ),
        # Of an unknown score the complement is so as well, which "gave a score of 9 or more" would not say.
        ({"not": {"fact": "score", "is": "below", "value": 9}}, "not so: (gave a score of less than 9)"),
        ({"all": [OCCASIONS, OVERDUE]}, "bought on 4 or more different days; overdue"),
        ({"any": [OCCASIONS, OVERDUE]}, "bought on 4 or more different days or overdue"),
        (
            {"all": [OVERDUE, {"any": [OCCASIONS, {"all": [OVERDUE, {"fact": "unasked", "is": "equal", "value": True}]}]}]},
            "overdue; bought on 4 or more different days or (overdue and recommended us unasked)",
        ),
        ({"not": {"any": [OCCASIONS, OVERDUE]}}, "not so: (bought on 4 or more different days or overdue)"),
    ],
)
def test_a_rule_is_said_in_words(rule, words):
    assert sentences.of_rule(rules.read(rule)) == words


def rung(document, slug):
    return next(row for row in document["rungs"] if row["rung"] == slug)


def easier(document):
    rung(document, "client")["rule"]["all"][2]["value"] = 60


def shorter(document):
    document["numbers"]["typical_gap"] = 45


def without_prospect(document):
    document["rungs"].remove(rung(document, "prospect"))


def with_friend(document):
    document["rungs"].append(
        {"rung": "friend", "name": "Friend", "kind": "step", "rule": {"fact": "unasked", "is": "equal", "value": True}}
    )


def asking_more(document):
    rung(document, "repeat")["rule"] = {
        "all": [rung(document, "repeat")["rule"], {"fact": "soured", "is": "equal", "value": False}]
    }


def asking_less(document):
    rung(document, "client")["rule"]["all"].pop(1)


def turned(document):
    rung(document, "client")["rule"]["all"][1]["value"] = True


def loyal_later(document):
    rung(document, "client")["loyal"] = False


def the_other_way(document):
    document["rungs"][0:2] = document["rungs"][1::-1]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda document: None, []),
        (easier, ["Client asks for 60 % instead of 80 %: buys 60 % or more of what they can use."]),
        (shorter, ["Typical gap between two days on which they buy: 45 days instead of 90."]),
        (without_prospect, ["Prospect is no more."]),
        (with_friend, ["Friend is new. Friend: recommended us unasked."]),
        (asking_more, ["Repeat also asks: not dissatisfied."]),
        (asking_less, ["Client no longer asks: not overdue."]),
        (turned, ["Client asks for “overdue” instead of “not overdue”."]),
        (loyal_later, ["Client counts as loyal no longer."]),
        (
            the_other_way,
            ["The order is now Inactive, Disqualified, Suspect, Prospect, First-time, Repeat, Client and Advocate."],
        ),
    ],
)
def test_the_difference_between_two_editions_is_said_in_sentences(change, said):
    document = copy.deepcopy(HOUSE)
    live = editions.draft(copy.deepcopy(HOUSE))
    change(document)
    assert sentences.differences(live, editions.draft(document)) == said
