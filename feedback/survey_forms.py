"""The form that invites customers to a survey."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q

from customers.models import ContactPoint, Customer, ExternalId
from feedback.models import Invitation

if TYPE_CHECKING:
    from accounts.models import User

MOST = 200  # customers at once


class InviteForm(forms.Form):
    who = forms.CharField(
        max_length=50_000,
        widget=forms.Textarea(attrs={"rows": 5}),
        label="Whom",
        help_text="One a line: their whole name, their e-mail address, or their id at some source.",
    )
    way = forms.ChoiceField(choices=Invitation.Way.choices, initial="link", widget=forms.RadioSelect, label="How")

    def __init__(self, *args: Any, viewer: User, asked: Customer | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.seen = Customer.objects.visible_to(viewer)
        self.asked = asked
        if not settings.SEND_EMAIL:
            self.fields["way"].help_text = "Sending e-mail is switched off: copy the link and hand it over yourself."
        if asked:
            del self.fields["who"]

    def clean_who(self) -> list[Customer]:
        """Everybody who is named, once each; a line that names nobody, or several, is refused."""
        lines = [line.strip() for line in self.cleaned_data["who"].splitlines() if line.strip()]
        if len(lines) > MOST:
            raise ValidationError(f"At most {MOST} at once; these are {len(lines)}.")
        found = [(line, list(self.seen.filter(called(line)).distinct()[:2])) for line in lines]
        errors = [
            f"“{line[:60]}”: {'several are called so' if hits else 'nobody whom you see'}."
            for line, hits in found
            if len(hits) != 1
        ]
        if errors:
            raise ValidationError(errors[:10])
        return list({hits[0].pk: hits[0] for _, hits in found}.values())

    def clean(self) -> dict[str, Any]:
        if self.asked:
            self.cleaned_data["who"] = [self.asked]
        return self.cleaned_data


def called(line: str) -> Q:
    """Who is called exactly so: by name, e-mail address or id."""
    mail = ContactPoint.objects.order_by().filter(kind=ContactPoint.Kind.EMAIL, value__iexact=line).values("customer")
    # Whatever its source: by the index of ids in capitals, then exactly.
    ids = ExternalId.objects.order_by().filter(external_id__iexact=line, external_id=line).values("customer")
    named = Customer.objects.order_by().filter(name=line).values("pk")
    return Q(pk__in=named.union(mail, ids, all=True))
