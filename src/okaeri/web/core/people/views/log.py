"""The audit log: who did what, and when."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST

from okaeri.base.text import _, current_language, use_language
from okaeri.web.core.people import audit, forms, queries
from okaeri.web.core.people.asking import asked_by
from okaeri.web.core.people.models import AuditEntry
from okaeri.web.core.people.roles import Can, needs
from okaeri.web.core.people.verbs import said
from okaeri.web.core.sheets import sheet

_PER_PAGE = 50
_COLUMNS = ("at", "by", "verb", "what", "about", "detail")


@needs(Can.MANAGE)
def log(request: HttpRequest) -> HttpResponse:
    """The log, filtered, a page at a time."""
    form, asked = _asked(request.GET)
    page = Paginator(queries.log(asked), _PER_PAGE).get_page(request.GET.get("page"))
    kept = {name: value for name, value in request.GET.items() if name in form.fields and value}
    words = {
        "form": form,
        "page": page,
        "entries": [_shown(entry) for entry in page.object_list],
        "everybody_options": _people(),
        "verbs": sorted(((verb, said(verb)) for verb in queries.verbs_seen()), key=lambda each: each[1]),
        "kept": kept,
        "query": urlencode(kept),
    }
    return render(request, "people/log.html", words, status=200 if form.is_valid() else 400)


def _asked(given: QueryDict) -> tuple[forms.LogFilter, queries.LogQuestion]:
    form = forms.LogFilter(given)
    return form, queries.LogQuestion(**form.cleaned_data) if form.is_valid() else queries.LogQuestion()


def _people() -> list[tuple[str, str]]:
    named = [(str(one.pk), str(one)) for one in queries.everybody()]
    return [*named, (queries.NOBODY, str(_("Okaeri itself")))]


def _shown(entry: AuditEntry) -> dict[str, Any]:
    return {
        "at": entry.at,
        "by": entry.by,
        "what": said(entry.verb),
        "about": entry.about,
        "detail": [(name, _plain(value)) for name, value in sorted(entry.detail.items())],
    }


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@needs(Can.MANAGE)
@require_POST
def export(request: HttpRequest) -> StreamingHttpResponse:
    """The filtered log as CSV; that it was taken is itself a line of the log."""
    form, asked = _asked(request.POST)
    if not form.is_valid():
        raise BadRequest
    now = timezone.now()
    audit.record(asked_by(request), "audit.exported", at=now, asked=_told(asked))
    return sheet(f"okaeri-log-{now:%Y-%m-%d}.csv", _COLUMNS, _rows(asked, current_language()))


def _told(asked: queries.LogQuestion) -> dict[str, str]:
    return {name: str(value) for name, value in asdict(asked).items() if value}


def _rows(asked: queries.LogQuestion, language: str) -> Iterator[tuple[str, ...]]:
    for entry in queries.log(asked).iterator(chunk_size=2000):
        with use_language(language):  # the answer streams after the request's own language has ended
            what = said(entry.verb)
        detail = json.dumps(entry.detail, ensure_ascii=False, sort_keys=True) if entry.detail else ""
        at = entry.at.astimezone(UTC).isoformat(timespec="seconds")
        yield (at, entry.by, entry.verb, what, entry.about, detail)
