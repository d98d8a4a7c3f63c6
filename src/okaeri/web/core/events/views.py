"""The pages for people: what arrives, who may send, and what could not be used."""

from __future__ import annotations

from collections.abc import Iterator

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _, current_language, use_language
from okaeri.web.core.events import queries, services
from okaeri.web.core.events.models import Source
from okaeri.web.core.people import audit
from okaeri.web.core.people.asking import asked_by
from okaeri.web.core.people.roles import Can, needs
from okaeri.web.core.sheets import sheet

_REFUSED_SHOWN = 100
_COLUMNS = ("received_at", "source", "type", "message_id", "what", "advice", "message")


@needs(Can.SEE_FIGURES)
@require_GET
@never_cache
def live(request: HttpRequest) -> HttpResponse:
    """The latest messages, as they arrive."""
    return render(request, "events/live.html", _latest())


@needs(Can.SEE_FIGURES)
@require_GET
@never_cache
def latest(request: HttpRequest) -> HttpResponse:
    """The part of the page that looks again every few seconds."""
    return render(request, "events/latest.html", _latest())


def _latest() -> dict[str, object]:
    return {"arrivals": queries.arrivals(), "waiting": queries.waiting(), "any_source": Source.objects.exists()}


@needs(Can.CONNECT)
@require_http_methods(["GET", "POST"])
@never_cache
def sources(request: HttpRequest) -> HttpResponse:
    """Who may send events; a POST adds a source and shows its key, once."""
    if request.method == "GET":
        return _sources(request)
    now = timezone.now()
    name = request.POST.get("name", "")
    try:
        made, key = services.add_source(name, by=asked_by(request), now=now)
    except OkaeriError as error:
        return _sources(request, name=name, wrong=error, status=422)
    return _sources(request, key=key, key_of=made.name)


@needs(Can.CONNECT)
@require_POST
@never_cache
def new_key(request: HttpRequest, source_id: int) -> HttpResponse:
    """A new key for a source, shown once."""
    try:
        source, key = services.rotate(source_id, by=asked_by(request), now=timezone.now())
    except Source.DoesNotExist:
        raise Http404 from None
    return _sources(request, key=key, key_of=source.name)


@needs(Can.CONNECT)
@require_POST
def revoke(request: HttpRequest, source_id: int) -> HttpResponse:
    """No more events from a source."""
    try:
        source = services.revoke(source_id, by=asked_by(request), now=timezone.now())
    except Source.DoesNotExist:
        raise Http404 from None
    messages.success(request, str(_("The keys of {name} have stopped working.").format(name=source.name)))
    return redirect("event-sources")


def _sources(
    request: HttpRequest,
    *,
    key: str = "",
    key_of: str = "",
    name: str = "",
    wrong: OkaeriError | None = None,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    words = {
        "sources": [queries.source_card(each, now=now) for each in queries.sources()],
        "key": key,
        "key_of": key_of,
        "name": name,
        "wrong": wrong,
        "host": request.build_absolute_uri("/").rstrip("/"),
        "waiting": queries.waiting(),
    }
    return render(request, "events/sources.html", words, status=status)


@needs(Can.BRING_FACTS)
@require_GET
@never_cache
def refused(request: HttpRequest) -> HttpResponse:
    """What could not be used, and why."""
    lines = [queries.refused_card(each) for each in queries.refused()[:_REFUSED_SHOWN]]
    return render(request, "events/refused.html", {"lines": lines, "waiting": queries.waiting()})


@needs(Can.BRING_FACTS)
@require_GET
@never_cache
def download(request: HttpRequest) -> StreamingHttpResponse:
    """The whole quarantine as CSV."""
    audit.record(asked_by(request), "export.refused_events", at=timezone.now(), count=queries.refused().count())
    return sheet("refused-events.csv", _COLUMNS, _rows(current_language()))


def _rows(language: str) -> Iterator[tuple[str, ...]]:
    for found in queries.refused().iterator(chunk_size=200):
        with use_language(language):  # the answer streams after the request's own language has ended
            line = queries.refused_card(found)
        at = line.received_at.isoformat()
        yield (at, line.source, line.kind, line.message_id, line.what, line.advice, line.message)


@needs(Can.BRING_FACTS)
@require_POST
def clear(request: HttpRequest) -> HttpResponse:
    """Empty the quarantine."""
    count = services.clear_refused(by=asked_by(request), now=timezone.now())
    messages.success(request, str(_("{n} refused messages were removed.").format(n=count)))
    return redirect("events-refused")
