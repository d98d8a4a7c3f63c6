"""The settings of the workspace, and the ways to everything else an owner looks after."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from babel.dates import get_month_names
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from okaeri.base.errors import OkaeriError
from okaeri.base.text import Text, _, current_language
from okaeri.web.core.people import forms, workspace_settings
from okaeri.web.core.people.asking import asked_by
from okaeri.web.core.people.models import User
from okaeri.web.core.people.roles import Can, needs
from okaeri.web.core.shops import workspace


@dataclass(frozen=True, kw_only=True, slots=True)
class Way:
    """A way from the settings to somewhere else, for those who may go there."""

    name: str
    needs: Can
    sign: str
    title: Text
    words: Text

    @property
    def address(self) -> str:
        """Where it leads; "" when that room is not there."""
        try:
            return reverse(self.name)
        except NoReverseMatch:
            return ""


_WAYS = (
    Way(
        name="people",
        needs=Can.MANAGE,
        sign="users-round",
        title=_("People"),
        words=_("Invite people, change their roles, close accounts."),
    ),
    Way(
        name="log",
        needs=Can.MANAGE,
        sign="scroll-text",
        title=_("Audit log"),
        words=_("Who changed or exported what, and when."),
    ),
    Way(
        name="keys",
        needs=Can.CONNECT,
        sign="key-round",
        title=_("Keys"),
        words=_("Keys for programs that read figures or send facts."),
    ),
    Way(
        name="webhooks",
        needs=Can.CONNECT,
        sign="webhook",
        title=_("Webhooks"),
        words=_("Messages to other systems when something happens."),
    ),
    Way(
        name="api-docs",
        needs=Can.CONNECT,
        sign="braces",
        title=_("The JSON API"),
        words=_("Every address a program may ask, with examples."),
    ),
    Way(
        name="jobs",
        needs=Can.BRING_FACTS,
        sign="list-checks",
        title=_("Work"),
        words=_("What runs behind the pages, and what became of it."),
    ),
    Way(
        name="admin:index",
        needs=Can.MANAGE,
        sign="wrench",
        title=_("Administration"),
        words=_("The records behind the pages, for looking things up."),
    ),
)


@needs(Can.CONNECT)
@require_http_methods(["GET", "HEAD", "POST"])
def hub(request: HttpRequest) -> HttpResponse:
    """What the workspace has decided, and where the rest is; only an owner changes anything."""
    person = asked_by(request)
    if request.method == "POST" and not person.can(Can.MANAGE):
        raise PermissionDenied
    now = workspace().settings
    initial = {**asdict(now), "seen": workspace_settings.fingerprint(now)}
    form = forms.WorkspaceForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = dict(form.cleaned_data)
        seen = given.pop("seen")
        try:
            changed = workspace_settings.change(person, given, seen=seen, now=timezone.now())
        except OkaeriError as error:
            form.add_error(None, str(error))
        else:
            if changed:
                messages.success(request, str(_("Saved. The pages are measured anew in the background.")))
            return redirect("settings")
    return render(request, "people/settings.html", _words(form, person), status=400 if form.is_bound else 200)


def _words(form: forms.WorkspaceForm, person: User) -> dict[str, Any]:
    months = get_month_names("wide", context="stand-alone", locale=current_language())
    return {
        "form": form,
        "ways": [way for way in _WAYS if person.can(way.needs) and way.address],
        "zones": forms.zones(),
        "weekdays": [(str(day), forms.WEEKDAYS[day]) for day in range(7)],
        "months": [(str(month), months[month]) for month in range(1, 13)],
    }
