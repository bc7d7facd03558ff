"""A ranking killed at any moment: the same command again ends where an undisturbed one does."""

import io
import json
import signal
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from customers import days
from customers.models import Customer
from ladder import checking, ranking, settling
from ladder.lives import FACT_COLUMNS
from ladder.models import Action, Placement, Scorecard, StaleMark
from tests import factories as make
from tests.commands import command

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)
POINTS = ("marks taken", "scorecards written", "history written", "actions queued", "before commit")
OTHER_CHUNK = 30_000
SOMETHING = 3  # at least so many actions are queued, or the test says nothing


def ago(number):
    return days.day_of(timezone.now()) - timedelta(days=number)


@pytest.fixture
def waiting():
    """A history ranked up to twelve days ago, and facts that have come since, in two chunks."""
    people = [
        make.customer(f"{name} {n}", pk=n * OTHER_CHUNK + k)
        for n in (1, 2)
        for k, name in enumerate(("Ada", "Ben", "Cleo", "Dora"))
    ]
    for one in people:
        make.purchase(one, ago(600))
    for cleo in people[2::4]:
        for number in (500, 470, 185):
            make.purchase(cleo, ago(number))
    ranking.rank(now=timezone.now() - timedelta(days=12), day=ago(12), queue=False)
    for ada, ben, _, dora in (people[:4], people[4:]):
        make.purchase(ada, ago(1))
        make.purchase(ben, ago(300))  # late: history is written anew
        make.purchase(make.customer(f"New with {dora}"), ago(2))
        dora.purchases.update(withdrawn_at=timezone.now())


def placements():
    rows = Placement.objects.values_list(
        "customer__name", "rung__slug", "since", "until", "due", "imported", "superseded_at", "closed_at"
    )
    return sorted((*row[:6], row[6] is None, row[7] is None) for row in map(tuple, rows.order_by()))


def stored():
    """Placements, facts of scorecards and actions, without their keys and when they were read or recorded."""
    actions = sorted(Action.objects.values_list("customer__name", "step__slug", "key", "state", "due_at", "placement__since"))
    cards = sorted(map(repr, Scorecard.objects.values_list("customer__name", "first_fact", *FACT_COLUMNS)))
    return sorted(map(repr, placements())), cards, actions


@pytest.fixture
def undisturbed(waiting):
    with transaction.atomic():
        ranking.rank(now=timezone.now())
        found = stored()
        transaction.set_rollback(True)
    return found


@pytest.mark.parametrize("point", [*POINTS, "history written:2"])
def test_the_same_command_again_ends_where_an_undisturbed_one_does(undisturbed, point):
    before = stored()
    # By itself little work is one stretch; in a full pass every chunk is one.
    killed = command("rank", "--json", *(["--full"] if point.endswith(":2") else []), CRASH_AT=point)
    _, err = killed.communicate(timeout=60)
    assert killed.returncode == -signal.SIGKILL, err
    first_chunk_is_there = point.endswith(":2")
    assert (stored() != before) == first_chunk_is_there, "a chunk is written whole or not at all"
    out = io.StringIO()
    call_command("rank", "--json", stdout=out)
    assert json.loads(out.getvalue())["judged"] > 0
    assert stored() == undisturbed
    assert len(undisturbed[2]) >= SOMETHING
    assert not StaleMark.objects.filter(customer_id__in=Customer.objects.values("pk")).exists()
    assert checking.check()[1] == []


def test_committed_in_parts_it_would_not(undisturbed, monkeypatch):
    """The control: without the chunk's transaction the marks are gone with the dead, and nobody judges again."""

    class Died(BaseException):
        pass

    def die(*args, **kwargs):
        raise Died

    monkeypatch.setattr(ranking.transaction, "atomic", _no_transaction)
    monkeypatch.setattr(
        ranking, "lock", lambda stretch, now, day: day
    )  # a lock that lasts until the end of a transaction needs one
    monkeypatch.setattr(settling, "settle", die)
    with pytest.raises(Died):
        ranking.rank(now=timezone.now())
    monkeypatch.undo()
    ranking.rank(now=timezone.now())
    assert stored() != undisturbed


class _no_transaction:  # noqa: N801
    def __init__(self, *args, **kwargs):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *args):
        return False
