"""Rules published from a day to come: before it nothing moves, on it everybody is judged by themselves, and it can be called back."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from customers import days
from ladder import checking, editions, nights, ranking, reigns
from ladder.models import Action, Edition, Ladder, Placement, Run
from tests import factories as make
from tests.ladder.test_editions_api import easier, told  # noqa: F401
from tests.ladder.test_publishing import DAY, history, waiting
from tests.ladder.test_rules_pages import draft, ingrid, page  # noqa: F401
from tests.ladder.test_simulating import EASIER, HARDER, TODAY, asking, at, base, buyer, later, stands  # noqa: F401

pytestmark = pytest.mark.django_db
IN = 5  # days until it begins


def house(change):
    """The shipped rules with one number changed."""
    return asking(editions.document(Edition.objects.get(ladder__slug="griffin", number=1)), **change)


def planned(change=HARDER, ahead=IN, **extra):
    edition = editions.draft(house(change))
    editions.publish(edition, at=at(10), first_day=later(ahead), **extra)
    return edition


def night(ahead):
    return nights.night(now=at(3, later(ahead)))


def test_the_night_before_nobody_moves_and_that_night_everybody_is_judged(base):  # noqa: F811
    edition, before = planned(), history()
    night(IN - 1)
    assert (history(), edition.is_to_come) == (before, True)
    run = night(IN)
    moved = Placement.objects.current().get(customer=base["Bea"], ladder__slug="griffin")
    assert (moved.rung.slug, moved.since, run.judged) == ("first-time", later(IN), len(base))
    assert checking.check()[1] == []


def test_the_first_tick_of_the_day_is_enough(base):  # noqa: F811
    planned()
    night(IN - 1)
    nights.catch_up(now=at(0, later(IN)))
    assert stands()["Bea"] == "first-time"
    assert nights.catch_up(now=at(1, later(IN))) is None


def test_days_without_a_run_are_made_up_for(base):  # noqa: F811
    planned()
    ranking.rank(now=at(8, later(IN + 3)))
    assert Placement.objects.current().get(customer=base["Bea"], ladder__slug="griffin").since == later(IN)
    assert checking.check()[1] == []


def test_what_it_moves_queues_nothing_not_even_for_who_was_touched_since(base):  # noqa: F811
    planned(EASIER)
    make.score(base["Carla"], later(1), 7)
    night(IN - 1)
    before = waiting()
    night(IN)
    assert stands()["Carla"] == "client"
    assert Placement.objects.current().get(customer=base["Carla"], ladder__slug="griffin").imported
    assert waiting() == before


def test_who_came_since_it_was_published_is_judged_by_it_too(base):  # noqa: F811
    planned()
    late = make.customer("Late", recorded=later(1))
    for ahead in (1, 2):
        make.purchase(late, later(ahead))
    night(IN - 1)
    assert stands()["Late"] == "repeat"
    night(IN)
    moved = Placement.objects.current().get(customer=late, ladder__slug="griffin")
    assert (moved.rung.slug, moved.imported) == ("first-time", True)


def test_what_time_alone_ends_on_that_day_is_not_quiet(base):  # noqa: F811
    """Dora, last bought 360 days ago, has long been inactive; Gil falls on the very day."""
    gil = make.customer("Gil", recorded=later(-400))
    make.purchase(gil, later(IN - 181))
    ranking.rank(now=at(9))
    planned(EASIER)
    night(IN)
    fell = Placement.objects.current().get(customer=gil, ladder__slug="griffin")
    assert (fell.rung.slug, fell.since, fell.imported) == ("inactive", later(IN), False)


def test_an_edition_to_come_says_of_nobody_that_they_may_fall(base):  # noqa: F811
    due = list(Placement.objects.current().order_by("pk").values_list("customer", "ladder", "due"))
    planned()
    ranking.rank(now=at(11), full=ranking.Full.LIVES)
    assert list(Placement.objects.current().order_by("pk").values_list("customer", "ladder", "due")) == due


@pytest.mark.parametrize("called_at", [0, IN - 1, IN])
def test_it_is_called_back_before_it_begins_and_while_it_is_held(base, called_at):  # noqa: F811
    edition = planned(hold=DAY)
    for ahead in range(called_at + 1):
        night(ahead)
    before = history() if called_at < IN else None
    editions.call_back(edition, at=at(20, later(called_at)))
    if before is not None:
        assert not ranking.waiting_chunks(later(called_at)), "nothing had moved, so nobody is judged again"
    ranking.rank(now=at(21, later(IN + 1)))
    assert stands()["Bea"] == "repeat"
    assert checking.check()[1] == []


@pytest.mark.parametrize(("hold", "late"), [(timedelta(0), 0), (DAY, 1)])
def test_it_is_held_from_its_first_day_on(base, hold, late):  # noqa: F811
    edition = planned(hold=hold)
    end = days.start_of(later(IN + late))
    assert edition.held_until == end
    night(IN)
    with pytest.raises(ValidationError):
        editions.call_back(edition, at=end)


def test_what_has_not_begun_is_not_kept(base):  # noqa: F811
    edition = planned(hold=DAY)
    with pytest.raises(ValidationError, match="nothing to keep yet"):
        editions.keep(edition, at=at(12))
    night(IN)
    edition.refresh_from_db()
    editions.keep(edition, at=at(12, later(IN)))


def test_of_two_for_the_same_day_the_later_number_judges(base):  # noqa: F811
    first, second = planned(HARDER), planned(EASIER)
    night(IN)
    assert (stands()["Bea"], stands()["Carla"]) == ("repeat", "client")
    assert reigns.in_force(first.ladder, later(IN)) == second
    assert checking.check()[1] == []


def test_of_two_days_to_come_each_begins_on_its_own(base):  # noqa: F811
    planned(HARDER, ahead=IN)
    planned(EASIER, ahead=2)
    found = {}
    for ahead in (1, 2, IN - 1, IN):
        night(ahead)
        found[ahead] = (stands()["Bea"], stands()["Carla"])
    assert found == {
        1: ("repeat", "repeat"), 2: ("repeat", "client"), IN - 1: ("repeat", "client"), IN: ("first-time", "repeat"),
    }  # fmt: skip
    assert checking.check()[1] == []


def test_what_is_published_today_meanwhile_judges_until_then(base):  # noqa: F811
    planned(HARDER)
    editions.publish(editions.draft(house(EASIER)), at=at(11))
    ranking.rank(now=at(12))
    assert stands()["Carla"] == "client"
    night(IN)
    assert stands()["Bea"] == "first-time"
    assert checking.check()[1] == []


def test_a_second_person_publishes_from_a_day_to_come_too(base):  # noqa: F811
    Ladder.objects.update(four_eyes=True)
    ingrid, otto = make.user("ingrid"), make.user("otto")  # noqa: F811
    made = editions.draft(house(HARDER), by=ingrid)
    with pytest.raises(ValidationError, match="second person"):
        editions.publish(made, at=at(10), by=ingrid, first_day=later(IN))
    editions.publish(made, at=at(10), by=otto, first_day=later(IN))
    night(IN)
    assert stands()["Bea"] == "first-time"


def test_actions_wait_until_it_begins(base):  # noqa: F811
    check = Action.objects.get(customer=base["Ada"], step__programme__slug="first-purchase-check")
    planned({"rung": "first-time", "fact": "occasions", "value": 2})
    night(IN - 1)
    check.refresh_from_db()
    assert check.state == "waiting"
    night(IN)
    check.refresh_from_db()
    assert check.state == "cancelled"


@pytest.mark.parametrize(("ahead", "status"), [(1, 302), (366, 302), (367, 422)])
def test_the_page_publishes_at_most_a_year_ahead_and_says_when_it_begins(client, draft, ahead, status):  # noqa: F811
    first_day = days.day_of(timezone.now()) + timedelta(days=ahead)
    sent = {"first_day": first_day.isoformat(), "hold_hours": 0}
    answer = client.post(reverse("ladder:edition_publish", args=[draft.pk]), sent)
    assert answer.status_code == status
    if status == 302:
        shown = page(client, draft)
        assert (shown.context["state"], shown.context["held"]) == ("to come", True)
        assert f"It begins on {first_day.day} {first_day:%B %Y}" in shown.content.decode()
        client.post(reverse("ladder:edition_call_back", args=[draft.pk]))
        assert page(client, draft).context["state"] == "called back"


def test_over_rest_it_is_to_come_until_it_begins(told):  # noqa: F811
    made = told("post", "edition_list", **easier()).json()
    tomorrow = days.day_of(timezone.now()) + timedelta(days=1)
    assert told("post", "edition_publish", made["id"], first_day=tomorrow.isoformat()).json()["state"] == "to_come"
    reigns.begin(tomorrow, at=timezone.now())
    assert told("get", "edition", made["id"]).json()["state"] == "published"


def test_who_comes_after_rules_began_is_judged_by_them_though_a_run_of_the_day_before_goes_on(base):  # noqa: F811
    run = Run.objects.create(kind=Run.Kind.ASKED, day=TODAY, started_at=at(23))
    edition = editions.draft(house(HARDER))
    editions.publish(edition, at=at(0, later(1)), first_day=later(1))
    eve = buyer("Eve", 40, 2)
    ranking.rank(now=at(0, later(1)), run=run)
    ranking.rank(now=at(8, later(1)))
    assert Placement.objects.current().get(customer=eve, ladder__slug="griffin").rung.slug == "first-time"
    assert checking.check()[1] == []
