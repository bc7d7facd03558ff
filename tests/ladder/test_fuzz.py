"""A hundred thousand rule trees, right and wrong: each is refused naming the place, or compiles to SQL that holds none of its values and runs."""

from __future__ import annotations

import json
import random
import re
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import BigIntegerField, F

from customers.models import CustomField
from ladder import lives, rules
from ladder.facts import COLUMNS, FACTS, Numbers
from ladder.models import Point

if TYPE_CHECKING:
    from collections.abc import Iterator

TREES, RUN, SEED = 100_000, 400, 20261122
PLACE = re.compile(r"here(\.(all|any)\[\d+\]|\.not)*(\.fact|\.is|\.value(\.fact)?)?: \S")
MARK = 7_340_000  # numbers of right comparisons begin here where a fact takes such: no column and no word of ours holds them
HOSTILE = [
    "", " ", "'", '"', "'; DROP TABLE customers_customer; --", "1 OR 1=1", "%s", "%(x)s", "{t}", "{horizon}", "\0", "a\0b", "\ud800", "tag:\ud800",
    "tag:\0", "channel:\0", "field:\0", "tag:' OR ''='", "channel:x\") --", "field:size' --", "field:", "field:nothing", "tag:%s{0}", "\u202e", "ﬀ",
    "💥" * 80, "x" * 5000, "occasions\n", "OCCASIONS", "__class__", "customer_id", "day", "pk", "score__gt", "constructor", "tag:" + "é" * 50,
    "field:archived", "NaN", "null", "true",
]  # fmt: skip
NUMBERS = [
    0, 1, -1, 9_999, 10_000, 10_001, 2**15, 2**31 - 1, 2**31, -(2**31) - 1, 2**53, 10**14, 10**14 + 1, 2**63 - 1, 2**63, -(2**63) - 1, 2**64, 10**400,
]  # fmt: skip
ODD = [
    None,
    True,
    False,
    0.0,
    1.5,
    -0.0,
    float("nan"),
    float("inf"),
    1e308,
    [],
    {},
    [[]],
    {"fact": []},
    (),
    b"\xff",
    *NUMBERS,
    *HOSTILE,
]


NAMED = ['tag:qq%s {0} "it\'s"', "tag:qq💥", "channel:qq; --"]  # tags and channels may be called so


class Trees:
    """Random trees, cheap to make."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.names = [*list(FACTS) * 3, *NAMED, *(f"field:{kind}" for kind in CustomField.Kind.values)]
        self.known = {name: rules.find(name) for name in self.names}
        self.like = {
            name: [n for n, f in self.known.items() if f and fact and f.kind == fact.kind and f.since is None]
            for name, fact in self.known.items()
        }

    def right(self) -> dict[str, Any]:
        """One comparison that is one."""
        name = self.chance.choice(self.names)
        fact, how = self.known[name], self.chance.choice(("known", "unknown", "equal", *rules.COMPARISONS))
        assert fact
        if how in {"known", "unknown"} or fact.kind == "text":
            return {"fact": name, "is": how if how in {"known", "unknown"} else "known"}
        if not fact.is_number:
            values: Any = list(fact.choices) if fact.kind == "choice" else (True, False)
            return {"fact": name, "is": "equal", "value": self.chance.choice(values)}
        if self.like[name] and self.chance.random() < 0.2:
            return {"fact": name, "is": how, "value": {"fact": self.chance.choice(self.like[name])}}
        most = rules.most_said(fact)
        return {"fact": name, "is": how, "value": min(MARK + self.chance.randrange(1000), most - self.chance.randrange(1000))}

    def wrong(self) -> Any:
        """Something that is nearly a comparison, or far from one."""
        leaf: Any = self.right()
        match self.chance.randrange(6):
            case 0:
                return self.chance.choice(ODD)
            case 1:
                leaf[self.chance.choice(list(leaf))] = self.chance.choice(ODD)
            case 2:
                leaf["value"] = self.chance.choice(ODD)
            case 3:
                leaf[self.chance.choice(("Fact", "value ", "and", "\0"))] = self.chance.choice(ODD)
            case 4:
                del leaf[self.chance.choice(list(leaf))]
            case 5:
                leaf["fact"] = self.chance.choice(HOSTILE)
        return leaf

    def tree(self, leaf: Any, depth: int) -> Any:
        """Branches over leaves, now and then broken ones."""
        while depth and self.chance.random() < 0.5:
            how, depth = self.chance.choice(("all", "any", "not")), depth - 1
            others = [self.right() for _ in range(self.chance.choice((0, 0, 0, 0, 1, 2)))]
            leaf = {"not": leaf} if how == "not" else {how: [*others, leaf]}
        return leaf

    def next(self) -> Any:
        match self.chance.randrange(2000):
            case 0:
                return self.tree(self.wrong(), 40)  # too deep
            case 1:
                return {"any": [self.right() for _ in range(self.chance.choice((99, 100, 101)))]}
            case n if n < 40:
                return {self.chance.choice(("all", "any", "not", "all ", "")): self.chance.choice(ODD)}
            case n if n < 80:
                return {"all": [self.right()], self.chance.choice(("any", "fact", "is")): self.chance.choice(ODD)}
            case n if n < 120:
                return self.twice()
            case n if n < 150:
                return self.tree(self.right(), 3)
        return self.tree(self.wrong(), 4)

    def twice(self) -> Any:
        """As JSON text in which a key stands twice: the last of them is what is read."""
        leaf = self.right()
        key = self.chance.choice(list(leaf))
        text = json.dumps(leaf)[:-1] + f", {json.dumps(key)}: {json.dumps(self.chance.choice((leaf[key], 1, 'NaN', None)))}}}"
        return json.loads(text)


@pytest.fixture
def fields(db: None) -> None:
    for kind in CustomField.Kind.values:
        CustomField.objects.create(slug=kind, label=kind, kind=kind, choices=["small", "large"] if kind == "choice" else [])
    CustomField.objects.create(slug="archived", label="Old", kind="flag", archived_at="2026-01-01T00:00Z")


@pytest.fixture
def points(fields: None) -> Iterator[None]:
    """Some scorecards, unknowns and zeros and the largest numbers among them."""
    with transaction.atomic():
        lives.empty_tables()
        for who in range(4):
            wide = {
                name: (None, 0, 40, 10**14 if isinstance(column(), BigIntegerField) else 20_000)[who]
                for name, column in COLUMNS.items()
            }
            Point.objects.create(customer_id=who, day=20_000, **wide)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def trees(points: None) -> list[Any]:
    made = Trees(SEED)
    return [made.next() for _ in range(TREES)]


def read(document: Any) -> rules.Rule | None:
    """The rule, or nothing where it was refused as it has to be."""
    try:
        return rules.read(document, "here")
    except ValidationError as refused:
        (said,) = refused.messages
        assert PLACE.match(said), said
        assert len(said.encode()) < 4000, "what was sent is told in short, and can be told"
        return None


def values_of(document: Any) -> set[str]:
    """What a right rule says that must not be a part of any statement: its longer numbers, its names."""
    match document:
        case {"fact": str(name), **rest}:
            said = rest.get("value")
            named = {"qq"} if "qq" in name else set()
            plain = isinstance(said, int) and not isinstance(said, bool) and abs(said) > 2000
            return named | ({str(said)} if plain or isinstance(said, str) else set())
        case {"not": part}:
            return values_of(part)
    return {value for parts in document.values() for part in parts for value in values_of(part)}


def test_whatever_is_sent_is_refused_naming_the_place_or_compiles_with_every_value_bound(trees: list[Any]) -> None:
    right = [(document, rule) for document in trees if (rule := read(document))]
    assert TREES // 40 < len(right) < TREES // 2
    for rule, document in {rule: document for document, rule in right}.items():  # equal ones compile alike
        select, bound = asked(rule).query.sql_with_params()
        assert select.count("%s") == len(bound)
        assert not [value for value in values_of(document) if value in select], document
    for _, rule in random.Random(SEED).sample(right, RUN):
        answers(rule)


def asked(rule: rules.Rule) -> Any:
    return Point.objects.filter(rule.q(F("day"), Numbers())).values_list("customer_id", flat=True)


def answers(rule: rules.Rule) -> set[int]:
    """Whom it fits, asked of the database, and on which days that changes, asked too."""
    for flip in rule.flips(Numbers()):
        list(Point.objects.annotate(flip=flip).values_list("flip", flat=True))
    return set(asked(rule))


ALL = [*FACTS, *NAMED, *(f"field:{kind}" for kind in CustomField.Kind.values)]


@pytest.mark.parametrize("name", [name for name in ALL if name != "field:text"])
def test_a_number_at_the_edge_of_what_is_taken_is_answered_and_one_beyond_any_column_refused(points: None, name: str) -> None:
    fact = rules.find(name)
    assert fact
    taken = (rules.least_said(fact), rules.most_said(fact)) if fact.is_number else ()
    for value in taken:
        for how in rules.COMPARISONS:
            answers(rules.read({"fact": name, "is": how, "value": value}))
    for value in (*(most + step for most, step in zip(taken, (-1, 1), strict=False)), 2**31, 2**63, -(2**63) - 1, 10**400):
        if not taken or not taken[0] <= value <= taken[1]:
            with pytest.raises(ValidationError, match=r"^\['here\.value: must be "):
                rules.read({"fact": name, "is": "equal", "value": value}, "here")


def test_the_widest_rule_of_the_heaviest_facts_is_still_answered(points: None) -> None:
    for name in ("warning", "willing", "channel:qq; --", "field:flag"):
        leaf = {"fact": name, "is": "equal", "value": True}
        deep = {"all": [{"not": {"any": [leaf] * (rules.MOST_CONDITIONS // 4)}}] * 4}
        for document in ({"any": [leaf] * rules.MOST_CONDITIONS}, deep):
            answers(rules.read(document))
