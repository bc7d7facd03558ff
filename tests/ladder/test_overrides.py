"""Overrides: a mask over what the rules say, on its own days only, whatever the order in which they are made."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import ApiKey, AuditEntry
from customers.days import day_of
from customers.recording import Contradicted
from ladder import checking, editions, explaining, overriding, ranking, reigns, simulating
from ladder.models import Action, Ladder, Override, Placement, Rung
from tests import factories as make
from tests.factories import DAY_0
from tests.ladder.oracle import Life, histories
from tests.ladder.test_commands import refused, run
from tests.ladder.test_history import known, stored, true_histories

if TYPE_CHECKING:
    from django.test import Client

    from customers.models import Customer

pytestmark = pytest.mark.django_db
TODAY = DAY_0 + timedelta(days=400)


def on(days: int) -> Any:
    """A day, counted from today."""
    return TODAY + timedelta(days=days)


def rank(day: Any = TODAY) -> Any:
    return ranking.rank(now=make.noon(day))


def history(of: Customer, ladder: str = "griffin") -> list[tuple[str, int, int | None]]:
    """Rung, first day and the day after the last, counted from today."""
    rows = Placement.objects.true().filter(customer=of, ladder__slug=ladder).order_by("since").select_related("rung")
    return [(p.rung.slug, (p.since - TODAY).days, p.until and (p.until - TODAY).days) for p in rows]


def standing(of: Customer, ladder: str = "griffin") -> Placement:
    return Placement.objects.current().select_related("rung").get(customer=of, ladder__slug=ladder)


def nobody_yet(ada: Customer) -> None:
    pass


def bought(*backs: int) -> Any:
    def life(ada: Customer) -> None:
        for back in backs:
            make.purchase(ada, on(back))

    return life


# --- what each of the three does ---------------------------------------------------------------


@pytest.mark.parametrize(("life", "how", "rung", "expected"), [
    (bought(-9), "fix", "client", "client"), (bought(-9), "fix", "suspect", "suspect"), (bought(-9), "fix", "first-time", "first-time"),
    (bought(-9), "at_least", "repeat", "repeat"), (bought(-9), "at_least", "first-time", "first-time"),
    (bought(-9), "at_least", "suspect", "first-time"),
    (bought(-9), "at_most", "repeat", "first-time"), (bought(-9), "at_most", "first-time", "first-time"),
    (bought(-9), "at_most", "suspect", "suspect"),
    (bought(-300), "at_least", "client", "inactive"), (bought(-300), "at_most", "suspect", "inactive"),
    (bought(-300), "fix", "client", "client"), (bought(-9), "fix", "inactive", "inactive"),
])  # fmt: skip
def test_each_way_at_its_boundaries(life: Any, how: str, rung: str, expected: str) -> None:
    ada = make.customer()
    life(ada)
    held = make.override(ada, how, f"griffin:{rung}", on(-5), on(5))
    rank()
    assert (standing(ada).rung.slug, standing(ada).override) == (expected, held)


def test_it_holds_from_its_first_day_to_the_day_before_its_last() -> None:
    ada = make.customer()
    make.override(ada, "fix", "griffin:client", on(-5), on(-2))
    rank()
    assert history(ada)[-3:] == [("suspect", -400, -5), ("client", -5, -2), ("suspect", -2, None)]


def test_it_begins_and_ends_by_itself() -> None:
    ada = make.customer()
    rank(on(-10))
    make.override(ada, "fix", "griffin:client", on(-5), on(-2))
    seen = []
    for day in (-6, -5, -3, -2):
        rank(on(day))
        seen.append(standing(ada).rung.slug)
    assert seen == ["suspect", "client", "client", "suspect"]


def test_on_another_ladder_nothing_changes() -> None:
    ada = make.customer()
    make.purchase(ada, on(-9))
    make.override(ada, "fix", "christopher:partner", on(-5), on(5))
    rank()
    assert (standing(ada, "christopher").rung.slug, standing(ada).rung.slug) == ("partner", "first-time")
    assert standing(ada).override is None


def test_who_is_not_ranked_stays_so() -> None:
    ada = make.customer()
    make.qualification(ada, "need", "unknown", on(-9))
    make.not_ranked(ada, on(-3), on(-1))
    make.override(ada, "fix", "griffin:client", on(-5), on(5))
    rank()
    assert history(ada)[-2:] == [("client", -5, -3), ("client", -1, None)]


def test_a_purchase_under_it_shows_when_it_ends() -> None:
    ada = make.customer()
    make.override(ada, "fix", "griffin:suspect", on(-5), on(5))
    rank()
    make.purchase(ada, on(-3))
    rank(on(4))
    assert standing(ada).rung.slug == "suspect"
    rank(on(5))
    assert history(ada)[-1] == ("first-time", 5, None)


def test_held_from_below_they_may_still_rise() -> None:
    ada = make.customer()
    make.qualification(ada, "need", "unknown", on(-9))
    make.override(ada, "at_least", "griffin:first-time", on(-5), on(5))
    for back in (-2, -1):
        make.purchase(ada, on(back))
    rank()
    assert history(ada)[-2:] == [("first-time", -5, -1), ("repeat", -1, None)]


def test_on_days_on_which_the_rules_do_not_know_its_rung_it_is_not_there() -> None:
    ada = make.customer()
    make.override(ada, "fix", "griffin:first-time", on(-9), on(9))
    make.override(ada, "at_least", "griffin:client", on(-5), on(9))
    griffin = Ladder.objects.get(slug="griffin")
    document = editions.document(griffin.editions.get())
    document["rungs"] = [rung for rung in document["rungs"] if rung["rung"] != "client"]
    editions.publish(editions.draft(document), at=make.noon(TODAY), first_day=on(-2))
    rank()
    assert history(ada)[-3:] == [("first-time", -9, -5), ("client", -5, -2), ("first-time", -2, None)]


@pytest.mark.parametrize("how", ["at_least", "at_most"])
def test_nobody_is_held_from_below_or_above_a_rung_that_stands_beside_the_ladder_that_day(how: str) -> None:
    ada = make.customer()
    make.purchase(ada, on(-9))
    make.override(ada, how, "griffin:inactive", on(-5), on(5))
    rank()
    assert (standing(ada).rung.slug, standing(ada).override) == ("first-time", None)


def test_trying_a_draft_and_publishing_it_lay_the_override_over_it_alike() -> None:
    ada, bob, cleo = (make.customer(name) for name in ("Ada", "Bob", "Cleo"))
    for of, backs in ((ada, (-9,)), (bob, (-9, -2)), (cleo, (-9, -2))):
        bought(*backs)(of)
    make.override(ada, "fix", "griffin:client", on(-5), on(9))  # the draft does not know this rung
    make.override(bob, "fix", "griffin:first-time", on(-5), on(9))  # the draft's rule for Repeat is nothing to them
    rank()
    document = editions.document(Ladder.objects.get(slug="griffin").editions.get())
    document["rungs"] = [rung for rung in document["rungs"] if rung["rung"] != "client"]
    next(rung for rung in document["rungs"] if rung["rung"] == "repeat")["rule"] = {
        "fact": "occasions",
        "is": "at_least",
        "value": 9,
    }
    draft = editions.draft(document)
    trial = simulating.begin(draft, at=make.noon(TODAY))
    simulating.simulate(trial, now=make.noon(TODAY))
    moved = {(m.customer.name, m.before.slug, m.after.slug) for m in trial.moves.select_related("customer", "before", "after")}
    editions.publish(draft, at=make.noon(TODAY))
    rank()
    assert moved == {("Ada", "client", "first-time"), ("Cleo", "repeat", "first-time")}
    assert [standing(of).rung.slug for of in (ada, bob, cleo)] == ["first-time"] * 3
    assert checking.check()[1] == []


# --- several, in any order and timing ----------------------------------------------------------


@pytest.mark.parametrize("reverse", [False, True])
def test_of_several_the_one_that_began_last_decides_and_then_its_content(reverse: bool) -> None:
    ada = make.customer()
    held = [
        ("fix", "griffin:client", on(-9), on(9), "z"), ("fix", "griffin:prospect", on(-5), on(-2), "b"),
        ("fix", "griffin:repeat", on(-5), on(-2), "a"),
    ]  # fmt: skip
    for row in reversed(held) if reverse else held:
        make.override(ada, *row)
        rank()
    assert history(ada)[-3:] == [("client", -9, -5), ("prospect", -5, -2), ("client", -2, None)]


near = st.integers(0, 40)
RUNGS = [("griffin", rung) for rung in ("suspect", "prospect", "first-time", "repeat", "client")]
BESIDE = [("griffin", "inactive"), ("attitude", "terrorist")]
DESERVED = [("attitude", rung) for rung in ("unknown", "risky", "moveable")]
override = st.one_of(
    st.tuples(st.just("override"), near, st.integers(1, 30), st.just("fix"), st.sampled_from(RUNGS + BESIDE)),
    st.tuples(
        st.just("override"), near, st.integers(1, 30), st.sampled_from(["at_least", "at_most"]), st.sampled_from(RUNGS + DESERVED)
    ),
)
fact = st.one_of(
    st.tuples(st.just("purchase"), near, st.none() | st.integers(1, 20), st.none(), st.none()),
    st.tuples(st.just("hostile"), near, st.sampled_from(["fair", "site"])),
    st.tuples(st.just("need"), near, st.sampled_from(["yes", "no"])),
    st.tuples(st.just("not ranked"), near, st.integers(1, 10)),
)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_many_overrides_in_any_order_lie_over_the_fold(db: None, data: st.DataObject) -> None:
    held = [(*o, f"reason {n}", False) for n, o in enumerate(data.draw(st.lists(override, min_size=1, max_size=7)))]
    arrivals = data.draw(st.permutations(held + data.draw(st.lists(fact, max_size=5))))
    for o in data.draw(st.lists(st.sampled_from(held), unique=True, max_size=3)):
        arrivals.insert(data.draw(st.integers(arrivals.index(o) + 1, len(arrivals))), ("withdrawn", o[5]))
    with transaction.atomic():
        ada, life = make.customer(), Life(recorded=0)
        for f in arrivals:
            stored(ada, f)
            known(life, f)
            if data.draw(st.booleans()):
                rank(DAY_0 + timedelta(days=data.draw(near)))
        rank(DAY_0 + timedelta(days=60))
        found, offenders = true_histories(ada), checking.check()[1]
        transaction.set_rollback(True)
    assert found == histories(life, 60)
    assert offenders == []


# --- taking it back, and what is refused -------------------------------------------------------


def test_withdrawn_it_counts_on_none_of_its_days() -> None:
    ada = make.customer()
    make.purchase(ada, on(-9))
    held = make.override(ada, "fix", "griffin:client", on(-5), on(5))
    rank()
    before = history(ada)
    overriding.withdraw(held, at=make.noon(TODAY))
    rank()
    assert before[-1] == ("client", -5, None)
    assert history(ada)[-1] == ("first-time", -9, None)
    assert standing(ada).override is None
    with pytest.raises(Contradicted):
        overriding.withdraw(held, at=make.noon(TODAY))


def said(ada: Customer, **changes: Any) -> Override:
    rung = Rung.objects.get(ladder__slug="griffin", slug=changes.pop("rung", "client"))
    return Override(
        **{"customer": ada, "rung": rung, "how": "fix", "since": on(0), "until": on(9), "reason": "promised", **changes}
    )


def test_said_twice_it_is_there_once_and_may_be_said_again_when_withdrawn() -> None:
    ada, ingrid = make.customer(), make.user()
    first, second = (overriding.record(said(ada), at=make.noon(TODAY), by=ingrid) for _ in range(2))
    assert (first.created, second.created, second.entry) == (True, False, first.entry)
    overriding.withdraw(first.entry, at=make.noon(TODAY), by=ingrid)
    assert overriding.record(said(ada), at=make.noon(TODAY), by=ingrid).created
    trail = AuditEntry.objects.filter(thing=f"customer {ada.pk}", user=ingrid).order_by("pk")
    assert [entry.verb for entry in trail] == ["overrode the rung of", "withdrew an override of", "overrode the rung of"]


@pytest.mark.parametrize("changes", [
    {"reason": ""}, {"reason": "  "}, {"until": on(0)}, {"until": on(-1)}, {"until": on(732)}, {"how": "at_least", "rung": "inactive"},
    {"how": "at_most", "rung": "disqualified"}, {"how": "about"},
])  # fmt: skip
def test_what_is_not_right_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        overriding.record(said(make.customer(), **changes), at=make.noon(TODAY))
    assert not Override.objects.exists()


@pytest.mark.parametrize("changes", [{"until": on(0)}, {"until": on(732)}, {"reason": ""}, {"how": "about"}])
def test_the_database_refuses_it_too(changes: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError):
        said(make.customer(), **changes).save()


@pytest.mark.parametrize("changes", [{"until": on(1)}, {"until": on(731)}, {"rung": "inactive"}])
def test_the_shortest_the_longest_and_one_beside_the_ladder_are_taken(changes: dict[str, Any]) -> None:
    assert overriding.record(said(make.customer(), **changes), at=make.noon(TODAY)).created


def test_a_rung_no_published_rules_know_is_refused() -> None:
    Rung.objects.create(ladder=Ladder.objects.get(slug="griffin"), slug="drafted", name="Drafted")
    with pytest.raises(ValidationError, match="No published rules"):
        overriding.record(said(make.customer(), rung="drafted"), at=make.noon(TODAY))


# --- what it queues: nothing -------------------------------------------------------------------


def queued(of: Customer) -> dict[str, str]:
    return dict(Action.objects.filter(customer=of).values_list("step__slug", "state"))


def test_neither_its_beginning_nor_its_end_nor_its_withdrawal_queues_anything() -> None:
    ada = make.customer()
    rank(on(-6))
    make.override(ada, "fix", "griffin:first-time", on(-5), on(-3))
    held = make.override(ada, "fix", "christopher:supporter", on(-5), on(20))
    for day in range(-5, 0):
        rank(on(day))
    overriding.withdraw(held, at=make.noon(TODAY))
    rank()
    assert queued(ada) == {}


def test_nor_does_it_when_a_purchase_arrives_with_it() -> None:
    ada, bob = make.customer(), make.customer("Bob")
    rank(on(-1))
    make.override(ada, "fix", "christopher:supporter", TODAY, on(20))
    for of in (ada, bob):
        make.purchase(of, TODAY)
    rank()
    assert queued(ada) == queued(bob) != {}, "what the purchase calls for, and nothing else"


def test_what_it_takes_them_away_from_is_cancelled() -> None:
    ada = make.customer()
    make.purchase(ada, on(-1))
    rank()
    assert set(queued(ada).values()) == {"waiting"}
    make.override(ada, "fix", "griffin:suspect", on(0), on(20))
    rank()
    assert set(queued(ada).values()) == {"cancelled"}


# --- what is shown of it -----------------------------------------------------------------------


def test_a_movement_tells_whether_an_override_made_it() -> None:
    ada = make.customer()
    make.qualification(ada, "need", "unknown", on(-20))
    make.override(ada, "at_least", "griffin:first-time", on(-9), on(-3))
    for back in (-6, -5):
        make.purchase(ada, on(back))
    rank()
    told = Placement.objects.true().filter(customer=ada, ladder__slug="griffin").order_by("since")
    assert list(told.values_list("rung__slug", "by_override")) == [("suspect", False), ("first-time", True), ("repeat", False)]


def test_as_of_a_day_counts_what_was_held_then() -> None:
    ada = make.customer()
    make.override(ada, "fix", "griffin:client", on(-5), on(-2))
    griffin = next(j for j in reigns.judges() if j.ladder.slug == "griffin")
    names = dict(Rung.objects.values_list("pk", "slug"))
    seen = [{names[rung]: n for rung, n in ranking.standing(griffin, on(day)).items()} for day in (-6, -5, -3, -2)]
    assert seen == [{"suspect": 1}, {"client": 1}, {"client": 1}, {"suspect": 1}]


def test_the_check_finds_a_placement_that_does_not_show_it() -> None:
    ada = make.customer()
    make.override(ada, "fix", "griffin:client", on(-5), on(5))
    rank()
    assert checking.check()[1] == []
    Placement.objects.current().filter(customer=ada, ladder__slug="griffin").update(override=None)
    assert "an override in force shows on its placement" in {o["invariant"] for o in checking.check()[1]}


# --- why, and what the rules would say ---------------------------------------------------------


def explained(of: Customer, ladder: str = "griffin") -> explaining.Explanation:
    rank()
    of_ladder = Ladder.objects.get(slug=ladder)
    now, then = explaining.current(of, of_ladder, today=TODAY), explaining.as_of(of, of_ladder, day=TODAY)
    assert now
    assert then
    assert now.document() == then.document(), "as stored and as of today are told alike"
    assert now.rung == standing(of, ladder).rung
    return now


RULES = "bought on one day (1 needed); last bought 9 days ago (up to 180 allowed)."


@pytest.mark.parametrize(("how", "rung", "why", "lifts", "falls"), [
    ("fix", "client",
     "Ada stands on Client by override, held there by somebody at the command line from 30 January 2025 until 13 February 2025"
     f" (“promised”). The rules would say First-time: {RULES}",
     ["Nothing before 13 February 2025, when the override ends."], "Falls to First-time on 13 February 2025, when the override ends."),
    ("at_most", "suspect",
     "Ada stands on Suspect by override, held there or below by somebody at the command line from 30 January 2025 until 13 February 2025"
     f" (“promised”). The rules would say First-time: {RULES}",
     ["Nothing before 13 February 2025, when the override ends."], "Rises to First-time on 13 February 2025, when the override ends."),
    ("at_least", "first-time",
     f"Ada stands on First-time: {RULES} At least First-time by somebody at the command line from 30 January 2025 until"
     " 13 February 2025 (“promised”): that changes nothing now.",
     ["One more purchase on another day lifts them to Repeat."], "Falls to Inactive on 26 July 2025 unless they buy."),
])  # fmt: skip
def test_the_reason_says_who_says_so_and_what_the_rules_would_say(
    how: str, rung: str, why: str, lifts: list[str], falls: str
) -> None:
    ada = make.customer()
    make.purchase(ada, on(-9))
    make.override(ada, how, f"griffin:{rung}", on(-5), on(9), "promised")
    found = explained(ada)
    assert (found.why, found.lifts, found.falls) == (why, lifts, falls)
    document = found.document()
    assert (document["override"]["rules_say"], document["override"]["rung"]) == ("first-time", rung)
    assert [e["fact"] for e in document["evidence"]] == ["occasions", "silence"], "the rules' own"


def test_time_may_move_them_under_an_override_that_lets_it() -> None:
    ada = make.customer()
    make.purchase(ada, on(-170))
    make.override(ada, "at_least", "griffin:repeat", on(-5), on(90))
    found = explained(ada)
    assert (found.rung.slug, found.falls_on, found.falls_to and found.falls_to.slug) == ("repeat", on(11), "inactive")
    rank(on(11))
    assert standing(ada).rung.slug == "inactive"


def test_without_one_the_document_says_so() -> None:
    assert explained(make.customer()).document()["override"] is None


# --- the doors ---------------------------------------------------------------------------------


def sent(**changes: Any) -> dict[str, Any]:
    rung = Rung.objects.get(ladder__slug="griffin", slug="client")
    return {"how": "fix", "rung": rung.pk, "reason": "promised", "since": day_of(timezone.now()), "until": now_and(9), **changes}


def now_and(more: int) -> Any:
    return day_of(timezone.now()) + timedelta(days=more)


def test_on_the_page_it_is_recorded_once_shown_and_withdrawn(client: Client) -> None:
    ingrid, ada = make.user(), make.customer()
    client.force_login(ingrid)
    for _ in range(2):
        assert client.post(reverse("ladder:override_new", args=[ada.uuid]), sent()).url == ada.get_absolute_url()
    held = Override.objects.get()
    assert (held.customer, held.rung.slug, held.how, held.made_by, held.reason) == (ada, "client", "fix", ingrid, "promised")
    ranking.rank(now=timezone.now())
    page = client.get(ada.get_absolute_url()).content.decode()
    assert "Ada stands on Client by override, held there by ingrid" in page
    assert "The rules would say Suspect: nothing bought yet" in page
    assert 'chip">override' in client.get("/customers/").content.decode()
    withdraw = reverse("ladder:override_withdraw", args=[ada.uuid, held.uuid])
    for _ in range(2):
        assert client.post(withdraw).url == ada.get_absolute_url()
    held.refresh_from_db()
    assert (held.withdrawn_by, held.withdrawn_at is None) == (ingrid, False)
    ranking.rank(now=timezone.now())
    assert "by override" not in client.get(ada.get_absolute_url()).content.decode()


@pytest.mark.parametrize(("changes", "field"), [
    ({"since": now_and(-1)}, "since"), ({"until": now_and(0)}, "until"), ({"reason": " "}, "reason"), ({"rung": ""}, "rung"),
    ({"how": "about"}, "how"), ({"until": now_and(800)}, "until"),
])  # fmt: skip
def test_the_form_says_what_is_not_right(client: Client, changes: dict[str, Any], field: str) -> None:
    client.force_login(make.user())
    answer = client.post(reverse("ladder:override_new", args=[make.customer().uuid]), sent(**changes))
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
    assert not Override.objects.exists()


def test_an_override_of_somebody_else_cannot_be_withdrawn_through_ones_own_customer(client: Client) -> None:
    client.force_login(make.user())
    theirs = make.override(make.customer("Bob", team=make.team("South")), "fix", "griffin:client", on(0), on(9))
    address = reverse("ladder:override_withdraw", args=[make.customer().uuid, theirs.uuid])
    assert client.post(address).status_code == 404


@pytest.fixture
def api(client: Client) -> Any:
    key = ApiKey(name="till", team=make.team(), scopes=["read", "write"])
    client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {key.renew()}"
    key.save()
    return client


BODY = {"ladder": "griffin", "rung": "client", "how": "at_least", "reason": "promised"}


def test_over_rest_it_is_recorded_once_listed_shown_and_withdrawn(api: Any) -> None:
    ada = make.customer()
    address = f"/api/v1/customers/cus_{ada.uuid.hex}/"
    body = {**BODY, "until": now_and(9).isoformat()}
    first, again = (api.post(f"{address}overrides/", body, content_type="application/json") for _ in range(2))
    assert (first.status_code, again.status_code, first.json()) == (201, 200, again.json())
    assert (first.json()["by"].split()[0], first.json()["since"]) == ("till", now_and(0).isoformat())
    ranking.rank(now=timezone.now())
    griffin = api.get(f"{address}placements/").json()[0]
    assert (griffin["rung"], griffin["override"]["rules_say"], griffin["override"]["id"]) == (
        "client",
        "suspect",
        first.json()["id"],
    )
    rows = api.get("/api/v1/placements/?ladder=griffin").json()["results"]
    assert [row["override"] for row in rows] == [first.json()["id"]]
    withdrawn = [api.post(f"{address}overrides/{first.json()['id']}/withdraw/") for _ in range(2)]
    assert [answer.status_code for answer in withdrawn] == [200, 409]
    assert [row["withdrawn_at"] is None for row in api.get(f"{address}overrides/").json()["results"]] == [False]


@pytest.mark.parametrize("changes", [
    {"rung": "supporter"}, {"ladder": "nowhere"}, {"rung": "inactive"}, {"since": now_and(-1).isoformat()}, {"reason": " "},
    {"until": now_and(0).isoformat()}, {"until": now_and(800).isoformat()}, {"until": "soon"}, {"how": "about"},
])  # fmt: skip
def test_over_rest_what_is_not_right_is_refused(api: Any, changes: dict[str, str]) -> None:
    address = f"/api/v1/customers/cus_{make.customer().uuid.hex}/overrides/"
    body = {**BODY, "until": now_and(9).isoformat(), **changes}
    assert api.post(address, body, content_type="application/json").status_code == 422
    assert not Override.objects.exists()


COMMAND = ("override", "here:Ada", "--ladder", "griffin", "--reason", "promised")


def test_the_command_records_it_once_and_explain_tells_it_in_the_words_of_the_page() -> None:
    make.customer()
    answers = [run(*COMMAND, "--at-least", "repeat", "--until", now_and(9))[0] for _ in range(2)]
    assert [answer["created"] for answer in answers] == [True, False]
    assert (answers[0]["how"], answers[0]["rung"], answers[0]["since"]) == ("at_least", "repeat", now_and(0).isoformat())
    ranking.rank(now=timezone.now())
    told = run("explain", "here:Ada")[0]
    assert told["rung"] == "repeat"
    assert told["why"].startswith("Ada stands on Repeat by override, held there or above by somebody at the command line")
    assert run("ladder", "griffin")[0]["rungs"] == run("ladder", "griffin", "--at", now_and(0))[0]["rungs"]


@pytest.mark.parametrize(("arguments", "code"), [
    (("--fix", "supporter", "--until", now_and(9)), 2), (("--fix", "client", "--until", "soon"), 2),
    (("--fix", "client", "--until", now_and(9), "--from", "31.1.2026"), 2),
    (("--fix", "client", "--until", now_and(0)), 1), (("--at-most", "inactive", "--until", now_and(9)), 1),
    (("--fix", "client", "--until", now_and(-5), "--from", now_and(-9)), None),
])  # fmt: skip
def test_the_command_exits_as_the_others_do(arguments: tuple[Any, ...], code: int | None) -> None:
    make.customer()
    if code is None:
        assert run(*COMMAND, *arguments)[0]["since"] == now_and(-9).isoformat()
    else:
        assert refused(*COMMAND, *arguments)[0] == code
    assert Override.objects.exists() == (code is None)
