"""A draft tried on the whole base: it says what publishing does, stores nothing, and goes on where it was left."""

import copy
import json
import os
import signal
from collections import Counter
from datetime import UTC, datetime, time, timedelta

import pytest
from django.core.management import CommandError, call_command

from customers import days
from customers.models import Stop
from customers.recording import record_refund
from ladder import checking, editions, offers, ranking, simulated, simulating
from ladder.models import Action, Edition, Ladder, Placement, ProgrammeStep, Rung, Simulation, StaleMark
from ladder.models.standing import CHUNK_SIZE
from tests import factories as make

pytestmark = pytest.mark.django_db
TODAY = make.DAY_0 + timedelta(days=600)
CATEGORIES = ("Lighting", "Seating", "Textiles")


def later(days_on):
    return TODAY + timedelta(days=days_on)


def at(hour, day=TODAY):
    return datetime.combine(day, time(hour), tzinfo=UTC)


def buyer(name, *gaps, **extra):
    """Bought on these days before today."""
    of = make.customer(name, recorded=later(-400), **extra)
    for i, gap in enumerate(gaps):
        make.purchase(of, later(-gap), product=make.product(CATEGORIES[i % 2]))
    return of


@pytest.fixture
def base():
    """Somebody on every rung, ranked. Carla buys two of three categories often enough; Dora stands still."""
    people = {
        "Sue": make.customer("Sue", recorded=later(-50)),
        "Ada": buyer("Ada", 3),
        "Bea": buyer("Bea", 40, 2),
        "Carla": buyer("Carla", 100, 70, 40, 10),
        "Dora": buyer("Dora", 390, 380, 370, 360),
    }
    for category in CATEGORIES:
        make.usable(people["Carla"], category, later(-100))
    ranking.rank(now=at(8))
    return people


def griffin():
    return editions.document(Edition.objects.published().filter(ladder__slug="griffin").last())


def asking(document, rung, fact, value):
    """The document with another number held against a fact on one rung."""
    found = copy.deepcopy(document)
    rule = next(r for r in found["rungs"] if r["rung"] == rung)["rule"]
    for part in rule.get("all", [rule]):
        if part.get("fact") == fact:
            part["value"] = value
    return found


EASIER = {"rung": "client", "fact": "coverage", "value": 60}
HARDER = {"rung": "repeat", "fact": "occasions", "value": 3}


def tried(document, *, hour=9, **extra):
    draft = editions.draft(document)
    of = simulating.begin(draft, at=at(hour), **extra)
    assert simulating.simulate(of, now=at(hour))
    return of


def stands():
    return dict(Placement.objects.current().filter(ladder__slug="griffin").values_list("customer__name", "rung__slug"))


def stored():
    """Everything that ranking writes."""
    rows = [Placement, Action, StaleMark]
    return [sorted(map(str, model.objects.values_list())) for model in rows]


def test_trying_the_rules_in_force_moves_nobody(base):
    found = simulated.report(tried(griffin()))
    assert (found.moved, found.people, found.actions) == (0, 5, 0)
    assert {before.slug: n for (before, after), n in found.matrix.items() if before == after} == Counter(stands().values())


@pytest.mark.parametrize("change", [EASIER, HARDER], ids=["easier", "harder"])
@pytest.mark.parametrize("days_back", [None, 30], ids=["from today", "from a month ago"])
def test_publishing_does_what_the_trial_said(base, change, days_back):
    first_day = days_back and later(-days_back)
    before = stands()
    of = tried(asking(griffin(), **change), first_day=first_day)
    said = {(m.customer.name, m.before.slug, m.after.slug, m.since) for m in of.moves.all()}
    report = simulated.report(of)
    editions.publish(of.edition, at=at(10), first_day=first_day)
    assert ranking.rank(now=at(11)).actions == 0
    now = {p.customer.name: p for p in Placement.objects.current().filter(ladder__slug="griffin")}
    assert said == {(name, before[name], p.rung.slug, p.since) for name, p in now.items() if p.rung.slug != before[name]} != set()
    cancelled = Action.objects.filter(state="cancelled").count()
    assert (offers.queue_offered(now=at(12), horizon=TODAY), cancelled) == (report.actions, report.cancelled)


def test_a_draft_may_ask_what_no_rule_asked_so_far(base):
    document = griffin()
    repeat = next(rung for rung in document["rungs"] if rung["rung"] == "repeat")
    repeat["rule"] = {"all": [repeat["rule"], {"fact": "spend_90", "is": "at_least", "value": 2_001}]}
    of = tried(document)  # Bea spent exactly 20.00
    assert [(m.customer.name, m.before.slug, m.after.slug) for m in of.moves.all()] == [("Bea", "repeat", "first-time")]
    editions.publish(of.edition, at=at(10))
    ranking.rank(now=at(11))
    assert stands()["Bea"] == "first-time"


def test_a_trial_stores_nothing_but_its_report(base):
    before = stored()
    tried(asking(griffin(), **EASIER))
    tried(asking(griffin(), **HARDER), first_day=later(-300))
    assert stored() == before
    assert checking.check()[1] == []


def test_whoever_moves_is_told_why_by_the_draft(base):
    (move,) = tried(asking(griffin(), **EASIER)).moves.all()
    assert move.why == "Carla stands on Client: " + move.why.partition(": ")[2]
    assert "buys 66 % of what they can use (60 % needed)" in move.why


def test_what_would_be_queued_is_counted_by_step_and_owner(base):
    ingrid = make.user()
    base["Carla"].owner = ingrid
    base["Carla"].save()
    report = simulated.report(tried(asking(griffin(), **EASIER)))
    assert (report.actions, report.steps, report.load) == (1, {"Ask for a recommendation": 1}, [(ingrid, 1)])
    assert report.loads == [{"owner": "ingrid", "actions": 1}]


def earlier_action(of, **said):
    """Of the step that asks for a recommendation, on today's movement unless another key is said."""
    then = {"due_at": at(8, later(-300)), "expires_at": at(8, later(-200)), "finished_at": at(8, later(-200))}
    step = ProgrammeStep.objects.get(gate="may_be_asked")
    Action.objects.create(customer=of, step=step, **{"key": f"movement:{days.number(TODAY)}", **then, **said})


def stopped(of, reason):
    return Stop.objects.create(customer=of, reason=reason, since=later(-5))


@pytest.mark.parametrize(
    ("because", "reason"),
    [
        (lambda carla: make.recommendation(carla, later(-5), prompted=True), "recommended us within 30 days"),
        (lambda carla: make.ask(carla, later(-5)), "asked within 180 days"),
        (
            lambda carla: earlier_action(carla, state="done", finished_at=at(8, later(-9)), key="movement:1"),
            "asked by an action within 180 days, or one waits to",
        ),
        (lambda carla: carla.purchases.update(fulfilled=later(3)), "not delivered yet"),
        (lambda carla: [stopped(carla, reason) for reason in ("legal", "minor")], "a stop: a minor"),
        (lambda carla: stopped(carla, "legal"), "a stop: legal dispute"),
        (lambda carla: earlier_action(carla, state="done"), "queued before"),
        (lambda carla: earlier_action(carla, state="expired"), "queued before"),
        (lambda carla: ProgrammeStep.objects.update(expires_days=0), "too late to be worth doing"),
        (lambda carla: ProgrammeStep.objects.update(fresh_days=0), "too long ago"),
    ],
)
def test_what_is_held_back_is_counted_once_by_its_own_reason_and_publishing_queues_none_of_it(base, because, reason):
    because(base["Carla"])
    of = tried(asking(griffin(), **EASIER))
    report = simulated.report(of)
    assert (report.moved, report.actions, report.held_back) == (1, 0, {reason: 1})
    editions.publish(of.edition, at=at(10))
    ranking.rank(now=at(11))
    assert offers.queue_offered(now=at(12), horizon=TODAY) == 0


def test_what_was_queued_on_another_movement_or_only_cancelled_holds_nothing_back(base):
    earlier_action(base["Carla"], state="done", key="movement:1")
    earlier_action(base["Carla"], state="cancelled")
    of = tried(asking(griffin(), **EASIER))
    assert (simulated.report(of).actions, simulated.report(of).held_back) == (1, {})
    editions.publish(of.edition, at=at(10))
    ranking.rank(now=at(11))
    assert offers.queue_offered(now=at(12), horizon=TODAY) == 1


def test_what_the_moved_bought_within_a_year_is_said_net(base):
    first = base["Carla"].purchases.order_by("day").first()
    record_refund(customer=base["Carla"], source=first.source, occurred_at=at(8), at=at(8), purchase=first, whole=True)
    make.purchase(base["Bea"], later(-366))  # too long ago
    report = simulated.report(tried(asking(griffin(), rung="repeat", fact="occasions", value=9)))
    stands_today = [p.amount for name in ("Bea", "Carla") for p in base[name].purchases.order_by("day")[1:]]
    assert report.money == {"EUR": sum(stands_today)} != {"EUR": 0}


def test_facts_that_came_in_meanwhile_are_not_the_drafts_doing(base):
    make.purchase(base["Ada"], later(-1))  # now repeat, and nobody has ranked it yet
    report = simulated.report(tried(griffin()))
    assert (report.moved, stands()["Ada"]) == (0, "repeat")


def test_a_ladder_that_never_judged_is_tried_from_the_first_fact(base):
    document = {**griffin(), "ladder": "mine", "name": "Mine"}
    report = simulated.report(tried(document))
    assert {after.slug: n for (before, after), n in report.matrix.items() if before is None} == Counter(stands().values())


def test_a_trial_left_half_way_goes_on_where_it_was_left(base):
    far = make.customer("Zoe", recorded=later(-400), pk=CHUNK_SIZE + 5)
    for gap in (40, 2):
        make.purchase(far, later(-gap))
    ranking.rank(now=at(8))
    of = simulating.begin(editions.draft(asking(griffin(), **HARDER)), at=at(9))

    def killed(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulating.simulate(of, now=at(9), progress=killed)
    assert not simulating.simulate(of, now=at(9)), "its lease still runs"
    assert simulating.simulate(of, now=at(10))
    assert {m.customer.name for m in of.moves.all()} == {"Bea", "Zoe"}
    assert simulated.report(of).moved == of.moves.count() == 2


def test_a_chunk_that_another_worker_has_told_meanwhile_is_not_told_twice(base, monkeypatch):
    of = simulating.begin(editions.draft(asking(griffin(), **HARDER)), at=at(9))
    whole = simulating._try_chunk

    def overtaken(*args, **kwargs):
        monkeypatch.setattr(simulating, "_try_chunk", whole)
        found = whole(*args, **kwargs)
        assert simulating.simulate(Simulation.objects.get(), now=at(10)), "the lease has run out"
        return found

    monkeypatch.setattr(simulating, "_try_chunk", overtaken)
    assert not simulating.simulate(of, now=at(9))
    told = Simulation.objects.get()
    assert (told.done, simulated.report(told).moved, told.moves.count()) == (1, 1, 1)


def test_a_cancelled_trial_stops_before_the_next_chunk(base):
    of = simulating.begin(editions.draft(asking(griffin(), **HARDER)), at=at(9))
    Simulation.objects.update(cancelled_at=at(9))
    simulating.simulate(of, now=at(9))
    assert (of.finished_at, of.done, of.moves.count()) == (at(9), 0, 0)


def test_by_command_nothing_is_left_behind(base, tmp_path, capsys):
    path = tmp_path / "mine.json"
    document = asking(griffin(), **HARDER)
    document["rungs"].append(
        {"rung": "saint", "name": "Saint", "kind": "step", "rule": {"fact": "occasions", "is": "at_least", "value": 99}}
    )
    path.write_text(json.dumps(document))
    before = stored(), Edition.objects.count(), Rung.objects.count(), Ladder.objects.count()
    call_command("simulate", str(path), "--json")
    answer = json.loads(capsys.readouterr().out)
    assert (answer["moved"], answer["matrix"]["repeat"]) == (1, {"first-time": 1, "repeat": 1})
    assert (answer["load"], answer["money"]) == ([], {"EUR": "20.00"})
    (mover,) = answer["movers"]
    assert (mover["name"], mover["before"], mover["after"], mover["since"]) == ("Bea", "repeat", "first-time", TODAY.isoformat())
    assert mover["why"].startswith("Bea stands on First-time: bought on 2 different days")
    assert mover["why"].endswith(" No longer Repeat: bought on 2 different days (3 needed).")
    assert (stored(), Edition.objects.count(), Rung.objects.count(), Ladder.objects.count()) == before


def test_by_command_it_is_said_that_some_of_who_would_move_are_left_out(base, tmp_path, capsys, monkeypatch):
    path = tmp_path / "mine.json"
    buyer("Emma", 40, 2)
    path.write_text(json.dumps(asking(griffin(), **HARDER)))
    monkeypatch.setattr(simulating, "MOST_REASONS", 1)
    call_command("simulate", str(path), "--json")
    answer = json.loads(capsys.readouterr().out)
    assert (answer["moved"], answer["movers_shown"], len(answer["movers"])) == (2, 1, 1)
    call_command("simulate", str(path))
    assert "The first 1 of 2 who would move, and why:" in capsys.readouterr().out.splitlines()


def test_by_command_a_ladder_that_does_not_exist_yet_is_said_to_be_new(base, tmp_path, capsys):
    path = tmp_path / "mine.json"
    said = {}
    for slug in ("griffin", "grifin"):
        path.write_text(json.dumps(griffin() | {"ladder": slug}))
        call_command("simulate", str(path), "--json")
        assert json.loads(capsys.readouterr().out)["new_ladder"] == (slug == "grifin")
        call_command("simulate", str(path))
        said[slug] = capsys.readouterr().out
    assert said["grifin"].startswith(
        "There is no ladder “grifin” yet, so a new one was tried; there are griffin, christopher, raving-fans, attitude."
    )
    assert "no ladder" not in said["griffin"]


def nothing_of_it(slug):
    return not (Ladder.objects.filter(slug=slug).exists() or Edition.objects.drafts().exists() or Simulation.objects.exists())


@pytest.mark.parametrize(
    "moment", [(editions, "draft"), (simulating, "_try_chunk"), (simulated, "report"), (editions, "discard")]
)
def test_terminated_at_any_moment_the_command_leaves_nothing_behind(base, tmp_path, capsys, monkeypatch, moment):
    path, (module, name) = tmp_path / "mine.json", moment
    path.write_text(json.dumps(griffin() | {"ladder": "mine", "name": "Mine"}))
    before, whole = signal.getsignal(signal.SIGTERM), getattr(module, name)

    def terminated(*args, **kwargs):
        os.kill(os.getpid(), signal.SIGTERM)
        return whole(*args, **kwargs)

    monkeypatch.setattr(module, name, terminated)
    with pytest.raises(CommandError, match="nothing was stored") as error:
        call_command("simulate", str(path), "--json")
    assert error.value.returncode == 128 + signal.SIGTERM
    assert list(json.loads(capsys.readouterr().out)) == ["error"]
    assert nothing_of_it("mine")
    assert signal.getsignal(signal.SIGTERM) is before


def test_a_trial_is_of_the_last_ranked_day():
    ada = make.customer("Ada", recorded=later(-10))
    make.purchase(ada, later(-10))
    ranking.rank(now=at(8), day=later(-5))
    of = tried(asking(griffin(), rung="first-time", fact="occasions", value=2))
    assert (of.day, of.moves.get().since) == (later(-5), later(-5))
    assert days.day_of(at(9)) == TODAY
