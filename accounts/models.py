"""The people and systems who use the product, what they may see, and what they did."""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone

if TYPE_CHECKING:
    from datetime import datetime


class TeamQuerySet(models.QuerySet["Team"]):
    def within(self, team: Team) -> TeamQuerySet:
        """The team and every team below it."""
        return self.filter(path__startswith=team.path)


class Team(models.Model):
    """A part of the business. Teams form a tree; `path` is the way from its root, "/1/4/"."""

    name = models.CharField(max_length=100)
    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    path = models.CharField(max_length=255, editable=False, db_index=True, default="")

    objects = TeamQuerySet.as_manager()

    class Meta:
        ordering = ["path"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        """Keep the paths of the whole branch true; a moved team takes its branch along."""
        self.clean()
        old = self.path
        super().save(*args, **kwargs)  # type: ignore[arg-type]
        path = f"{self.parent.path if self.parent else '/'}{self.pk}/"
        if path != old:
            self.path = path
            super().save(update_fields=["path"])
            for child in self.children.all():
                child.save()

    def clean(self) -> None:
        if self.parent and self.pk and self.parent.path.startswith(self.path):
            raise ValidationError({"parent": "A team cannot stand below itself."})


class Role(models.TextChoices):
    ACCOUNT_MANAGER = "account_manager", "Account manager: own book"
    TEAM_LEAD = "team_lead", "Team lead: the team and those below it"
    ADMINISTRATOR = "administrator", "Administrator: everything"
    READER = "reader", "Read-only: sees the team, changes nothing"


class Viewer(models.Model):
    """What anybody who looks at customers has: a team, and a reach. Users and API keys are viewers."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="%(class)ss")

    class Meta:
        abstract = True

    @property
    def sees_everything(self) -> bool:
        raise NotImplementedError

    @property
    def sees_own_book_only(self) -> bool:
        return False

    def reach(self, owner: str = "owner", team: str = "team") -> Q:
        """Which rows this viewer may see, over the named owner and team fields.

        The one statement of who sees whom. Rows without an owner belong to their team: whoever
        keeps a book in that very team sees them there, as unassigned.
        """
        if self.sees_everything:
            return Q()
        if self.sees_own_book_only:
            return Q(**{owner: self.pk}) | Q(**{f"{owner}__isnull": True, team: self.team_id})
        return Q(**{f"{team}__path__startswith": self.team.path})


class LoyaltyUserManager(UserManager["User"]):
    """`createsuperuser` makes an administrator of the first team."""

    def create_superuser(self, username: str, email: str | None = None, password: str | None = None, **extra: object) -> User:  # type: ignore[override]
        extra.setdefault("role", Role.ADMINISTRATOR)
        extra.setdefault("team", Team.objects.first())
        return super().create_superuser(username, email, password, **extra)  # type: ignore[arg-type]


class User(AbstractUser, Viewer):
    """A person who signs in."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="users")
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.ACCOUNT_MANAGER)
    theme = models.CharField(
        max_length=5, choices=[("auto", "As the device"), ("light", "Light"), ("dark", "Dark")], default="auto"
    )

    objects: ClassVar[LoyaltyUserManager] = LoyaltyUserManager()  # type: ignore[assignment]

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    @property
    def sees_everything(self) -> bool:
        return self.role == Role.ADMINISTRATOR

    @property
    def sees_own_book_only(self) -> bool:
        return self.role == Role.ACCOUNT_MANAGER

    @property
    def may_write(self) -> bool:
        return self.role != Role.READER


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def usable(self, at: datetime) -> ApiKeyQuerySet:
        return self.filter(revoked_at=None).filter(Q(expires_at=None) | Q(expires_at__gt=at))


class ApiKey(Viewer):
    """A system's way in. Only the hash of the key is kept; it is shown once, when it is made."""

    SCOPES = ("read", "write", "configure")

    name = models.CharField(max_length=100)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="api_keys")
    hashed = models.CharField(max_length=64, unique=True, editable=False)
    hint = models.CharField(max_length=12, editable=False, help_text="The first characters, to tell keys apart.")
    scopes = models.JSONField(
        default=list, help_text='"read", "write"; "configure" drafts, tries and publishes rules for everybody, whatever the team.'
    )
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, editable=False, related_name="+")
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, editable=False)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return f"{self.name} ({self.hint}…)"

    def clean(self) -> None:
        if not isinstance(self.scopes, list) or not self.scopes or set(self.scopes) - set(self.SCOPES):
            raise ValidationError({"scopes": f"Name one or more of {', '.join(self.SCOPES)}."})

    @staticmethod
    def hash(key: str) -> str:
        """SHA-256 in hex. The keys are 256 random bits, so no salt or slow hash is called for."""
        return hashlib.sha256(key.encode()).hexdigest()

    def renew(self) -> str:
        """Give this row a new key and return it, the only time it can be read. Unsaved."""
        key = f"lk_{secrets.token_urlsafe(32)}"
        self.hashed, self.hint = self.hash(key), key[:9]
        return key

    # What REST framework and `visible_to` ask of whoever makes a request.
    is_authenticated = True

    @property
    def sees_everything(self) -> bool:
        return False

    @property
    def may_write(self) -> bool:
        return "write" in self.scopes


class AuditEntry(models.Model):
    """Who did what to what, when. Written, never changed."""

    at = models.DateTimeField(default=timezone.now, db_index=True)
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    api_key = models.ForeignKey(ApiKey, on_delete=models.SET_NULL, null=True, related_name="+")
    verb = models.CharField(max_length=40)
    thing = models.CharField(max_length=60, help_text='Model and key, "customer 12".')
    detail = models.JSONField(default=dict)

    class Meta:
        ordering = ["-id"]
        verbose_name_plural = "audit entries"

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb} {self.thing}"


class Job(models.Model):
    """Long work that may be left alone: how far it is, and how it ended."""

    kind = models.SlugField()
    title = models.CharField(max_length=200)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.title

    @property
    def percent(self) -> int:
        return 100 * self.done // self.total if self.total else 0

    def reached(self, done: int, total: int | None = None) -> None:
        self.done, self.total = done, self.total if total is None else total
        self.save(update_fields=["done", "total"])
