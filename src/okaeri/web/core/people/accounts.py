"""How accounts sign in: nobody signs up by themselves, and whoever tries too often waits."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest, HttpResponse

from okaeri.base.text import _
from okaeri.web.project.errors import said


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Accounts are made by an owner's invitation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: an invitation makes the account."""
        return False


def locked_out(request: HttpRequest, credentials: Any, *args: Any, **named: Any) -> HttpResponse:
    """What somebody sees who tried too often."""
    return said(
        request,
        title=_("Too many attempts"),
        what=_("There were too many attempts to sign in from here."),
        advice=_("Wait a quarter of an hour, or ask an owner to send you a new invitation."),
        status=429,
    )
