"""Unsubscribing from e-mail by the link of a letter: GET shows, POST does it, as mail programmes do by one click (RFC 8058)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from customers.days import day_of
from feedback import unsubscribing
from feedback.languages import known
from feedback.phrases import phrase
from feedback.public_views import private, told

if TYPE_CHECKING:
    from django.http import HttpRequest


@login_not_required
@csrf_exempt
@private
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Says whom nothing of: the page may be opened by whoever the letter was passed on to."""
    customer = unsubscribing.holder(token)
    if customer is None:
        return told("no_unsubscribing", known(request.headers.get("Accept-Language", "")), status=404)
    language, address = known(customer.language), customer.form_of_address
    if request.method == "POST":
        unsubscribing.unsubscribe(customer, since=day_of(timezone.now()))
        return told("unsubscribed", language, address, business=settings.BUSINESS_NAME)
    context = {
        "language": language, "business": settings.BUSINESS_NAME, "heading": phrase("unsubscribe", language, address),
        "words": phrase("unsubscribe_words", language, address, business=settings.BUSINESS_NAME),
        "submit": phrase("unsubscribe_do", language, address), "action": request.path,
    }  # fmt: skip
    return HttpResponse(render_to_string("feedback/public/unsubscribe.html", context))
