"""The settings of the workspace, and the ways to everything else an owner looks after."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from babel.dates import get_month_names
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from okaeri.base.errors import OkaeriError
from okaeri.base.text import Text, _, current_language
from okaeri.web.core.people import forms, workspace_settings
from okaeri.web.core.people.asking import asked_by
from okaeri.web.core.people.roles import Can, needs
from okaeri.web.core.shops import workspace

_PLACES: tuple[tuple[str, str, Text, Text], ...] = (
    ("people", "users-round", _("People"), _("Invite people, change their roles, close accounts.")),
    ("log", "scroll-text", _("Audit log"), _("Who changed or exported what, and when.")),
    ("keys", "key-round", _("Keys and connections"), _("Write keys, tokens and webhooks of other systems.")),
    ("admin:index", "wrench", _("Administration"), _("The records behind the pages, for looking things up.")),
)


@needs(Can.MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def hub(request: HttpRequest) -> HttpResponse:
    """What the workspace has decided, and where the rest is."""
    now = workspace().settings
    initial = {**asdict(now), "seen": workspace_settings.fingerprint(now)}
    form = forms.WorkspaceForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        seen = given.pop("seen")
        try:
            changed = workspace_settings.change(asked_by(request), given, seen=seen, now=timezone.now())
        except OkaeriError as error:
            form.add_error(None, str(error))
        else:
            if changed:
                messages.success(request, str(_("Saved. The pages are measured anew in the background.")))
            return redirect("settings")
    return render(request, "people/settings.html", _words(form), status=400 if form.is_bound else 200)


def _words(form: forms.WorkspaceForm) -> dict[str, Any]:
    months = get_month_names("wide", context="stand-alone", locale=current_language())
    return {
        "form": form,
        "ways": [place for place in map(_place, _PLACES) if place],
        "zones": forms.zones(),
        "weekdays": [(str(day), forms.WEEKDAYS[day]) for day in range(7)],
        "months": [(str(month), months[month]) for month in range(1, 13)],
    }


def _place(place: tuple[str, str, Text, Text]) -> tuple[str, str, Text, Text] | None:
    """A way that exists; rooms that are not there leave no dead link."""
    name, *rest = place
    try:
        return (reverse(name), rest[0], place[2], place[3])
    except NoReverseMatch:
        return None
