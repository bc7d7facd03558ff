"""Pages of surveys: how many were asked and answered, and inviting customers."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.requests import Request, form_page, writing
from customers.models import Customer
from customers.recording import Contradicted
from feedback import inviting, posting
from feedback.models import Invitation, Letter, Survey
from feedback.returning import returned
from feedback.survey_forms import InviteForm

if TYPE_CHECKING:
    from django.http import HttpResponse

LATEST = 25  # invitations on a survey's page


def survey_list(request: Request) -> HttpResponse:
    surveys = Survey.objects.select_related("channel", "version__question_set").prefetch_related("version__questions")
    counts = Invitation.objects.visible_to(request.user).counted()
    context = {"surveys": [(one, returned(counts.get(one.pk))) for one in surveys], "asked": _asked(request)}
    return render(request, "feedback/survey_list.html", context)


def survey(request: Request, slug: str) -> HttpResponse:
    one = get_object_or_404(Survey.objects.select_related("channel", "version__question_set"), slug=slug)
    seen = Invitation.objects.visible_to(request.user).filter(survey=one)
    latest = list(seen.select_related("customer", "recorded_by", "survey", "letter")[:LATEST])
    letters = Letter.objects.visible_to(request.user).filter(invitation__survey=one)
    now = timezone.now()
    context = {
        "survey": one, "returned": returned(seen.counted().get(one.pk)), "questions": one.version.questions.all(),
        "invitations": [(invitation, invitation.ended(now)) for invitation in latest],
        "waiting": letters.filter(state=Letter.State.WAITING).count(), "sending_off": not settings.SEND_EMAIL,
        "uncertain": letters.undecided().select_related("invitation__customer").order_by("taken_at")[:LATEST],
    }  # fmt: skip
    return render(request, "feedback/survey.html", context)


@writing
@never_cache
def survey_invite(request: Request, slug: str) -> HttpResponse:
    """Invite by link, shown here once and kept nowhere, or by e-mail."""
    one = get_object_or_404(Survey.objects.select_related("version"), slug=slug)
    asked = _asked(request)
    form = InviteForm(request.POST or None, viewer=request.user, asked=asked)
    if not form.is_valid():
        return form_page(request, "feedback/survey_invite.html", form, survey=one, asked=asked)
    way = form.cleaned_data["way"]
    return invited(
        request, one, inviting.invite(one, form.cleaned_data["who"], way=way, at=timezone.now(), by=request.user), way=way
    )


def invited(request: Request, survey: Survey, outcome: inviting.Outcome, *, way: str) -> HttpResponse:
    """Whoever was invited, with the links where they go by no letter; and who was not, and why."""
    links = [(made.invitation, request.build_absolute_uri(made.path)) for made in outcome.made]
    context = {
        "survey": survey, "outcome": outcome, "links": [] if way == Invitation.Way.EMAIL else links, "way": way,
        "refused": [(customer, inviting.REASONS[name]) for customer, name in outcome.refused],
    }  # fmt: skip
    return render(request, "feedback/survey_invited.html", context)


def _asked(request: Request) -> Customer | None:
    """The customer whose page led here."""
    try:
        named = UUID(request.GET.get("customer", ""))
    except ValueError:
        return None
    return Customer.objects.visible_to(request.user).filter(uuid=named).first()


@writing
@require_POST
def invitation_bounce(request: Request, uuid: UUID) -> HttpResponse:
    found = get_object_or_404(Invitation.objects.visible_to(request.user).select_related("survey"), uuid=uuid)
    first = inviting.bounce(found, at=timezone.now(), by=request.user)
    messages.success(request, "Noted as bounced: it counts as if nobody had been asked." if first else "It was noted already.")
    return redirect(found.survey)


@writing
@require_POST
def letter_decide(request: Request, uuid: UUID) -> HttpResponse:
    """A person says whether a letter that was perhaps sent is sent again."""
    seen = Letter.objects.visible_to(request.user).select_related("invitation__survey")
    found = get_object_or_404(seen, invitation__uuid=uuid)
    decision = request.POST.get("decision", "")
    if decision not in posting.DECISIONS:
        return HttpResponseBadRequest("Say again or sent.")
    try:
        posting.DECISIONS[decision](found, at=timezone.now(), by=request.user)
    except Contradicted as contradiction:
        messages.error(request, str(contradiction))
    else:
        messages.success(request, "It is sent again." if decision == "again" else "It counts as sent.")
    return redirect(found.invitation.survey)
