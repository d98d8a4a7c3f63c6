"""One's own account."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from okaeri.base.text import _, use_language
from okaeri.web.core.people import forms, services
from okaeri.web.core.people.asking import asked_by
from okaeri.web.core.people.roles import ROLE_WORDS, Role, signed_in
from okaeri.web.core.shops import workspace_zone


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def me(request: HttpRequest) -> HttpResponse:
    """My name, language, zone and theme, and the ways to my password and second step."""
    person = asked_by(request)
    now = {"name": person.name, "language": person.language, "zone": person.zone, "theme": person.theme}
    form = forms.Myself(request.POST or None, initial=now)
    if request.method == "POST" and form.is_valid():
        services.change_self(person, **form.cleaned_data, now=timezone.now())
        with use_language(person.language):
            messages.success(request, str(_("Saved.")))
        return redirect("me")
    person.refresh_from_db()
    words = {
        "form": form,
        "zones": forms.zones(),
        "zone_of_workspace": workspace_zone(),
        "themes": forms.THEMES,
        "role_words": ROLE_WORDS[Role(person.role)],
        "two_steps": Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists(),
    }
    return render(request, "people/me.html", words, status=400 if form.is_bound else 200)


@signed_in
@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere but here."""
    person = asked_by(request)
    services.end_sessions(person, now=timezone.now())
    update_session_auth_hash(request, person)
    messages.success(request, str(_("All other devices are signed out.")))
    return redirect("me")
