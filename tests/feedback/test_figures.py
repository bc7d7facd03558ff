"""Figures of what customers answered: against published numbers, and silent where too few answered."""

import io
import itertools
import json
from collections import Counter
from datetime import timedelta
from math import isclose, sqrt
from statistics import mean, stdev

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Role
from customers.intervals import holm, mean_of_people, newcombe
from customers.models import NotRanked, PurchaseLine
from feedback import figures
from feedback.figures import Asked, nps_of
from feedback.models import Response
from ladder import ranking
from loyaltycrm.beside import Beside
from tests import factories as make

D = make.DAY_0
T_30 = 2.04523  # of Student's t with 29 degrees of freedom, 97.5 %, from a printed table


def figure(*arguments):
    out = io.StringIO()
    call_command("figure", *arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


@pytest.fixture
def vectors(shared_data):
    return json.loads((shared_data / "vectors" / "nps.json").read_text())


@pytest.mark.data
def test_the_lists_and_distributions_of_other_projects(vectors):
    for scores, value in vectors["lists"]:
        assert nps_of(Counter(scores)).said[0] == pytest.approx(value)
    for row in vectors["distributions"]:
        found = nps_of({0: row["d"], 7: row["n"], 10: row["p"]})
        assert found.said[0] == pytest.approx(row["nps"])
    assert nps_of({}).said is None
    for outside in (-1, 11):
        with pytest.raises(ValueError, match="no score from 0 to 10"):
            nps_of({outside: 1})


def test_the_adjusted_interval_of_rocks():
    """2,309 promoters, 972 passives and 1,719 detractors: 11.80, 9.33 to 14.26, as computed elsewhere."""
    found = nps_of({10: 2309, 8: 972, 3: 1719})
    assert (round(found.value, 2), round(found.low, 2), round(found.high, 2)) == (11.80, 9.33, 14.26)


def test_the_interval_stays_within_the_scale():
    found = nps_of({10: 40})
    assert (found.value, found.high <= 100, found.low < 100) == (100, True, True)


def test_newcombes_own_examples():
    """Newcombe 1998, table II, method 10: (a) 56/70 - 48/80, (f) 10/10 - 0/20, (h) 10/10 - 0/10."""
    for first, second, low, high in (
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((10, 10), (0, 20), 0.6791, 1.0),
        ((10, 10), (0, 10), 0.6075, 1.0),
        ((5, 56), (0, 29), -0.0381, 0.1926),
    ):
        assert newcombe(first, second) == pytest.approx((low, high), abs=5e-5)


def test_holm_stops_at_the_first_that_does_not_hold():
    assert holm({"a": 0.01, "b": 0.04, "c": 0.03, "d": 0.005}) == {"a", "d"}
    assert holm({}) == set()


def test_a_mean_of_people_who_answer_once_is_the_usual_one():
    scores = [1 + n % 5 for n in range(30)]
    value, low, high = mean_of_people([(score, 1) for score in scores])
    reach = T_30 * stdev(scores) / sqrt(30)
    assert isclose(value, mean(scores))
    assert (low, high) == (pytest.approx(value - reach, abs=1e-4), pytest.approx(value + reach, abs=1e-4))


def test_answers_of_one_person_make_the_interval_no_narrower():
    once = mean_of_people([(score, 1) for score in (1, 2, 3, 4, 5) * 6])
    often = mean_of_people([(4 * score, 4) for score in (1, 2, 3, 4, 5) * 6])
    assert often == pytest.approx(once)


serial = itertools.count(1)


def somebody():
    return make.customer(f"Customer {next(serial)}")


def people(count, score):
    return [make.score(somebody(), D, score) for _ in range(count)]


@pytest.mark.django_db
def test_the_guard_at_its_boundary():
    people(29, 10)
    few = figure("nps")
    assert (few["n"], few["shown"], few["value"], few["low"]) == (29, False, None, None)
    people(1, 0)
    enough = figure("nps")
    assert (enough["n"], enough["shown"], round(enough["value"], 2)) == (30, True, 93.33)
    assert enough["distribution"] == {str(score): {10: 29, 0: 1}.get(score, 0) for score in range(11)}


@pytest.mark.django_db
def test_somebody_has_one_score_their_latest_of_the_period():
    ada = make.customer("Ada")
    for day, score in ((0, 10), (5, 9), (5, 3), (20, 10)):
        make.score(ada, D + timedelta(days=day), score)
    found = figure("nps", "--to", str(D + timedelta(days=19)))
    assert (found["n"], found["distribution"]["3"]) == (1, 1)
    assert figure("nps", "--from", str(D), "--to", str(D))["distribution"]["10"] == 1
    assert figure("nps")["distribution"]["10"] == 1


@pytest.mark.django_db
def test_who_is_not_ranked_or_not_ones_own_or_withdrawn_is_in_no_figure():
    staff, theirs, ours, gone = people(4, 10)
    NotRanked.objects.create(customer=staff.customer, reason="staff", since=D)
    north = make.team("North")
    type(ours.customer).objects.filter(pk=ours.customer_id).update(team=north)
    Response.objects.filter(pk=gone.pk).update(withdrawn_at=gone.recorded_at)
    assert figure("nps")["n"] == 2
    lead = make.user("lea", of=north, role=Role.TEAM_LEAD)
    assert figures.nps(Asked(viewer=lead)).n == 1
    assert theirs.customer.team != north


@pytest.mark.django_db
def test_who_is_not_ranked_for_a_while_is_left_out_until_it_ends():
    (ada,) = people(1, 10)
    NotRanked.objects.create(customer=ada.customer, reason="staff", since=D, until=D + timedelta(days=9))
    found = [figures.nps(Asked(today=D + timedelta(days=after))).n for after in (0, 8, 9)]
    assert found == [0, 0, 1]


@pytest.mark.django_db
def test_satisfaction_counts_answers_and_people():
    for n in range(30):
        of = somebody()
        make.satisfaction(of, D, 1 + n % 5)
        make.satisfaction(of, D + timedelta(days=1), 5)
    make.satisfaction(somebody(), D, 1, "service")
    found = figure("satisfaction")
    assert (found["n"], found["value"], found["shown"]) == (30, 4.0, True)
    assert found["distribution"] == {"1": 6, "2": 6, "3": 6, "4": 6, "5": 36}
    assert figure("satisfaction", "--subject", "service")["n"] == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("arguments", "words"), [
    (["nps", "--from", "yesterday"], "is not a date"),
    (["nps", "--from", "2024-02-01", "--to", "2024-01-01"], "--from is after --to"),
    (["nps", "--subject", "service"], "goes with satisfaction"),
    (["nps", "--survey", "nowhere"], "no survey and no source"),
])  # fmt: skip
def test_what_cannot_be_asked_is_refused(arguments, words):
    with pytest.raises(CommandError, match=words):
        figure(*arguments)


@pytest.mark.data
@pytest.mark.django_db
def test_the_series_of_scores_with_its_ambiguous_dates(shared_data):
    out = io.StringIO()
    path = shared_data / "nps_series" / "nps_copy_A_dmy_slashes.csv"
    call_command("import_responses", path, "--mapping", "nps-series", "--json", stdout=out)
    assert {k: v for k, v in json.loads(out.getvalue()).items() if k in {"rows", "taken", "refused"}} == {
        "rows": 5000, "taken": 5000, "refused": {},
    }  # fmt: skip
    found = figure("nps", "--survey", "nps-series")
    assert (found["n"], round(found["value"], 2), round(found["low"], 2), round(found["high"], 2)) == (5000, 11.80, 9.33, 14.26)
    counts = {int(score): count for score, count in found["distribution"].items()}
    assert (sum(counts[s] for s in (9, 10)), counts[7] + counts[8], sum(counts[s] for s in range(7))) == (2309, 972, 1719)
    first = Response.objects.select_related("customer").get(customer__external_ids__external_id="1000")
    assert (str(first.day), first.customer.name) == ("2021-09-01", "Krista Richards")


@pytest.fixture
def two_teams(db):
    """40 of whom 30 promote, 40 of whom 5 do, and 3 of a third team."""
    found = {}
    for name, promoting, others in (("North", 30, 10), ("South", 5, 35), ("West", 3, 0)):
        found[name] = make.team(name)
        for score, count in ((10, promoting), (5, others)):
            for given in people(count, score):
                type(given.customer).objects.filter(pk=given.customer_id).update(team=found[name])
    return found


def test_teams_stand_beside_each_other_and_differences_are_said_only_where_they_hold(two_teams):
    north, south, west = Beside(Asked(), "team").groups("nps")
    assert [(g.name, g.figure.n, g.figure.shown) for g in (north, south, west)] == [
        ("North", 40, True), ("South", 40, True), ("West", 3, False),
    ]  # fmt: skip
    assert (north.differs, south.differs, west.differs, west.apart) == (True, True, False, None)
    assert north.apart[0] == pytest.approx(100 * (30 / 40 - 8 / 43))
    assert north.apart[1:] == pytest.approx([100 * end for end in newcombe((30, 40), (8, 43))])


def test_somebody_counts_once_in_every_month(db):
    ada = make.customer("Ada")
    for day, score in ((0, 3), (1, 10), (40, 5)):
        make.score(ada, D + timedelta(days=day), score)
    found = Beside(Asked(), "month").groups("nps")
    assert [(group.name, group.figure.n, sum(group.figure.distribution.values())) for group in found] == [
        (f"{D:%Y-%m}", 1, 1), (f"{D + timedelta(days=40):%Y-%m}", 1, 1),
    ]  # fmt: skip
    assert found[0].figure.distribution[10] == 1


@pytest.mark.parametrize("by", ["", "month", "team", "rung"])
def test_the_page_says_what_is_supported_and_hides_the_rest(client, two_teams, by):
    client.force_login(make.user("ingrid", role=Role.ADMINISTRATOR))
    ranking.rank(now=make.noon(D + timedelta(days=1)))
    said = client.get("/listening/figures/", {"by": by, "since": str(D)}).content.decode()
    assert "n 83" in said
    assert ("too few for a figure" in said) == (by == "team")


@pytest.mark.parametrize(("query", "said"), [
    ("since=2024-02-01&until=2024-01-01", "before the first day"), ("by=weather", "not one of the available choices"),
    ("since=yesterday", "Enter a valid date"), ("survey=nowhere", "not one of the available choices"),
])  # fmt: skip
def test_a_question_that_is_none_is_answered_by_what_is_wrong_and_by_no_figure(client, two_teams, query, said):
    client.force_login(make.user("ingrid", role=Role.ADMINISTRATOR))
    page = client.get(f"/listening/figures/?{query}").text
    assert (said in page, "Net promoter score" in page, "n 83" in page) == (True, False, False)


def test_the_score_by_product_is_of_who_had_bought_it_within_the_year_before_they_answered(client, db):
    """31 bought tea; of the others one bought it later, one long before, one gave it back, one says it of bread too."""
    tea, bread, day = make.product("Tea"), make.product("Bread"), D + timedelta(days=800)
    for n in range(31):
        one = make.customer(f"Tea {n}")
        make.purchase(one, day - timedelta(days=365 if n else 0), product=tea)
        make.score(one, day, 10)
    others = {"later": (1, None), "long before": (-366, None), "gave back": (-9, day - timedelta(days=2))}
    for name, (days, ended) in others.items():
        one = make.customer(name)
        make.purchase(one, day + timedelta(days=days), product=tea, ended=ended)
        make.score(one, day, 0)
    bought = make.purchase(one, day, product=bread)
    more = {"purchase": bought, "customer": one, "product": tea, "unit_price": 10}
    PurchaseLine.objects.create(**more, ended=day)  # came back alone
    PurchaseLine.objects.create(**more | {"unit_price": 0}, free=True)
    make.score(one, day + timedelta(days=1), 9)
    found = {group.name: group.figure for group in Beside(Asked(), "product").groups("nps")}
    assert {name: (figure.n, figure.value) for name, figure in found.items()} == {"Tea": (31, 100.0), "Bread": (1, None)}
    assert (found["Bread"].distribution[9], found["Bread"].distribution[0]) == (1, 0)
    client.force_login(make.user("ingrid", role=Role.ADMINISTRATOR))
    assert "Net promoter score, by product" in client.get("/listening/figures/?by=product").text


def test_a_figure_is_of_what_its_reader_sees(client, two_teams):
    client.force_login(make.user("lea", of=two_teams["North"], role=Role.TEAM_LEAD))
    assert "n 40" in client.get("/listening/figures/").content.decode()
