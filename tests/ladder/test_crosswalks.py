"""Two ladders over the same people, the loyal share, and the alarm for an odd shape."""

from datetime import timedelta

import pytest

from accounts.models import Role
from ladder import crosswalks, ranking, reigns, standings
from tests import factories as make

pytestmark = pytest.mark.django_db
TODAY = make.DAY_0 + timedelta(days=600)


@pytest.fixture
def people():
    """Ada buys twice and scores 10; Bert buys twice; Cleo never bought; each with somebody else's look at them."""
    for name, occasions in (("Ada", 2), ("Bert", 2), ("Cleo", 0)):
        found = make.customer(name, owner=None)
        for n in range(occasions):
            make.purchase(found, TODAY - timedelta(days=20 + 30 * n))
        if name == "Ada":
            make.score(found, TODAY, 10)
    ranking.rank(now=make.noon(TODAY))


def editions():
    return {e.ladder.slug: e for e in reigns.reigning(TODAY).editions}


def walked(one, other, viewer):
    found = crosswalks.crosswalk(editions()[one], editions()[other], viewer)
    return {
        (row.slug, column.slug): (cell.count, cell.at_odds)
        for row, cells in found.rows
        for column, cell in zip(found.columns, cells, strict=True)
        if cell.count
    }, found


def test_everybody_is_counted_once_on_both_ladders_and_disagreement_is_marked(people, django_assert_num_queries):
    ingrid = make.user(role=Role.ADMINISTRATOR)
    cells, found = walked("griffin", "attitude", ingrid)
    assert cells == {
        ("repeat", "ambassador"): (1, True),
        ("repeat", "moveable"): (1, False),
        ("suspect", "unknown"): (1, False),
    }
    assert (found.people, found.at_odds) == (3, 1)
    known = editions()
    with django_assert_num_queries(1):
        crosswalks.crosswalk(known["griffin"], known["attitude"], ingrid)


def test_each_sees_their_own(people):
    stranger = make.user("olaf", of=make.team("South"))
    cells, _ = walked("griffin", "attitude", stranger)
    assert cells == {}


def test_the_page_shows_both_and_no_ladder_beside_itself(people, client):
    client.force_login(make.user(role=Role.ADMINISTRATOR))
    page = client.get("/ladder/griffin/beside/attitude/").content.decode()
    assert "Ambassador" in page
    assert "1 marked: loyal on one ladder and not on the other" in page
    assert client.get("/ladder/griffin/beside/griffin/").status_code == 404
    assert client.get("/ladder/griffin/beside/nope/").status_code == 404


def test_the_loyal_share_is_of_everybody_on_the_ladder(people):
    ingrid = make.user(role=Role.ADMINISTRATOR)
    levels = {
        slug: standings.levels(e.ladder, e, ingrid, today=TODAY, against=TODAY - timedelta(days=30))
        for slug, e in editions().items()
    }
    assert [crosswalks.loyal(levels[slug]).percent for slug in ("griffin", "attitude", "christopher")] == [0, 33, 33]


def shape(**counts):
    """Levels of the ladder from prospect to partner with these counts."""
    stands = standings.stands(editions()["christopher"]).values()
    return [standings.Level(s, counts.get(s.slug, 0), 0, 0.0) for s in stands]


@pytest.mark.parametrize(
    ("counts", "alarms"),
    [
        ({"customer": 60, "client": 30, "supporter": 6, "advocate": 3, "partner": 1}, []),
        ({"customer": 60, "client": 30, "supporter": 4, "advocate": 5, "partner": 1}, ["More advocates and partners (6)"]),
        ({"customer": 60, "client": 15, "supporter": 14, "advocate": 10, "partner": 1}, ["Advocates and partners are 11 %"]),
        ({"customer": 30, "client": 19, "supporter": 45, "advocate": 5, "partner": 1}, ["Customers and clients are only 49 %"]),
        ({"customer": 50, "client": 39, "supporter": 4, "advocate": 5, "partner": 1, "prospect": 900}, []),  # 99 buyers
    ],
)
def test_an_odd_shape_is_named(people, counts, alarms):
    found = crosswalks.shape_alarm(shape(**counts))
    assert [words[: len(start)] for words, start in zip(found, alarms, strict=True)] == alarms
