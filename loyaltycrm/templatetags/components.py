"""What the component templates need computed: glyph bars, bar widths, money, and the address with one part changed."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from django import template
from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma

if TYPE_CHECKING:
    from django.http import HttpRequest

register = template.Library()
SCALE = 7  # colours of the rung scale, cool at the bottom


class Bar(NamedTuple):
    y: float
    height: float
    on: bool


@register.filter
def rung_bars(steps: int | None, position: int | None) -> list[Bar]:
    """The bars of a ladder of so many steps, top first; those up to `position` (from 1, at the bottom) are on."""
    count = max(1, min(int(steps or 1), 9))
    pitch = 18 / count
    height = round(min(2.4, pitch - 1), 1)
    return [Bar(round(pitch * i + (pitch - height) / 2, 1), height, count - i <= int(position or 0)) for i in range(count)]


@register.filter
def rung_colour(position: int | None, steps: int | None) -> int:
    """Where on the colour scale a step lies, 1 to 7."""
    span = max(1, int(steps or 1) - 1)
    return 1 + max(0, min(SCALE - 1, (int(position or 1) - 1) * (SCALE - 1) // span))


@register.filter
def percent_of(part: float | None, whole: float | None) -> float:
    """A share in percent, 0 where the whole is nothing; for the widths of bars."""
    return round(100 * float(part or 0) / float(whole), 1) if whole else 0


@register.filter
def money(amount: Decimal | float | None, currency: str = "") -> str:
    """An amount as people read it: thousands apart, two decimals, its currency before it."""
    value = Decimal(amount or 0).quantize(Decimal("0.01"))
    sign = "− " if value < 0 else ""
    unit = {"EUR": "€", "GBP": "£", "USD": "$"}.get(
        currency or settings.BUSINESS_CURRENCY, currency or settings.BUSINESS_CURRENCY
    )
    return f"{sign}{unit}\u00a0{intcomma(str(abs(value)), use_l10n=False)}"


@register.simple_tag(takes_context=True)
def here_with(context: dict[str, Any], **changes: Any) -> str:
    """This page's query with some parts changed; an empty one goes. Paging restarts unless it is what changes."""
    request: HttpRequest = context["request"]
    query = request.GET.copy()
    for name in ("after", "before", *changes):
        query.pop(name, None)
    for name, value in changes.items():
        if value not in ("", None):
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.filter
def bar_start(share: float) -> float:
    """Where a bar of so many percent begins when it stands in the middle."""
    return round((100 - share) / 2, 2)


@register.filter
def undo_address(tags: str | None) -> str:
    """The address in a message's tags that takes back what it tells of, "undo:/…"; empty if there is none."""
    return next((tag.removeprefix("undo:") for tag in (tags or "").split() if tag.startswith("undo:/")), "")


@register.filter
def first_part(path: str) -> str:
    """The first part of an address, "customers" of "/customers/new/"."""
    return path.strip("/").partition("/")[0]


@register.filter
def plain(number: Decimal | float) -> str:
    """A quantity without the zeros that say nothing: 2.5000 is 2.5."""
    text = f"{Decimal(number):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


@register.filter
def sums(amounts: dict[str, Decimal]) -> str:
    """Amounts in several currencies beside each other."""
    return " + ".join(money(amount, currency) for currency, amount in amounts.items())
