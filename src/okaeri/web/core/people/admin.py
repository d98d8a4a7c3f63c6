"""People and the log in the administration: for looking things up; changes go through the pages that check them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from axes.models import AccessFailureLog, AccessLog
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import models
from django.http import HttpRequest
from django_q.models import Failure, OrmQ, Schedule, Success

from okaeri.web.core.people.models import AuditEntry, Invitation, User

if TYPE_CHECKING:
    Base = admin.ModelAdmin[models.Model]
else:
    Base = admin.ModelAdmin


class LookOnly(Base):
    """Records that are shown and not changed here."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Never."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        """Never."""
        return False


@admin.register(User)
class PeopleAdmin(LookOnly):
    """Accounts, without their passwords."""

    list_display = ("email", "name", "role", "is_active", "joined_at", "last_login")
    list_filter = ("role", "is_active")
    search_fields = ("email", "name")
    fields = ("email", "name", "role", "language", "zone", "theme", "is_active", "joined_at", "last_login")


@admin.register(Invitation)
class InvitationAdmin(LookOnly):
    """Invitations, without what opens them."""

    list_display = ("email", "role", "by", "made_at", "expires_at", "accepted_at", "revoked_at")
    fields = ("email", "role", "language", "by", "made_at", "expires_at", "accepted_at", "revoked_at")


@admin.register(AuditEntry)
class LogAdmin(LookOnly):
    """The audit log."""

    list_display = ("at", "by", "verb", "about")
    list_filter = ("verb",)
    search_fields = ("by", "about")
    date_hierarchy: ClassVar[str] = "at"


# Other packages show these by themselves: secrets of second steps, tables this house does not use, and schedules,
# through which whoever may type into the administration could have the server call any function.
for _unused in (Group, EmailAddress, Authenticator, AccessLog, AccessFailureLog, Schedule, Success, Failure, OrmQ):
    if admin.site.is_registered(_unused):
        admin.site.unregister(_unused)
