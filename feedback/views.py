"""Pages that record what a customer says and does beside buying."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.requests import Request, form_page, writing
from customers.models import Customer, Source
from customers.partnering import record_involvement, record_plan, record_referral, settle
from customers.recording import Contradicted
from feedback import answering, confirming, forms, recording

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from django.http import HttpResponse
    from django.http.response import HttpResponseBase

    from customers.recording import Recorded


def _customer(request: Request, uuid: UUID) -> Customer:
    return get_object_or_404(Customer.objects.visible_to(request.user), uuid=uuid)


def _recorder(
    what: str, template: str, form_class: type[Any], record: Callable[..., Recorded]
) -> Callable[..., HttpResponseBase]:
    """The page that records one kind of fact, once: the same form sent again changes nothing."""

    @writing
    def view(request: Request, uuid: UUID) -> HttpResponse:
        customer = _customer(request, uuid)
        form = form_class(request.POST or None)
        if not form.is_valid():
            return form_page(request, f"feedback/{template}.html", form, customer=customer)
        here, now = Source.objects.get(slug="here"), timezone.now()
        said = {"customer": customer, "source": here, "external_id": str(form.cleaned_data["key"]), **form.said()}
        try:
            new = record(at=now, by=request.user, **said).created
        except Contradicted:
            new = False
        messages.success(request, f"The {what} is recorded." if new else "It was recorded already; it is there once.")
        return redirect(customer)

    return view


recommendation_new = _recorder("recommendation", "recommendation_new", forms.RecommendationForm, recording.record_recommendation)
ask_new = _recorder("ask", "ask_new", forms.AskForm, recording.record_ask)
response_new = _recorder("answer", "response_new", forms.ResponseForm, recording.record_response)
satisfaction_new = _recorder("answer", "satisfaction_new", forms.SatisfactionForm, recording.record_satisfaction)
opinion_new = _recorder("opinion", "opinion_new", forms.OpinionForm, recording.record_opinion)
importance_new = _recorder("answer", "importance_new", forms.ImportanceForm, recording.record_importance)
complaint_new = _recorder("complaint", "complaint_new", forms.ComplaintForm, recording.record_complaint)
referral_new = _recorder("referral", "referral_new", forms.ReferralForm, record_referral)
involvement_new = _recorder("part they took", "involvement_new", forms.InvolvementForm, record_involvement)
joint_plan_new = _recorder("joint plan", "joint_plan_new", forms.JointPlanForm, record_plan)
leaving_notice_new = _recorder("notice", "leaving_notice_new", forms.LeavingNoticeForm, recording.record_leaving_notice)
competitor_new = _recorder("competitor", "competitor_new", forms.CompetitorConsideredForm, recording.record_competitor)
hostile_act_new = _recorder("hostile act", "hostile_act_new", forms.HostileActForm, confirming.witness)


@writing
def complaint_answer(request: Request, uuid: UUID, complaint: UUID) -> HttpResponse:
    customer = _customer(request, uuid)
    asked = get_object_or_404(customer.complaints.standing(), uuid=complaint)
    form = forms.AnswerForm(request.POST or None, complaint=asked)
    if form.is_valid():
        try:
            answering.answer(asked, at=timezone.now(), by=request.user, **form.said())
        except Contradicted as contradiction:
            form.add_error(None, str(contradiction))
        else:
            messages.success(request, "The answer is recorded.")
            return redirect(customer)
    return form_page(request, "feedback/complaint_answer.html", form, customer=customer, complaint=asked)


@writing
def joint_plan_settle(request: Request, uuid: UUID, plan: UUID) -> HttpResponse:
    """Who accepted a plan, and when it ended."""
    customer = _customer(request, uuid)
    found = get_object_or_404(customer.jointplans, uuid=plan)
    form = forms.SettlingForm(request.POST or None, plan=found)
    if form.is_valid():
        try:
            settle(found, by=request.user, **{name: form.cleaned_data.get(name) for name in forms.LATER})
        except Contradicted as contradiction:
            form.add_error(None, str(contradiction))
        else:
            messages.success(request, "The joint plan is up to date.")
            return redirect(customer)
    return form_page(request, "feedback/joint_plan_settle.html", form, customer=customer, plan=found)


@writing
@require_POST
def hostile_act_confirm(request: Request, uuid: UUID, act: UUID) -> HttpResponse:
    customer = _customer(request, uuid)
    found = get_object_or_404(customer.hostileacts.standing(), uuid=act)
    try:
        confirming.confirm(found, by=request.user, at=timezone.now())
    except Contradicted as contradiction:
        messages.error(request, str(contradiction))
    else:
        counts = "Two people have; it counts." if found.confirmed else "It counts once a second person confirms it too."
        messages.success(request, f"You confirmed it. {counts}")
    return redirect(customer)
