"""Pages of suggestions, notes and hypotheses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.auditing import note
from accounts.requests import Request, form_page, writing
from customers.models import Customer
from customers.recording import Contradicted
from feedback import suggesting
from feedback.listening_forms import (
    AnybodysNoteForm,
    HypothesisForm,
    NoteForm,
    SettlingHypothesisForm,
    SuggestionAnswerForm,
    SuggestionForm,
    SupportForm,
)
from feedback.models import Hypothesis, Message, Suggestion

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

SHOWN = 200


def _customer(request: Request, uuid: UUID | None) -> Customer | None:
    return get_object_or_404(Customer.objects.visible_to(request.user), uuid=uuid) if uuid else None


def _seen(request: Request) -> Any:
    return Suggestion.objects.visible_to(request.user)


def suggestion_list(request: Request) -> HttpResponse:
    found = _seen(request).select_related("customer").annotate(people=Count("support")).order_by("-people", "-pk")
    return render(request, "feedback/suggestion_list.html", {"suggestions": found[:SHOWN]})


def suggestion(request: Request, uuid: UUID) -> HttpResponse:
    found = get_object_or_404(_seen(request).select_related("customer", "channel").annotate(people=Count("support")), uuid=uuid)
    known = Customer.objects.visible_to(request.user).filter(supports__suggestion=found).order_by("name")
    return render(request, "feedback/suggestion.html", {"suggestion": found, "supporters": known[:SHOWN]})


@writing
def suggestion_new(request: Request, uuid: UUID | None = None) -> HttpResponse:
    """An idea of a customer's; without one, of nobody we know."""
    customer = _customer(request, uuid)
    form = SuggestionForm(request.POST or None)
    if not form.is_valid():
        return form_page(request, "feedback/suggestion_new.html", form, customer=customer)
    heard = suggesting.suggest(**form.said(), customer=customer, at=timezone.now(), by=request.user, key=form.cleaned_data["key"])
    messages.success(request, "The suggestion is recorded.")
    return redirect(heard)


@writing
def suggestion_support(request: Request, uuid: UUID) -> HttpResponse:
    """A customer wants what another suggested."""
    customer = _customer(request, uuid)
    form = SupportForm(request.POST or None, among=_seen(request))
    if not form.is_valid() or customer is None:
        return form_page(request, "feedback/suggestion_support.html", form, customer=customer)
    new = suggesting.support(form.cleaned_data["suggestion"], customer, at=timezone.now())
    messages.success(request, "They are told when it is built." if new else "It was known that they want it.")
    return redirect(customer)


@writing
def suggestion_answer(request: Request, uuid: UUID) -> HttpResponse:
    found = get_object_or_404(_seen(request), uuid=uuid)
    form = SuggestionAnswerForm(request.POST or None, instance=get_object_or_404(Suggestion, pk=found.pk))
    if form.is_valid():
        try:
            suggesting.answer(found, form.cleaned_data["state"], form.cleaned_data["answer"], at=timezone.now(), by=request.user)
        except Contradicted as contradiction:
            form.add_error(None, str(contradiction))
        else:
            messages.success(request, "The answer is kept.")
            return redirect(found)
    return form_page(request, "feedback/suggestion_answer.html", form, suggestion=found)


@writing
def note_new(request: Request, uuid: UUID | None = None) -> HttpResponse:
    """What was said that is nothing else: a contact report, an interview, a word at the counter."""
    customer = _customer(request, uuid)
    form = NoteForm(request.POST or None) if customer else AnybodysNoteForm(request.POST or None, viewer=request.user)
    if not form.is_valid():
        return form_page(request, "feedback/note_new.html", form, customer=customer)
    said = form.said()
    said["customer"] = customer = customer or said.pop("who")
    said |= {"recorded_by": request.user, "recorded_at": timezone.now()}
    _, new = Message.objects.get_or_create(uuid=form.cleaned_data["key"], defaults=said)
    messages.success(request, "The note is recorded." if new else "It was recorded already; it is there once.")
    return redirect(customer) if customer else redirect("listening:theme_list")


def hypothesis_list(request: Request) -> HttpResponse:
    found = Hypothesis.objects.select_related("made_by", "settled_by")
    return render(request, "feedback/hypothesis_list.html", {"hypotheses": found[:SHOWN]})


@writing
def hypothesis_new(request: Request) -> HttpResponse:
    form = HypothesisForm(request.POST or None)
    if not form.is_valid():
        return form_page(request, "feedback/hypothesis_new.html", form)
    form.instance.made_by, form.instance.made_at = request.user, timezone.now()
    note(request.user, "claims", form.save())
    messages.success(request, "Kept. Now test it.")
    return redirect("listening:hypothesis_list")


@writing
def hypothesis_settle(request: Request, uuid: UUID) -> HttpResponse:
    """What came out, once: what was found then stays."""
    found = get_object_or_404(Hypothesis, uuid=uuid, settled_at=None)
    form = SettlingHypothesisForm(request.POST or None, instance=found)
    if not form.is_valid():
        return form_page(request, "feedback/hypothesis_settle.html", form, hypothesis=found)
    found.settled_by, found.settled_at = request.user, timezone.now()
    note(request.user, "settled", form.save())
    messages.success(request, "The result is kept.")
    return redirect("listening:hypothesis_list")
