"""The door of the demo: an address that signs its owner in, on this machine and during this run alone."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from okaeri.web.core.people.models import User
from okaeri.web.core.people.roles import Role, public

OWNER = "aki@komorebi.example"
KEY = "OKAERI_DEMO_DOOR"
_HERE = ("127.0.0.1", "::1")
_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def make() -> str:
    """A new token; only its hash is passed on, to the processes of this run."""
    token = secrets.token_urlsafe(24)
    os.environ[KEY] = _hashed(token)
    return token


def owner(language: str) -> User:
    """The demo's owner, made once; there is no password, so this door is the only way in."""
    found = User.objects.filter(email=OWNER).first()
    return found or User.objects.create_user(OWNER, name="Aki", role=Role.OWNER, language=language)


@public
@never_cache
@require_GET
def enter(request: HttpRequest) -> HttpResponse:
    """Sign the demo's owner in."""
    given, expected = request.GET.get("token", ""), os.environ.get(KEY, "")
    host = request.get_host().rpartition(":")[0] or request.get_host()  # a proxy would pass on another name
    is_here = request.META.get("REMOTE_ADDR") in _HERE and host.strip("[]") in (*_HERE, "localhost")
    is_open = settings.OKAERI.demo and expected and is_here
    if not is_open or not hmac.compare_digest(_hashed(given), expected):
        raise Http404
    found = User.objects.filter(email=OWNER, is_active=True).first()
    if found is None:
        raise Http404
    login(request, found, backend=_BACKEND)
    return redirect("home")


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8")).hexdigest()
