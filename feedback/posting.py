"""Sending what waits to be sent: each letter handed over at most once, whoever dies in the middle.

A letter is taken by compare and swap, and "being handed over" is committed before the mail server hears of it. So two
workers never send one letter, and one that was taken by a worker that died is **uncertain**: nobody but a person
sends it again. The link in it is made as it is taken; before that nobody has it, and nowhere is it stored.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import F

from accounts.auditing import note
from customers.models import ContactPoint
from customers.recording import Contradicted
from feedback import inviting, mailing
from feedback.mailing import Handed
from feedback.models import Invitation, Letter

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django.core.mail import EmailMessage

    from accounts.models import ApiKey, User
    from feedback.models.letters import LetterQuerySet

log = logging.getLogger(__name__)

State = Letter.State
AT_ONCE = 25  # letters; the next tick goes on, and a worker that is told to stop has not long to finish
ENOUGH = timedelta(seconds=10)  # then no other is begun: a slow server is not to fill the queue, which files share
AGAIN_AFTER = [timedelta(minutes=m) for m in (5, 30)] + [timedelta(hours=h) for h in (2, 5, 10, 14, 20, 24)]
GOES_ON = (Handed.TAKEN, Handed.REFUSED)  # anything else, the next letter would likely meet too
NOBODY_KNOWS = "Whoever handed it over has died meanwhile."
TOO_OLD = "It could not be sent in time."


def post(clock: Callable[[], datetime]) -> None:
    """Send what is due, one letter at a time whoever else sends, until nothing is or the mail server is in trouble."""
    give_up_lost(began := clock())
    for _ in range(AT_ONCE if settings.SEND_EMAIL else 0):
        if clock() - began >= ENOUGH or Letter.objects.in_hand().exists() or post_next(clock()) not in GOES_ON:
            break


def post_next(at: datetime) -> Handed | None:
    """Send the letter that has been due longest; None if there is none."""
    taken = take(at)
    if taken is None:
        return None
    letter, message = taken
    try:
        handed, said = mailing.hand_over(message)
    except Exception as error:  # a fault of ours: a person is to see it, and nobody is to be written to twice
        log.exception("Letter %s was being handed over.", letter.pk)
        handed, said = Handed.UNCERTAIN, repr(error)
    settle(letter, handed, at=at, said=said)
    return handed


def take(at: datetime) -> tuple[Letter, EmailMessage] | None:
    """The next letter, from now on this worker's alone."""
    for pk in Letter.objects.due(at).values_list("pk", flat=True)[:AT_ONCE]:
        try:
            if taken := _take(pk, at):
                return taken
        except Exception as error:  # one that cannot be written keeps no other waiting
            log.exception("Letter %s could not be written.", pk)
            _put_off(pk, at, repr(error))
    return None


@transaction.atomic
def _put_off(pk: int, at: datetime, why: str) -> None:
    for letter in Letter.objects.due(at).select_for_update().filter(pk=pk):
        letter.tries += 1
        letter.save(update_fields=["tries"])
        _later(Letter.objects.filter(pk=pk), letter, at, why)


@transaction.atomic(durable=True)
def _take(pk: int, at: datetime) -> tuple[Letter, EmailMessage] | None:
    before = Letter.objects.values_list("taken_at", flat=True).get(pk=pk)
    mine = {"state": State.SENDING, "taken_as": uuid4(), "taken_at": at, "tries": F("tries") + 1}
    if not Letter.objects.due(at).filter(pk=pk).update(**mine):
        return None  # another worker was faster
    held = Letter.objects.select_for_update(of=("self", "invitation"), no_key=True)  # nobody answers between look and bounce
    letter = held.select_related("invitation__survey", "invitation__customer", "invitation__purchase").get(pk=pk)
    asked = letter.invitation
    if asked.answered_at:  # by the link of the first, after a person said "send again": so that one was sent
        settle(letter, Handed.TAKEN, at=before or asked.answered_at)
        return None
    if why := _needless(letter, at):
        state = State.FAILED if why == TOO_OLD else State.WITHHELD
        _end(Letter.objects.filter(pk=pk), letter, state, at=at, words=why)
        return None
    asked.expires_at = at + timedelta(days=asked.survey.link_days)  # it waited: the days they have begin now
    token = asked.renew()
    asked.save(update_fields=["token_hash", "expires_at"])
    to = asked.customer.contact_points.filter(kind=ContactPoint.Kind.EMAIL)[0]
    return letter, mailing.letter(asked, inviting.Invited(asked, token).path, str(to))


def _needless(letter: Letter, at: datetime) -> str:
    """Why it is not sent after all, asked at the moment of sending."""
    asked = letter.invitation
    if asked.bounced_at:
        return "It was noted as bounced before it was sent."
    if at - letter.since > Letter.LASTS:
        return TOO_OLD
    name = inviting.hindrance(asked, at)
    return f"{inviting.REASONS[name]}." if name else ""


@transaction.atomic
def settle(letter: Letter, handed: Handed, *, at: datetime, said: str = "") -> None:
    """Note what became of a letter that this worker took; nothing if a person has decided on it meanwhile."""
    mine = Letter.objects.filter(pk=letter.pk, taken_as=letter.taken_as, state__in=(State.SENDING, State.UNCERTAIN))
    match handed:
        case Handed.TAKEN:
            if mine.update(state=State.SENT, words=""):
                Invitation.objects.filter(pk=letter.invitation_id).update(sent_at=at)
        case Handed.LATER:
            _later(mine, letter, at, said)
        case Handed.REFUSED:
            _end(mine, letter, State.BOUNCED, at=at, words=said)
        case Handed.UNCERTAIN:
            mine.update(state=State.UNCERTAIN, words=said[:200])


def _later(mine: LetterQuerySet, letter: Letter, at: datetime, said: str) -> None:
    """Another time, in ever longer steps, unless that is too late."""
    next_at = at + AGAIN_AFTER[min(letter.tries, len(AGAIN_AFTER)) - 1]
    if next_at - letter.since > Letter.LASTS:
        _end(mine, letter, State.FAILED, at=at, words=said)
    else:
        mine.update(state=State.WAITING, due_at=next_at, taken_as=None, words=said[:200])


def _end(mine: LetterQuerySet, letter: Letter, state: str, *, at: datetime, words: str) -> None:
    """It was not sent and will not be: nobody was asked."""
    if mine.update(state=state, words=words[:200]):
        inviting.bounce(letter.invitation, at=at)


def give_up_lost(at: datetime) -> None:
    """What a worker took that must have died: perhaps sent, perhaps not."""
    if lost := list(Letter.objects.lost(at).values_list("pk", flat=True)):  # looked for first: an update locks, even of nothing
        Letter.objects.lost(at).filter(pk__in=lost).update(state=State.UNCERTAIN, words=NOBODY_KNOWS)


@transaction.atomic
def send_again(letter: Letter, *, at: datetime, by: User | ApiKey | None) -> None:
    """A person decided that an uncertain letter was not sent. If it was, its link is closed by the new one. Raises Contradicted."""
    again = {"state": State.WAITING, "since": at, "due_at": at, "tries": 0, "taken_as": None, "words": ""}
    _decide(letter, by, "sends again", again)


@transaction.atomic
def count_as_sent(letter: Letter, *, at: datetime, by: User | ApiKey | None) -> None:
    """A person decided that an uncertain letter was sent, when it was handed over. Raises Contradicted."""
    _decide(letter, by, "counts as sent", {"state": State.SENT, "words": ""})
    Invitation.objects.filter(pk=letter.invitation_id).update(sent_at=letter.taken_at)


def _decide(letter: Letter, by: User | ApiKey | None, verb: str, changes: dict[str, Any]) -> None:
    held = Letter.objects.undecided().select_for_update(of=("self",)).filter(pk=letter.pk).first()
    if held is None:
        raise Contradicted("There is nothing to decide about this letter any more.")
    Letter.objects.filter(pk=held.pk).update(**changes)
    note(by, f"{verb} the letter of", held.invitation)


DECISIONS = {"again": send_again, "sent": count_as_sent}
