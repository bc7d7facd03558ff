"""Publishing with a second pair of eyes, a time to call it back, and everything restored when it is."""

import json
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import ApiKey, AuditEntry
from ladder import checking, editions, ranking
from ladder.models import Action, Edition, Ladder, Placement
from tests import factories as make
from tests.ladder.test_simulating import EASIER, HARDER, TODAY, asking, at, base, buyer, griffin, later, stands, tried  # noqa: F401

pytestmark = pytest.mark.django_db
DAY = timedelta(hours=24)


def published(document, hour=10, **extra):
    edition = editions.draft(document)
    editions.publish(edition, at=at(hour), **extra)
    return edition


def history():
    """What holds, without when it was written down."""
    rows = Placement.objects.true().order_by("customer", "ladder", "since")
    return list(rows.values_list("customer", "ladder", "rung", "edition", "since", "until", "due"))


def waiting():
    return set(Action.objects.open().values_list("customer__name", "step__slug", "placement__rung__slug", "due_at"))


@pytest.mark.parametrize("days_back", [None, 60], ids=["from today", "from two months ago"])
def test_what_is_called_back_leaves_everything_as_it_was(base, days_back):  # noqa: F811
    before = history(), waiting()
    edition = published(asking(griffin(), **HARDER), first_day=days_back and later(-days_back), hold=DAY)
    ranking.rank(now=at(11))
    assert (stands()["Bea"], history() == before[0]) == ("first-time", False)
    editions.call_back(edition, at=at(12))
    ranking.rank(now=at(13))
    assert (history(), waiting()) == before
    assert checking.check()[1] == []


def test_actions_that_a_publication_cancelled_wait_again_when_it_is_called_back(base):  # noqa: F811
    check = Action.objects.get(customer=base["Ada"], step__programme__slug="first-purchase-check")
    edition = published(asking(griffin(), rung="first-time", fact="occasions", value=2), hold=DAY)
    ranking.rank(now=at(11))
    assert Action.objects.get(pk=check.pk).state == "cancelled"
    editions.call_back(edition, at=at(12))
    ranking.rank(now=at(13))
    assert Action.objects.get(pk=check.pk).state == "waiting"


@pytest.mark.parametrize("days_back", [None, 5, 300], ids=["from today", "from days ago", "from before"])
@pytest.mark.parametrize("state", ["waiting", "done"])
def test_what_one_stay_called_for_is_not_mixed_up_with_another_stay_on_the_rung(base, state, days_back):  # noqa: F811
    emma = buyer("Emma", 390, 380, 0)
    ranking.rank(now=at(9))
    back = Action.objects.get(customer=emma, step__programme__slug="welcome-back")
    Action.objects.filter(pk=back.pk).update(state=state)
    before = actions(emma)
    edition = published(
        asking(griffin(), rung="repeat", fact="occasions", value=4), first_day=days_back and later(-days_back), hold=DAY
    )
    ranking.rank(now=at(11))
    assert stands()["Emma"] == "first-time"
    editions.call_back(edition, at=at(12))
    ranking.rank(now=at(13))
    assert actions(emma) == before, "queued once, and waiting where it waited"


def actions(of):
    rows = Action.objects.filter(customer=of).order_by("pk")
    return [(a.pk, a.key, a.state, a.placement.rung.slug, a.placement.since, a.due_at) for a in rows]


def test_what_somebody_cancelled_by_hand_stays_cancelled(base):  # noqa: F811
    ingrid = make.user()
    Action.objects.filter(customer=base["Ada"]).update(state="dismissed", finished_by=ingrid, finished_at=at(9))
    edition = published(asking(griffin(), rung="first-time", fact="occasions", value=2), hold=DAY)
    ranking.rank(now=at(11))
    editions.call_back(edition, at=at(12))
    ranking.rank(now=at(13))
    assert set(Action.objects.filter(customer=base["Ada"]).values_list("state", flat=True)) == {"dismissed"}


def test_what_was_called_back_is_still_known_to_have_been_believed(base):  # noqa: F811
    edition = published(asking(griffin(), **HARDER), hold=DAY)
    ranking.rank(now=at(11))
    editions.call_back(edition, at=at(12))
    ranking.rank(now=at(13))
    then = Placement.objects.believed_on(TODAY, at(12)).filter(ladder__slug="griffin", customer=base["Bea"])
    assert [p.rung.slug for p in then] == ["first-time"]


def test_it_is_called_back_while_it_is_held_and_not_after(base):  # noqa: F811
    edition = published(asking(griffin(), **HARDER), hold=DAY)
    with pytest.raises(ValidationError, match="time in which"):
        editions.call_back(edition, at=at(10) + DAY)
    editions.call_back(edition, at=at(10) + DAY - timedelta(seconds=1))
    with pytest.raises(ValidationError):
        editions.call_back(edition, at=at(11))


@pytest.mark.parametrize("do", [editions.call_back, editions.keep], ids=["call back", "keep"])
def test_of_what_cannot_be_called_back_or_kept_the_reason_is_said(base, do):  # noqa: F811
    draft = editions.draft(asking(griffin(), **HARDER))
    with pytest.raises(ValidationError, match="a draft, which was never published"):
        do(draft, at=at(10))
    editions.publish(draft, at=at(10), hold=DAY)
    seen_before = Edition.objects.get(pk=draft.pk)
    editions.call_back(draft, at=at(11))
    for edition in (draft, seen_before):
        with pytest.raises(ValidationError, match=f"called back on {TODAY} already"):
            do(edition, at=at(12))


def test_without_a_hold_there_is_nothing_to_call_back(base):  # noqa: F811
    with pytest.raises(ValidationError):
        editions.call_back(published(asking(griffin(), **HARDER)), at=at(10))


def test_while_one_edition_is_held_no_other_is_published(base):  # noqa: F811
    held = published(asking(griffin(), **HARDER), hold=DAY)
    with pytest.raises(ValidationError, match="Edition 2 can still be called back"):
        published(griffin(), hour=11)
    editions.keep(held, at=at(11))
    assert published(griffin(), hour=12).number == 4
    with pytest.raises(ValidationError):
        editions.call_back(held, at=at(12))


def test_with_four_eyes_whoever_made_a_draft_does_not_publish_it():
    Ladder.objects.update(four_eyes=True)
    ingrid, otto = make.user("ingrid"), make.user("otto")
    draft = editions.draft(griffin(), by=ingrid)
    for nobody_else in (ingrid, None):
        with pytest.raises(ValidationError, match="second person"):
            editions.publish(draft, at=at(10), by=nobody_else)
    editions.publish(draft, at=at(10), by=otto)
    assert (draft.published_by, draft.made_by) == (otto, ingrid)


def test_with_four_eyes_revising_a_draft_makes_it_ones_own():
    Ladder.objects.update(four_eyes=True)
    ingrid, otto = make.user("ingrid"), make.user("otto")
    draft = editions.draft(griffin(), by=ingrid)
    editions.revise(draft, asking(griffin(), **HARDER), by=otto)
    with pytest.raises(ValidationError, match="second person"):
        editions.publish(draft, at=at(10), by=otto)


def test_with_four_eyes_whoever_wrote_on_a_draft_does_not_publish_it_by_hand_or_by_key():
    Ladder.objects.update(four_eyes=True)
    ingrid, otto, paul, vera = (make.user(name) for name in ("ingrid", "otto", "paul", "vera"))
    draft = editions.draft(griffin(), by=ApiKey.objects.create(name="till", team=make.team(), made_by=paul, hashed="x"))
    editions.revise(draft, asking(griffin(), **HARDER), by=ingrid)
    editions.revise(draft, griffin(), by=otto)
    for writer in (ingrid, otto, paul):
        with pytest.raises(ValidationError, match="second person"):
            editions.publish(draft, at=at(10), by=writer)
    editions.publish(draft, at=at(10), by=vera)


def test_the_command_holds_what_it_publishes_as_the_page_does_and_says_how_to_call_it_back(base, tmp_path, capsys):  # noqa: F811
    path = tmp_path / "g.json"
    path.write_text(json.dumps(asking(griffin(), **HARDER)))
    Ladder.objects.update(hold_hours=24)
    call_command("load_ladder", str(path), "--publish")
    edition = Edition.objects.latest("pk")
    assert edition.held_until
    said = capsys.readouterr().out
    assert f"Until {timezone.localtime(edition.held_until):%Y-%m-%d %H:%M} it can be called back: on its page /rules/" in said
    assert f"POST /api/v1/editions/{edition.pk}/call-back/" in said
    with pytest.raises(CommandError, match="can still be called back"):
        call_command("load_ladder", str(path), "--publish", "--no-hold")


def test_what_the_command_publishes_for_good_says_nothing_of_calling_it_back(base, tmp_path, capsys):  # noqa: F811
    path = tmp_path / "g.json"
    path.write_text(json.dumps(asking(griffin(), **HARDER)))
    call_command("load_ladder", str(path), "--publish", "--no-hold")
    assert "called back" not in capsys.readouterr().out


def test_what_the_command_publishes_is_somebodys_and_in_the_audit_trail(base, tmp_path):  # noqa: F811
    path = tmp_path / "g.json"
    path.write_text(json.dumps(asking(griffin(), **HARDER)))
    call_command("load_ladder", str(path), "--publish")
    edition = Edition.objects.latest("pk")
    assert (edition.author, edition.publisher) == ("somebody at the command line",) * 2
    trail = AuditEntry.objects.filter(thing=f"edition {edition.pk}").order_by("pk")
    assert [(e.verb, e.detail["edition"], e.user, e.api_key) for e in trail] == [
        ("drafted", "griffin edition 2", None, None),
        ("published", "griffin edition 2", None, None),
    ]


def test_with_four_eyes_the_command_does_not_publish(tmp_path):
    Ladder.objects.update(four_eyes=True)
    path = tmp_path / "g.json"
    path.write_text('{"ladder": "griffin", "name": "Suspect to advocate", "rungs": [{"rung": "suspect", "kind": "ground"}]}')
    before = Edition.objects.count()
    with pytest.raises(CommandError, match="second person"):
        call_command("load_ladder", str(path), "--publish")
    assert Edition.objects.count() == before


def test_a_revised_draft_has_not_been_tried(base):  # noqa: F811
    draft = tried(asking(griffin(), **EASIER)).edition
    editions.revise(draft, asking(griffin(), **HARDER))
    assert (draft.simulations.count(), editions.document(draft)) == (0, asking(griffin(), **HARDER))


def test_what_was_published_is_neither_revised_nor_discarded_even_when_called_back(base):  # noqa: F811
    edition = published(asking(griffin(), **HARDER), hold=DAY)
    editions.call_back(edition, at=at(11))
    with pytest.raises(ValidationError):
        editions.revise(edition, griffin())
    with pytest.raises(ValidationError):
        editions.discard(edition)
