"""Ladders travel as files; a published edition never changes; from when it judges."""

import copy
import io
import json
from datetime import UTC, datetime, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.utils import timezone

from customers import days
from customers.models import Customer
from ladder import checking, editions, ranking
from ladder.models import Action, Edition, Ladder, Placement, StaleMark
from tests import factories as make

pytestmark = pytest.mark.django_db
FAILED = 1
BUYER = {"fact": "occasions", "is": "at_least", "value": 1}
HOUSE = {
    "ladder": "house",
    "name": "The house",
    "numbers": {"fresh": 100},
    "rungs": [
        {"rung": "gone", "name": "Gone", "kind": "side", "rule": {"fact": "silence", "is": "above", "value": 100}},
        {"rung": "stranger", "name": "Stranger", "kind": "ground"},
        {"rung": "guest", "name": "Guest", "public_label": "Guest", "kind": "step", "rule": BUYER, "loyal": True},
    ],
}


def changed(**places):
    """HOUSE with something else at the places named, as rungs__0__rule=..."""
    document = copy.deepcopy(HOUSE)
    for path, value in places.items():
        *way, last = path.split("__")
        at = document
        for step in way:
            at = at[int(step) if step.isdigit() else step]
        at[int(last) if last.isdigit() else last] = value
    return document


def day(number):
    return make.DAY_0 + timedelta(days=number)


def on(number):
    return datetime.combine(day(number), time(12), tzinfo=UTC)


def load(tmp_path, document, *arguments):
    path = tmp_path / "ladder.json"
    path.write_text(document if isinstance(document, str) else json.dumps(document))
    out = io.StringIO()
    call_command("load_ladder", str(path), *map(str, arguments), "--json", stdout=out)
    return json.loads(out.getvalue())


def published(document, at=None, **extra):
    edition = editions.draft(document)
    editions.publish(edition, at=at or timezone.now(), **extra)
    return edition


def history(of, ladder="house"):
    found = Placement.objects.true().filter(customer=of, ladder__slug=ladder).select_related("rung").order_by("since")
    return [(p.rung.slug, (p.since - make.DAY_0).days) for p in found]


@pytest.mark.parametrize(
    ("document", "place"),
    [
        ("{", "is not JSON"),
        ("[" * 100_000, "nested too deep"),
        ([], "document"),
        (changed(extra=1), "extra"),
        (changed(ladder="No Slug"), "ladder"),
        (changed(name=""), "name"),
        (changed(name="x" * 101), "name"),
        (changed(note=5), "note"),
        (changed(note="x" * 301), "note"),
        (changed(numbers=[]), "numbers"),
        (changed(numbers={"pace": 3}), "numbers.pace"),
        (changed(numbers={"fresh": 0}), "numbers.fresh"),
        (changed(numbers={"fresh": True}), "numbers.fresh"),
        (changed(rungs=[]), "rungs"),
        (changed(rungs={}), "rungs"),
        (changed(rungs__1="ground"), "rungs[1]"),
        (changed(rungs__1__rung="No"), "rungs[1].rung"),
        (changed(rungs__1__rung=None), "rungs[1].rung"),
        (changed(rungs__1__name=7), "rungs[1].name"),
        (changed(rungs__1__name="a\0b"), "rungs[1].name"),
        (changed(rungs__1__public_label=7), "rungs[1].public_label"),
        (changed(rungs__1__public_label="x" * 61), "rungs[1].public_label"),
        (changed(rungs__2__loyal="yes"), "rungs[2].loyal"),
        (changed(rungs__0__loyal=True), "rungs[0].loyal: nobody beside the ladder"),
        (changed(ladder="runs"), "ladder: “runs” is the address of another page"),
        (json.dumps(HOUSE).replace('"numbers": {', '"note": ' + "9" * 5_000 + ', "numbers": {'), "ladder.json is not JSON"),
        (changed(rungs__1__kind="floor"), "rungs[1].kind"),
        (changed(rungs__1__kind=["ground"]), "rungs[1].kind"),
        (changed(rungs__1__rule=BUYER), "rungs[1].rule"),
        (changed(rungs__2__rule=None), "rungs[2].rule"),
        (changed(rungs__2__rule={"all": [BUYER, {"fact": "wealth", "is": "known"}]}), "rungs[2].rule.all[1].fact"),
        (changed(rungs__2__rule={"not": {"fact": "silence", "is": "near", "value": 3}}), "rungs[2].rule.not.is"),
        (changed(rungs__2__rule={**BUYER, "value": "three"}), "rungs[2].rule.value"),
        (
            changed(rungs__2__rule={"fact": "spend", "is": "at_least", "value": 12.5}),
            "rungs[2].rule.value: must be a whole number of cents from 0 to 100,000,000,000,000, as 12550 for 125.50 EUR.",
        ),
        (changed(rungs__2__note="x"), "rungs[2].note"),
        (changed(rungs__1__kind="step"), "rungs"),
        (changed(rungs__0=HOUSE["rungs"][2], rungs__2=HOUSE["rungs"][0]), "rungs"),
        (changed(rungs__2__rung="gone"), "rungs"),
    ],
)
def test_a_bad_ladder_is_refused_naming_the_place(tmp_path, document, place):
    before = Edition.objects.count(), Ladder.objects.count()
    with pytest.raises(CommandError) as error:
        load(tmp_path, document, "--publish")
    assert error.value.returncode == FAILED
    assert place in str(error.value)
    assert (Edition.objects.count(), Ladder.objects.count()) == before


def test_what_is_dumped_loads_again_as_the_same(tmp_path):
    out = io.StringIO()
    call_command("dump_ladder", "griffin", stdout=out)
    answer = load(tmp_path, out.getvalue(), "--publish")
    edition = Edition.objects.get(ladder__slug="griffin", number=2)
    assert edition.note == "", "it is not what the product shipped"
    assert answer == {
        "ladder": "griffin", "edition": 2, "published": True, "from": days.day_of(timezone.now()).isoformat(),
        "held_until": edition.held_until.isoformat(), "call_back": f"/api/v1/editions/{edition.pk}/call-back/",
        "page": edition.get_absolute_url(), "warnings": [],
    }  # fmt: skip
    again = io.StringIO()
    call_command("dump_ladder", "griffin", stdout=again)
    assert json.loads(again.getvalue()) == json.loads(out.getvalue())


def test_a_file_comes_back_whole():
    said = changed(rungs__0__public_label="", rungs__1__public_label="", note="For the winter.")
    assert editions.document(published(said)) == said


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"name": "Our house"}, "name: The house is a ladder of other editions too"),
        ({"rungs__1__name": "Visitor"}, "rungs[1].name: Stranger is a rung of other editions too"),
        ({"rungs__2__public_label": "Friend"}, "rungs[2].public_label: Guest is a rung of other editions too"),
        ({"rungs__2__public_label": ""}, "rungs[2].public_label: Guest is a rung of other editions too"),
    ],
)
def test_a_file_that_names_otherwise_what_other_editions_name_is_refused(tmp_path, change, told):
    first = published(HOUSE)
    with pytest.raises(CommandError) as error:
        load(tmp_path, changed(**change), "--publish")
    assert told in str(error.value)
    assert "renamed for all of them in the admin site" in str(error.value)
    assert (Edition.objects.filter(ladder__slug="house").get(), editions.document(first)["name"]) == (first, "The house")


def test_a_ladder_and_a_rung_that_a_draft_alone_speaks_of_get_the_names_it_says():
    draft = editions.draft(HOUSE)
    said = changed(name="Our house", rungs__0__public_label="", rungs__1__public_label="", rungs__2__name="Friend")
    editions.revise(draft, said)
    assert editions.document(Edition.objects.get(pk=draft.pk)) == said


def test_a_draft_judges_nobody(tmp_path):
    ada = make.customer("Ada")
    answer = load(tmp_path, HOUSE)
    page = Edition.objects.get(ladder__slug="house").get_absolute_url()
    assert answer == {
        "ladder": "house", "edition": 1, "published": False, "from": None, "held_until": None, "call_back": None, "page": page,
        "warnings": [],
    }  # fmt: skip
    ranking.rank(now=on(10))
    assert history(ada) == []


def test_a_published_edition_never_changes():
    edition = published(HOUSE)
    with pytest.raises(ValidationError):
        editions.publish(edition, at=timezone.now())
    edition.note = "better"
    with pytest.raises(ValidationError):
        edition.full_clean()
    with pytest.raises(ValidationError):
        edition.save()
    step = edition.steps.get(rung__slug="guest")
    step.rule = {**BUYER, "value": 2}
    with pytest.raises(ValidationError):
        step.save()
    with pytest.raises(ValidationError):
        step.delete()


def test_a_ladders_first_edition_judges_from_the_first_fact():
    ada = make.customer("Ada", recorded=day(0))
    make.purchase(ada, day(10))
    ranking.rank(now=on(50))
    published(HOUSE, at=on(50))
    ranking.rank(now=on(50))
    assert history(ada) == [("guest", 10)]


def test_a_later_edition_judges_from_the_day_of_publishing():
    ada = make.customer("Ada", recorded=day(0))
    make.purchase(ada, day(10))
    published(HOUSE, at=on(20))
    ranking.rank(now=on(20))
    published(changed(rungs__2__rule={**BUYER, "value": 2}), at=on(50))
    ranking.rank(now=on(50))
    assert history(ada) == [("guest", 10), ("stranger", 50)]
    assert checking.check()[1] == []


def test_from_a_past_day_the_days_from_it_on_are_judged_again_and_nothing_is_queued():
    ada = make.customer("Ada", recorded=day(0))
    make.purchase(ada, day(10))
    ranking.rank(now=on(205))
    griffin = editions.document(Edition.objects.get(ladder__slug="griffin"))
    Action.objects.all().delete()
    published({**griffin, "numbers": {"typical_gap": 5, "inactive_after": 10}}, at=on(205), first_day=day(30))
    assert ranking.rank(now=on(205)).actions == 0
    assert history(ada, "griffin") == [("first-time", 10), ("inactive", 30)]
    assert not Action.objects.exists()
    assert not StaleMark.objects.filter(customer_id__in=Customer.objects.values("pk")).exists()
    assert checking.check()[1] == []


def test_a_file_may_begin_with_a_byte_order_mark_and_no_hold_goes_with_publish(tmp_path):
    assert load(tmp_path, "\ufeff" + json.dumps(HOUSE))["published"] is False
    with pytest.raises(CommandError, match="--no-hold goes with --publish"):
        load(tmp_path, HOUSE, "--no-hold")


def test_a_rung_that_is_loyal_below_one_that_is_not_is_warned_of(tmp_path):
    top = {"rung": "friend", "name": "Friend", "kind": "step", "rule": BUYER}
    told = load(tmp_path, changed(rungs=[*HOUSE["rungs"], top]))
    assert told["warnings"] == ["Friend does not count as loyal, though Guest below it does."]
