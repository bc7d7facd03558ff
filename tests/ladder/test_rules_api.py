"""A draft's rules over REST: as sentences, changed one act at a time, and never over somebody else's change."""

import pytest
from django.urls import reverse

from accounts.models import AuditEntry
from ladder import editing, editions
from ladder.facts import FACTS
from ladder.models import Edition
from tests.ladder.test_editions_api import told  # noqa: F401
from tests.ladder.test_rules_pages import live

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft():
    return editions.draft(editions.document(live()))


def rung(answer, slug="client"):
    return next(row for row in answer.json()["rungs"] if row["rung"] == slug)


def stored(draft):
    return editions.document(Edition.objects.get(pk=draft.pk))


def test_every_rung_is_told_in_sentences_with_what_each_may_ask(told, draft):  # noqa: F811
    answer = told("get", "edition_rules", draft.pk)
    third = rung(answer)["sentences"][3]
    assert third == {
        "path": "rule.all[2]", "depth": 1, "kind": "comparison", "words": "buys 80 % or more of what they can use",
        "fact": "coverage", "is": "at_least", "value": 80, "unit": "%", "label": "Share of what they can use that they buy",
    }  # fmt: skip
    assert rung(answer, "suspect")["sentences"] == []
    assert {fact["fact"] for fact in answer.json()["facts"]} == set(FACTS)
    assert (answer.json()["version"], answer.json()["numbers"]["typical_gap"]) == (1, 90)


def test_the_sentences_that_are_told_make_the_rule_again(told, draft):  # noqa: F811
    rows = rung(told("get", "edition_rules", draft.pk))["sentences"]
    rule = next(row for row in stored(draft)["rungs"] if row["rung"] == "client")["rule"]
    assert [(row["path"], row["words"]) for row in rows] == [(s.path, s.words) for s in editing.sentences(rule)]


def test_one_act_changes_the_draft_and_gives_what_it_says_then(told, draft):  # noqa: F811
    answer = told("post", "edition_rules", draft.pk, version=1, do="change", rung="client", path="rule.all[2]", value=60)
    assert (rung(answer)["sentences"][3]["value"], answer.json()["version"]) == (60, 2)
    assert AuditEntry.objects.filter(verb="revised", api_key__name="rules as code").exists()


@pytest.mark.parametrize(
    "said",
    [
        {"do": "replace", "rung": "client", "rule": {"fact": "occasions", "is": "at_least", "value": 9}},
        {"do": "add", "rung": "client", "fact": "willing"},
        {"do": "remove", "rung": "client", "path": "rule.all[0]"},
        {"do": "wrap", "rung": "client", "path": "rule.all[0]", "into": "not"},
        {"do": "move", "rung": "client", "path": "rule.all[0]", "by": "down"},
        {"do": "add_rung", "rung": "friend", "name": "Friend", "rule": {"fact": "unasked", "is": "equal", "value": True}},
        {"do": "move_rung", "rung": "prospect", "by": "up"},
        {"do": "remove_rung", "rung": "prospect"},
        {"do": "number", "name": "typical_gap", "value": 45},
    ],
    ids=lambda said: said["do"],
)
def test_every_act_is_taken(told, draft, said):  # noqa: F811
    before = stored(draft)
    assert told("post", "edition_rules", draft.pk, version=1, **said).status_code == 200
    assert stored(draft) != before


@pytest.mark.parametrize(
    ("said", "place"),
    [
        ({"do": "change", "rung": "client", "path": "rule.all[2]", "value": -1}, "client.rule.all[2].value"),
        ({"do": "change", "rung": "client", "path": "rule.all[9]", "value": 1}, "client.rule.all[9]"),
        ({"do": "add", "rung": "client", "fact": "wealth"}, "client.rule.fact"),
        ({"do": "replace", "rung": "client", "rule": {"fact": "tag:\0", "is": "equal", "value": True}}, "client.rule.fact"),
        ({"do": "number", "name": "typical_gap", "value": 0}, "numbers.typical_gap"),
        ({"do": "number", "name": "pi", "value": 3}, "numbers.pi"),
        ({"do": "add_rung", "rung": "Ü"}, "rung"),
        ({"do": "wipe"}, "wipe"),
    ],
)
def test_what_is_wrong_is_refused_naming_the_place_and_nothing_changes(told, draft, said, place):  # noqa: F811
    before = stored(draft)
    answer = told("post", "edition_rules", draft.pk, version=1, **said)
    assert (answer.status_code, place in answer.json()["detail"], stored(draft)) == (422, True, before)


def test_of_two_who_read_the_same_the_second_is_refused(told, draft):  # noqa: F811
    said = {"version": 1, "do": "remove", "rung": "client", "path": "rule.all[0]"}
    statuses = [told("post", "edition_rules", draft.pk, **said).status_code for _ in range(2)]
    assert statuses == [200, 409]
    assert told("put", "edition", draft.pk, **stored(draft), version=1).status_code == 409
    assert told("post", "edition_publish", draft.pk, version=1).status_code == 409
    assert told("put", "edition", draft.pk, **stored(draft), version=2).status_code == 200


def test_a_draft_is_revised_and_discarded_as_a_whole(told, draft):  # noqa: F811
    document = {**stored(draft), "note": "softer"}
    document["rungs"][6]["rule"]["all"][2]["value"] = 60
    assert told("put", "edition", draft.pk, **document).json()["document"]["rungs"][6]["rule"]["all"][2]["value"] == 60
    address = reverse("api:edition", args=[draft.pk])
    assert told("delete", "edition", draft.pk).status_code == 204, address
    assert not Edition.objects.drafts().exists()


def test_a_version_that_is_not_the_drafts_is_not_discarded(told, draft, client):  # noqa: F811
    bearer = told("get", "edition", draft.pk).wsgi_request.META["HTTP_AUTHORIZATION"]
    address = reverse("api:edition", args=[draft.pk])
    statuses = [client.delete(f"{address}?version={v}", HTTP_AUTHORIZATION=bearer).status_code for v in ("9", "x", "1")]
    assert statuses == [409, 422, 204]


def test_what_is_published_is_read_but_neither_changed_nor_discarded(told):  # noqa: F811
    assert told("get", "edition_rules", live().pk).status_code == 200
    assert told("post", "edition_rules", live().pk, version=1, do="remove_rung", rung="prospect").status_code == 422
    assert told("put", "edition", live().pk, **editions.document(live())).status_code == 422
    assert told("delete", "edition", live().pk).status_code == 422


def test_a_publication_is_kept(told, draft):  # noqa: F811
    told("post", "edition_publish", draft.pk, hold_hours=5)
    assert told("post", "edition_keep", draft.pk).status_code == 200
    assert told("post", "edition_call_back", draft.pk).status_code == 422
    assert told("post", "edition_keep", draft.pk).status_code == 422


def test_proposals_stand_beside_what_the_edition_says(told, draft):  # noqa: F811
    answer = told("get", "edition_proposals", draft.pk).json()
    assert answer["typical_gap"] == {"now": 90, "proposed": None, "n": 0, "median": None, "low": None, "high": None}
    assert (answer["inactive_after"]["proposed"], answer["inactive_after"]["provisional"]) == (365, True)
