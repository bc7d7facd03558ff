"""Forms of the people who sign in."""

from __future__ import annotations

from django import forms
from django.contrib.auth.forms import AuthenticationForm

from accounts.models import User


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": "This name and password do not belong together. Mind capital letters.",
        "inactive": "This account is switched off.",
    }


class ThemeForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = User
        fields = ["theme"]
        widgets = {"theme": forms.RadioSelect}
