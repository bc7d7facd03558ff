"""`ladder_check` finds what is wrong: each invariant with a fault put in by hand."""

from datetime import timedelta

import pytest

from ladder import checking, ranking
from ladder.models import Placement, Rung, Scorecard, Step
from tests import factories as make

pytestmark = pytest.mark.django_db
TODAY = make.DAY_0 + timedelta(days=600)


@pytest.fixture
def ada():
    found = make.customer("Ada")
    for ago in (300, 30):
        make.purchase(found, TODAY - timedelta(days=ago))
    ranking.rank(now=make.noon(TODAY))
    assert checking.check()[1] == []
    return found


def offended():
    return {offender["invariant"] for offender in checking.check()[1]}


def test_a_card_that_a_write_path_forgot_is_found(ada):
    Scorecard.objects.filter(customer=ada).update(occasions=7)
    assert "a scorecard says what the ledgers say" in offended()


def test_a_card_that_only_waits_for_its_mark_is_no_offender(ada):
    make.purchase(ada, TODAY)
    assert offended() == set()


@pytest.mark.parametrize("late", [None, TODAY + timedelta(days=2_000)])
def test_who_would_be_judged_too_late_is_found(ada, late):
    Placement.objects.current().filter(customer=ada, ladder__slug="griffin").update(due=late)
    assert offended() == {"nobody is due too late"}


def test_who_is_due_early_is_no_offender(ada):
    Placement.objects.current().filter(customer=ada).update(due=TODAY + timedelta(days=1))
    assert offended() == set()


def test_a_placement_that_is_not_the_fold_is_found(ada):
    wrong = Placement.objects.current().get(customer=ada, ladder__slug="griffin")
    Placement.objects.filter(pk=wrong.pk).update(rung=wrong.ladder.rungs.get(slug="client"))
    assert "history is the fold over days" in offended()


def test_a_rung_of_another_ladder_is_found(ada):
    Step.objects.filter(edition__ladder__slug="griffin", rung__slug="client").update(
        rung=Rung.objects.get(ladder__slug="christopher", slug="customer")
    )
    assert "an edition has the rungs of its own ladder" in offended()
