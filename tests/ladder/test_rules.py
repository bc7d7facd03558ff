"""Random rules: whatever is no rule is a ValidationError, whatever is one compiles, and `not` is the exact complement."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ladder import lives, rules
from ladder.facts import COLUMNS, FACTS, Numbers
from ladder.models import Point

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
names, hows = st.sampled_from([*FACTS, "wealth"]), st.sampled_from([*rules.COMPARISONS, "known", "unknown", "near"])
value = st.one_of(
    st.integers(-1, 20), st.booleans(), st.sampled_from(["yes", "no", "maybe"]), st.builds(lambda n: {"fact": n}, names), JSON
)
leaf = st.one_of(
    st.fixed_dictionaries({"fact": names, "is": hows}, optional={"value": value}),
    st.fixed_dictionaries({"fact": names, "is": st.sampled_from(["known", "unknown"])}),
    JSON,
)
almost = st.recursive(
    leaf,
    lambda inner: st.one_of(
        st.builds(lambda p: {"all": p}, st.lists(inner, max_size=3)),
        st.builds(lambda p: {"any": p}, st.lists(inner, max_size=3)),
        st.builds(lambda p: {"not": p}, inner),
    ),
    max_leaves=6,
)


def comparison(name: str) -> st.SearchStrategy[Any]:
    """Right comparisons of one fact."""
    fact = FACTS[name]
    same = [{"fact": o.name} for o in FACTS.values() if o.kind == fact.kind and not o.anchor]
    values = {"flag": st.booleans(), "choice": st.sampled_from(["yes", "no"])}.get(
        fact.kind, st.integers(0, min(12, rules.most_said(fact))) | st.sampled_from(same or [3])
    )
    how = st.sampled_from(sorted(rules.COMPARISONS) if fact.is_number else ["equal"])
    said = st.builds(lambda h, v: {"fact": name, "is": h, "value": v}, how, values)
    return said | st.sampled_from([{"fact": name, "is": "known"}, {"fact": name, "is": "unknown"}])


right = st.recursive(
    st.sampled_from(sorted(FACTS)).flatmap(comparison),
    lambda inner: st.one_of(
        st.builds(lambda p: {"all": p}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda p: {"any": p}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda p: {"not": p}, inner),
    ),
    max_leaves=6,
)
PEOPLE = 12


@pytest.fixture
def points(db):
    """Scorecards of every colour, unknowns and zeros included, in the table that rules are asked about."""
    with transaction.atomic():
        lives.empty_tables()
        for who in range(PEOPLE):
            values = {name: (None, 0, 1, 3, 10, 40)[(who * 7 + i) % 6] for i, name in enumerate(COLUMNS)}
            Point.objects.create(customer_id=who, day=20, **{n: v for n, v in values.items() if n != "customer_id"})
        yield Point.objects.all()
        transaction.set_rollback(True)


@settings(max_examples=2000, deadline=None, suppress_health_check=list(HealthCheck))
@given(document=almost)
def test_whatever_is_no_rule_is_refused_naming_the_place(document: Any) -> None:
    said: list[str] = []
    try:
        rule = rules.read(document, "here")
    except ValidationError as refused:
        said = refused.messages
    else:
        assert rules.read(rule.document()) == rule, "what is written is read as the same"
    assert all(message.startswith("here") for message in said)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(document=right, numbers=st.builds(Numbers, fresh=st.integers(1, 10_000), typical_gap=st.integers(1, 10_000)))
def test_every_rule_and_its_complement_part_the_customers(points: Any, document: Any, numbers: Numbers) -> None:
    rule, opposite = rules.read(document), rules.read({"not": document})
    fits = set(points.filter(rule.q(F("day"), numbers)).values_list("customer_id", flat=True))
    others = set(points.filter(opposite.q(F("day"), numbers)).values_list("customer_id", flat=True))
    assert fits | others == set(range(PEOPLE)), "nobody slips through"
    assert not fits & others
    for flip in rule.flips(numbers):
        list(points.annotate(flip=flip).values_list("flip", flat=True))


@pytest.mark.parametrize("name", sorted(FACTS))
def test_a_comparison_with_an_unknown_is_never_true(points, name):
    if not FACTS[name].is_number:
        return
    unknown = set(
        points.filter(rules.read({"fact": name, "is": "unknown"}).q(F("day"), Numbers())).values_list("customer_id", flat=True)
    )
    for how in rules.COMPARISONS:
        found = points.filter(rules.read({"fact": name, "is": how, "value": 3}).q(F("day"), Numbers()))
        assert unknown.isdisjoint(found.values_list("customer_id", flat=True)), how


@pytest.mark.parametrize(("depth", "fine"), [(rules.DEEPEST - 1, True), (rules.DEEPEST, False), (5000, False)])
def test_a_rule_has_a_deepest_nesting(depth, fine):
    document: Any = {"fact": "need", "is": "known"}
    for _ in range(depth):
        document = {"not": document}
    if fine:
        rules.read(document)
    else:
        with pytest.raises(ValidationError):
            rules.read(document)


def test_a_rule_has_a_longest_length():
    leaf = {"fact": "need", "is": "known"}
    rules.read({"all": [leaf] * rules.MOST_CONDITIONS})
    with pytest.raises(ValidationError):
        rules.read({"all": [leaf] * (rules.MOST_CONDITIONS + 1)})


def said(found):
    return [[(c.fact.name, so) for c, so in way] for way in found]


@pytest.mark.parametrize(
    ("holding", "expected"),
    [
        ((), [[("need", True), ("overdue", False)], [("need", True), ("encourages", True)]]),
        (("need",), [[("overdue", False)], [("encourages", True)]]),
        (("encourages",), [[("need", True)]]),
        (("need", "encourages"), [[]]),
    ],
)
def test_the_ways_to_a_rule_are_the_smallest_sets_of_what_is_missing(holding, expected):
    need = {"fact": "need", "is": "equal", "value": "yes"}
    calm = {"not": {"fact": "overdue", "is": "equal", "value": True}}
    tells = {"fact": "encourages", "is": "equal", "value": True}
    both = {"all": [tells, {"fact": "occasions", "is": "at_least", "value": 2}]}
    rule = rules.read({"all": [need, {"any": [both, calm, tells]}]})
    # somebody overdue, who bought nothing
    assert said(rules.ways(rule, lambda c: c.fact.name in {*holding, "overdue"})) == expected
