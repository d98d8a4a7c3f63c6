"""People and what they did."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone

from okaeri.web.core.people.roles import ALLOWED, ROLE_NAMES, Can, Role


class People(BaseUserManager["User"]):
    """Makes accounts; an e-mail address is one whatever its capitals."""

    def create_user(self, email: str, password: str | None = None, **more: Any) -> User:
        """An account with a usable password, or none when it is not given."""
        user: User = self.model(email=fold(email), **more)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        """The account of an address."""
        return self.get(email=fold(username or ""))


def fold(email: str) -> str:
    """An address as it is kept: trimmed, in small letters."""
    return email.strip().lower()


class User(AbstractBaseUser):
    """One person; `zone` "" is the workspace's, `language` "" the browser's, `theme` "" the machine's."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=100, blank=True)
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.VIEWER)
    language = models.CharField(max_length=5, blank=True, default="")
    zone = models.CharField(max_length=60, blank=True, default="")
    theme = models.CharField(max_length=5, blank=True, default="")
    is_active = models.BooleanField(default=True)
    sessions_ended = models.PositiveIntegerField(default=0)  # raised to end every session of this person
    joined_at = models.DateTimeField(default=timezone.now)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = People()

    class Meta:
        """People in the order they joined."""

        ordering: ClassVar[list[str]] = ["joined_at", "id"]

    def __str__(self) -> str:
        return self.name or self.email

    def get_session_auth_hash(self) -> str:
        """What a session must hold to be this person's: it changes with the password, and when sessions are ended."""
        return f"{super().get_session_auth_hash()}.{self.sessions_ended}"

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        """The same under older secret keys."""
        return (f"{each}.{self.sessions_ended}" for each in super().get_session_auth_fallback_hash())

    def can(self, permission: Can) -> bool:
        """Whether this person's role allows something."""
        return self.is_active and permission in ALLOWED[Role(self.role)]

    @property
    def role_name(self) -> str:
        """What the role is called."""
        return str(ROLE_NAMES[Role(self.role)])

    @property
    def is_staff(self) -> bool:
        """Whether the admin opens: to owners alone."""
        return self.can(Can.MANAGE)

    @property
    def is_superuser(self) -> bool:
        """As `is_staff`: the admin is for those who may do everything."""
        return self.is_staff

    def has_perm(self, perm: str, obj: object = None) -> bool:
        """The admin's own question."""
        return self.is_staff

    def has_module_perms(self, app_label: str) -> bool:
        """The admin's own question."""
        return self.is_staff


class FirstOwner(models.Model):
    """The one row that closes the first-run page for ever, written with the first owner."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    at = models.DateTimeField()

    class Meta:
        """One row and no more, whoever asks at once."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=models.Q(id=1), name="there_is_one_first_owner")
        ]


class Invitation(models.Model):
    """A place kept for somebody; the link's token is known to whoever holds the link, here lies its hash."""

    email = models.EmailField()
    role = models.CharField(max_length=10, choices=Role.choices, default=Role.VIEWER)
    language = models.CharField(max_length=5, blank=True, default="")
    token_hash = models.CharField(max_length=64, unique=True)
    by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        """The newest first."""

        ordering: ClassVar[list[str]] = ["-made_at", "-id"]

    def __str__(self) -> str:
        return self.email

    @property
    def role_name(self) -> str:
        """What the role is called."""
        return str(ROLE_NAMES[Role(self.role)])

    def waits(self, *, now: datetime) -> bool:
        """Whether the link still opens."""
        return self.accepted_at is None and self.revoked_at is None and now < self.expires_at


class AuditEntry(models.Model):
    """One thing somebody did: written in the transaction that did it, never changed."""

    at = models.DateTimeField(db_index=True)
    who = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    by = models.CharField(max_length=254)  # as the person was called then; "" is the application itself
    verb = models.CharField(max_length=60)
    about = models.CharField(max_length=254, blank=True)
    detail = models.JSONField(default=dict)

    class Meta:
        """The newest first."""

        ordering: ClassVar[list[str]] = ["-at", "-id"]
        verbose_name_plural = "audit entries"

    def __str__(self) -> str:
        return f"{self.verb} {self.about}".strip()
