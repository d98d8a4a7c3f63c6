"""Addresses of the intake for programs: files, what became of them, rows set aside, and connections."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from ninja import Router, Schema, Status
from pydantic import Field

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _
from okaeri.facts.contracts import table_of
from okaeri.facts.mending import SetAside, set_aside
from okaeri.web.core.bodies import Sent
from okaeri.web.core.intake import queries, services, syncing
from okaeri.web.core.intake.arriving import arriving
from okaeri.web.core.intake.forms import DATE_ORDERS
from okaeri.web.core.intake.mended import line_of
from okaeri.web.core.intake.models import Connection, Upload
from okaeri.web.core.intake.places import quarantine_path
from okaeri.web.core.intake.sentences import told
from okaeri.web.core.paging import Page, Part, page_of, page_of_list
from okaeri.web.core.people.asking import asked_by
from okaeri.web.core.people.roles import Can, needs

router = Router(tags=["Intake"])
_LARGEST = 2**63 - 1
_FORM = {
    "type": "object",
    "required": ["file", "table"],
    "properties": {
        "file": {"type": "string", "format": "binary", "description": "CSV, Excel, JSON Lines or Parquet."},
        "table": {"type": "string", "description": "The table of facts it is for, such as orders."},
        "mapping": {"type": "string", "description": "A JSON object of column to header; guessed when left out."},
        "date_order": {"type": "string", "description": "ymd, dmy or mdy, where days could be read both ways."},
    },
}


class UploadOut(Schema):
    """A file: the numbers of rows once it was imported, or what stood in its way."""

    id: UUID
    called: str
    size: int
    table: str
    at: datetime
    job: UUID | None
    state: str = Field(description="kept, queued, running, done or failed")
    read: int | None
    landed: int | None
    set_aside: int | None
    set_aside_name: str
    what: str
    advice: str


def _upload(each: Upload) -> dict[str, Any]:
    summary = each.summary or {}
    what, advice = told(each.trouble)
    landed = sum(int(summary[name]) for name in ("new", "replaced", "unchanged")) if summary else None
    return {
        **{name: getattr(each, name) for name in ("id", "called", "size", "table", "at")},
        "job": each.job.pk if each.job else None,
        "state": "failed" if each.trouble else (each.job.state if each.job else "kept"),
        "read": summary.get("read"),
        "landed": landed,
        "set_aside": summary.get("quarantined"),
        "set_aside_name": each.quarantine,
        "what": what,
        "advice": advice,
    }


@router.get("/uploads", response=Page[UploadOut], summary="Files")
@needs(Can.BRING_FACTS)
def list_uploads(request: HttpRequest, part: Part) -> Any:
    """The files that were brought, the newest first."""
    return page_of(Upload.objects.select_related("job"), part, by=("-at", "-id"), show=_upload)


@router.post(
    "/uploads",
    response={202: UploadOut},
    summary="Bring in a file",
    openapi_extra={"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": _FORM}}}},
)
@needs(Can.BRING_FACTS)
def upload(request: HttpRequest, response: HttpResponse) -> Any:
    """Take a file and import it behind the pages; its address tells how far it is."""
    now, by = timezone.now(), asked_by(request)
    with arriving(request) as come:
        arrived = come()
        table, mapping, date_order = _way(request)
        kept = services.keep_upload(arrived, by=by, now=now)
    started = services.start_import(
        kept, table=table, mapping=mapping, date_order=date_order, as_export=True, by=by, now=now
    )
    response["Location"] = reverse("api:get_upload", args=[kept.pk])
    return Status(202, _upload(started))


def _way(request: HttpRequest) -> tuple[str, dict[str, str], str]:
    """How the file is to be read."""
    table = table_of(str(request.POST.get("table", ""))).name
    try:
        mapping = json.loads(str(request.POST.get("mapping") or "{}"))
    except (ValueError, RecursionError):
        mapping = None
    if not isinstance(mapping, dict) or not all(isinstance(each, str) for each in mapping.values()):
        raise OkaeriError(
            _("The mapping is no JSON object of texts."), advice=_("Write it as column to header, or leave it out.")
        )
    date_order = str(request.POST.get("date_order", ""))
    if date_order not in DATE_ORDERS:
        raise OkaeriError(
            _("There is no order of day and month called {order!r}.").format(order=date_order[:20]),
            advice=_("Say ymd, dmy or mdy, or leave it out."),
        )
    return table, mapping, date_order


def _found(upload_id: UUID) -> Upload:
    found = Upload.objects.select_related("job").filter(pk=upload_id).first()
    if found is None:
        raise Http404
    return found


@router.get("/uploads/{uuid:upload_id}", response=UploadOut, summary="One file")
@needs(Can.BRING_FACTS)
def get_upload(request: HttpRequest, upload_id: UUID) -> Any:
    """One file and what became of it."""
    return _upload(_found(upload_id))


@router.delete("/uploads/{uuid:upload_id}", response={204: None}, summary="Remove a file")
@needs(Can.BRING_FACTS)
def remove_upload(request: HttpRequest, upload_id: UUID) -> Any:
    """Take a file away; what was imported from it stays."""
    services.forget_upload(_found(upload_id), by=asked_by(request), now=timezone.now())
    return Status(204, None)


class Mended(Sent):
    """Rows that were set aside, mended: line number to the new values by header."""

    rows: dict[str, dict[str, str]] = Field(min_length=1, max_length=500)


class MendedOut(Schema):
    """What became of mended rows."""

    landed: int
    left: int


@router.post("/uploads/{uuid:upload_id}/mended", response=MendedOut, summary="Send mended rows")
@needs(Can.BRING_FACTS)
def send_mended(request: HttpRequest, upload_id: UUID, sent: Mended) -> Any:
    """Send rows of a file again with what was wrong put right."""
    found = _found(upload_id)
    if not found.quarantine or not quarantine_path(found.quarantine).is_file():
        raise OkaeriError(_("No rows of this file were set aside."), advice=_("Look at its numbers first."))
    lines = {line: values for text, values in sent.rows.items() if (line := line_of(text)) is not None}
    told_now = services.send_mended(found, lines, by=asked_by(request), now=timezone.now())
    return {"landed": told_now.landed, "left": told_now.left}


class SetAsideOut(Schema):
    """One row that was set aside: where it is in the file, and why."""

    line: int
    file: str
    column: str
    value: str
    reason: str
    advice: str


@router.get("/imports", response=list[queries.ImportTold], summary="Imports")
@needs(Can.BRING_FACTS)
def list_imports(request: HttpRequest) -> Any:
    """The last imports, the newest first."""
    return queries.imports()


@router.get("/imports/set-aside/{name}", response=Page[SetAsideOut], summary="Rows that were set aside")
@needs(Can.BRING_FACTS)
def list_set_aside(request: HttpRequest, name: str, part: Part) -> Any:
    """The rows of one import that could not be read, with the reason of each."""
    path = quarantine_path(name)
    if not name.endswith(".csv") or not path.is_file():
        raise Http404
    numbered = list(enumerate(set_aside(path)))
    found = page_of_list(numbered, part, key=lambda each: f"{each[0]}:{each[1].line}")
    return {**found, "items": [_row(each) for _place, each in found["items"]]}


def _row(each: SetAside) -> dict[str, Any]:
    return {name: getattr(each, name) for name in SetAsideOut.model_fields}


class ConnectionIn(Sent):
    """A connection to make or change; `values` are what its kind asks for, and a secret left empty stays."""

    kind: str = Field(max_length=20, examples=["database"])
    name: str = Field(min_length=1, max_length=100, pattern=r"\S")
    values: dict[str, str] = Field(max_length=30)
    table: str = Field(max_length=40, examples=["orders"])
    mapping: dict[str, str] = Field(default_factory=dict, max_length=100)
    date_order: Literal["", "ymd", "dmy", "mdy"] = ""
    every: Literal["", "hourly", "daily", "weekly"] = ""
    at_time: str = Field("", pattern=r"^(|([01][0-9]|2[0-3]):[0-5][0-9])$")
    weekday: int = Field(0, ge=0, le=6, strict=True)


class ConnectionOut(Schema):
    """A connection and how it fares; its secret is never told."""

    id: int
    kind: str
    name: str
    table: str
    every: str
    at_time: str
    weekday: int
    next_sync_at: datetime | None
    last_at: datetime | None
    busy: bool
    landed: int | None
    set_aside: int
    what: str
    advice: str


def _connection(each: Connection) -> dict[str, Any]:
    row = queries.connection_row(each)
    fields = ("kind", "name", "table", "every", "at_time", "weekday", "next_sync_at", "last_at")
    fares = {"busy": row.busy, "landed": row.landed, "set_aside": row.set_aside}
    said = {"id": each.pk, "what": row.trouble, "advice": row.advice}
    return {**{name: getattr(each, name) for name in fields}, **fares, **said}


def _place(connection_id: int) -> Connection:
    known = connection_id <= _LARGEST
    found = Connection.objects.select_related("job").filter(pk=connection_id).first() if known else None
    if found is None:
        raise Http404
    return found


@router.get("/connections", response=Page[ConnectionOut], summary="Connections")
@needs(Can.BRING_FACTS)
def list_connections(request: HttpRequest, part: Part) -> Any:
    """The places that facts are fetched from, by name."""
    return page_of(Connection.objects.select_related("job"), part, by=("name", "id"), show=_connection)


@router.post("/connections", response={201: ConnectionOut}, summary="Make a connection")
@needs(Can.BRING_FACTS)
def make_connection(request: HttpRequest, sent: ConnectionIn) -> Any:
    """Save a place that facts are fetched from."""
    return Status(201, _keep(request, None, sent))


@router.get("/connections/{int:connection_id}", response=ConnectionOut, summary="One connection")
@needs(Can.BRING_FACTS)
def get_connection(request: HttpRequest, connection_id: int) -> Any:
    """One connection and how it fares."""
    return _connection(_place(connection_id))


@router.put("/connections/{int:connection_id}", response=ConnectionOut, summary="Change a connection")
@needs(Can.BRING_FACTS)
def change_connection(request: HttpRequest, connection_id: int, sent: ConnectionIn) -> Any:
    """Save it anew; its kind stays."""
    found = _place(connection_id)
    if sent.kind != found.kind:
        raise OkaeriError(_("The kind of a connection cannot be changed."), advice=_("Make another connection."))
    return _keep(request, found, sent)


def _keep(request: HttpRequest, found: Connection | None, sent: ConnectionIn) -> dict[str, Any]:
    said = sent.model_dump()
    said["table"] = table_of(sent.table).name
    made = syncing.keep_connection(found, **said, by=asked_by(request), now=timezone.now())
    return _connection(made)


@router.delete("/connections/{int:connection_id}", response={204: None}, summary="Remove a connection")
@needs(Can.BRING_FACTS)
def remove_connection(request: HttpRequest, connection_id: int) -> Any:
    """Take a connection away with its secret; what it brought stays."""
    syncing.forget_connection(_place(connection_id), by=asked_by(request), now=timezone.now())
    return Status(204, None)


class JobStarted(Schema):
    """The job that does it."""

    job: UUID
    address: str


@router.post("/connections/{int:connection_id}/sync", response={202: JobStarted}, summary="Fetch now")
@needs(Can.BRING_FACTS)
def sync_now(request: HttpRequest, connection_id: int) -> Any:
    """Ask for a run now."""
    made = syncing.ask_to_sync(_place(connection_id), by=asked_by(request), now=timezone.now())
    return Status(202, {"job": made.pk, "address": reverse("api:get_job", args=[made.pk])})
