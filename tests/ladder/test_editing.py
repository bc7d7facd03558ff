"""A rule as sentences and as a tree: one is the other, and an act on one place does what it says or names the place."""

import copy
import json
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ladder import choosing, drafting, editing, editions, reshaping, rules
from ladder.facts import FACTS
from tests.ladder.test_rules import right

HOUSE = json.loads((Path(editions.__file__).parent / "ladders" / "griffin.json").read_text())
OCCASIONS = {"fact": "occasions", "is": "at_least", "value": 4}
OVERDUE = {"fact": "overdue", "is": "equal", "value": True}
SCORE = {"fact": "score", "is": "unknown"}
RULE = {"all": [OCCASIONS, {"any": [OVERDUE, {"not": SCORE}]}]}


@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
@given(rule=right)
def test_from_tree_to_sentences_to_tree_is_the_identity(rule):
    told = editing.sentences(rule)
    assert editing.tree(told) == rule
    assert editing.sentences(editing.tree(told)) == told


@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
@given(rule=right)
def test_every_sentence_stands_at_its_place(rule):
    for sentence in editing.sentences(rule):
        part = reshaping.at(rule, reshaping.steps(sentence.path))
        assert part == sentence.shown if sentence.kind == "comparison" else sentence.kind in part


acts = st.fixed_dictionaries(
    {"do": st.sampled_from([*reshaping.ACTS])},
    optional={
        "fact": st.sampled_from([*FACTS, "wealth"]), "is": st.sampled_from([*rules.COMPARISONS, "known", "near"]),
        "value": st.integers(-1, 20) | st.booleans() | st.sampled_from(["yes", "maybe"]), "rule": right | st.just({}),
        "into": st.sampled_from(["all", "any", "not", "none"]), "by": st.sampled_from(["up", "down", "left"]),
    },
)  # fmt: skip


@settings(max_examples=1000, deadline=None, suppress_health_check=list(HealthCheck))
@given(rule=right, said=acts, pick=st.integers(0, 50), astray=st.sampled_from(["", "", "", ".not", ".all[9]", "."]))
def test_whatever_is_done_gives_a_rule_or_names_the_place(rule, said, pick, astray):
    told, before, said_wrong = editing.sentences(rule), copy.deepcopy(rule), []
    path = told[pick % len(told)].path + astray
    try:
        found = reshaping.acted(rule, said["do"], path, said)
    except ValidationError as refused:
        said_wrong = refused.messages
    else:
        assert rules.read(found).document() == found
    assert all(message.startswith("rule") for message in said_wrong)
    assert rule == before, "the old rule stays as it was"


@pytest.mark.parametrize(
    ("do", "path", "said", "found"),
    [
        ("add", "rule", {"fact": "overdue"}, {"all": [*RULE["all"], OVERDUE]}),
        ("add", "rule.all[1]", {"rule": OCCASIONS}, {"all": [OCCASIONS, {"any": [OVERDUE, {"not": SCORE}, OCCASIONS]}]}),
        ("add", "rule.all[0]", {"rule": OVERDUE}, {"all": [{"all": [OCCASIONS, OVERDUE]}, RULE["all"][1]]}),
        ("remove", "rule.all[1].any[0]", {}, {"all": [OCCASIONS, {"any": [{"not": SCORE}]}]}),
        ("remove", "rule.all[1].any[1].not", {}, {"all": [OCCASIONS, {"any": [OVERDUE]}]}),
        ("remove", "rule.all[1]", {}, {"all": [OCCASIONS]}),
        ("change", "rule.all[0]", {"value": 5}, {"all": [{**OCCASIONS, "value": 5}, RULE["all"][1]]}),
        ("change", "rule.all[0]", {"is": "known"}, {"all": [{"fact": "occasions", "is": "known"}, RULE["all"][1]]}),
        ("change", "rule.all[0]", {"fact": "invoices"}, {"all": [{**OCCASIONS, "fact": "invoices"}, RULE["all"][1]]}),
        ("change", "rule.all[0]", {"fact": "overdue"}, {"all": [OVERDUE, RULE["all"][1]]}),
        ("turn", "rule", {"into": "any"}, {"any": RULE["all"]}),
        ("wrap", "rule.all[0]", {"into": "not"}, {"all": [{"not": OCCASIONS}, RULE["all"][1]]}),
        ("wrap", "rule", {"into": "any"}, {"any": [RULE]}),
        ("unwrap", "rule.all[1].any[1]", {}, {"all": [OCCASIONS, {"any": [OVERDUE, SCORE]}]}),
        ("unwrap", "rule.all[1]", {}, {"all": [OCCASIONS, OVERDUE, {"not": SCORE}]}),
        ("move", "rule.all[1]", {"by": "up"}, {"all": [RULE["all"][1], OCCASIONS]}),
        ("replace", "rule", {"rule": SCORE}, SCORE),
    ],
)
def test_an_act_does_what_it_says(do, path, said, found):
    assert reshaping.acted(RULE, do, path, said) == found


@pytest.mark.parametrize(
    ("do", "path", "said", "place"),
    [
        ("remove", "rule", {}, "rule: is all that the rung asks"),
        ("change", "rule", {"value": 5}, "rule: is no comparison"),
        ("change", "rule.all[0]", {"value": -1}, "rule.all[0].value: must be a whole number"),
        ("change", "rule.all[0]", {"fact": "wealth"}, "rule.all[0].fact: “wealth” is not a fact"),
        ("change", "rule.all[0]", {"is": "near"}, "rule.all[0].is: “near” does not fit"),
        ("change", "rule.all[0]", {"fact": "overdue", "is": "above"}, "rule.all[0].is: “above” does not fit"),
        ("turn", "rule.all[0]", {"into": "any"}, "rule.all[0]: is no group"),
        ("turn", "rule", {"into": "not"}, "rule: into must be all or any"),
        ("unwrap", "rule", {}, "rule: holds 2 conditions"),
        ("unwrap", "rule.all[0]", {}, "rule.all[0]: is no group"),
        ("move", "rule.all[0]", {"by": "up"}, "rule.all[0]: is the first"),
        ("move", "rule.all[1]", {"by": "down"}, "rule.all[1]: is the last"),
        ("move", "rule.all[1].any[1].not", {"by": "down"}, "rule.all[1].any[1].not: stands alone"),
        ("remove", "rule.all[2]", {}, "rule.all[2]: there is nothing"),
        ("remove", "rule.all[0].not", {}, "rule.all[0].not: there is nothing"),
        ("remove", "all[0]", {}, "all[0]: is not a place"),
        ("wipe", "rule", {}, "rule: “wipe” is no act"),
    ],
)
def test_what_cannot_be_done_is_said_with_its_place(do, path, said, place):
    with pytest.raises(ValidationError) as refused:
        reshaping.acted(RULE, do, path, said)
    assert refused.value.messages[0].startswith(place)


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(FACTS))
def test_every_choice_that_is_offered_is_a_rule(name):
    choice = choosing.Choice(FACTS[name])
    rules.read(choice.condition())
    for how in choice.comparisons:
        assert choice.words(how)
        values = [*choice.values, *({"fact": other.name} for other in choice.beside), *([0, choice.most] if choice.most else [])]
        for value in [None] if how in choosing.UNVALUED else values:
            rules.read({"fact": name, "is": how, **({} if value is None else {"value": value})})


@pytest.mark.django_db
def test_every_fact_is_offered_once_and_a_tag_that_is_asked_for_is_among_them():
    offered = [choice.fact.name for choices in choosing.groups(["tag:vip", "occasions"]).values() for choice in choices]
    assert sorted(offered) == sorted([*FACTS, "tag:vip"])


def slugs(document):
    return [row["rung"] for row in document["rungs"]]


@pytest.mark.parametrize(
    ("said", "order"),
    [
        ({"do": "add_rung", "rung": "friend"}, [*slugs(HOUSE), "friend"]),
        ({"do": "add_rung", "rung": "lost", "kind": "side"}, [*slugs(HOUSE)[:2], "lost", *slugs(HOUSE)[2:]]),
        ({"do": "remove_rung", "rung": "prospect"}, [slug for slug in slugs(HOUSE) if slug != "prospect"]),
        ({"do": "move_rung", "rung": "prospect", "by": "up"}, [*slugs(HOUSE)[:3], "first-time", "prospect", *slugs(HOUSE)[5:]]),
        ({"do": "move_rung", "rung": "inactive", "by": "up"}, ["inactive", "disqualified", *slugs(HOUSE)[2:]]),
    ],
)
def test_rungs_are_added_removed_and_moved_among_their_kind(said, order):
    found = drafting.applied(HOUSE, said)
    assert slugs(editions.check(found)) == order


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ({"do": "remove_rung", "rung": "suspect"}, "suspect: is the ground"),
        ({"do": "move_rung", "rung": "prospect", "by": "down"}, "prospect: has nowhere"),
        ({"do": "move_rung", "rung": "advocate", "by": "up"}, "advocate: has nowhere"),
        ({"do": "move_rung", "rung": "inactive", "by": "down"}, "inactive: has nowhere"),
        ({"do": "add_rung", "rung": "base", "kind": "ground"}, "kind: must be"),
        ({"do": "change", "rung": "nobody", "path": "rule"}, "rung: “nobody” is none"),
        ({"do": "add", "rung": "suspect", "fact": "need"}, "suspect.rule: the ground has no rule"),
        ({"do": "change", "rung": "client", "path": "rule.all[9]"}, "client.rule.all[9]: there is nothing"),
        ({"rung": "client"}, "do: “None” is no act"),
    ],
)
def test_what_cannot_be_done_with_a_draft_is_said_with_its_place(said, place):
    with pytest.raises(ValidationError) as refused:
        drafting.applied(HOUSE, said)
    assert refused.value.messages[0].startswith(place)


@pytest.mark.django_db
def test_of_two_who_read_the_same_draft_only_the_first_changes_it():
    draft = editions.draft(copy.deepcopy(HOUSE))
    seen = draft.version
    editions.revise(draft, drafting.applied(HOUSE, {"do": "remove_rung", "rung": "prospect"}), seen=seen)
    with pytest.raises(editions.Overtaken):
        editions.revise(draft, HOUSE, seen=seen)
    assert "prospect" not in slugs(editions.document(draft))
    with pytest.raises(editions.Overtaken):
        editions.discard(draft, seen=seen)


@pytest.mark.django_db
def test_a_rung_of_the_draft_alone_is_renamed_and_gone_with_the_draft_that_drops_it():
    draft = editions.draft(copy.deepcopy(HOUSE))
    editions.revise(draft, drafting.applied(editions.document(draft), {"do": "add_rung", "rung": "friend", "name": "Frend"}))
    said = {"do": "name_rung", "rung": "friend", "name": "Friend", "loyal": True}
    editions.revise(draft, drafting.applied(editions.document(draft), said))
    assert (draft.all_steps[-1].rung.name, draft.all_steps[-1].loyal) == ("Friend", True)
    with pytest.raises(ValidationError, match="renamed for all of them"):
        editions.revise(draft, drafting.applied(editions.document(draft), {**said, "rung": "client"}))
    draft.refresh_from_db()
    editions.revise(draft, drafting.applied(editions.document(draft), {"do": "remove_rung", "rung": "friend"}))
    assert not draft.ladder.rungs.filter(slug="friend").exists()
