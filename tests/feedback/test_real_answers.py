"""The reviews of a Brazilian marketplace, joined to its orders: late deliveries are what people are unhappy with.

Figures from an independent computation over the files.
"""

import io
import json
from datetime import date
from statistics import mean

import pytest
from django.core.management import call_command
from django.utils import timezone

from customers.models import Customer, Purchase
from feedback import failing, gathering
from feedback.models import Satisfaction, Theme
from ladder.models import Placement

pytestmark = [pytest.mark.data, pytest.mark.django_db]
SCORES = {"1": 454, "2": 137, "3": 337, "4": 765, "5": 2293}


def told(command, *arguments):
    out = io.StringIO()
    call_command(command, *arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


@pytest.fixture
def olist(shared_data):
    """Reviews first, then who their customers are, then the orders: all of it finds together."""
    folder = shared_data / "olist" / "sample_4000"
    reviews = told("import_responses", folder / "olist_order_reviews_dataset.csv", "--mapping", "olist-reviews")
    people = told("import_customers", folder / "olist_customers_dataset.csv", "--mapping", "olist-customers")
    orders = told("import_purchases", folder / "olist_orders_dataset.csv", "--mapping", "olist-orders")
    return reviews, people, orders


def test_reviews_find_their_orders_and_late_delivery_is_a_theme_with_its_base(olist):
    reviews, people, orders = olist
    assert (reviews["rows"], reviews["taken"], reviews["waiting"], reviews["refused"]) == (3986, 3986, 3986, {})
    assert (people["customers"], orders["purchases"], orders["customers"], orders["refused"]) == (3998, 4000, 0, {})
    assert Customer.objects.count() == 3998
    found = told("figure", "satisfaction", "--survey", "olist")
    assert (found["distribution"], round(found["value"], 4), found["shown"]) == (SCORES, 4.0803, True)
    assert found["n"] == Satisfaction.objects.values("customer").distinct().count()
    assert delivered(late=True) == (268, pytest.approx(2.153, abs=5e-4))
    assert delivered(late=False) == (3617, pytest.approx(4.286, abs=5e-4))
    theme = late_delivery()
    weighed = next(row for row in told("themes")["themes"] if row["slug"] == theme.slug)
    assert (weighed["state"], weighed["exposed"]) == (
        "corroborated",
        theme.failures.get().affected.values("customer").distinct().count(),
    )
    assert weighed["voices"] <= weighed["messages"] == unhappy().count()
    assert weighed["low"] > theme.tolerance
    rank_and_find_nobody_by_cancelled_orders()


def delivered(*, late):
    """How many reviews there are of orders that came late, or in time, and their mean."""
    there = Purchase.objects.exclude(fulfilled=None).exclude(promised=None)
    overdue = failing.late(date(2016, 1, 1), date(2018, 12, 31))
    of = overdue if late else there.exclude(pk__in=overdue.values("pk"))
    scores = Satisfaction.objects.filter(purchase__in=of.values("pk")).values_list("score", flat=True)
    return len(scores), mean(scores)


def unhappy():
    return Satisfaction.objects.filter(score__lte=2, purchase__in=failing.late(date(2016, 1, 1), date(2018, 12, 31)).values("pk"))


def late_delivery():
    now = timezone.now()
    failure = failing.record("late", "Orders came late", first_day=date(2016, 1, 1), last_day=date(2018, 12, 31), at=now)
    failing.affect_late(failure, at=now)
    theme = Theme.objects.create(slug="late-delivery", name="Late delivery", claim="Orders come late.", base=Theme.Base.FAILURES)
    theme.failures.add(failure)
    gathering.gather(theme, unhappy(), at=now)
    return theme


def rank_and_find_nobody_by_cancelled_orders():
    """An order that was cancelled is a fact and no occasion."""
    told("rank")
    nothing_bought = list(Customer.objects.exclude(purchases__priced=True))
    assert len(nothing_bought) == 40
    standing = Placement.objects.current().filter(ladder__slug="griffin", customer__in=nothing_bought)
    assert set(standing.values_list("rung__slug", flat=True)) == {"suspect"}
