"""Sending invitations by e-mail: at most once each. What the mail server does not take counts as bounced."""

from __future__ import annotations

import smtplib
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import EmailMessage

from customers.days import day_of
from customers.models import ContactPoint
from feedback.greeting import greeting
from feedback.inviting import bounce
from feedback.languages import on_day
from feedback.models import Invitation
from feedback.phrases import phrase

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from feedback.inviting import Invited


def send(made: Iterable[Invited], *, absolute: Callable[[str], str], at: datetime) -> int:
    """Hand over what was made, once it is stored; `absolute` makes an address of a path. How many the server took."""
    sent = 0
    for one in made:
        to = one.invitation.customer.contact_points.filter(kind=ContactPoint.Kind.EMAIL).first()
        try:
            taken = bool(to) and letter(one.invitation, absolute(one.path), str(to)).send()
        except (smtplib.SMTPException, OSError, ValueError):  # of the last kind: an address that breaks a header
            taken = False
        if taken:
            sent += Invitation.objects.filter(pk=one.invitation.pk).update(sent_at=at)
        else:
            bounce(one.invitation, at=at)
    return sent


def letter(invitation: Invitation, address: str, to: str) -> EmailMessage:
    """In plain words, with why they get it."""
    language, form = invitation.language, invitation.form_of_address
    business = settings.BUSINESS_NAME
    bought = {"day": on_day(invitation.purchase.day, language)} if invitation.purchase else {}
    because = phrase("because_bought" if bought else "because", language, form, business=business, **bought)
    until = phrase("until", language, form, day=on_day(day_of(invitation.expires_at), language))
    parts = [f"{greeting(invitation)},", f"{phrase('letter', language, form)}\n{address}", until, f"{business}\n\n{because}"]
    return EmailMessage(phrase("subject", language, form, business=business), "\n\n".join(parts), to=[to])
