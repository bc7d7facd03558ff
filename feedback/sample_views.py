"""Asking the silent: drawing some by chance, inviting them, and what they answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.requests import Request, form_page, overseeing, writing
from customers.days import day_of
from customers.models import Customer
from customers.recording import Contradicted
from feedback import canvassing, sampling
from feedback.listening_forms import SampleForm
from feedback.models import Invitation, Sample, SampleMember, Theme
from feedback.survey_views import invited

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse


@writing
@overseeing
def sample_new(request: Request, slug: str) -> HttpResponse:
    """Draw some of the silent."""
    found, now = get_object_or_404(Theme, slug=slug), timezone.now()
    form = SampleForm(request.POST or None)
    if form.is_valid():
        try:
            sample = sampling.draw(found, form.cleaned_data["size"], on=day_of(now), at=now, by=request.user)
        except ValueError as error:
            form.add_error("size", str(error))
        else:
            messages.success(request, f"Drawn by chance: {sample.members.count()} of {sample.drawn_from} who are silent.")
            return redirect(found)
    return form_page(request, "feedback/sample_new.html", form, theme=found)


@writing
@overseeing
@never_cache
@require_POST
def sample_invite(request: Request, slug: str, pk: int) -> HttpResponse:
    """Invite those of a sample who were not asked yet, by links that are shown here once, or by e-mail."""
    sample = get_object_or_404(Sample.objects.select_related("theme", "survey"), pk=pk, theme__slug=slug)
    way = Invitation.Way.EMAIL if request.POST.get("way") == Invitation.Way.EMAIL else Invitation.Way.LINK
    try:
        outcome = canvassing.canvass(sample, way=way, at=timezone.now(), by=request.user)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect(sample.theme)
    sample.refresh_from_db()
    return invited(request, canvassing.survey_of(sample), outcome, way=way)


@writing
@require_POST
def sample_answer(request: Request, slug: str, uuid: UUID) -> HttpResponse:
    """One of the sample was asked, or answered."""
    member = get_object_or_404(
        SampleMember, uuid=uuid, sample__theme__slug=slug, customer__in=Customer.objects.visible_to(request.user)
    )
    said, now = request.POST.get("answer", ""), timezone.now()
    try:
        if said not in ("yes", "no", ""):
            return HttpResponseBadRequest("The answer is yes or no.")
        if said:
            sampling.answer(member, said == "yes", at=now, by=request.user)
        else:
            sampling.ask(member, at=now)
    except Contradicted as contradiction:
        messages.error(request, str(contradiction))
    else:
        messages.success(request, "The answer is recorded." if said else "They were asked.")
    return redirect(member.sample.theme)
