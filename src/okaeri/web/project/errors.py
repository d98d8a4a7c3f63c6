"""Errors as pages: what happened and what to do, in the reader's language, never a trace."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _, current_language
from okaeri.web.core.notices import said
from okaeri.web.core.people.roles import public


class SayWhatHappened:
    """An `OkaeriError` that nobody caught becomes a page with its advice."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer."""
        return self.answer(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Say what happened; anything but our own errors goes on."""
        if not isinstance(error, OkaeriError) or request.path.startswith(("/api/", "/v1/")):
            return None
        return said(request, title=_("That did not work"), what=error.what, advice=error.advice, status=422)


@public
def not_found(request: HttpRequest, exception: object = None) -> HttpResponse:
    """404."""
    what, advice = _("There is nothing at this address."), _("Check it for a slip, or start again from home.")
    return said(request, title=_("Not found"), what=what, advice=advice, status=404)


@public
def not_allowed(request: HttpRequest, exception: object = None) -> HttpResponse:
    """403."""
    what = _("Your role does not open this page.")
    return said(
        request, title=_("Not for your role"), what=what, advice=_("An owner can change your role."), status=403
    )


@public
def bad_request(request: HttpRequest, exception: object = None) -> HttpResponse:
    """400."""
    what, advice = _("The request could not be read."), _("Go back and try once more.")
    return said(request, title=_("That did not work"), what=what, advice=advice, status=400)


@public
def broken(request: HttpRequest) -> HttpResponse:
    """500."""
    what = _("Something broke on our side. Nothing you entered was half saved.")
    advice = _("Try again; if it stays, the log of the server says more.")
    words = {"title": str(_("Something broke")), "what": str(what), "advice": str(advice)}
    # without the request: who asks and where they may go is read from what may be broken
    page = render_to_string("error.html", {**words, "lang": current_language(), "person": None})
    return HttpResponse(page, status=500)


@public
def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form whose token is too old or missing."""
    what, advice = _("This form is no longer fresh."), _("Go back, load the page anew and send it again.")
    return said(request, title=_("Please send it again"), what=what, advice=advice, status=403)
