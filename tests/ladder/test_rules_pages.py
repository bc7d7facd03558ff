"""The pages on which administrators draft rules, try them on everybody, publish them and call them back."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import AuditEntry, Role
from customers import days
from ladder import editions, ranking, tasks
from ladder.models import Edition, Placement, Simulation
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def ingrid(client):
    ingrid = make.user("ingrid", Role.ADMINISTRATOR)
    client.force_login(ingrid)
    return ingrid


@pytest.fixture
def carla():
    """Bought on four days, two of the three categories she can use: the draft that asks for 60 % makes her a client."""
    today = days.day_of(timezone.now())
    carla = make.customer("Carla", recorded=today - timedelta(days=400))
    for i, back in enumerate((100, 70, 40, 10)):
        make.purchase(carla, today - timedelta(days=back), product=make.product(("Lighting", "Seating")[i % 2]))
    for category in ("Lighting", "Seating", "Textiles"):
        make.usable(carla, category, today - timedelta(days=100))
    ranking.rank(now=timezone.now())
    return carla


def live():
    return Edition.objects.published().filter(ladder__slug="griffin").last()


@pytest.fixture
def draft(client, ingrid):
    client.post(reverse("ladder:edition_new", args=["griffin"]))
    return Edition.objects.drafts().get()


def numbers(client, draft, **changes):
    """Send the form of numbers as the browser would."""
    form = client.get(reverse("ladder:edition_edit", args=[draft.pk])).context["form"]
    sent = {name: form[name].value() for name in form.fields}
    return client.post(reverse("ladder:edition_edit", args=[draft.pk]), {**sent, **changes})


def page(client, edition):
    return client.get(edition.get_absolute_url())


def rules_in_force():
    """All that the edition in force says, but for its note."""
    return {name: said for name, said in editions.document(live()).items() if name != "note"}


def placed(customer):
    return Placement.objects.current().get(customer=customer, ladder__slug="griffin").rung.slug


def test_a_new_draft_says_what_the_edition_in_force_says(client, draft):
    assert (editions.document(draft), draft.made_by.username) == (rules_in_force(), "ingrid")
    assert page(client, draft).context["differences"] == []


def test_what_an_edition_notes_of_itself_is_not_noted_of_the_next_draft(client, draft):
    Edition.objects.filter(pk=live().pk).update(note="For the winter.", shipped=False)
    client.post(reverse("ladder:edition_new", args=["griffin"]))
    assert (editions.document(live())["note"], Edition.objects.drafts().latest("number").note) == ("For the winter.", "")


def test_the_usual_change_needs_no_json(client, draft):
    assert numbers(client, draft, **{"client.1": 60}).status_code == 302
    said = page(client, draft).context["differences"]
    assert said == ["Client asks for 60 % instead of 80 %: buys 60 % or more of what they can use."]


def test_numbers_sent_as_they_are_change_nothing(client, draft):
    numbers(client, draft)
    draft.refresh_from_db()
    assert editions.document(draft) == rules_in_force()


def test_money_is_written_in_whole_units(client, draft):
    document = editions.document(draft)
    document["rungs"][-1]["rule"] = {"fact": "spend", "is": "at_least", "value": 125_050}
    editions.revise(draft, document)
    form = client.get(reverse("ladder:edition_edit", args=[draft.pk])).context["form"]
    assert form["advocate.0"].value() == "1250.50"
    numbers(client, draft, **{"advocate.0": "99.99"})
    assert Edition.objects.get(pk=draft.pk).all_steps[-1].rule["value"] == 9_999


@pytest.mark.parametrize(("place", "number", "status"), [
    ("client.0", "0", 302), ("client.0", "10000", 302), ("client.0", "10001", 422), ("client.0", "-1", 422), ("client.0", "", 422),
    ("client.0", "x", 422), ("client.1", "100", 302), ("client.1", "101", 422),
])  # fmt: skip
def test_a_number_at_its_boundaries(client, draft, place, number, status):
    """The second is a share in percent."""
    assert numbers(client, draft, **{place: number}).status_code == status


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda d: d["rungs"][6]["rule"]["all"][2].update(fact="covrage"), "rungs[6].rule.all[2].fact"),
        (lambda d: d["numbers"].update(typical_gap=0), "numbers.typical_gap"),
        (lambda d: d["rungs"].pop(2), "exactly one of them is the ground"),
        (lambda d: d.update(ladder="attitude"), "this is a draft of griffin"),
    ],
)
def test_what_is_wrong_in_the_json_is_named_with_its_place_and_nothing_is_saved(client, draft, change, place):
    document = editions.document(draft)
    change(document)
    answer = client.post(reverse("ladder:edition_json", args=[draft.pk]), {"document": json.dumps(document)})
    assert (answer.status_code, place in " ".join(answer.context["form"].errors["document"])) == (422, True)
    assert editions.document(Edition.objects.get(pk=draft.pk)) == rules_in_force()


@pytest.mark.parametrize("text", ["{", "[" * 100_000, "NaN", "[]", '{"ladder": "griffin"}', "\x00"])
def test_what_is_no_ladder_is_refused(client, draft, text):
    assert client.post(reverse("ladder:edition_json", args=[draft.pk]), {"document": text}).status_code == 422


def test_a_rung_is_added_by_json(client, draft):
    document = editions.document(draft)
    document["rungs"].append(
        {"rung": "friend", "name": "Friend", "kind": "step", "rule": {"fact": "tag:vip", "is": "equal", "value": True}}
    )
    client.post(reverse("ladder:edition_json", args=[draft.pk]), {"document": json.dumps(document)})
    assert page(client, draft).context["differences"] == ["Friend is new. Friend: tagged vip."]


def tried(client, draft):
    numbers(client, draft, **{"client.1": 60})
    client.post(reverse("ladder:trial_new", args=[draft.pk]))
    tasks.simulate()
    return Simulation.objects.get()


def test_trying_says_who_would_move_and_why_and_moves_nobody(client, carla, draft):
    of = tried(client, draft)
    report, rungs = page(client, draft).context["report"], {r.slug: r for r in draft.ladder.rungs.all()}
    assert (report.moved, report.matrix[rungs["repeat"], rungs["client"]], placed(carla)) == (1, 1, "repeat")
    moves = client.get(reverse("ladder:trial_moves", args=[of.pk]), {"from": "repeat", "to": "client"})
    assert [move.customer.name for move in moves.context["page"].rows] == ["Carla"]
    assert "buys 66 % of what they can use" in moves.content.decode()
    nobody = client.get(reverse("ladder:trial_moves", args=[of.pk]), {"from": "client"})
    assert "Nobody would move so" in nobody.content.decode()


def test_the_movers_come_in_pages(client, draft):
    of = Simulation.objects.create(edition=draft, day=days.day_of(timezone.now()), finished_at=timezone.now())
    for n in range(51):
        of.moves.create(customer=make.customer(f"C{n}"), after=draft.ladder.rungs.first())
    first = client.get(reverse("ladder:trial_moves", args=[of.pk])).context["page"]
    second = client.get(reverse("ladder:trial_moves", args=[of.pk]), {"after": first.after}).context["page"]
    assert [len(first.rows), len(second.rows), second.after] == [50, 1, ""]


@pytest.mark.parametrize("query", ["?from=nobody", "?to=nobody"])
def test_a_rung_that_is_not_there_is_not_found(client, carla, draft, query):
    of = tried(client, draft)
    assert client.get(reverse("ladder:trial_moves", args=[of.pk]) + query).status_code == 404


def test_while_it_is_tried_the_page_asks_again_and_is_loaded_anew_at_the_end(client, carla, draft):
    client.post(reverse("ladder:trial_new", args=[draft.pk]))
    waiting = client.get(draft.get_absolute_url(), headers={"HX-Request": "true"})
    assert "Waiting for its turn" in waiting.content.decode()
    tasks.simulate()
    done = client.get(draft.get_absolute_url(), headers={"HX-Request": "true"})
    assert done.headers["HX-Refresh"] == "true"


def test_a_draft_is_tried_once_at_a_time(client, carla, draft):
    for _ in range(2):
        client.post(reverse("ladder:trial_new", args=[draft.pk]))
    assert Simulation.objects.count() == 1


def test_a_trial_is_stopped(client, carla, draft):
    client.post(reverse("ladder:trial_new", args=[draft.pk]))
    client.post(reverse("ladder:trial_cancel", args=[Simulation.objects.get().pk]))
    tasks.simulate()
    shown = page(client, draft)
    assert (shown.context["report"], "was stopped" in shown.content.decode()) == (None, True)


def test_a_change_lets_the_trial_go(client, carla, draft):
    tried(client, draft)
    numbers(client, draft, **{"client.1": 70})
    assert "Not tried since the last change" in page(client, draft).content.decode()
    assert "Not tried since its last change" in client.get(reverse("ladder:edition_publish", args=[draft.pk])).content.decode()


def test_published_it_judges_and_called_back_it_never_did(client, carla, draft):
    tried(client, draft)
    today = days.day_of(timezone.now())
    client.post(reverse("ladder:edition_publish", args=[draft.pk]), {"first_day": today.isoformat(), "hold_hours": 2})
    ranking.rank(now=timezone.now())
    shown = page(client, draft).context
    assert (placed(carla), shown["state"], shown["held"]) == ("client", "in force", True)
    client.post(reverse("ladder:edition_call_back", args=[draft.pk]))
    ranking.rank(now=timezone.now())
    assert (placed(carla), page(client, draft).context["state"]) == ("repeat", "called back")
    assert {"drafted", "revised", "tried", "published", "called back"} <= set(AuditEntry.objects.values_list("verb", flat=True))


def test_kept_it_stays(client, carla, draft):
    client.post(reverse("ladder:edition_publish", args=[draft.pk]), {"first_day": days.day_of(timezone.now()), "hold_hours": 2})
    client.post(reverse("ladder:edition_keep", args=[draft.pk]))
    client.post(reverse("ladder:edition_call_back", args=[draft.pk]))
    draft.refresh_from_db()
    assert (draft.called_back_at, page(client, draft).context["held"]) == (None, False)


def test_who_made_a_draft_is_told_that_another_has_to_publish_it(client, draft):
    draft.ladder.four_eyes = True
    draft.ladder.save()
    answer = client.post(
        reverse("ladder:edition_publish", args=[draft.pk]), {"first_day": days.day_of(timezone.now()), "hold_hours": 2}
    )
    assert (answer.status_code, "second person" in answer.content.decode()) == (422, True)


@pytest.mark.parametrize(("ahead", "hours", "status"), [(0, 0, 302), (-1, 720, 302), (0, 721, 422), (0, -1, 422)])
def test_the_day_and_the_hold_at_their_boundaries(client, draft, ahead, hours, status):
    first_day = days.day_of(timezone.now()) + timedelta(days=ahead)
    sent = {"first_day": first_day.isoformat(), "hold_hours": hours}
    assert client.post(reverse("ladder:edition_publish", args=[draft.pk]), sent).status_code == status


def test_publishing_stops_what_is_being_tried(client, carla, draft):
    client.post(reverse("ladder:trial_new", args=[draft.pk]))
    client.post(reverse("ladder:edition_publish", args=[draft.pk]), {"first_day": days.day_of(timezone.now()), "hold_hours": 0})
    tasks.simulate()
    assert Simulation.objects.get().done == 0


def test_a_discarded_draft_is_gone_and_a_published_one_cannot_be_touched(client, draft):
    assert client.post(reverse("ladder:edition_discard", args=[draft.pk])).status_code == 302
    assert not Edition.objects.drafts().exists()
    for name in ("edition_discard", "edition_edit", "edition_json", "edition_publish", "trial_new"):
        assert client.post(reverse(f"ladder:{name}", args=[live().pk])).status_code == 404


def test_the_list_says_of_every_edition_what_it_is(client, draft):
    shown = client.get(reverse("ladder:edition_list")).context["ladders"][0]
    assert [(edition.number, state) for edition, state, _ in shown["rows"]] == [(2, "draft"), (1, "in force")]


def test_a_trial_whose_draft_breaks_keeps_no_other_waiting(client, carla, draft):
    lost = Simulation.objects.create(edition=draft, day=days.day_of(timezone.now()))
    draft.steps.all().delete()
    other = editions.draft(editions.document(live()))
    then = Simulation.objects.create(edition=other, day=days.day_of(timezone.now()))
    tasks.simulate()
    assert [Simulation.objects.get(pk=of.pk).finished_at is None for of in (lost, then)] == [True, False]
    shown = client.get(draft.get_absolute_url(), headers={"HX-Request": "true"}).content.decode()
    assert "Interrupted, and tried again within minutes" in shown
