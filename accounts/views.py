"""Pages of the people who sign in: the door in and out, and what each may set for themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.views import LoginView, LogoutView
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts.auditing import note
from accounts.forms import SignInForm, ThemeForm

if TYPE_CHECKING:
    from django.http import HttpResponse

    from accounts.requests import Request


@method_decorator(login_not_required, name="dispatch")
class SignIn(LoginView):
    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True


sign_in = SignIn.as_view()
sign_out = LogoutView.as_view()


def settings(request: Request) -> HttpResponse:
    return _settings_page(request, PasswordChangeForm(request.user))


def _settings_page(request: Request, password_form: PasswordChangeForm, status: int = 200) -> HttpResponse:
    forms = {"password_form": password_form, "theme_form": ThemeForm(instance=request.user)}
    return render(request, "accounts/settings.html", forms, status=status)


@require_POST
def theme(request: Request) -> HttpResponse:
    form = ThemeForm(request.POST, instance=request.user)
    if form.is_valid():
        form.save()
    back = request.POST.get("next", "")
    return redirect(back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else reverse("accounts:settings"))


@require_POST
@sensitive_post_parameters()
def password(request: Request) -> HttpResponse:
    form = PasswordChangeForm(request.user, request.POST)
    if not form.is_valid():
        return _settings_page(request, form, status=422)
    form.save()
    update_session_auth_hash(request, form.user)
    note(request.user, "changed the password of", request.user)
    messages.success(request, "The password is changed.")
    return redirect("accounts:settings")
