"""The page of a survey, for whoever holds its link: no sign-in, no script, no cookie.

GET never consumes: mail scanners and previews open every link. Who holds the token may answer, and there is
nothing else to this page that another site could make a browser do; so it asks for no CSRF token, which would
need a cookie and a referrer.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from customers.days import day_of
from feedback import asking, responding
from feedback.greeting import greeting
from feedback.languages import known, on_day
from feedback.models import Invitation, Question
from feedback.phrases import phrase

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from django.http import HttpRequest

GONE = {"used": 410, "expired": 410, "closed": 410, "forged": 404}


def private(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Kept by nobody, found by no search engine, its address told to no other site."""

    @wraps(view)
    def shown(*args: Any, **kwargs: Any) -> HttpResponse:
        answer = view(*args, **kwargs)
        answer["Referrer-Policy"] = "no-referrer"
        answer["X-Robots-Tag"] = "noindex, nofollow"
        return answer

    return shown


@login_not_required
@csrf_exempt
@private
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """A survey's questions to one customer; clear words where the link can be answered no more."""
    now = timezone.now()
    invitation = Invitation.objects.holding(token).select_related("survey", "version", "customer", "purchase").first()
    if invitation is None:
        return told("forged", known(request.headers.get("Accept-Language", "")))
    if why := invitation.ended(now):
        return ended(invitation, why)
    page = Page(invitation, request.path, now)
    if request.method != "POST":
        return page.shown(request.GET.get("at", ""))
    try:
        form = {name: str(value) for name, value in request.POST.items()}
    except SuspiciousOperation as error:
        return page.too_large(413 if isinstance(error, RequestDataTooBig) else 400)
    try:
        return page.taken(form)
    except responding.Ended:
        return ended(invitation, "expired" if invitation.expires_at <= now else "used")


def told(
    name: str,
    language: str,
    address: str = "",
    /,
    *,
    status: int | None = None,
    say: Callable[..., str] = phrase,
    **values: object,
) -> HttpResponse:
    """A page of words alone, of those that `say` knows."""
    context = {
        "language": language, "heading": say(name, language, address), "business": settings.BUSINESS_NAME,
        "words": say(f"{name}_words", language, address, **values),
    }  # fmt: skip
    return HttpResponse(render_to_string("feedback/public/told.html", context), status=status or GONE.get(name, 200))


def ended(invitation: Invitation, why: str) -> HttpResponse:
    return told(why, invitation.language, invitation.form_of_address, day=last_day(invitation))


def last_day(invitation: Invitation) -> str:
    return on_day(day_of(invitation.expires_at), invitation.language)


class Page:
    """The questions of one invitation: all on one page, or one a screen."""

    def __init__(self, invitation: Invitation, path: str, at: datetime) -> None:
        self.invitation, self.path, self.at = invitation, path, at
        self.questions = list(invitation.version.questions.all())
        self.kept = responding.given(invitation)

    def phrase(self, name: str, /, **values: object) -> str:
        return phrase(name, self.invitation.language, self.invitation.form_of_address, **values)

    def screen(self, slug: str) -> list[Question]:
        """The questions of one screen: the one named, else the first without an answer, else the last."""
        if not self.invitation.version.paged:
            return self.questions
        named = [question for question in self.questions if question.slug == slug]
        open_ones = [question for question in self.questions if question.pk not in self.kept]
        return (named or open_ones or self.questions[-1:])[:1]

    def shown(self, slug: str) -> HttpResponse:
        return self.rendered(asking.asked(self.invitation, self.screen(slug), self.kept))

    def taken(self, form: dict[str, str]) -> HttpResponse:
        """Keep what was sent; send it all if this was the last of it. Raises Ended."""
        questions = self.screen(form.get("step", ""))
        sent = asking.read(self.invitation, questions, form)
        last = bool(questions) and questions[-1] == self.questions[-1]
        if not sent.wrong and last and "later" not in form and not self.lacking(sent):
            responding.give(self.invitation, sent.answers, at=self.at)
            return told("thanks", self.invitation.language, self.invitation.form_of_address)
        responding.keep(self.invitation, sent.answers, at=self.at)
        self.kept = responding.given(self.invitation)
        if sent.wrong:
            return self.rendered(sent.asked, self.phrase("wrong"))
        if "later" in form:
            return told("kept", self.invitation.language, self.invitation.form_of_address, day=last_day(self.invitation))
        return self.asked_again() if last else HttpResponseRedirect(f"{self.path}?at={self.after(questions[-1])}", status=303)

    def lacking(self, sent: asking.Sent) -> list[Question]:
        """What has to be answered and is not; all of it where nothing is."""
        answered = {pk for pk in self.kept if pk not in {question.pk for question in sent.answers}}
        answered |= {question.pk for question, said in sent.answers.items() if said is not None}
        demanded = [question for question in self.questions if question.required] if answered else self.questions
        return [question for question in demanded if question.pk not in answered]

    def asked_again(self) -> HttpResponse:
        """The first screen on which something has to be answered still."""
        demanded = [question for question in self.questions if question.required and question.pk not in self.kept]
        questions = self.questions if not self.invitation.version.paged else demanded[:1] or self.questions[:1]
        found = asking.asked(self.invitation, questions, self.kept)
        for one in found:
            one.error = self.phrase("required") if one.question in demanded else ""
        return self.rendered(found, self.phrase("wrong" if demanded else "nothing"))

    def too_large(self, status: int) -> HttpResponse:
        return self.rendered(asking.asked(self.invitation, self.screen(""), self.kept), self.phrase("too_large"), status=status)

    def after(self, question: Question) -> str:
        return self.questions[self.questions.index(question) + 1].slug

    def rendered(self, found: list[asking.Asked], error: str = "", *, status: int = 422) -> HttpResponse:
        paged, last = self.invitation.version.paged, bool(found) and found[-1].question == self.questions[-1]
        place = self.questions.index(found[0].question) if paged and found else 0
        context = {
            "language": self.invitation.language, "asked": found, "error": error, "business": settings.BUSINESS_NAME,
            "title": self.phrase("survey"), "greeting": greeting(self.invitation), "lede": self.phrase("lede"),
            "promise": self.invitation.promise and self.phrase("promise", what=self.invitation.promise),
            "until": self.phrase("until", day=last_day(self.invitation)), "action": self.path,
            "step": self.phrase("step", at=place + 1, of=len(self.questions)) if paged else "",
            "submit": self.phrase("send" if last else "next"), "back": self.phrase("back"),
            "previous": f"?at={self.questions[place - 1].slug}" if place else "",
            "later": self.phrase("later") if len(self.questions) > 2 and not paged else "",
        }  # fmt: skip
        page = render_to_string("feedback/public/survey.html", context)
        return HttpResponse(page, status=status if error else 200)
