"""A file from the browser: it arrives, is looked at, its columns are named, and what became of it is told."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_POST

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _
from okaeri.facts.looking import Look, look_at
from okaeri.web.core.intake import forms, queries, services
from okaeri.web.core.intake.arriving import Arrived, arriving
from okaeri.web.core.intake.models import Upload
from okaeri.web.core.intake.places import upload_path
from okaeri.web.core.intake.sentences import TABLES_TO_BRING, table_name, told, trouble_as_data
from okaeri.web.core.jobs.models import JobState
from okaeri.web.core.notices import said
from okaeri.web.core.people.asking import asked_by
from okaeri.web.core.people.roles import Can, needs
from okaeri.web.core.shops import workspace


@needs(Can.BRING_FACTS)
@csrf_exempt  # the token is checked in `_receive`, once the file's way to the disk is laid
@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """Take a file; one that is too large is refused before it is read wherever its size is told."""
    try:
        with arriving(request) as come:
            return _receive(request, come)
    except RequestDataTooBig:
        return _too_large(request)


@csrf_protect
def _receive(request: HttpRequest, come: Callable[[], Arrived]) -> HttpResponse:
    try:
        kept = services.keep_upload(come(), by=asked_by(request), now=timezone.now())
    except OkaeriError as error:
        messages.error(request, str(error.what))
        return _go(request, reverse("intake"))
    return _go(request, reverse("intake-file", args=[kept.pk]))


def _go(request: HttpRequest, address: str) -> HttpResponse:
    """On to a page; a script is told where, so that it does not open the page on the way and use up its messages."""
    if request.headers.get("X-Requested-With") == "XMLHttpRequest":
        return HttpResponse(status=204, headers={"X-Go": address})
    return redirect(address)


def _too_large(request: HttpRequest) -> HttpResponse:
    n = settings.OKAERI.upload_mb
    return said(
        request,
        title=_("The file is too large"),
        what=_("The file is larger than {n} MB.").format(n=n),
        advice=_("Split it, or let an owner of the machine bring it in with `okaeri import`, which has no limit."),
        status=413,
    )


@needs(Can.BRING_FACTS)
def file(request: HttpRequest, upload_id: uuid.UUID) -> HttpResponse:
    """One file: how it will be read, or what became of it."""
    found = get_object_or_404(Upload.objects.select_related("job"), pk=upload_id)
    if request.method == "POST":
        return _start(request, found)
    if "again" not in request.GET and (found.summary or queries.is_busy(found.job)):
        return render(request, "intake/outcome.html", _outcome(found))
    return _choose(request, found)


@needs(Can.BRING_FACTS)
@require_GET
def state(request: HttpRequest, upload_id: uuid.UUID) -> HttpResponse:
    """How far the import is, for a page that asks again and again."""
    found = get_object_or_404(Upload.objects.select_related("job"), pk=upload_id)
    if found.trouble and not queries.is_busy(found.job):
        answer = HttpResponse(status=204)
        answer.headers["HX-Redirect"] = request.path.removesuffix("state/")
        return answer
    return render(request, "intake/outcome_part.html", _outcome(found))


@needs(Can.BRING_FACTS)
@require_POST
def remove(request: HttpRequest, upload_id: uuid.UUID) -> HttpResponseRedirect:
    """Take the file away; its facts stay."""
    found = get_object_or_404(Upload, pk=upload_id)
    services.forget_upload(found, by=asked_by(request), now=timezone.now())
    messages.success(request, str(_("{file} was removed. What was imported from it stays.").format(file=found.called)))
    return redirect("intake")


def _start(request: HttpRequest, found: Upload) -> HttpResponse:
    table = forms.posted_table(request.POST, default="orders")
    mapping = forms.posted_mapping(request.POST, table=table)
    order = request.POST.get("date_order", "")
    services.start_import(
        found, table=table, mapping=mapping, date_order=order if order in forms.DATE_ORDERS else "",
        as_export=request.POST.get("as_export", "yes") == "yes", by=asked_by(request), now=timezone.now(),
    )  # fmt: skip
    return redirect("intake-file", found.pk)


def _choose(request: HttpRequest, found: Upload) -> HttpResponse:
    asked = request.GET.get("table", "") or found.table
    as_export = request.GET.get("as_export", "yes" if found.as_export else "no") == "yes"
    try:
        wanted = forms.posted_table({"table": asked}, default="") or None
        look = look_at(workspace(), upload_path(found.pk), table=wanted, as_export=as_export)
    except OkaeriError as error:
        what, advice = told(trouble_as_data(error, file=found.called, path=found.called))
        return render(request, "intake/unreadable.html", {"upload": found, "what": what, "advice": advice}, status=422)
    table = wanted or look.choices[0].table
    tried = bool(found.trouble) and found.table == table and "table" not in request.GET
    what, advice = told(found.trouble) if tried else ("", "")
    broke = not tried and found.job is not None and found.job.state == JobState.FAILED
    words = {
        "upload": found,
        "look": look,
        "table": table,
        "export": look.export if look.export and look.export.table == table else None,
        "as_export": as_export,
        "columns": forms.column_choices(look, table, chosen=found.mapping if tried else None),
        "tables": _tables(look),
        "what": str(_("Something broke on our side while this was done.")) if broke else what,
        "advice": str(_("Try it again; if it stays, the log of the server says more.")) if broke else advice,
        "asks_date_order": tried and bool((found.trouble or {}).get("asks_date_order")),
        "date_order": found.date_order,
    }
    return render(request, "intake/choose.html", words)


def _tables(look: Look) -> list[tuple[str, str]]:
    """The tables to choose from, the one that fits best first."""
    return [(each.table, table_name(each.table)) for each in look.choices if each.table in TABLES_TO_BRING]


def _outcome(found: Upload) -> dict[str, object]:
    busy = queries.is_busy(found.job)
    return {
        "upload": found,
        "table": table_name(found.table),
        "busy": busy,
        "share": found.job.progress if found.job else 0.0,
        "queued": busy and found.job is not None and found.job.state == JobState.QUEUED,
        "outcome": queries.outcome_of(found.summary) if found.summary and not busy else None,
        "measuring": queries.is_measuring(),
        "measurable": found.table in ("orders", "subscriptions", "events"),
    }
