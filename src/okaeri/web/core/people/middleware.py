"""What happens to every request: a language is chosen, and the view's permission is asked for."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone, translation

from okaeri.base.text import LANGUAGES, use_language
from okaeri.web.core.people.queries import nobody_yet
from okaeri.web.core.shops import workspace_zone

Answer = Callable[[HttpRequest], HttpResponse]
LANGUAGE_COOKIE = "okaeri_language"
# Views of other packages, which carry no mark of ours: the namespace or name, and what they ask for.
RESET_NAMES = frozenset(
    {
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
    }
)
OPEN_NAMES = frozenset({"account_login", "account_logout", "mfa_authenticate", "account_inactive"}) | RESET_NAMES
OWN_NAMES = frozenset({"account_change_password", "account_reauthenticate", "mfa_reauthenticate"})
# What the account package offers and this house does not: accounts come by invitation and have one address.
CLOSED_NAMES = frozenset(
    {
        "account_signup",
        "account_email",
        "account_email_verification_sent",
        "account_confirm_email",
        "account_set_password",
        "account_confirm_login_code",
    }
)
CLOSED_ADMIN_NAMES = frozenset({"password_change", "password_change_done"})  # one's account has a page for this
OWN_PREFIX = "mfa_"


class SpeakTheirLanguage:
    """The person's own language and zone; before they sign in, the chosen one or the browser's."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer in one language and one time zone."""
        user = getattr(request, "user", None)
        language = (user.language if user is not None and user.is_authenticated else "") or _asked_for(request)
        zone = (user.zone if user is not None and user.is_authenticated else "") or workspace_zone()
        with use_language(language), translation.override(language), timezone.override(zoneinfo.ZoneInfo(zone)):
            response = self.answer(request)
            if hasattr(response, "render") and not getattr(response, "is_rendered", True):
                response = response.render()
        response.headers.setdefault("Content-Language", language)
        return response


def _asked_for(request: HttpRequest) -> str:
    chosen = request.COOKIES.get(LANGUAGE_COOKIE, "")
    if chosen in LANGUAGES:
        return chosen
    accepted = translation.get_language_from_request(request)[:2]
    return accepted if accepted in LANGUAGES else "en"


class AskForPermission:
    """Nothing opens unless its view says to whom."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; the question is asked once the view is known."""
        return self.answer(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: object, named: object
    ) -> HttpResponse | None:
        """Let the person in, send them to sign in, or refuse."""
        view = getattr(view, "view_class", view)
        name = request.resolver_match.url_name if request.resolver_match else None
        namespaces = request.resolver_match.namespaces if request.resolver_match else []
        if getattr(view, "okaeri_public", False):
            return None
        if not request.user.is_authenticated and nobody_yet():
            return redirect("setup")
        if not namespaces and name in CLOSED_NAMES:
            raise Http404
        if not namespaces and name in OPEN_NAMES:
            return None
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if "admin" in namespaces:
            if name in CLOSED_ADMIN_NAMES:
                raise Http404
            if request.user.is_staff:
                return None
            raise PermissionDenied
        if hasattr(view, "okaeri_needs"):
            permission = view.okaeri_needs
            if permission is None or request.user.can(permission):
                return None
        elif name in OWN_NAMES or str(name).startswith(OWN_PREFIX):
            return None
        raise PermissionDenied
