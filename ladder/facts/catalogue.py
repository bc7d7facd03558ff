"""How many categories are sold, which is asked of the catalogue itself: it is the same for everybody."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from django.db.models import Case, ExpressionWrapper, F, IntegerField, Subquery, When
from django.db.models.lookups import LessThanOrEqual

from customers.models import Category
from ladder.catalogue import ASKED, YEAR_OLD
from ladder.facts.fact import whole

if TYPE_CHECKING:
    from ladder.facts.fact import Expression
    from ladder.facts.numbers import Numbers


class CountsFrom(Subquery):
    """The day from which as many categories count; NULL while fewer have been sold at all. Equal ones are called alike, so that each is asked once."""

    def __init__(self, number: int) -> None:
        day = ExpressionWrapper(F("first_sold") + whole(YEAR_OLD), output_field=IntegerField())
        days = Category.objects.order_by("first_sold", "pk").annotate(counts_from=day).values("counts_from")
        super().__init__(days[number - 1 : number], output_field=IntegerField())
        self.called = f"CountsFrom({number})"

    def __repr__(self) -> str:
        return self.called


@lru_cache(maxsize=ASKED)
def counts_from(number: int) -> CountsFrom:
    return CountsFrom(number)


def asked(day: Expression, numbers: Numbers) -> Expression:
    """Usable categories that must be known: 3, or as many as have been sold for a year."""
    sold = [When(LessThanOrEqual(counts_from(n), day), then=whole(n)) for n in range(ASKED, 0, -1)]
    return Case(*sold, default=whole(0), output_field=IntegerField())


def flips(numbers: Numbers) -> list[Expression]:
    """The same for everybody, whatever is known of them."""
    return [counts_from(n) for n in range(1, ASKED + 1)]
