"""Coming in: the first owner, invitations, and the language of whoever is not signed in yet."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from okaeri.base.errors import OkaeriError
from okaeri.base.text import LANGUAGES, current_language, use_language
from okaeri.facts.workspace import Settings
from okaeri.web.core.people import forms, queries, services, workspace_settings
from okaeri.web.core.people.middleware import LANGUAGE_COOKIE
from okaeri.web.core.people.models import Invitation, User
from okaeri.web.core.people.roles import public
from okaeri.web.core.shops import workspace

_BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
_A_YEAR = 365 * 24 * 3600
_HOMES = {"ja": ("Asia/Tokyo", "JPY"), "ko": ("Asia/Seoul", "KRW")}


@public
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def setup(request: HttpRequest) -> HttpResponse:
    """Make the first owner; once there is somebody this page leads to signing in."""
    if not queries.nobody_yet():
        return redirect("account_login")
    settings = workspace().settings
    initial = {"language": current_language(), "shop": settings.name, **_where(settings)}
    form = forms.FirstOwner(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        newcomer = services.Newcomer(**{name: given[name] for name in ("name", "password", "language")})
        owner = services.open_house(newcomer, email=given["email"], now=timezone.now())
        chosen = {"name": given["shop"], "zone": given["shop_zone"], "currency": given["currency"]}
        workspace_settings.change(
            owner, chosen, seen=workspace_settings.fingerprint(workspace().settings), now=timezone.now()
        )
        return _welcome(request, owner)
    words = {"form": form, "zones": forms.zones()}
    return render(request, "people/setup.html", words, status=400 if form.is_bound else 200)


@public
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Accept an invitation; looking at it uses nothing up."""
    now = timezone.now()
    found = queries.invitation(token, now=now)
    if found is None:
        return render(request, "people/join_over.html", {"why": services.over()}, status=410)
    tongue = current_language() if LANGUAGE_COOKIE in request.COOKIES else found.language or current_language()
    with use_language(tongue), translation.override(tongue):
        return _accept(request, found, now=now)


def _where(settings: Settings) -> dict[str, str]:
    """The zone and the currency that a workspace has, or else those of most who read the page's language."""
    zone, currency = _HOMES.get(current_language(), ("", ""))
    is_new = settings.zone == Settings().zone and not settings.currency
    return {
        "shop_zone": zone if is_new and zone else settings.zone,
        "currency": currency if is_new else settings.currency,
    }


def _accept(request: HttpRequest, found: Invitation, *, now: datetime) -> HttpResponse:
    form = forms.Newcomer(request.POST or None, initial={"language": found.language or current_language()})
    form.email_of = found.email
    if request.method == "POST" and form.is_valid():
        try:
            person = services.accept_invitation(found, services.Newcomer(**form.cleaned_data), now=now)
        except OkaeriError as error:
            return render(request, "people/join_over.html", {"why": error}, status=410)
        return _welcome(request, person)
    words = {"form": form, "invitation": found}
    return render(request, "people/join.html", words, status=400 if form.is_bound else 200)


def _welcome(request: HttpRequest, person: User) -> HttpResponse:
    request.session.flush()
    login(request, person, backend=_BACKEND)
    return redirect("home")


@public
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Remember the language somebody chose before they are known, and go back to where they were."""
    asked, back = request.POST.get("language", ""), request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    answer = redirect(back if safe else "account_login")
    if asked in LANGUAGES:
        answer.set_cookie(
            LANGUAGE_COOKIE, asked, max_age=_A_YEAR, secure=settings.OKAERI.https, httponly=True, samesite="Lax"
        )
    return answer
