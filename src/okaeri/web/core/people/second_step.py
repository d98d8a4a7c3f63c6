"""The second step of signing in: wrong codes are counted in the log, so that all processes count together."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from django.utils import timezone

from okaeri.web.core.people.models import User
from okaeri.web.core.people.queries import wrong_codes

MOST_WRONG_CODES = 10
WITHIN = timedelta(minutes=15)


def _ask_for_patience(person: User) -> None:
    if wrong_codes(person, since=timezone.now() - WITHIN) >= MOST_WRONG_CODES:
        raise get_adapter().validation_error("too_many_codes")


class Enter(AuthenticateForm):  # type: ignore[misc]  # allauth ships no types
    """The code that follows the password."""

    def clean_code(self) -> Any:
        """The code, unless too many were wrong."""
        _ask_for_patience(self.user)
        return super().clean_code()


class EnterAgain(ReauthenticateForm):  # type: ignore[misc]  # as above
    """The code that is asked for once more before something that matters."""

    def clean_code(self) -> Any:
        """The code, unless too many were wrong."""
        _ask_for_patience(self.user)
        return super().clean_code()
