"""Tags carried and channels bought through. There are as many facts as names, so they are no columns: a rule asks the rows themselves."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from customers.models import CustomerTag, Purchase
from ladder.facts.fact import Fact, flag

if TYPE_CHECKING:
    from collections.abc import Callable

    from ladder.facts.fact import Expression
    from ladder.facts.numbers import Numbers

LONGEST = {"tag:": 50, "channel:": 40}


def on_day(day: Expression) -> Expression:
    """In a question inside: a column of the row asked about, or a day."""
    return OuterRef(day.name) if hasattr(day, "name") else day


def carries(tag: str) -> Callable[[Expression, Numbers], Expression]:
    def value(day: Expression, numbers: Numbers) -> Expression:
        on = on_day(day)
        open_then = Q(until=None) | Q(until__gt=on)
        return flag(
            Q(Exists(CustomerTag.objects.filter(open_then, customer=OuterRef("customer_id"), tag__name=tag, since__lte=on)))
        )

    return value


def bought_through(channel: str) -> Callable[[Expression, Numbers], Expression]:
    """With a purchase that was not wholly taken back by then."""

    def value(day: Expression, numbers: Numbers) -> Expression:
        on = on_day(day)
        bought = Purchase.objects.standing().filter(customer=OuterRef("customer_id"), priced=True, channel=channel, day__lte=on)
        return flag(Q(Exists(bought.filter(Q(ended=None) | Q(ended__gt=on)))))

    return value


@lru_cache(maxsize=4096)  # the same fact each time, so that conditions on it are equal
def fact(name: str) -> Fact | None:
    """The fact "tag:vip" or "channel:shop"; nothing if the name names none. What nobody has yet is a fact like any other."""
    kind, colon, called = name.partition(":")
    if not 0 < len(called) <= LONGEST.get(kind + colon, 0) or not called.isprintable():
        return None
    if kind == "channel":
        return Fact(
            name, "flag", f"Bought through {called}", bought_through(called), f"bought through {called}", f"never bought through {called}",
            evidence=("purchases",), needs="channels", lifts=(f"a purchase through {called}", ""),
        )  # fmt: skip
    return Fact(
        name, "flag", f"Tagged {called}", carries(called), f"tagged {called}", f"not tagged {called}", evidence=("tags",), needs="tags",
        lifts=(f"the tag {called}", f"losing the tag {called}"),
    )  # fmt: skip
