"""What movements call for: every shipped programme, its gate, its stops, and how an action ends."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal

import pytest

from customers.models import Stop
from customers.recording import LineOf, record_refund
from ladder import acting, checking, offers, overriding, ranking
from ladder.models import Action, Override, Placement, Programme, ProgrammeStep, Run, Rung
from tests import factories as make

pytestmark = pytest.mark.django_db
TODAY = make.DAY_0 + timedelta(days=600)
CHECK, WELCOME, RECOVERY, BACK = "first-purchase-check/ask", "welcome/welcome", "recovery/call", "welcome-back/welcome-back"
WIN_BACK, RECOMMEND, THANKS = "win-back/call", "recommend/ask", "thank-you/thank"


def on(day, hour=12):
    return datetime.combine(day, time(hour), tzinfo=UTC)


def later(days):
    return TODAY + timedelta(days=days)


@pytest.fixture
def ingrid():
    return make.user()


@pytest.fixture
def ada():
    return make.customer("Ada")


@pytest.fixture
def long_ledger():
    make.purchase(make.customer("Old Olga"), later(-1500))


def rank(day=TODAY, hour=12, **extra):
    return ranking.rank(now=on(day, hour), **extra)


def waiting(of):
    """What is open for a customer. {programme/step: action}"""
    return {f"{a.step.programme.slug}/{a.step.slug}": a for a in Action.objects.open().filter(customer=of)}


def ended(of, step):
    return Action.objects.get(customer=of, step__programme__slug=step.split("/")[0]).state


def first_purchase(of, day=TODAY, **extra):
    bought = make.purchase(of, day, **extra)
    rank(max(day, TODAY))
    return bought


def take_back(purchase, day, hour=14, **part):
    record_refund(
        customer=purchase.customer,
        source=purchase.source,
        occurred_at=on(day, hour),
        at=on(day, hour),
        purchase=purchase,
        **(part or {"whole": True}),
    )


def client(of):
    """Four occasions over three categories they can use: a client from the fourth, on TODAY."""
    for category in ("Lighting", "Seating", "Textiles"):
        make.usable(of, category, later(-100))
    for i, category in enumerate(("Lighting", "Seating", "Textiles", "Textiles")):
        make.purchase(of, later(-60 + 20 * i), product=make.product(category))


# --- first purchase, welcome, recovery ---------------------------------------------------------


def test_a_first_purchase_is_asked_about_a_week_after_it_and_welcomed_after_two(ada):
    first_purchase(ada)
    assert {step: a.due_at.date() for step, a in waiting(ada).items()} == {CHECK: later(7), WELCOME: later(14)}


def test_where_delivery_is_known_the_days_count_from_it(ada):
    first_purchase(ada, fulfilled=later(5))
    assert {step: a.due_at.date() for step, a in waiting(ada).items()} == {CHECK: later(12), WELCOME: later(19)}


@pytest.mark.parametrize("answer", [4, 5])
def test_a_happy_answer_brings_the_welcome_forward(ada, ingrid, answer):
    first_purchase(ada)
    acting.done(waiting(ada)[CHECK], by=ingrid, at=on(later(8)), answer=answer)
    assert list(waiting(ada)) == [WELCOME]
    assert waiting(ada)[WELCOME].due_at == on(later(8))


@pytest.mark.parametrize("answer", [1, 2, 3])
def test_an_unhappy_answer_calls_for_a_recovery_instead(ada, ingrid, answer):
    first_purchase(ada)
    acting.done(waiting(ada)[CHECK], by=ingrid, at=on(later(8)), answer=answer)
    rank(later(9), full=ranking.Full.LIVES)
    assert list(waiting(ada)) == [RECOVERY]
    assert ended(ada, WELCOME) == "cancelled"


def test_a_return_calls_for_a_recovery_instead(ada):
    bought = first_purchase(ada)
    take_back(bought, later(3))
    rank(later(3), hour=15)
    rank(later(3), hour=16, full=ranking.Full.LIVES)
    assert list(waiting(ada)) == [RECOVERY]
    assert {ended(ada, CHECK), ended(ada, WELCOME)} == {"cancelled"}


def test_a_return_of_a_part_calls_for_a_recovery_though_nobody_moves(ada):
    bought = first_purchase(ada)
    take_back(bought, later(3), lines=[LineOf(Decimal(4))], currency="EUR")
    run = rank(later(3), hour=15)
    assert (run.judged, run.moved, RECOVERY in waiting(ada), ended(ada, WELCOME)) == (1, 0, True, "cancelled")


def test_a_return_of_someone_not_to_be_contacted_calls_for_nothing(ada):
    bought = first_purchase(ada)
    Stop.objects.create(customer=ada, reason="do_not_contact", since=TODAY)
    take_back(bought, later(3))
    rank(later(3), hour=15)
    assert waiting(ada) == {}


def test_the_second_occasion_ends_the_welcome(ada):
    first_purchase(ada)
    make.purchase(ada, later(4))
    rank(later(4))
    assert waiting(ada) == {}
    assert ended(ada, WELCOME) == "cancelled"


def test_nobody_is_welcomed_twice(ada, ingrid):
    bought = first_purchase(ada)
    acting.done(waiting(ada)[WELCOME], by=ingrid, at=on(later(1)))
    type(bought).objects.filter(pk=bought.pk).update(withdrawn_at=on(later(2)))
    rank(later(2))
    make.purchase(ada, later(30))
    rank(later(30))
    assert WELCOME not in waiting(ada)
    assert Action.objects.filter(customer=ada, step__programme__slug="welcome").count() == 1


def test_a_first_purchase_check_needs_a_first_purchase(ada):
    make.purchase(ada, later(-40))
    make.not_ranked(ada, later(-50), TODAY)
    rank()
    assert waiting(ada) == {}, "standing on first-time again is no first occasion"
    offered = offers.offered(horizon=TODAY)
    assert offers.would_queue(offered, horizon=TODAY, now=on(TODAY)) == 0


# --- leaving and coming back -------------------------------------------------------------------


def test_who_was_inactive_and_bought_again_is_welcomed_back(ada):
    make.purchase(ada, later(-300))
    rank(later(-2))
    make.purchase(ada, TODAY)
    rank()
    assert list(waiting(ada)) == [BACK]


def test_an_override_that_hides_a_return_for_a_while_does_not_have_it_welcomed_twice(ada, ingrid):
    for back in (-400, -390, 0):  # two stays on the same rung
        make.purchase(ada, later(back))
    rank()
    acting.done(waiting(ada)[BACK], by=ingrid, at=on(TODAY, 13))
    rung = Rung.objects.get(ladder__slug="griffin", slug="client")
    said = Override(customer=ada, rung=rung, how="fix", since=later(-5), until=later(20), reason="A promise of the boss.")
    fixed = overriding.record(said, at=on(TODAY, 14), by=ingrid).entry
    rank(later(1))
    overriding.withdraw(fixed, by=ingrid, at=on(later(1), 13))
    rank(later(2))
    assert Placement.objects.current().get(customer=ada, ladder__slug="griffin").since == TODAY
    assert [a.state for a in Action.objects.filter(customer=ada, step__programme__slug="welcome-back")] == ["done"]


def test_who_never_was_inactive_is_not_welcomed_back(ada):
    make.purchase(ada, later(-185))
    rank()
    assert Placement.objects.current().get(customer=ada, ladder__slug="griffin").rung.slug == "inactive"
    make.purchase(ada, later(-10))  # known late: they had bought before the silence was too long
    rank(hour=13)
    assert BACK not in waiting(ada)


def test_the_inactive_are_won_back_where_the_ledger_is_long_enough(ada, long_ledger):
    make.purchase(ada, later(-181))
    rank()
    assert list(waiting(ada)) == [WIN_BACK]


def test_while_the_ledger_is_short_nobody_is_won_back(ada):
    make.purchase(make.customer("Young Olga"), later(-399))
    make.purchase(make.customer("Newest"), TODAY)
    make.purchase(ada, later(-181))
    rank()
    assert waiting(ada) == {}


@pytest.mark.parametrize(("tries", "expected"), [(1, [WIN_BACK]), (2, [])])
def test_nobody_is_won_back_a_third_time_in_a_year(ada, long_ledger, tries, expected):
    step = ProgrammeStep.objects.get(programme__slug="win-back")
    for n in range(tries):
        then = on(later(-100 * (n + 1)))
        Action.objects.create(
            customer=ada, step=step, key=f"movement:{n}", state="done", reason="", due_at=then, expires_at=then, queued_at=then
        )
    make.purchase(ada, later(-181))
    rank()
    assert list(waiting(ada)) == expected


def test_late_data_that_moves_two_silences_keeps_their_two_actions_apart(ada, long_ledger):
    for number in (-900, -500):
        make.purchase(ada, later(number))
    silent = Placement.objects.true().filter(customer=ada, rung__slug="inactive").order_by("since")
    for number in range(-720, -700):
        rank(later(number))
    rank(later(-500))
    while silent.filter(since__gt=later(-500)).count() == 0:
        rank(Run.objects.ranked_through() + timedelta(days=5))
    first, second = Action.objects.filter(customer=ada, step__programme__slug="win-back").order_by("queued_at")
    before = list(silent.values_list("since", flat=True))
    make.purchase(ada, later(-890))
    make.purchase(ada, later(-495))
    rank(Run.objects.ranked_through(), hour=18)
    after = list(silent.values_list("since", flat=True))
    assert all(was != now for was, now in zip(before, after, strict=True)), "both silences have moved"
    first.refresh_from_db()
    second.refresh_from_db()
    assert [first.placement.since, second.placement.since] == after
    assert checking.check()[1] == []


# --- clients and advocates ---------------------------------------------------------------------


def test_a_client_is_asked_to_recommend_us(ada):
    client(ada)
    rank()
    assert list(waiting(ada)) == [RECOMMEND]


@pytest.mark.parametrize(
    "why_not",
    [
        pytest.param(lambda ada: make.score(ada, later(-1), 3), id="soured"),
        pytest.param(lambda ada: make.recommendation(ada, later(-20), prompted=True), id="recommended lately"),
        pytest.param(
            lambda ada: make.recommendation(ada, later(-20), kind="review", favourable=False), id="reviewed us badly lately"
        ),
        pytest.param(lambda ada: make.ask(ada, later(-180)), id="asked by hand within 180 days"),
        pytest.param(lambda ada: ada.purchases.filter(day=TODAY).update(fulfilled=later(3)), id="not delivered"),
        pytest.param(lambda ada: Stop.objects.create(customer=ada, reason="legal", since=TODAY), id="legal dispute"),
        pytest.param(lambda ada: Programme.objects.update(on=False), id="off"),
    ],
)
def test_a_client_is_not_asked_where_it_would_be_wrong(ada, why_not):
    client(ada)
    why_not(ada)
    rank()
    assert Placement.objects.current().get(customer=ada, ladder__slug="griffin").rung.slug == "client"
    assert waiting(ada) == {}


def test_a_client_who_was_asked_by_hand_longer_ago_is_asked(ada):
    client(ada)
    make.ask(ada, later(-181))
    rank()
    assert RECOMMEND in waiting(ada)


@pytest.mark.parametrize(("days_ago", "asked_again"), [(170, False), (190, True)])
def test_nobody_is_asked_twice_in_180_days(ada, days_ago, asked_again):
    step = ProgrammeStep.objects.get(programme__slug="recommend")
    then = on(later(-days_ago))
    Action.objects.create(
        customer=ada, step=step, key="movement:1", state="done", reason="", due_at=then, expires_at=then, finished_at=then
    )
    client(ada)
    rank()
    assert (RECOMMEND in waiting(ada)) == asked_again


def test_an_advocate_is_thanked_unless_soured(ada):
    client(ada)
    make.recommendation(ada, TODAY)
    rank()
    assert list(waiting(ada)) == [THANKS]
    bea = make.customer("Bea")
    client(bea)
    make.recommendation(bea, TODAY)
    make.score(bea, TODAY, 2)
    rank(hour=13)
    assert waiting(bea) == {}
