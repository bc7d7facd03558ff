"""The letter of an invitation, and what the mail server makes of it."""

from __future__ import annotations

import re
import smtplib
from contextlib import suppress
from enum import Enum
from traceback import walk_tb
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from customers.days import day_of
from feedback import unsubscribing
from feedback.greeting import greeting
from feedback.languages import on_day
from feedback.phrases import phrase

if TYPE_CHECKING:
    from feedback.models import Invitation


class Handed(Enum):
    """What became of a letter."""

    TAKEN = "the mail server took it"
    LATER = "not now: certainly not taken, and another time it may be"
    REFUSED = "never: certainly not taken, and it will not be"
    UNCERTAIN = "the connection broke while it was handed over: it may have been taken"


ABOUT_US = {503, 504, 521, 530, 534, 535, 538}  # our commands, no mail for anybody, who we are (RFC 5321, 7504, 4954)
LEAVE = re.compile(r"5\.(7\.|1\.[78]\b)")  # what we may send, and as whom (RFC 3463)
RELAY = re.compile(r"(?!\d\.\d).*\brelay", re.IGNORECASE | re.DOTALL)  # the same, from a server without such codes


def hand_over(message: EmailMessage) -> tuple[Handed, str]:
    """Give a letter to the mail server, once, and what that said where it did not take it.

    Raises what nobody foresaw; then nobody knows whether it was taken.
    """
    try:
        server = get_connection()
        server.open()
    except Exception as error:  # whatever it was, the letter is still here
        return Handed.LATER, _said(error)
    message.connection = server
    try:
        return (Handed.TAKEN, "") if message.send() else (Handed.LATER, "The mail server did not say why.")
    except (smtplib.SMTPException, OSError, ValueError) as error:
        return _meaning(error), _said(error)
    finally:
        with suppress(Exception):  # what the server said about the letter stands
            server.close()


def _meaning(error: Exception) -> Handed:
    """Only a word of the server says for certain that it did not take what we were handing over."""
    match error:
        case smtplib.SMTPSenderRefused():  # that is about us, not about them
            return Handed.LATER
        case smtplib.SMTPRecipientsRefused(recipients=refused):
            return Handed.REFUSED if all(_about_them(*word) for word in refused.values()) else Handed.LATER
        case smtplib.SMTPDataError(smtp_code=code, smtp_error=text) if 400 <= code < 600:
            return Handed.REFUSED if _about_them(code, text) else Handed.LATER
        case smtplib.SMTPDataError():  # neither yes nor no
            return Handed.UNCERTAIN
        case smtplib.SMTPNotSupportedError() | ValueError():  # an address that the server or a header cannot hold
            return Handed.REFUSED
    return Handed.LATER if _before_the_letter(error) else Handed.UNCERTAIN


def _about_them(code: int, text: bytes | str) -> bool:
    """Refused for good, and not because of who we are or how we came: that can be mended, and is the same for every letter."""
    said = _text(text)
    return code >= 500 and code not in ABOUT_US and not LEAVE.match(said) and not RELAY.match(said)


def _before_the_letter(error: Exception) -> bool:
    """Whether the conversation broke before DATA. The errors are the same ones then; only the way they came tells."""
    way = {frame.f_code for frame, _ in walk_tb(error.__traceback__)}
    return smtplib.SMTP.sendmail.__code__ in way and smtplib.SMTP.data.__code__ not in way


def _said(error: Exception) -> str:
    """In the server's own words, with its code."""
    match error:
        case smtplib.SMTPRecipientsRefused(recipients=refused):
            return "; ".join(f"{code} {_text(text)}" for code, text in refused.values())
        case smtplib.SMTPResponseException(smtp_code=code, smtp_error=text):
            return f"{code} {_text(text)}"
    return str(error) or type(error).__name__


def _text(said: bytes | str) -> str:
    return said.decode(errors="replace") if isinstance(said, bytes) else said


def absolute(path: str) -> str:
    """The address of a page of ours, for those outside."""
    return f"{settings.PUBLIC_URL}{path}"


def letter(invitation: Invitation, path: str, to: str) -> EmailMessage:
    """In plain words, with why they get it and how to get no more; mail programmes offer that by one click too (RFC 8058)."""
    language, form = invitation.language, invitation.form_of_address
    business, leave = settings.BUSINESS_NAME, absolute(unsubscribing.path(invitation.customer))
    bought = {"day": on_day(invitation.purchase.day, language)} if invitation.purchase else {}
    because = phrase("because_bought" if bought else "because", language, form, business=business, **bought)
    until = phrase("until", language, form, day=on_day(day_of(invitation.expires_at), language))
    no_more = phrase("no_more", language, form, address=leave)
    asked = f"{phrase('letter', language, form)}\n{absolute(path)}"
    parts = [f"{greeting(invitation)},", asked, until, business, f"{because}\n{no_more}"]
    headers = {"List-Unsubscribe": f"<{leave}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    return EmailMessage(phrase("subject", language, form, business=business), "\n\n".join(parts), to=[to], headers=headers)
