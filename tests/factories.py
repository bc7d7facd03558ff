"""A small cast and the facts of their lives."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from accounts.models import Role, Team, User
from customers.models import (
    Category,
    Customer,
    ExternalId,
    Involvement,
    JointPlan,
    NotRanked,
    Product,
    Purchase,
    PurchaseLine,
    Qualification,
    Referral,
    Refund,
    Source,
    UsableCategory,
)
from feedback import inviting
from feedback.models import (
    Ask,
    Channel,
    CompetitorConsidered,
    Complaint,
    Failure,
    HostileAct,
    Importance,
    LeavingNotice,
    Message,
    Opinion,
    Recommendation,
    Response,
    Satisfaction,
    Survey,
    Theme,
    ThemeMessage,
)
from ladder.models import Override, Rung

if TYPE_CHECKING:
    from feedback.inviting import Invited

DAY_0 = date(2024, 1, 1)
serial = itertools.count(1)


def here() -> Source:
    return Source.objects.get_or_create(slug="here")[0]


def team(name: str = "Everyone") -> Team:
    return Team.objects.filter(name=name).first() or Team.objects.create(name=name, parent=Team.objects.get(name="Everyone"))


def user(name: str = "ingrid", role: str = Role.ACCOUNT_MANAGER, of: Team | None = None) -> User:
    return User.objects.create_user(name, password="a long pass phrase", team=of or team(), role=role)


def customer(name: str = "Ada", *, recorded: date = DAY_0, **extra: Any) -> Customer:
    extra.setdefault("team", team())
    found = Customer.objects.create(name=name, source=here(), recorded_day=recorded, **extra)
    ExternalId.objects.create(customer=found, source=here(), external_id=name)
    return found


def noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=UTC)


def purchase(of: Customer, day: date, *, product: Product | None = None, ended: date | None = None, **extra: Any) -> Purchase:
    """One purchase with one line; `ended` as if all of it had been taken back that day."""
    bought = Purchase.objects.create(
        customer=of, source=here(), external_id=f"p{next(serial)}", occurred_at=noon(day), currency="EUR",
        amount=Decimal(10), ended=ended, **extra,
    )  # fmt: skip
    PurchaseLine.objects.create(purchase=bought, customer=of, product=product, quantity=1, unit_price=Decimal(10), ended=ended)
    return bought


def product(category: str, first_sold: date = DAY_0 - timedelta(days=3000)) -> Product:
    kind, _ = Category.objects.get_or_create(name=category, defaults={"first_sold": first_sold})
    return Product.objects.get_or_create(source=here(), code=category, defaults={"category": kind})[0]


def usable(of: Customer, category: str, since: date, until: date | None = None) -> UsableCategory:
    return UsableCategory.objects.create(customer=of, category=product(category).category, since=since, until=until)


def qualification(of: Customer, subject: str, answer: str, since: date) -> Qualification:
    return Qualification.objects.create(customer=of, subject=subject, answer=answer, since=since)


def not_ranked(of: Customer, since: date, until: date | None = None, reason: str = "staff") -> NotRanked:
    return NotRanked.objects.create(customer=of, reason=reason, since=since, until=until)


def score(of: Customer, day: date, value: int) -> Response:
    return Response.objects.create(customer=of, source=here(), external_id=f"s{next(serial)}", occurred_at=noon(day), score=value)


def satisfaction(of: Customer, day: date, value: int, subject: str = "overall", **extra: Any) -> Satisfaction:
    said = {"customer": of, "source": here(), "external_id": f"q{next(serial)}", "occurred_at": noon(day)}
    return Satisfaction.objects.create(**said, score=value, subject=subject, **extra)


def opinion(of: Customer, day: date, words: str, question: str = "why-us") -> Opinion:
    return Opinion.objects.create(**entry(of, day), question=question, words=words)


def importance(of: Customer, day: date, matter: str = "price", value: int = 4) -> Importance:
    return Importance.objects.create(**entry(of, day), matter=matter, importance=value)


def invitation(of: Customer, slug: str = "recommendation", *, at: datetime | None = None, **more: Any) -> Invited:
    """To a survey, by link, with its token."""
    survey = Survey.objects.select_related("version").get(slug=slug)
    return inviting.invite(survey, [of], way="link", at=at or timezone.now(), **more).made[0]


def recommendation(
    of: Customer, day: date, *, prompted: bool = False, kind: str = "recommendation", **extra: Any
) -> Recommendation:
    said = {"external_id": f"r{next(serial)}", "prompted": prompted, "kind": kind, **extra}
    return Recommendation.objects.create(customer=of, source=here(), occurred_at=noon(day), **said)


def ask(of: Customer, day: date) -> Ask:
    """We asked them to recommend us."""
    return Ask.objects.create(**entry(of, day))


def refund(of: Customer, bought: Purchase) -> Refund:
    """All of a purchase, taken back the next day."""
    return Refund.objects.create(
        customer=of, source=here(), external_id=f"b{next(serial)}", occurred_at=bought.occurred_at + timedelta(days=1), purchase=bought,
        whole=True, currency="EUR", amount=bought.amount,
    )  # fmt: skip


def entry(of: Customer, day: date) -> dict[str, Any]:
    """What every row of a ledger has."""
    return {"customer": of, "source": here(), "external_id": f"e{next(serial)}", "occurred_at": noon(day)}


def referral(of: Customer, day: date, *, converted: date | None = None, prompted: bool = False) -> Referral:
    """Somebody they named, who bought first on the day `converted`."""
    friend = customer(f"Friend {next(serial)}")
    made = Referral.objects.create(**entry(of, day), referred=friend, prompted=prompted)
    if converted:
        purchase(friend, converted)
    return made


def hostile_act(of: Customer, day: date, *, audience: str = "the fair", confirmed: bool = True) -> HostileAct:
    return HostileAct.objects.create(**entry(of, day), audience=audience, evidence="heard by Bert", confirmed=confirmed)


def complaint(of: Customer, day: date, *, due: date, answered: date | None = None) -> Complaint:
    made = Complaint.objects.create(**entry(of, day), due_day=due)
    if answered:
        made.steps.create(kind="answered", occurred_at=noon(answered))
    return made


def involvement(of: Customer, day: date, *, kind: str = "attended") -> Involvement:
    return Involvement.objects.create(**entry(of, day), kind=kind)


def joint_plan(of: Customer, since: date, *, until: date | None = None) -> JointPlan:
    return JointPlan.objects.create(
        customer=of, since=since, until=until, name="Plan", accepted_by_us=since, accepted_by_them=since
    )


def leaving(of: Customer, day: date) -> LeavingNotice:
    return LeavingNotice.objects.create(**entry(of, day))


def competitor(of: Customer, day: date) -> CompetitorConsidered:
    return CompetitorConsidered.objects.create(**entry(of, day), competitor="Acme")


def override(of: Customer, how: str, rung: str, since: date, until: date, reason: str = "") -> Override:
    """By nobody; `rung` as in "griffin:client"."""
    ladder, _, slug = rung.partition(":")
    held = Rung.objects.get(ladder__slug=ladder, slug=slug)
    return Override.objects.create(
        customer=of, how=how, rung=held, since=since, until=until, reason=reason or f"because {next(serial)}"
    )


def message(of: Customer | None, day: date = DAY_0, words: str = "It came too late", channel: str = "free-phone") -> Message:
    """Something said; by nobody we know, if `of` is None."""
    return Message.objects.create(
        customer=of, channel=Channel.objects.get(slug=channel), occurred_at=noon(day), recorded_at=noon(day), words=words
    )


def failure(*affected: Customer, day: date = DAY_0, **extra: Any) -> Failure:
    """A failure of one day with everyone it affected."""
    made = Failure.objects.create(**{"kind": "late", "what": "It came too late", "first_day": day, "last_day": day, **extra})
    for one in affected:
        made.affected.create(customer=one)
    return made


def theme(slug: str = "late-delivery", *, concerns: int | None = None, **extra: Any) -> Theme:
    """A theme that concerns so many people nobody has heard of, or nobody knows whom."""
    made = Theme.objects.create(slug=slug, name=slug, claim="They are late.", **extra)
    if concerns is not None:
        people = Customer.objects.bulk_create(
            Customer(name=f"Silent {n}", source=here(), team=team(), recorded_day=DAY_0) for n in range(concerns)
        )
        made.base = Theme.Base.FAILURES
        made.save()
        made.failures.add(failure(*people))
    return made


def gather(into: Theme, *said: Any) -> None:
    for one in said:
        ThemeMessage.objects.create(theme=into, **{type(one)._meta.model_name: one})
