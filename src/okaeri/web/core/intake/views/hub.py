"""The data hub: what is there, what came last, and every door by which more comes in."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse

from okaeri.web.core.intake import queries
from okaeri.web.core.intake.kinds.catalogue import KINDS
from okaeri.web.core.people.roles import Can, needs


@needs(Can.BRING_FACTS)
def front(request: HttpRequest) -> HttpResponse:
    """Everything about data in one place."""
    words = {
        "tables": queries.tables(),
        "imports": queries.imports(),
        "waiting": queries.waiting_uploads(),
        "connections": queries.connections(),
        "kinds": KINDS.values(),
        "measuring": queries.is_measuring(),
        "most_mb": settings.OKAERI.upload_mb,
        "events_address": _address("events"),
    }
    return render(request, "intake/hub.html", words)


def _address(name: str) -> str:
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
