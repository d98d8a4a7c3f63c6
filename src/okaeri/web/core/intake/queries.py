"""What the pages of this room show: tables and their rows, imports, rows set aside, connections."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from okaeri.base.text import Text, _
from okaeri.facts.contracts import TABLES
from okaeri.facts.lake import Lake
from okaeri.facts.reading.reasons import LeftOut, advice_of
from okaeri.facts.reading.receipts import receipts
from okaeri.web.core.intake.models import Connection, Upload
from okaeri.web.core.intake.places import quarantine_path
from okaeri.web.core.intake.sentences import notes_told, table_name, told
from okaeri.web.core.jobs.models import Job, JobState
from okaeri.web.core.shops import workspace

_SHOWN_IMPORTS = 12
BUSY = (JobState.QUEUED, JobState.RUNNING)


@dataclass(frozen=True, kw_only=True, slots=True)
class TableRow:
    """One table of facts and how many rows it has."""

    name: str
    title: str
    rows: int


@dataclass(frozen=True, kw_only=True)
class ImportTold:
    """One import as its receipt tells it; `set_aside_name` leads to the rows that were set aside."""

    file: str
    table: str
    at: datetime
    read: int
    landed: int
    set_aside: int
    set_aside_name: str


@dataclass(frozen=True, kw_only=True)
class ImportRow(ImportTold):
    """The same for the page; `upload` leads to the file when it came through the browser."""

    upload: Upload | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """Why rows were set aside, how many, and what to do."""

    reason: Text
    advice: Text
    count: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What became of a file: numbers of rows, reasons and remarks, ready to be shown."""

    numbers: tuple[tuple[str, int], ...]
    landed: int
    set_aside: int
    reasons: tuple[Reason, ...]
    notes: tuple[str, ...]


def tables() -> tuple[TableRow, ...]:
    """The tables that hold something, as the contracts order them."""
    lake = Lake(workspace().lake_path)
    known = set(lake.tables())
    counts = {name: _rows(lake, name) for name in TABLES if name in known}
    return tuple(TableRow(name=name, title=table_name(name), rows=n) for name, n in counts.items() if n)


def _rows(lake: Lake, table: str) -> int:
    """Rows by the files' own counts: nothing is read but the ends of the files."""
    import pyarrow.parquet as pq  # heavy: only here

    return sum(int(pq.read_metadata(path).num_rows) for path in lake.files(table))


def imports() -> tuple[ImportRow, ...]:
    """The last imports, the newest first."""
    found = sorted(receipts(workspace()), key=lambda each: str(each.get("imported_at", "")), reverse=True)
    found = found[:_SHOWN_IMPORTS]
    names = [each["quarantine_file"] for each in found if each.get("quarantine_file")]
    uploads = {each.quarantine: each for each in Upload.objects.filter(quarantine__in=names)}
    return tuple(_import(each, uploads) for each in found)


def _import(receipt: Mapping[str, Any], uploads: Mapping[str, Upload]) -> ImportRow:
    quarantine = receipt.get("quarantine_file") or ""
    return ImportRow(
        file=str(receipt["file"]),
        table=table_name(str(receipt["table"])),
        at=datetime.fromisoformat(str(receipt["imported_at"])),
        read=int(receipt["read"]),
        landed=int(receipt["read"]) - int(receipt["quarantined"]),
        set_aside=int(receipt["quarantined"]),
        set_aside_name=quarantine if quarantine and quarantine_path(quarantine).is_file() else "",
        upload=uploads.get(quarantine),
    )


def waiting_uploads() -> list[Upload]:
    """Files that came and were not imported yet."""
    return list(Upload.objects.filter(summary=None).select_related("job")[:8])


def outcome_of(summary: Mapping[str, Any]) -> Outcome:
    """What the import of a file said."""
    numbers = (
        (str(_("read")), int(summary["read"])),
        (str(_("new")), int(summary["new"])),
        (str(_("replaced")), int(summary["replaced"])),
        (str(_("unchanged")), int(summary["unchanged"])),
        (str(_("set aside")), int(summary["quarantined"])),
    )
    left = [LeftOut(**each) for each in summary["left_out"]]
    return Outcome(
        numbers=numbers,
        landed=sum(int(summary[name]) for name in ("new", "replaced", "unchanged")),
        set_aside=int(summary["quarantined"]),
        reasons=tuple(Reason(reason=e.reason, advice=advice_of(e.code, e.column), count=e.count) for e in left),
        notes=tuple(notes_told(summary["notes"])),
    )


def is_busy(job: Job | None) -> bool:
    """Whether a job is on its way."""
    return job is not None and job.state in BUSY


def is_measuring() -> bool:
    """Whether figures are being measured, or wait to be."""
    return Job.objects.filter(kind="measure_pages", state__in=BUSY).exists()


@dataclass(frozen=True, kw_only=True, slots=True)
class ConnectionRow:
    """A saved connection and how it fares."""

    connection: Connection
    table: str
    busy: bool
    trouble: str
    advice: str
    landed: int | None
    set_aside: int


def connections() -> tuple[ConnectionRow, ...]:
    """Every saved connection by name."""
    return tuple(connection_row(each) for each in Connection.objects.select_related("job"))


def connection_row(each: Connection) -> ConnectionRow:
    """One of them."""
    what, advice = told(each.trouble)
    failed = each.job is not None and each.job.state == JobState.FAILED and not each.trouble
    summary = each.summary
    return ConnectionRow(
        connection=each,
        table=table_name(each.table),
        busy=is_busy(each.job),
        trouble=str(_("The last run broke off.")) if failed else what,
        advice=str(_("Try it again; if it stays, the log of the server says more.")) if failed else advice,
        landed=sum(int(summary[name]) for name in ("new", "replaced", "unchanged")) if summary else None,
        set_aside=int(summary["quarantined"]) if summary else 0,
    )


def count_rows(quarantine: Path) -> int:
    """How many rows a quarantine file holds; a value may have line breaks in it."""
    with quarantine.open(encoding="utf-8-sig", newline="") as stream:
        return max(0, sum(1 for _row in csv.reader(stream)) - 1)
