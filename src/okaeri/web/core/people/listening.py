"""Signing in and out, failures and changed passwords, as lines of the audit log; no password, no typed address."""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account
from allauth.mfa import signals as steps
from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_out, user_login_failed
from django.http import HttpRequest
from django.utils import timezone

from okaeri.web.core.people.accounts import attempt_name
from okaeri.web.core.people.audit import record
from okaeri.web.core.people.models import User

_SHOWN = 12  # characters of a hash: enough to see that two attempts were at one address


def listen() -> None:
    """Begin; called once, when the rooms are ready."""
    account.user_logged_in.connect(_signed_in, dispatch_uid="audit")
    user_logged_out.connect(_signed_out, dispatch_uid="audit")
    user_login_failed.connect(_failed, dispatch_uid="audit")
    user_locked_out.connect(_locked, dispatch_uid="audit")
    account.password_changed.connect(_password_changed, dispatch_uid="audit")
    account.password_reset.connect(_password_reset, dispatch_uid="audit")
    steps.authenticator_added.connect(_step_added, dispatch_uid="audit")
    steps.authenticator_removed.connect(_step_removed, dispatch_uid="audit")
    steps.authenticator_reset.connect(_codes_made, dispatch_uid="audit")
    steps.authentication_failed.connect(_step_failed, dispatch_uid="audit")


def _signed_in(sender: object, user: User, **news: Any) -> None:
    record(user, "signin.done", at=timezone.now())


def _signed_out(sender: object, user: User | None, **news: Any) -> None:
    if isinstance(user, User):
        record(user, "signout.done", at=timezone.now())


def _failed(sender: object, credentials: dict[str, Any], request: HttpRequest | None = None, **news: Any) -> None:
    address = attempt_name(request, credentials) or ""
    record(None, "signin.failed", at=timezone.now(), address_hash=address[:_SHOWN])


def _locked(sender: object, username: str | None = None, **news: Any) -> None:
    record(None, "signin.locked", at=timezone.now(), address_hash=(username or "")[:_SHOWN])


def _password_changed(sender: object, user: User, **news: Any) -> None:
    record(user, "password.changed", at=timezone.now())


def _password_reset(sender: object, user: User, **news: Any) -> None:
    record(user, "password.reset", at=timezone.now())


def _step_added(sender: object, user: User, authenticator: Any, **news: Any) -> None:
    if authenticator.type == authenticator.Type.TOTP:
        record(user, "mfa.added", at=timezone.now())


def _step_removed(sender: object, user: User, authenticator: Any, **news: Any) -> None:
    if authenticator.type == authenticator.Type.TOTP:
        record(user, "mfa.removed", at=timezone.now())


def _codes_made(sender: object, user: User, **news: Any) -> None:
    record(user, "mfa.codes", at=timezone.now())


def _step_failed(sender: object, user: User, **news: Any) -> None:
    record(None, "mfa.failed", about=user.email, at=timezone.now())
