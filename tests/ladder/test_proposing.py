"""What the purchases propose: at every boundary of the definition, and as a second computation says."""

import io
import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.intervals import Share
from ladder import proposing
from ladder.models import Edition
from tests import factories as make
from tests.ladder.second import inactivity, typical_gap
from tests.ladder.test_rules_pages import draft, ingrid, page  # noqa: F401

pytestmark = pytest.mark.django_db
END = make.DAY_0 + timedelta(days=600)


def bought(name, *numbers, **extra):
    """On days so many before the last one of the ledger."""
    found = make.customer(name)
    for number in numbers:
        make.purchase(found, END - timedelta(days=number), **extra)
    return found


def crowd(n, *numbers, **extra):
    return [bought(f"{numbers} {i}", *numbers, **extra) for i in range(n)]


def asked(limit):
    """(came back, asked) after so many days."""
    share = proposing.propose(END).inactive_after.returned[limit]
    return (share.count, share.n)


@pytest.fixture
def ledger():
    """One who is no part of any figure, but whose purchases span the ledger."""
    of = bought("Span", 1400, 0)
    make.not_ranked(of, END - timedelta(days=1400))


def test_u_is_the_median_of_the_usual_gaps(ledger):
    crowd(15, 100, 50, 0)  # 50 days
    crowd(14, 30, 20, 10, 0)  # 10 days
    assert proposing.propose(END).typical_gap == proposing.TypicalGap(29), "too few"
    bought("One more", 101, 50, 0)
    found = proposing.propose(END).typical_gap
    assert (found.n, found.median, found.days) == (30, 50, 50)
    assert found.low <= found.median <= found.high


def test_u_is_rounded_half_a_day_up_and_no_gap_is(ledger):
    crowd(30, 5, 2, 0)
    found = proposing.propose(END).typical_gap
    assert (found.median, found.days) == (2.5, 3)


def test_two_occasions_make_no_usual_gap(ledger):
    crowd(40, 50, 0)
    assert proposing.propose(END).typical_gap.n == 0


@pytest.mark.parametrize(
    ("again", "expected"),
    [
        (60, (0, 1)),  # bought on the 60th day: it never was silent for 60, only what came after was
        (61, (1, 1)),
        (60 + 180, (1, 1)),
        (60 + 181, (0, 1)),
        (None, (0, 1)),
    ],
)
def test_whether_they_come_back_at_the_boundaries(ledger, again, expected):
    bought("Ada", 1000, *([] if again is None else [1000 - again]))
    assert asked(60) == expected


@pytest.mark.parametrize(("back", "n"), [(60 + 180, 1), (60 + 179, 0)])
def test_the_180_days_must_have_been_seen_whole(ledger, back, n):
    bought("Ada", back)
    assert asked(60) == (0, n)


def test_of_several_silences_the_first_is_asked(ledger):
    bought("Ada", 1400, 1300, 800)
    assert (asked(60), asked(90), asked(120)) == ((1, 1), (1, 1), (0, 1))


def test_what_a_purchase_covers_is_no_silence(ledger):
    ada = bought("Ada")
    make.purchase(ada, END - timedelta(days=1000), covers_until=END - timedelta(days=900))
    make.purchase(ada, END - timedelta(days=800))
    assert (asked(90), asked(120)) == ((1, 1), (0, 1))


def test_what_was_taken_back_and_who_is_not_ranked_are_left_out(ledger):
    ada = bought("Ada", 1000)
    make.purchase(ada, END - timedelta(days=900), ended=END - timedelta(days=899))
    make.not_ranked(bought("Ben", 1000, 900), END - timedelta(days=1))
    assert asked(60) == (0, 1)


def test_the_least_limit_whose_interval_ends_low_enough_is_proposed(ledger):
    crowd(60, 1400)
    crowd(10, 1400, 1300)  # back after 99 days of silence: 10 of 70 after 60 and 90 days, 0 of 60 after 120
    found = proposing.propose(END).inactive_after
    assert (found.returned[90], found.returned[120].n) == (Share(10, 70), 70)
    assert found.returned[90].high > 0.2 >= found.returned[120].high
    assert (found.supported, found.days, found.provisional) == (120, 120, False)


def test_where_none_is_supported_a_year_is_proposed(ledger):
    crowd(29, 1400)
    found = proposing.propose(END).inactive_after
    assert (found.supported, found.days, found.share.enough) == (None, 365, False)


@pytest.mark.parametrize(("span", "provisional"), [(398, True), (399, False)])
def test_a_ledger_of_fewer_than_400_days_is_provisional(span, provisional):
    bought("Ada", span, 0)
    found = proposing.propose(END).inactive_after
    assert (found.ledger_days, found.provisional) == (span + 1, provisional)


def test_without_purchases_nothing_is_known():
    found = proposing.propose(END)
    assert (found.typical_gap.days, found.inactive_after.days, found.inactive_after.ledger_days) == (None, 365, 0)


lives = st.lists(st.lists(st.integers(0, 1400), min_size=1, max_size=8), min_size=30, max_size=34)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(lives=lives)
def test_it_is_what_a_second_computation_says(lives):
    with transaction.atomic():
        for i, numbers in enumerate(lives):
            bought(f"C{i}", *set(numbers))
        found = proposing.propose(END)
        transaction.set_rollback(True)
    occasions = [sorted({1500 - number for number in numbers}) for numbers in lives]
    assert (found.typical_gap.n, found.typical_gap.median) == typical_gap(occasions)
    assert {limit: (s.count, s.n) for limit, s in found.inactive_after.returned.items()} == inactivity(occasions)[1]
    assert found.inactive_after.days == inactivity(occasions)[0]


def told(*arguments):
    out = io.StringIO()
    call_command("propose", *map(str, arguments), stdout=out)
    return out.getvalue()


def test_the_command_answers_with_one_object(ledger):
    crowd(30, 1400, 1390, 1380)
    answer = json.loads(told("griffin", "--at", END, "--json"))
    assert answer["typical_gap"] == {"now": 90, "proposed": 10, "n": 30, "median": 10, "low": 10, "high": 10}
    assert {k: answer["inactive_after"][k] for k in ("now", "proposed", "supported", "provisional", "ledger_days")} == {
        "now": 180, "proposed": 60, "supported": True, "provisional": False, "ledger_days": 1401,
    }  # fmt: skip
    assert answer["inactive_after"]["limits"]["60"]["n"] == 30
    assert "10 days" in told("griffin", "--at", END)
    assert "too few" in told("griffin", "--at", END - timedelta(days=1500))


def test_beside_a_draft_it_is_shown_and_taken_in_by_hand_alone(client, draft, ledger):  # noqa: F811
    crowd(30, 1400, 1390, 1380)
    address = reverse("ladder:edition_proposals", args=[draft.pk])
    shown = client.get(address)
    assert [row["proposed"] for row in shown.context["proposals"]] == [10, 60]
    assert Edition.objects.get(pk=draft.pk).read_numbers.typical_gap == 90
    assert "<html" not in client.get(address, headers={"HX-Request": "true"}).content.decode()
    act = {"do": "number", "name": "typical_gap", "value": "10", "version": shown.context["edition"].version}
    client.post(reverse("ladder:edition_act", args=[draft.pk]), act)
    assert Edition.objects.get(pk=draft.pk).read_numbers.typical_gap == 10
    assert page(client, draft).context["differences"] == [
        "Typical gap between two days on which they buy: 10 days instead of 90."
    ]


def test_with_too_few_nothing_is_offered_to_take(client, draft):  # noqa: F811
    shown = client.get(reverse("ladder:edition_proposals", args=[draft.pk]))
    assert [row["proposed"] for row in shown.context["proposals"]] == [None, 365]
    assert "too few to propose" in shown.content.decode()
    assert "provisional" in shown.content.decode()
