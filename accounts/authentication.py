"""How a system shows who it is, and what a key may do."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib.auth.backends import ModelBackend
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.permissions import SAFE_METHODS, BasePermission

from accounts.models import ApiKey, User

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView


class WithTeam(ModelBackend):
    """Whoever signed in comes with their team, which every page asks for."""

    def get_user(self, user_id: int) -> User | None:
        user = User.objects.select_related("team").filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer lk_…`. Browser sessions are not accepted."""

    def authenticate(self, request: Request) -> tuple[ApiKey, ApiKey] | None:
        parts = get_authorization_header(request).split()
        if not parts:
            return None
        if len(parts) != 2 or parts[0].lower() != b"bearer":
            raise exceptions.AuthenticationFailed("Send the key as: Authorization: Bearer lk_…")
        now = timezone.now()
        key = ApiKey.objects.usable(now).select_related("team").filter(hashed=ApiKey.hash(parts[1].decode("latin-1"))).first()
        if key is None:
            raise exceptions.AuthenticationFailed("This key is unknown, expired or revoked.")
        if key.last_used_at is None or now - key.last_used_at > timedelta(minutes=5):
            ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
        return key, key

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class MayUse(BasePermission):
    """A key reads with scope `read` and writes with scope `write`."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        key = request.auth
        if not isinstance(key, ApiKey):
            return False
        return ("read" if request.method in SAFE_METHODS else "write") in key.scopes


class MayConfigure(BasePermission):
    """Rules move customers of every team: reading and changing them takes a scope of its own."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.auth, ApiKey) and "configure" in request.auth.scopes


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = KeyAuthentication
    name = "key"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}
