"""The plain numbers of a ladder document, however deep they stand."""

from ladder.thresholds import changed, thresholds

BOUGHT = {"fact": "occasions", "is": "at_least", "value": 4}
RULE = {
    "any": [
        {"not": {"all": [BOUGHT, {"fact": "score", "is": "below", "value": 7}]}},
        {"fact": "overdue", "is": "equal", "value": True},
        {"fact": "need", "is": "equal", "value": "yes"},
        {"fact": "silence", "is": "above", "value": {"fact": "silence_limit"}},
        {"fact": "score", "is": "unknown"},
        {"fact": "spend", "is": "at_least", "value": 0},
    ]
}
HOUSE = {
    "ladder": "house",
    "name": "House",
    "numbers": {"fresh": 365},
    "rungs": [{"rung": "guest", "kind": "ground"}, {"rung": "friend", "name": "Friend", "kind": "step", "rule": RULE}],
}
USUAL = {"fresh": 365, "typical_gap": 90}


def test_every_number_is_found_and_nothing_else():
    found = [(t.name, t.rung, t.condition.fact.name, t.condition.value) for t in thresholds(HOUSE)]
    assert found == [
        ("friend.0", "Friend", "occasions", 4),
        ("friend.1", "Friend", "score", 7),
        ("friend.2", "Friend", "spend", 0),
    ]


def test_one_number_changes_and_the_rest_stays():
    document = changed(HOUSE, {"friend.1": 8}, USUAL)
    assert [t.condition.value for t in thresholds(document)] == [4, 8, 0]
    assert changed(document, {"friend.1": 7}, USUAL) == HOUSE


def test_numbers_are_said_where_they_were_said_or_are_not_the_usual_ones():
    assert changed(HOUSE, {}, {**USUAL, "typical_gap": 45})["numbers"] == {"fresh": 365, "typical_gap": 45}
    assert changed(HOUSE, {}, USUAL)["numbers"] == {"fresh": 365}
