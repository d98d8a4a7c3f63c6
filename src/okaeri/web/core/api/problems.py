"""What a program is told when a request cannot be done: RFC 9457 problem details, in the language it asked for."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from ninja import Schema
from ninja.errors import HttpError, ValidationError
from pydantic import Field

from okaeri.base.errors import OkaeriError
from okaeri.base.text import Text, _

log = logging.getLogger("okaeri.api")
MEDIA_TYPE = "application/problem+json"


class Wrong(Schema):
    """One field that cannot be taken, and why."""

    where: str = Field(description="The place in the request, such as query.limit or body.metric.")
    what: str


class Problem(Schema):
    """Why a request could not be done (RFC 9457), with what helps."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    advice: str = ""
    errors: list[Wrong] = Field(default_factory=list)


class Conflict(OkaeriError):
    """What was asked for does not fit the present state: 409."""


class TooMany(OkaeriError):
    """Asked too often: 429, with the seconds to wait."""

    def __init__(self, what: Text, *, advice: Text, wait_seconds: int) -> None:
        super().__init__(what, advice=advice)
        self.wait_seconds = wait_seconds


def problem(
    status: int,
    what: object,
    *,
    advice: object = "",
    errors: Sequence[Mapping[str, str]] = (),
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """An answer that says what happened and what helps."""
    said = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": str(what),
        "advice": str(advice or ""),
        "errors": [dict(each) for each in errors],
    }
    return HttpResponse(
        json.dumps(said, ensure_ascii=False), status=status, content_type=MEDIA_TYPE, headers=dict(headers or {})
    )


def problem_of(request: HttpRequest, error: Exception) -> HttpResponse:
    """The problem that an exception is; anything unexpected is logged, and told without its trace."""
    if isinstance(error, TooMany):
        wait = {"Retry-After": str(error.wait_seconds)}
        return problem(429, error.what, advice=error.advice, headers=wait)
    if isinstance(error, OkaeriError):
        return problem(409 if isinstance(error, Conflict) else 422, error.what, advice=error.advice)
    if isinstance(error, ValidationError):
        return _not_valid(error)
    if isinstance(error, HttpError):
        return _plain(error.status_code, str(error))
    if isinstance(error, RequestDataTooBig):
        return problem(413, _("The request is too large."), advice=_("Send it in several parts."))
    for kind, status in _STATUSES.items():
        if isinstance(error, kind):
            return _plain(status, str(error))
    log.exception("A request to %s broke.", request.path, exc_info=error)
    what = _("Something broke on our side. Nothing you entered was half saved.")
    return problem(500, what, advice=_("Try again; if it stays, the log of the server says more."))


_STATUSES: dict[type[Exception], int] = {
    Http404: 404,
    PermissionDenied: 403,
    SuspiciousOperation: 400,
    MultiPartParserError: 400,
}


def _plain(status: int, said: str) -> HttpResponse:
    if status == 401:
        what, advice = (
            _("There is no token in this request, or it opens nothing."),
            _("Send the header `Authorization: Bearer …` with a token that is neither expired nor revoked."),
        )
        return problem(401, what, advice=advice, headers={"WWW-Authenticate": 'Bearer realm="okaeri"'})
    if status == 404:
        return problem(404, _("There is nothing at this address."), advice=_("Look it up in the API's reference."))
    if status == 403:
        advice = _("Make a token with the scope it needs; a token opens no more than its maker's role.")
        return problem(403, _("This token does not open that."), advice=advice)
    if status == 400:
        return problem(400, _("The request could not be read."), advice=_("Send well-formed JSON in UTF-8."))
    if status == 415:
        advice = _("Send JSON with `Content-Type: application/json`.")
        return problem(415, _("This kind of body is not read here."), advice=advice)
    return problem(status, said)


def not_allowed(allowed: str) -> HttpResponse:
    """405, with the methods that work."""
    advice = _("Use one of: {methods}.").format(methods=allowed)
    return problem(405, _("This address does not take this method."), advice=advice, headers={"Allow": allowed})


def _not_valid(error: ValidationError) -> HttpResponse:
    wrong = [
        {"where": ".".join(str(each) for each in _place(one)), "what": str(one.get("msg", ""))} for one in error.errors
    ]
    what = _("{n} fields of the request cannot be taken.").format(n=len(wrong))
    return problem(422, what, advice=_("`errors` says which, and why."), errors=wrong)


def _place(one: Mapping[str, Any]) -> tuple[Any, ...]:
    """Where a field is, without the name the code has for the body."""
    place = tuple(one.get("loc", ()))
    return (place[0], *place[2:]) if place[:1] == ("body",) and len(place) > 2 else place
