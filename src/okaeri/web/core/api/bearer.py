"""Who asks through the API: the bearer of a token, as the token's maker, with what both may do.

A session's cookie opens nothing here, so that no other page can ask in somebody's name.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from okaeri.web.core.api import limits
from okaeri.web.core.api.models import Token
from okaeri.web.core.people.models import User
from okaeri.web.core.people.roles import Can
from okaeri.web.core.people.tokens import hash_of

_NOTE_USE_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Caller:
    """A token in use; `permissions` is what it opens now."""

    token: Token
    person: User
    permissions: frozenset[Can]


class Bearer(HttpBearer):
    """`Authorization: Bearer …`; `permission` is what the operation asks for, None for any token that works."""

    def __init__(self, permission: Can | None) -> None:
        super().__init__()
        self.permission = permission

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        """The caller, or None; raises `PermissionDenied` for a token that does not open this."""
        now = timezone.now()
        found = Token.objects.select_related("maker").filter(hash=hash_of(token.strip())).first()
        if found is None or not found.works(now):
            return None
        request.allowance = limits.spend(str(found.pk), now=now)  # type: ignore[attr-defined]  # told in the headers
        late = Q(used_at__isnull=True) | Q(used_at__lt=now - _NOTE_USE_EVERY)
        Token.objects.filter(late, pk=found.pk).update(used_at=now)
        caller = Caller(token=found, person=found.maker, permissions=found.permissions)
        if self.permission is not None and self.permission not in caller.permissions:
            raise PermissionDenied
        # whoever asks this person what they may do is told what the token may
        found.maker.can = lambda permission: permission in caller.permissions  # type: ignore[method-assign]
        request.user = found.maker
        return caller


def caller_of(request: HttpRequest) -> Caller:
    """The caller of an operation that `Bearer` let in."""
    caller = getattr(request, "auth", None)
    if not isinstance(caller, Caller):
        raise PermissionDenied
    return caller
