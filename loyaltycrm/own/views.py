"""The customer's own page, for whoever holds its link: no sign-in, no script, no cookie, so no CSRF token either (see the page of a survey).

GET changes nothing; that the page was shown stands in the audit trail, also where it was shown because what was sent is refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.auditing import note
from customers import correcting, preferring
from customers.days import day_of
from customers.models import ContactPoint, Correction, Customer, OwnLink
from feedback.greeting import hello
from feedback.languages import LANGUAGES, known, on_day
from feedback.public_views import private, told
from loyaltycrm.own.phrases import phrase
from loyaltycrm.own.shown import Shown

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpRequest

TONGUES = {"en": "English", "de": "Deutsch", "fr": "Français"}
DONE = ("preferences", "correction")


class Preferences(forms.Form):
    """What they wish; with the prefix "was", what the page showed when they opened it."""

    language = forms.CharField(max_length=10, required=False)
    form_of_address = forms.ChoiceField(choices=Customer.Address.choices, required=False)
    ways = forms.MultipleChoiceField(choices=ContactPoint.Kind.choices, required=False)
    stopped = forms.BooleanField(required=False)

    def wishes(self) -> preferring.Wishes:
        return preferring.Wishes(**{**self.cleaned_data, "ways": frozenset(self.cleaned_data["ways"])})


class Objection(forms.Form):
    about = forms.CharField(max_length=60)
    words = forms.CharField(max_length=Correction.LONGEST)


@login_not_required
@csrf_exempt
@private
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own_page(request: HttpRequest, token: str) -> HttpResponse:
    """What we keep of the customer who holds the link; clear words where it opens nothing."""
    now = timezone.now()
    link = OwnLink.objects.holding(token).select_related("customer").first()
    if link is None:
        return told("forged", known(request.headers.get("Accept-Language", "")), status=404, say=phrase)
    if not link.opens(now):
        return told("expired", known(link.customer.language), link.customer.form_of_address, status=410, say=phrase)
    page = Page(link, request.path, now)
    if request.method == "POST":
        return page.taken(request)
    return page.shown(wrong=request.GET.get("wrong", ""), done=request.GET.get("done", ""), read=request.method == "GET")


class Page:
    """The page of one link at an instant."""

    def __init__(self, link: OwnLink, path: str, at: datetime) -> None:
        self.link, self.customer, self.path, self.at = link, link.customer, path, at
        self.on = day_of(at)

    def taken(self, request: HttpRequest) -> HttpResponse:
        """Do what was sent, and show the page anew by GET, so that loading it again sends nothing again."""
        try:
            sent = request.POST
        except SuspiciousOperation as error:
            return self.refused("not_understood", status=413 if isinstance(error, RequestDataTooBig) else 400)
        match sent.get("act"):
            case "preferences":
                return self.preferred(Preferences(sent), Preferences(sent, prefix="was"))
            case "correction":
                return self.objected(Objection(sent))
        return self.refused("not_understood")

    def preferred(self, form: Preferences, was: Preferences) -> HttpResponse:
        """A page that lay open says nothing of what it leaves as it showed it: who unsubscribed beside stays so."""
        if not (form.is_valid() and was.is_valid() and "was-language" in was.data):
            return self.refused("not_understood")
        wished, shown = form.wishes(), was.wishes()
        if wished.language not in {*LANGUAGES, shown.language}:
            return self.refused("not_understood")
        preferring.prefer(self.customer, wished, shown=shown, since=self.on)
        return self.done("preferences")

    def objected(self, form: Objection) -> HttpResponse:
        page = Shown(self.customer, self.on)
        sent, about = str(form.data.get("words", "")), page.things.get(str(form.data.get("about", "")))
        if about is None:
            return self.refused("not_understood")
        if not form.is_valid():
            name = "too_long" if len(sent) > Correction.LONGEST else "not_understood" if "\0" in sent else "empty"
            return self.refused(name, wrong=about.key, words=sent[: Correction.LONGEST], n=Correction.LONGEST)
        try:
            correcting.object_to(self.customer, about=about.key, shown=str(about), words=form.cleaned_data["words"], at=self.at)
        except correcting.TooMany:
            return self.refused("too_many", wrong=about.key, words=sent, n=Correction.MOST_OPEN)
        except ValidationError:
            return self.refused("not_understood", wrong=about.key, words=sent)
        return self.done("correction")

    def done(self, what: str) -> HttpResponse:
        return HttpResponseRedirect(f"{self.path}?done={what}", status=303)

    def refused(self, name: str, *, wrong: str = "", words: str = "", status: int = 422, **values: object) -> HttpResponse:
        said = phrase(name, known(self.customer.language), self.customer.form_of_address, **values)
        return self.shown(wrong=wrong, words=words, error=said, status=status)

    def shown(
        self, *, wrong: str = "", done: str = "", words: str = "", error: str = "", status: int = 200, read: bool = True
    ) -> HttpResponse:
        if read:
            note(None, "looked at their own page", self.customer, link=self.link.pk)
        page = Shown(self.customer, self.on)
        context = {
            "page": page, "language": page.language, "business": settings.BUSINESS_NAME, "action": self.path, "error": error, "words": words,
            "greeting": hello(self.customer, page.language, self.customer.form_of_address), "wrong": page.things.get(wrong),
            "done": page.phrase(f"done_{done}") if done in DONE else "", "say": {name: page.phrase(name) for name in SAID},
            "until": page.phrase("until", day=on_day(day_of(self.link.expires_at), page.language)),
            "promise": page.phrase("wrong_promise", n=Correction.ANSWER_WITHIN.days), "longest": str(Correction.LONGEST),
            **self.preferences(page),
        }  # fmt: skip
        return HttpResponse(render_to_string("own/page.html", context), status=status)

    def preferences(self, page: Shown) -> dict[str, object]:
        now = preferring.wishes(self.customer, self.on)
        codes = dict.fromkeys([*LANGUAGES, now.language])  # one that this page does not speak stays until they choose another
        return {
            "was": now,
            "ways": [(way, page.phrase(way), way in now.ways) for way in ContactPoint.Kind.values],
            "languages": [(code, TONGUES.get(code, code) or page.phrase("unsaid"), code == now.language) for code in codes],
            "addresses": [
                (value, page.phrase(value or "unsaid"), value == now.form_of_address) for value in Customer.Address.values
            ],
        }


SAID = ("title", "lede", "wrong", "anything", "say_wrong", "send", "preferences", "ways", "stop", "language", "address", "keep")
