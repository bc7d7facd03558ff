"""Tags: whether somebody carries one. There are as many facts as tags, so they are no columns: a rule asks the tags themselves."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from customers.models import CustomerTag
from ladder.facts.fact import Fact, flag

if TYPE_CHECKING:
    from collections.abc import Callable

    from ladder.facts.fact import Expression
    from ladder.facts.numbers import Numbers

PREFIX, LONGEST = "tag:", 50


def carries(tag: str) -> Callable[[Expression, Numbers], Expression]:
    def value(day: Expression, numbers: Numbers) -> Expression:
        on = OuterRef(day.name) if hasattr(day, "name") else day  # a column of the row asked about, or a day
        open_then = Q(until=None) | Q(until__gt=on)
        return flag(
            Q(Exists(CustomerTag.objects.filter(open_then, customer=OuterRef("customer_id"), tag__name=tag, since__lte=on)))
        )

    return value


@lru_cache(maxsize=4096)  # the same fact each time, so that conditions on it are equal
def fact(name: str) -> Fact | None:
    """The fact "tag:vip"; nothing if the name names no tag. A tag nobody carries yet is a fact like any other."""
    tag = name.removeprefix(PREFIX)
    if tag == name or not 0 < len(tag) <= LONGEST:
        return None
    return Fact(
        name, "flag", f"Tagged {tag}", carries(tag), f"tagged {tag}", f"not tagged {tag}", evidence=("tags",), needs="tags",
        lifts=(f"the tag {tag}", f"losing the tag {tag}"),
    )  # fmt: skip
