"""Rows that were set aside: looked at, mended here or in a spreadsheet, and sent again."""

from __future__ import annotations

import csv
import io
import uuid
from collections.abc import Iterable
from pathlib import Path

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _
from okaeri.base.units import Shown, Unit
from okaeri.facts.mending import SetAside, WholeRows, set_aside, whole_rows
from okaeri.facts.reading.quarantine import unarmed
from okaeri.web.core.intake import mended, queries, services
from okaeri.web.core.intake.models import Upload
from okaeri.web.core.intake.places import quarantine_path, upload_path
from okaeri.web.core.people import audit
from okaeri.web.core.people.asking import asked_by
from okaeri.web.core.people.roles import Can, needs
from okaeri.web.core.shops import workspace

PAGE = 50


@needs(Can.BRING_FACTS)
@require_GET
def rows(request: HttpRequest, name: str) -> HttpResponse:
    """The rows of one import that were set aside, some at a time."""
    path = quarantine_path(name)
    if not path.is_file():
        raise Http404
    upload = Upload.objects.filter(quarantine=path.name).first()
    start = mended.line_of(request.GET.get("from", "")) or 0
    found = set_aside(path, start=start, count=PAGE)
    whole = _whole(upload, path, found)
    total = queries.count_rows(path)
    words = {
        "name": path.name,
        "upload": upload,
        "rows": [(row, whole.rows.get(row.line)) for row in found],
        "headers": whole.headers,
        "total": total,
        "start": start,
        "end": start + len(found),
        "before": max(0, start - PAGE) if start else None,
        "after": start + PAGE if start + PAGE < total else None,
    }
    return render(request, "intake/setaside.html", words)


def _whole(upload: Upload | None, path: Path, found: Iterable[SetAside]) -> WholeRows:
    """The rows with all their cells; none where the file they came from is gone, since they cannot be sent again."""
    if upload is None or not upload_path(upload.pk).is_file():
        return WholeRows(headers=(), rows={})
    return whole_rows(workspace(), upload_path(upload.pk), [row.line for row in found], quarantine=path)


@needs(Can.BRING_FACTS)
@require_GET
def download(request: HttpRequest, name: str) -> StreamingHttpResponse:
    """The rows as a CSV file to mend in a spreadsheet: line, reason, advice, then the file's own columns."""
    path = quarantine_path(name)
    if not path.is_file():
        raise Http404
    upload = Upload.objects.filter(quarantine=path.name).first()
    found = set_aside(path)
    audit.record(asked_by(request), "export.quarantine", about=path.name, at=timezone.now(), rows=len(found))
    answer = StreamingHttpResponse(_sheet(_whole(upload, path, found), found), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{path.stem}.csv"'
    return answer


def _sheet(whole: WholeRows, found: tuple[SetAside, ...]) -> Iterable[str]:
    """UTF-8 with a byte order mark, which Excel needs; no cell begins as a formula does."""
    yield "\ufeff" + _csv_line([*mended.BESIDE, *whole.headers])
    for row in found:
        beside = [str(row.line), row.column, row.value, row.reason, row.advice]
        yield _csv_line([*beside, *whole.rows.get(row.line, ("",) * len(whole.headers))])


def _csv_line(cells: Iterable[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([unarmed(cell) for cell in cells])
    return out.getvalue()


@needs(Can.BRING_FACTS)
@require_POST
def send(request: HttpRequest, upload_id: uuid.UUID) -> HttpResponseRedirect:
    """Send rows again whose values were changed on the page."""
    upload = get_object_or_404(Upload, pk=upload_id)
    return _send(request, upload, mended.from_page(request.POST))


@needs(Can.BRING_FACTS)
@require_POST
def send_sheet(request: HttpRequest, upload_id: uuid.UUID) -> HttpResponseRedirect:
    """Send rows again that were mended in a spreadsheet."""
    upload = get_object_or_404(Upload, pk=upload_id)
    sheet = request.FILES.get("file")
    if sheet is None:
        messages.error(request, str(_("No file was chosen.")))
        return redirect("intake-setaside", upload.quarantine)
    kept = {row.line: row for row in set_aside(quarantine_path(upload.quarantine))}
    try:
        found = mended.from_sheet(sheet.read(mended.MOST_BYTES + 1), kept)
    except OkaeriError as error:
        messages.error(request, f"{error.what} {error.advice}")
        return redirect("intake-setaside", upload.quarantine)
    return _send(request, upload, found)


def _send(request: HttpRequest, upload: Upload, changed: mended.Changes) -> HttpResponseRedirect:
    try:
        told = services.send_mended(upload, changed, by=asked_by(request), now=timezone.now())
    except OkaeriError as error:
        messages.error(request, f"{error.what} {error.advice}")
        return redirect("intake-setaside", upload.quarantine)
    words = _("Landed: {landed}. Still set aside: {left}.")
    landed, left = Shown(told.landed, Unit.COUNT), Shown(told.left, Unit.COUNT)
    (messages.success if told.landed else messages.warning)(request, str(words.format(landed=landed, left=left)))
    return redirect("intake-file", upload.pk) if not told.left else redirect("intake-setaside", upload.quarantine)
