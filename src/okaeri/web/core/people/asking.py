"""Who asks: views that only people reach have a person, not an anonymous visitor."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from okaeri.web.core.people.models import User


def asked_by(request: HttpRequest) -> User:
    """The person who asks; raises `PermissionDenied` when nobody is signed in."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user
