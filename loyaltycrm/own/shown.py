"""What a customer's own page shows: each thing under a key, by which the customer can say that it is not right.

Where they stand is said by the neutral label of their rung alone, and by facts they know. Hostile acts, and what we think of them
beside, stand nowhere here.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from customers.days import day_of, number
from customers.models import Correction, Purchase
from feedback.languages import known, on_day
from feedback.models import Complaint, ComplaintStep, Importance, Opinion, Recommendation, Response, Satisfaction, Suggestion
from ladder.models import Placement
from loyaltycrm.own.phrases import label, phrase

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

    from customers.models import Customer

MOST = 8  # of each kind, the newest
LONGEST = 160  # characters of their own words, so that the page stays small
ROOM = 1200  # characters of a kind with words; the newest is there whatever its length


@dataclass(frozen=True)
class Thing:
    """A row of the page: its key, what it is, and what is said of it."""

    key: str
    what: str
    said: str = ""

    def __str__(self) -> str:
        return f"{self.what}: {self.said}" if self.said else self.what


@dataclass(frozen=True)
class Section:
    title: str
    things: list[Thing]
    more: str = ""
    disputed: bool = True
    """Whether its things may be said not to be right."""


@dataclass
class Shown:
    """The page of one customer on a day."""

    customer: Customer
    on: date
    sections: list[Section] = field(init=False)

    def __post_init__(self) -> None:
        found = [
            self.about(),
            self.standing(),
            self.bought(),
            self.answers(),
            self.complaints(),
            self.asked(),
            self.corrections(),
        ]
        self.sections = [section for section in found if section.things]

    @cached_property
    def language(self) -> str:
        return known(self.customer.language)

    @cached_property
    def things(self) -> dict[str, Thing]:
        """By key, what may be said not to be right."""
        found = [thing for section in self.sections if section.disputed for thing in section.things]
        return {thing.key: thing for thing in [*found, Thing("other", self.phrase("anything"))]}

    def phrase(self, name: str, /, **values: object) -> str:
        return phrase(name, self.language, self.customer.form_of_address, **values)

    def day(self, day: date) -> str:
        return on_day(day, self.language)

    def newest(self, rows: QuerySet[Any]) -> tuple[list[Any], int]:
        """The newest rows that are known by now, and how many there are beside."""
        there = rows.filter(customer=self.customer)
        found = list(there[: MOST + 1])
        return found[:MOST], there.count() - MOST if len(found) > MOST else 0

    def section(self, name: str, things: list[Thing], more: int = 0) -> Section:
        return Section(self.phrase(name), things, self.phrase("more", n=more) if more else "")

    def about(self) -> Section:
        of = self.customer
        points = [Thing(f"contact-{p.pk}", self.phrase(p.kind), p.value) for p in of.contact_points.all()]
        country = [Thing("country", self.phrase("country"), of.country)] if of.country else []
        return self.section("about", [Thing("name", self.phrase("name"), of.name), *points, *country])

    def standing(self) -> Section:
        """The neutral label on the primary ladder, and the facts behind it that they know."""
        current = Placement.objects.current().filter(customer=self.customer).order_by("ladder__position")
        here = current.select_related("rung").first()
        if here is None or not here.rung.public_label:
            return Section("", [])
        stand = Thing("standing", label(here.rung.public_label, self.language))
        return Section(self.phrase("standing"), [stand, *(Thing(key, said) for key, said in self.reasons())])

    def reasons(self) -> list[tuple[str, str]]:
        kept = Q(ended=None) | Q(ended__gt=number(self.on))
        bought = Purchase.objects.standing().filter(kept, customer=self.customer, priced=True, day__lte=self.on)
        days = sorted(set(bought.order_by().values_list("day", flat=True)))
        name = "bought_often" if days[1:] else "bought_once" if days else "never_bought"
        found = [("occasions", self.phrase(name, n=len(days), day=self.day(days[-1]) if days else ""))]
        if told := Recommendation.objects.standing().in_favour().filter(customer=self.customer, day__lte=self.on).first():
            found.append(("told", self.phrase("told", day=self.day(told.day))))
        if score := Response.objects.standing().filter(customer=self.customer, day__lte=self.on).first():
            found.append(("score", self.phrase("scored", day=self.day(score.day), score=score.score)))
        return found

    def bought(self) -> Section:
        rows, more = self.newest(Purchase.objects.standing())
        return self.section("bought", [Thing(f"purchase-{row.pk}", self.day(row.day), self.paid(row)) for row in rows], more)

    def paid(self, row: Purchase) -> str:
        back = f", {self.phrase('back', day=self.day(row.ended))}" if row.ended else ""
        return f"{row.amount:.2f} {row.currency}{back}"

    def answers(self) -> Section:
        kinds: tuple[tuple[str, QuerySet[Any]], ...] = (
            ("of_ten", Response.objects.standing()),
            ("of_five", Satisfaction.objects.standing()),
            ("of_five", Importance.objects.standing()),
            ("", Opinion.objects.standing()),
            ("", Suggestion.objects.all()),
        )
        parts = [(name, *self.newest(rows)) for name, rows in kinds]
        rows = sorted(
            ((row, name) for name, found, _ in parts for row in found), key=lambda pair: pair[0].occurred_at, reverse=True
        )
        more = sum(beside for *_, beside in parts) + max(0, len(rows) - MOST)
        things = [
            Thing(f"{row._meta.model_name}-{row.pk}", self.day(row.day), self.answer(row, name)) for row, name in rows[:MOST]
        ]
        return self.section("answers", *fitting(things, more))

    def answer(self, row: Any, name: str) -> str:
        match row:
            case Importance():
                number = f"{row.matter}: {self.phrase(name, score=row.importance)}"
            case Suggestion():
                number = row.title
            case _:
                number = self.phrase(name, score=row.score) if name else ""
        return " · ".join(filter(None, [number, short(row.words)]))

    def complaints(self) -> Section:
        rows, more = self.newest(Complaint.objects.standing().prefetch_related("steps"))
        things = [Thing(f"complaint-{row.pk}", f"{self.day(row.day)} · {short(row.words)}", self.came_of(row)) for row in rows]
        return self.section("complaints", *fitting(things, more))

    def came_of(self, row: Complaint) -> str:
        if row.is_open():
            return self.phrase("waits", day=self.day(row.due_by))
        steps = [step for step in row.steps.all() if step.kind == ComplaintStep.Kind.ANSWERED]
        last = max(steps, key=lambda step: step.occurred_at)
        name = "answered" if last.words else "answered_only"
        return self.phrase(name, day=self.day(last.day), words=last.words)

    def asked(self) -> Section:
        sent = self.customer.invitations.filter(bounced_at=None).select_related("survey", "purchase")
        rows, more = self.newest(sent)
        return self.section("asked", [Thing(f"invitation-{row.pk}", self.day(day_of(row.invited_at)), self.because(row.purchase)) for row in rows], more)  # fmt: skip

    def because(self, purchase: Purchase | None) -> str:
        return self.phrase("as_buyer", day=self.day(purchase.day)) if purchase else self.phrase("as_customer")

    def corrections(self) -> Section:
        rows, more = self.newest(Correction.objects.all())
        things = [Thing(f"correction-{row.pk}", short(row.shown), f"– “{short(row.words)}” · {self.became(row)}") for row in rows]
        return replace(self.section("corrections", *fitting(things, more)), disputed=False)

    def became(self, row: Correction) -> str:
        if row.answered_at is None:
            return self.phrase("waits", day=self.day(row.due_day))
        return self.phrase(row.outcome, day=self.day(day_of(row.answered_at)), words=row.answer)


def fitting(things: list[Thing], more: int) -> tuple[list[Thing], int]:
    """The newest that there is room for, each whole and at least one, and how many there are beside."""
    taken = accumulate(len(str(thing)) for thing in things)
    kept = [thing for thing, length in zip(things, taken, strict=True) if length <= ROOM] or things[:1]
    return kept, more + len(things) - len(kept)


def short(words: str) -> str:
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 1]}…"
