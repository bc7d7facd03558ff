"""Pages of the desk that answers complaints: what is due, and one complaint with all that was done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.requests import Request, form_page, writing
from customers.days import day_of
from customers.recording import Contradicted
from feedback import answering, handling, remedying
from feedback.complaint_forms import (
    CheckForm,
    ComplaintFilter,
    DecisionOnRemedyForm,
    GiveForm,
    GradeForm,
    RemedyForm,
    ReopenForm,
)
from feedback.forms import AnswerForm
from feedback.models import Complaint, ComplaintStep, Remedy

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date
    from uuid import UUID

    from django.http import HttpResponse

    from feedback.models.complaints import ComplaintQuerySet

SHOWN = 100


class Act(NamedTuple):
    """Something to do with a complaint: its form, what does it, and how its page and its end are called."""

    form: type[Any]
    do: Callable[..., object]
    heading: str
    save: str
    done: str

    def said(self, did: object) -> str:
        """What to tell whoever did it."""
        if isinstance(did, Remedy):
            return f"It is {did.get_state_display()}."
        return self.done if did else "It was so already; nothing has changed."


ACTS = {
    "answer": Act(AnswerForm, answering.answer, "Record our answer", "Record", "The answer is recorded."),
    "reopen": Act(ReopenForm, answering.reopen, "Take it up again", "Reopen", "It is open again, due when it was."),
    "give": Act(GiveForm, handling.give, "Give it to somebody", "Give", "They see to it now."),
    "grade": Act(GradeForm, handling.regrade, "Grade it anew", "Grade", "It is graded anew. Of both promises the earlier holds."),
    "remedy": Act(RemedyForm, remedying.propose, "Put it right", "Propose", ""),
    "check": Act(CheckForm, handling.check, "Check with the customer", "Keep", "What they said is kept."),
}


def _seen(request: Request) -> ComplaintQuerySet:
    steps = Prefetch("steps", ComplaintStep.objects.select_related("recorded_by", "to"))
    found = Complaint.objects.standing().visible_to(request.user)
    return found.select_related("customer__owner", "customer__team", "recorded_by").prefetch_related(steps)


def complaint_list(request: Request) -> HttpResponse:
    asked = ComplaintFilter(request.GET)
    said = asked.cleaned_data if asked.is_valid() else {}
    today = day_of(timezone.now())
    found: Any = narrowed(_seen(request).told(), said, request, today)
    pressing = said.get("which", "") in ("", "late")
    order = ("due", "-pk") if pressing else ("-day", "-pk")
    keys = list(
        found.order_by(*order).values_list("pk", flat=True)[:SHOWN]
    )  # what else steps make of them is asked of these alone
    page = _seen(request).in_bulk(keys)
    rows = [(page[key], page[key].clock(today), page[key].state(today)) for key in keys if key in page]
    context = {
        "waiting": remedying.waiting_for(request.user), "filter": asked, "rows": rows, "today": today, "shown": SHOWN, "heading": "What is due first" if pressing else "The latest first",
    }  # fmt: skip
    return render(request, "feedback/complaint_list.html", context)


def narrowed(told: Any, said: dict[str, Any], request: Request, today: date) -> Any:
    found = told.which(said.get("which") or "open", today)
    if said.get("whose"):
        found = found.filter(keeper=request.user.pk)
    return found.filter(grade=said["severity"]) if said.get("severity") else found


def complaint(request: Request, uuid: UUID) -> HttpResponse:
    found, today = get_object_or_404(_seen(request), uuid=uuid), day_of(timezone.now())
    context = {
        "complaint": found, "customer": found.customer, "clock": found.clock(today), "state": found.state(today), "today": today,
        "is_open": found.is_open(), "is_mine": found.owner == request.user, "steps": found.steps.all(),
        "remedies": Remedy.objects.filter(complaint=found).select_related("asked_by", "decided_by"),
    }  # fmt: skip
    return render(request, "feedback/complaint.html", context)


@writing
def complaint_act(request: Request, uuid: UUID, act: str) -> HttpResponse:
    """One thing to do with a complaint, by its own form."""
    if act not in ACTS:
        raise Http404
    found, doing = get_object_or_404(_seen(request), uuid=uuid), ACTS[act]
    form = doing.form(request.POST or None, complaint=found)
    if form.is_valid():
        try:
            did = doing.do(found, at=timezone.now(), by=request.user, **form.said())
        except (Contradicted, ValidationError) as refusal:
            form.add_error(None, getattr(refusal, "messages", [str(refusal)]))
        else:
            messages.success(request, doing.said(did))
            return redirect(found)
    return form_page(request, "feedback/complaint_act.html", form, complaint=found, act=doing)


@writing
def complaint_remedy(request: Request, uuid: UUID, remedy: UUID) -> HttpResponse:
    """What somebody else asked for is granted or declined."""
    seen = Remedy.objects.visible_to(request.user).select_related("complaint__customer", "asked_by")
    found = get_object_or_404(seen, complaint__uuid=uuid, uuid=remedy)
    form = DecisionOnRemedyForm(request.POST or None)
    if form.is_valid():
        try:
            remedying.decide(found, at=timezone.now(), by=request.user, **form.cleaned_data)
        except (Contradicted, ValidationError) as refusal:
            form.add_error(None, getattr(refusal, "messages", [str(refusal)]))
        else:
            messages.success(request, f"It is {found.get_state_display()}.")
            return redirect(found.complaint)
    return form_page(request, "feedback/complaint_remedy.html", form, complaint=found.complaint, remedy=found)
