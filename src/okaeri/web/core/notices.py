"""A page that says one thing and what to do next, where a room has nothing else to show."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from okaeri.base.text import Text


def said(request: HttpRequest, *, title: Text, what: object, advice: object = None, status: int) -> HttpResponse:
    """One page with a sentence and what to do next."""
    words = {"title": str(title), "what": str(what), "advice": str(advice) if advice else ""}
    return render(request, "error.html", words, status=status)
