"""The pages of this room."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from okaeri.web.core.people.roles import signed_in


@signed_in
def front(request: HttpRequest) -> HttpResponse:
    """The room itself."""
    return render(request, "shell.html")
