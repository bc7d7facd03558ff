"""The page of opinions: how much what matters, what people say to the opinion questions, which competitors they look at."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Count
from django.shortcuts import render
from django.utils import timezone

from customers.days import day_of
from customers.models import Customer
from feedback import figures
from feedback.models import CompetitorConsidered, Opinion, Question

if TYPE_CHECKING:
    from django.http import HttpResponse

    from accounts.requests import Request

SHOWN = 50
LOOKING = 180  # days for which a competitor is being considered


def opinion_list(request: Request) -> HttpResponse:
    """The newest opinions, of one question or of all."""
    asked = request.GET.get("question", "")
    asked = asked if asked in Question.Topic.values else ""
    seen = Customer.objects.visible_to(request.user)
    said = Opinion.objects.standing().filter(customer__in=seen).select_related("customer")
    looking = CompetitorConsidered.objects.standing().filter(
        customer__in=seen, day__gte=day_of(timezone.now()) - timedelta(days=LOOKING)
    )
    context = {
        "importance": figures.importance(figures.Asked(viewer=request.user)),
        "opinions": (said.filter(question=asked) if asked else said)[:SHOWN],
        "asked": asked, "questions": Question.Topic.choices,
        "competitors": looking.order_by().values("competitor").annotate(people=Count("customer", distinct=True)).order_by("-people", "competitor")[:SHOWN],
    }  # fmt: skip
    return render(request, "feedback/opinion_list.html", context)
