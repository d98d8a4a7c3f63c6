"""How accounts sign in: nobody signs up by themselves, and whoever tries too often waits."""

from __future__ import annotations

import logging
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from hashlib import blake2b, sha256
from smtplib import SMTPException
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.contrib import messages
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from okaeri.base.errors import OkaeriError
from okaeri.base.text import Text, _
from okaeri.web.core.notices import said
from okaeri.web.core.people.models import fold
from okaeri.web.core.people.origins import address_of
from okaeri.web.core.people.roles import public
from okaeri.web.core.shops import workspace

_ERRORS: dict[str, Text] = {
    "account_inactive": _("This account is closed. An owner can open it again."),
    "email_password_mismatch": _("The address and the password do not belong together."),
    "enter_current_password": _("Enter the password you have now."),
    "incorrect_code": _("This code does not fit."),
    "incorrect_password": _("This password does not fit."),
    "invalid_login": _("The address and the password do not belong together."),
    "invalid_password_reset": _("This link has ended or was used already."),
    "too_many_login_attempts": _("There were too many attempts. Wait a quarter of an hour."),
    "rate_limited": _("There were too many attempts. Wait a quarter of an hour."),
    "unknown_email": _("The address and the password do not belong together."),
}
_MESSAGES: dict[str, Text] = {
    "account/messages/password_changed.txt": _("Your password is changed."),
    "mfa/messages/totp_activated.txt": _("Two-step sign-in is on."),
    "mfa/messages/totp_deactivated.txt": _("Two-step sign-in is off."),
    "mfa/messages/recovery_codes_generated.txt": _("Recovery codes are made. Keep them in a safe place."),
}
log = logging.getLogger("okaeri.people")
_RESET_MAIL = "account/email/password_reset_key"


def mail_goes_out() -> bool:
    """Whether a mail server was configured."""
    return bool(settings.OKAERI.mail)


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Accounts are made by an owner's invitation; what is said is said in our words."""

    error_messages: ClassVar[dict[str, Any]] = {**DefaultAccountAdapter.error_messages, **_ERRORS}

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: an invitation makes the account."""
        return False

    def add_message(
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,
        message_context: dict[str, Any] | None = None,
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Say what happened where a page would not show it by itself."""
        words = message or _MESSAGES.get(message_template or "")
        if words:
            messages.add_message(request, level, str(words), extra_tags=extra_tags)

    def get_client_ip(self, request: HttpRequest) -> str:
        """Where somebody comes from; whose address is unknown shares one count."""
        return address_of(request) or ""

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Passwords are counted by django-axes alone; two counts would lock at two times."""

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to one's account."""
        return reverse("me")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """The one mail that accounts send: a link for a new password."""
        if template_prefix != _RESET_MAIL or not mail_goes_out():
            return
        shop = workspace().settings.name
        lines = (
            _("Somebody, probably you, asked for a new password at {shop}.").format(shop=shop),
            _("Set it here:"),
            context["password_reset_url"],
            _("If it was not you, leave this mail alone: nothing has changed."),
        )
        subject = str(_("A new password for {shop}").format(shop=shop))
        try:
            EmailMessage(subject, "\n\n".join(map(str, lines)), to=[email]).send()
        except (SMTPException, OSError) as error:  # the page must not tell which addresses have an account
            log.error("A mail for a new password could not be sent: %s", type(error).__name__)


class TwoSteps(DefaultMFAAdapter):  # type: ignore[misc]  # allauth ships no types
    """Signing in with a second step, in our words; what it rests on is kept encrypted."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This code does not fit."),
        "too_many_codes": _("There were too many attempts. Wait a quarter of an hour."),
    }

    def encrypt(self, text: str) -> str:
        """A secret as it is kept: readable with the application's own secret alone."""
        return _fernet().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """The secret again; raises `OkaeriError` when the application's own secret is another one now."""
        try:
            return _fernet().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            raise OkaeriError(
                _("Two-step sign-in can no longer be checked, because the secret of the application changed."),
                advice=_("Ask an owner to turn it off for you, and turn it on again."),
            ) from None


def _fernet() -> Fernet:
    # the application's secret is random already: a keyed hash gives it this one use
    key = blake2b(settings.SECRET_KEY.encode(), digest_size=32, person=b"okaeri two step").digest()
    return Fernet(urlsafe_b64encode(key))


def attempt_name(request: HttpRequest | None, credentials: Mapping[str, Any] | None) -> str | None:
    """Whose account an attempt was at, as a hash: what failed attempts leave behind names nobody.

    >>> attempt_name(None, {"email": " Aki@Example.com"}) == attempt_name(None, {"email": "aki@example.com"})
    True
    """
    given = credentials or (request.POST if request else {})
    address = next((given[key] for key in ("email", "login", "username") if given.get(key)), None)
    return sha256(fold(str(address)).encode()).hexdigest() if address else None


@public
def locked_out(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
    """What somebody sees who tried too often."""
    return said(
        request,
        title=_("Too many attempts"),
        what=_("There were too many attempts to sign in from here."),
        advice=_("Wait a quarter of an hour, then try once more."),
        status=429,
    )
