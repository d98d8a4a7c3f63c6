"""The doors for events: what a program sends by HTTP, and the JSON it is answered with."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import RawPostDataException, UnreadablePostError
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from okaeri.web.core.events import bodies, services, waking
from okaeri.web.core.events.contracts import Problem, Taken
from okaeri.web.core.events.keys import key_in
from okaeri.web.core.events.models import Source
from okaeri.web.core.events.problems import MOST_BYTES, MOST_MESSAGES, CannotTake, advice_of, what_of
from okaeri.web.core.people.roles import public

log = logging.getLogger("okaeri.events")
CALLS = {
    **{name: name for name in ("identify", "track", "page", "screen", "group", "alias", "batch")},
    # as the browser's client calls them
    **{name[0]: name for name in ("identify", "track", "page", "screen", "group", "alias", "batch")},
    "import": "batch",
}
_ANY_ORIGIN = {
    "Access-Control-Allow-Origin": "*",  # no cookie is read here: the key alone opens
    "Access-Control-Allow-Methods": "POST, OPTIONS",
    "Access-Control-Allow-Headers": "authorization, content-type, content-encoding, x-retry-count",
    "Access-Control-Max-Age": "86400",
}


@public
@csrf_exempt
def collect(request: HttpRequest, call: str) -> HttpResponse:
    """One call of the spec: 200 once what was good in it is on disk."""
    if request.method == "OPTIONS":
        return HttpResponse(status=204, headers=_ANY_ORIGIN)
    try:
        return _answer(_taken(request, call, now=timezone.now()))
    except CannotTake as problem:
        return _refusal(problem)
    except DatabaseError:
        log.exception("Events could not be kept.")
        return _refusal(CannotTake("busy", status=503))


def _taken(request: HttpRequest, call: str, *, now: datetime) -> Taken:
    if call not in CALLS:
        raise CannotTake("unknown_call", status=404)
    if request.method != "POST":
        raise CannotTake("only_post", status=405)
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        raise bodies.too_large()
    source = _source_in_header(request, now=now)
    body = bodies.unpacked(_body(request), encoding=request.headers.get("Content-Encoding", "").strip().lower())
    said = bodies.read(body)
    source = source or _source(str(said.get("writeKey") or ""), now=now)
    raws, kind = _messages(said, CALLS[call])
    taken = services.take(raws, source=source, kind=kind, sent=said.get("sentAt"), size=len(body), received=now)
    if taken.accepted:
        _wake(now=now)
    return taken


def _wake(*, now: datetime) -> None:
    """Once the events are committed: one that fails to wake anybody is made up for by the next, or by the clock."""
    try:
        waking.wake(now=now)
    except DatabaseError:
        log.exception("Nobody could be told that events wait.")


def _source_in_header(request: HttpRequest, *, now: datetime) -> Source | None:
    """The source of the request's header, before its body is read; None when the body may name one."""
    given = request.headers.get("Authorization", "")
    return _source(key_in(given), now=now) if given else None


def _source(key: str, *, now: datetime) -> Source:
    if not key:
        raise CannotTake("no_key", status=401)
    found = services.source_of(key, now=now)
    if found is None:
        raise CannotTake("wrong_key", status=401)
    return found


def _body(request: HttpRequest) -> bytes:
    try:
        return request.body
    except (RawPostDataException, UnreadablePostError):
        raise CannotTake("empty", status=400) from None


def _messages(said: dict[str, Any], call: str) -> tuple[list[object], str | None]:
    if call != "batch":
        return [said], call
    raws = said.get("batch")
    if not isinstance(raws, list):
        raise CannotTake("no_batch", status=400)
    if len(raws) > MOST_MESSAGES:
        raise CannotTake("too_many", status=413, most=MOST_MESSAGES)
    return raws, None


def _answer(taken: Taken) -> JsonResponse:
    """What the sender is told: success when something was kept, and what is wrong with each message that was not."""
    refused = [_said(place, message_id, problem) for place, message_id, problem in taken.refused]
    told: dict[str, Any] = {"success": bool(taken.accepted) or not refused, "accepted": taken.accepted}
    if refused:
        told |= {"quarantined": refused}
    if not told["success"]:
        told |= {name: refused[0][name] for name in ("code", "message", "advice")}
    return JsonResponse(told, status=200 if told["success"] else 400, headers=_ANY_ORIGIN)


def _said(place: int, message_id: str, problem: Problem) -> dict[str, Any]:
    return {
        "index": place,
        "messageId": message_id,
        "code": problem.code,
        "message": str(what_of(problem)),
        "advice": str(advice_of(problem)),
    }


def _refusal(problem: CannotTake) -> JsonResponse:
    told = {"success": False, "code": problem.code, "message": str(problem.what), "advice": str(problem.advice)}
    headers = {**_ANY_ORIGIN, **({"Retry-After": "5"} if problem.status == 503 else {})}
    return JsonResponse(told, status=problem.status, headers=headers)
