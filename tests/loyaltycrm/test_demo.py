"""The demo business: it fills every rung, clears itself and nothing else, and may be filled again."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Job, Team, User
from customers.days import day_of
from customers.models import Category, Customer, CustomerTag, ExternalId, Product, Purchase, Refund, Source, Stop, Tag
from feedback import corroborating, figures, gathering
from feedback.models import Failure, Hypothesis, Invitation, Message, Response, Suggestion, Theme
from feedback.returning import returned
from ladder import acting, ranking, reigns, standings
from ladder.models import Action, Placement
from loyaltycrm import demo
from tests import factories

pytestmark = pytest.mark.django_db


def fill(customers: int = 60) -> Job:
    return demo.fill(now=timezone.now(), customers=customers)


def everything() -> dict[str, int]:
    kept: tuple[Any, ...] = (
        Theme,
        Failure,
        Suggestion,
        Message,
        Hypothesis,
        Customer,
        Purchase,
        Refund,
        Placement,
        Action,
        Category,
        Product,
        Stop,
        Team,
        User,
    )
    return {model.__name__: model.objects.count() for model in kept}


def test_every_rung_is_populated_and_the_job_says_that_it_is_done() -> None:
    job = fill(600)
    empty = [
        f"{stand.ladder}: {stand.name}"
        for edition in reigns.reigning(day_of(timezone.now())).editions
        for rung, stand in standings.stands(edition).items()
        if not Placement.objects.current().filter(rung=rung).exists()
    ]
    assert empty == []
    assert (job.percent, job.finished_at is not None) == (100, True)
    assert Action.objects.open().exists()


def test_who_was_asked_and_how_many_of_them_answered_has_a_believable_shape() -> None:
    fill(300)
    asked = returned(next(iter(Invitation.objects.counted().values())))
    assert 0.2 < (asked.rate.share or 0) < 0.8
    assert 0 < asked.bounced < asked.invited / 5
    assert asked.answered == Response.objects.exclude(invitation=None).count()


def test_what_is_said_is_gathered_and_the_late_deliveries_are_believed() -> None:
    fill(600)
    told = {theme.slug: corroborating.weigh(theme, day_of(timezone.now())) for theme in Theme.objects.all()}
    late, telephone = told["demo-late-delivery"], told["demo-telephone"]
    assert (late.state, late.voices >= 3, (late.exposed or 0) > late.voices) == ("corroborated", True, True)
    assert (telephone.state, telephone.exposed) == ("alleged", None)
    assert figures.satisfaction(figures.Asked(), "overall").shown


def test_the_ladders_have_the_shape_that_is_expected_of_them() -> None:
    """Very few at the top, somewhat more supporters, most buyers in the middle."""
    fill(1000)
    stands = Counter(Placement.objects.current().values_list("ladder__slug", "rung__slug"))
    christopher, fans, attitude = (
        {rung: n for (on, rung), n in stands.items() if on == ladder} for ladder in ("christopher", "raving-fans", "attitude")
    )
    assert christopher["partner"] < christopher["advocate"] + christopher["partner"] <= christopher["supporter"]
    assert christopher["customer"] + christopher["client"] > 0.5 * (sum(christopher.values()) - christopher["prospect"])
    assert fans["raving-fan"] + fans["advocate"] < 0.3 * (sum(fans.values()) - fans["newcomer"])
    assert attitude["terrorist"] < 0.02 * sum(attitude.values())
    assert attitude["ambassador"] < attitude["moveable"]


def test_clearing_leaves_nothing_of_it_and_everything_else() -> None:
    today = day_of(timezone.now())
    ada = factories.customer("Ada", owner=factories.user(), recorded=today)
    factories.purchase(ada, today)
    factories.score(ada, today, 9)
    ranking.rank(now=timezone.now())
    before = everything()
    fill()
    assert everything() != before
    demo.clear()
    assert everything() == before
    assert not demo.is_there()
    assert demo.job() is None
    assert not Source.objects.filter(slug=demo.SLUG).exists(), "no filter offers it any more"
    assert Placement.objects.current().get(customer=ada, ladder__slug="griffin").rung.slug == "first-time"


def test_what_people_added_to_demo_customers_goes_along() -> None:
    ingrid, now = factories.user(), timezone.now()
    before = everything()
    fill()
    buyer = Purchase.objects.filter(ended=None, priced=True).earliest("pk").customer
    today = day_of(now)
    bought = factories.purchase(buyer, today, product=factories.product("Lighting"))
    Refund.objects.create(customer=buyer, source=factories.here(), occurred_at=now, purchase=bought, whole=True, currency="EUR")
    factories.score(buyer, today, 2)
    factories.satisfaction(buyer, today, 2, purchase=bought)
    factories.opinion(buyer, today, "Hm.")
    factories.invitation(buyer, "first-purchase-check", purchases={buyer.pk: bought})
    factories.recommendation(buyer, today)
    factories.qualification(buyer, "need", "yes", today)
    factories.usable(buyer, "Lighting", today)
    factories.not_ranked(buyer, today)
    CustomerTag.objects.create(customer=buyer, tag=Tag.objects.create(name="VIP"), since=today)
    Stop.objects.create(customer=buyer, reason="legal", since=today)
    acting.done(Action.objects.open().earliest("pk"), by=ingrid, at=now)
    ranking.rank(now=now)
    demo.clear()
    after = everything()
    assert {name: after[name] for name in ("Customer", "Purchase", "Refund", "Placement", "Action", "Stop")} == {
        name: before[name] for name in ("Customer", "Purchase", "Refund", "Placement", "Action", "Stop")
    }


def test_an_id_of_the_demo_that_somebody_gave_to_their_own_customer_stays() -> None:
    ada = factories.customer("Ada")
    fill()
    ExternalId.objects.create(customer=ada, source=Source.objects.get(slug=demo.SLUG), external_id="mine")
    demo.clear()
    assert ada.external_ids.filter(external_id="mine").exists()


def test_it_may_be_filled_again() -> None:
    fill()
    demo.clear()
    fill()
    assert Customer.objects.filter(source__slug=demo.SLUG).count() == 60
    assert Placement.objects.current().exists()


def test_what_somebody_decided_about_a_theme_of_it_stays_and_it_is_filled_again() -> None:
    fill(60)
    theme = Theme.objects.get(slug="demo-telephone")
    gathering.decide(theme, "ask", "We want to know.", on=day_of(timezone.now()), at=timezone.now(), by=factories.user())
    demo.clear()
    assert Theme.objects.filter(pk=theme.pk).exists()
    assert fill(60).finished_at
