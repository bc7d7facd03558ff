"""Did a ladder foretell who would buy again? It is asked on a past day A about the days (A, A + H], on what was known at A.

Who: customers with at least one fact by A who are ranked on the ladder then. Where they stood is the fold as of A by the edition in
force at A, overrides included; no fact of a day after A is read, nor a refund made after A. "Known at A" is by the day something
happened, not by when we learned of it: an imported past was recorded all at once, today, and by that nothing was ever known.

What came, by the end of A + H:
- repeat: they bought on a day in (A, A + H], and not all of that was taken back by the end. For who never bought it is their first.
- lapse: no repeat. Asked only of who had bought and was active at A, so its n may be smaller than the rung's.
- referral: a referral made, prompted or not, or a recommendation that nobody prompted, on a day in (A, A + H].

A draft may be asked in the place of the edition in force at A, and is then held beside that one on the same people, by the interval of
the difference of their AUC.

The ladder's order is its steps from the ground up; all side states share the place below the ground, since their own order is one of
judging only. Beside it stand, on the same people: recency, those who bought in fifths by the day they last did (equal days are never
parted, so fifths may be uneven), and the number of occasions in classes 1, 2, 3, 4-6, 7 and more; who never bought is below all these.
AUC asks for the order alone. The Brier score asks for rates, told out of sample: everybody has a half by a hash of their uuid, and is
foretold the rate of their rung, or class, in the other half.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import timedelta
from hashlib import blake2b
from itertools import accumulate
from typing import TYPE_CHECKING, Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max, Q, Value

from customers import days
from customers.intervals import ENOUGH, Share
from customers.models import Customer, Purchase, Referral
from feedback.models import Recommendation
from ladder import facts, judging, lives, ranking, reigns, scoring, sql, trying
from ladder.models import Backtest, Point, Step
from ladder.models.ladders import NOWHERE
from ladder.models.standing import bounds, in_chunk

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime
    from uuid import UUID

    from accounts.models import User
    from ladder.models import Edition

BESIDE = ("live", "recency", "count")
"""What an edition's order is held against, as it is shown."""
TIMES = (0, 1, 2, 3, 4, 7)  # the least number of occasions in each class
FIFTHS = 5


class Seen(NamedTuple):
    """What is asked about a person: all who are alike in this are counted together."""

    rung: int
    beside: int
    """The rung by the other edition; the same where none is asked."""
    last_day: int | None
    occasions: int
    active: bool
    half: int
    bought: bool
    referred: bool


@dataclass(frozen=True)
class Rates:
    """What came of those who stood on a rung."""

    slug: str
    name: str
    n: int
    repeat: Share
    lapse: Share
    referral: Share


@dataclass(frozen=True)
class Score:
    """How well one order of the people foretold; None where they are too few or all did alike."""

    auc: float | None
    brier: float | None


class Unaskable(ValidationError):
    """Nothing can be compared: what was asked about has not come yet, or no rules judged then."""


@dataclass(frozen=True)
class Foretold:
    """Rungs as the edition orders them: side states first, then from the ground up.

    The baselines are "recency" and "count", and "live", the other edition, where one is asked.
    """

    at: date
    until: date
    people: int
    bought: int
    rungs: list[Rates]
    score: Score
    baselines: dict[str, tuple[Score, scoring.Comparison]]
    last_purchase: date | None
    """The day of the last purchase there is. Before `until`, the ledger may not reach the end of the horizon, and rates are too low."""


def begin(edition: Edition, *, at: date, horizon: int, now: datetime, by: User | None = None) -> Backtest:
    """Ask for a backtest; Unaskable where nothing can be compared."""
    check(at, horizon, days.day_of(now))
    beside(edition, at)
    return Backtest.objects.create(edition=edition, at=at, horizon=horizon, asked_at=now, asked_by=by)


def check(at: date, horizon: int, today: date) -> None:
    """The days after `at` must have come; else Unaskable."""
    if at >= today:
        raise Unaskable(
            {"at": f"{at} {'is today' if at == today else 'lies in the future'}: give a day after which some have come."}
        )
    if not 0 < horizon <= (today - at).days:
        raise Unaskable(
            {"horizon": f"From {at} to {today} there are {(today - at).days} days, so give a number from 1 to that;"
            " what has not come yet cannot be compared."}
        )  # fmt: skip


def beside(edition: Edition, at: date) -> Edition | None:
    """The edition that judged then, beside which another stands; Unaskable if none did."""
    live = reigns.in_force(edition.ladder, at)
    if live is None:
        raise Unaskable({"at": f"No edition of {edition.ladder.slug} is in force then: publish one."})
    return None if live == edition else live


def carry_out(of: Backtest, *, now: datetime) -> bool:
    """Do what was asked for, from the beginning; False if somebody else is at it or it has ended."""
    clock = ranking.running_from(now)
    if not trying.claim(of, now=now):
        return False

    def renew(done: int, chunks: int) -> None:
        if not trying.renew(of, at=clock(), done=done, chunks=chunks):
            raise Overtaken

    try:
        found = backtest(of.edition, at=of.at, horizon=of.horizon, beside=beside(of.edition, of.at), progress=renew)
    except Overtaken:
        trying.finish(of, at=clock())
        return False
    except Unaskable as error:  # the rules of that day were called back since
        said = " ".join(error.messages)
        trying.finish(of, at=clock(), error=said[:500])
        return False
    return trying.finish(of, at=clock(), report=report(found))


class Overtaken(Exception):
    """Somebody took the work for abandoned, and does it; or called it off."""


def report(found: Foretold) -> dict[str, Any]:
    """As one object of plain values: what is stored, told over REST and by the command."""
    return {
        "people": found.people, "bought": found.bought,
        "rungs": {r.slug: {"n": r.n, **{w: _share(getattr(r, w)) for w in ("repeat", "lapse", "referral")}} for r in found.rungs},
        **asdict(found.score),
        "baselines": {
            name: {**asdict(score), **asdict(than), "verdict": than.verdict} for name, (score, than) in found.baselines.items()
        },
        "last_purchase": found.last_purchase and found.last_purchase.isoformat(),
    }  # fmt: skip


def _share(of: Share) -> dict[str, Any]:
    return {**asdict(of), "share": of.share, "low": of.low, "high": of.high}


def backtest(
    edition: Edition,
    *,
    at: date,
    horizon: int,
    beside: Edition | None = None,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Foretold:
    """Ask what came, within so many days, of where an edition put customers on a past day, and `beside` the same ones. Stores nothing."""
    until = at + timedelta(days=horizon)
    seen = Counter[Seen]()
    chunks = ranking.every_chunk()
    for done, number in enumerate(chunks, 1):
        seen += _look(number, edition, beside or edition, at=at, until=until)
        progress(done, len(chunks))
    orders = _orders(edition, beside, seen)
    last = Purchase.objects.standing().aggregate(day=Max("day"))["day"]
    return Foretold(
        at, until, seen.total(), _count(seen, lambda s: s.bought), _rates(edition, seen), _score(orders["ladder"], seen),
        {name: (_score(order, seen), _compare(orders["ladder"], order, seen)) for name, order in orders.items() if name != "ladder"},
        last,
    )  # fmt: skip


def _look(number: int, edition: Edition, beside: Edition, *, at: date, until: date) -> Counter[Seen]:
    """Everybody in a range of customers, as of `at`, with what they did until `until`."""
    today = Value(days.number(at))
    with transaction.atomic():
        others = _stand(beside, number, at)
        rungs = others if beside == edition else _stand(edition, number, at)
        known = lives.with_facts(at)
        silent = facts.inactive(today, edition.read_numbers)
        points = Point.objects.filter(lives.last_points()).annotate(silent=silent)
        # Once each: where rungs are soft the last point is there again for each day on which time alone may change them.
        rows = set(points.values_list("customer_id", "last_day", "occasions", "silent"))
    halves = {who: _half(uuid) for who, uuid in Customer.objects.filter(pk__range=bounds(number)).values_list("pk", "uuid")}
    bought, referred = _buyers(number, at, until), _referrers(number, at, until)
    return Counter(
        Seen(rungs[who], others[who], last, times, times > 0 and not silent, halves[who], who in bought, who in referred)
        for who, last, times, silent in rows
        if who in known and rungs[who] != NOWHERE
    )


def _stand(edition: Edition, number: int, at: date) -> dict[int, int]:
    """The rung of each customer of a chunk by an edition, overrides included. {customer: rung}"""
    lives.empty_tables()
    lives.choose(*bounds(number))
    judging.stand([edition], at)
    return dict(sql.rows("SELECT customer_id, rung_id FROM life_rung"))


def _half(uuid: UUID) -> int:
    return blake2b(uuid.bytes, digest_size=1).digest()[0] % 2


def _buyers(number: int, at: date, until: date) -> set[int]:
    bought = Purchase.objects.standing().filter(in_chunk(number), priced=True, day__gt=at, day__lte=until)
    return set(bought.filter(Q(ended=None) | Q(ended__gt=until)).values_list("customer", flat=True))


def _referrers(number: int, at: date, until: date) -> set[int]:
    then = Q(in_chunk(number), day__gt=at, day__lte=until)
    unasked = Recommendation.objects.standing().unasked().filter(then).values_list("customer", flat=True)
    return {*Referral.objects.standing().filter(then).values_list("customer", flat=True), *unasked}


def _rates(edition: Edition, seen: Counter[Seen]) -> list[Rates]:
    found = []
    for step in edition.all_steps:
        here = Counter({s: n for s, n in seen.items() if s.rung == step.rung_id})
        active = Counter({s: n for s, n in here.items() if s.active})
        found.append(
            Rates(
                step.rung.slug, step.rung.name, here.total(),
                repeat=Share(_count(here, lambda s: s.bought), here.total()),
                lapse=Share(_count(active, lambda s: not s.bought), active.total()),
                referral=Share(_count(here, lambda s: s.referred), here.total()),
            )
        )  # fmt: skip
    return found


def _count(seen: Counter[Seen], which: Callable[[Seen], bool]) -> int:
    return sum(n for s, n in seen.items() if which(s))


def _orders(edition: Edition, beside: Edition | None, seen: Counter[Seen]) -> dict[str, Callable[[Seen], int]]:
    """The class of a person by each order, a higher one expected to buy more."""
    places, fifths = _places(edition), _fifths(seen)
    orders: dict[str, Callable[[Seen], int]] = {
        "ladder": lambda s: places[s.rung],
        "recency": lambda s: 0 if s.last_day is None else fifths[s.last_day],
        "count": lambda s: sum(s.occasions >= least for least in TIMES),
    }
    if beside:
        others = _places(beside)
        orders["live"] = lambda s: others[s.beside]
    return orders


def _places(edition: Edition) -> dict[int, int]:
    """{rung id: its place}, side states sharing the one below the ground."""
    return {step.rung_id: 0 if step.kind == Step.Kind.SIDE else i for i, step in enumerate(edition.all_steps, 1)}


def _fifths(seen: Counter[Seen]) -> dict[int, int]:
    """Each day on which somebody last bought, with its fifth: 1 the longest ago."""
    last = Counter[int]()
    for s, n in seen.items():
        if s.last_day is not None:
            last[s.last_day] += n
    ordered = sorted(last)
    earlier = [0, *accumulate(last[day] for day in ordered)]
    return {day: 1 + FIFTHS * n // last.total() for day, n in zip(ordered, earlier, strict=False)}


def _score(order: Callable[[Seen], int], seen: Counter[Seen]) -> Score:
    if seen.total() < ENOUGH:
        return Score(None, None)
    table = Counter[tuple[int, int, bool]]()
    for s, n in seen.items():
        table[s.half, order(s), s.bought] += n
    return Score(scoring.auc(((place, did), n) for (_, place, did), n in table.items()), scoring.brier(table))


def _compare(ours: Callable[[Seen], int], theirs: Callable[[Seen], int], seen: Counter[Seen]) -> scoring.Comparison:
    table = Counter[tuple[int, int, bool]]()
    for s, n in seen.items():
        table[ours(s), theirs(s), s.bought] += n
    return scoring.compare(table)
