"""Requests of people who have signed in, and the doors that let only some of them through."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.forms import BaseForm, BaseFormSet
    from django.http.response import HttpResponseBase
    from django_htmx.middleware import HtmxDetails

    from accounts.models import User

P = ParamSpec("P")


class Request(HttpRequest):
    """What a view behind the sign-in gets."""

    user: User
    htmx: HtmxDetails


def writing(view: Callable[Concatenate[Request, P], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A view that changes something: readers are refused before anything they sent is looked at."""

    @wraps(view)
    def refused_to_readers(request: Request, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.may_write:
            raise PermissionDenied("Your account is read-only. Nothing was changed.")
        return view(request, *args, **kwargs)

    return refused_to_readers


def overseeing(view: Callable[Concatenate[Request, P], HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """A view about customers of every team at once: only for who sees everything."""

    @wraps(view)
    def refused_to_others(request: Request, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.sees_everything:
            raise PermissionDenied("This concerns customers of every team: only administrators change it.")
        return view(request, *args, **kwargs)

    return refused_to_others


def form_page(request: Request, template: str, form: BaseForm | BaseFormSet[Any], **context: object) -> HttpResponse:
    """A page with a form. One that was sent and refused answers 422, so that scripts and htmx know."""
    return render(request, template, {"form": form, **context}, status=422 if form.is_bound else 200)
