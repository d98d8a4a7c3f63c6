"""Import: a file that somebody exported becomes facts in the lake; rows that cannot be read go to quarantine.

How values are read is in `reading`; how rows land is in `lake`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

from okaeri.base.errors import NothingUsable, OkaeriError, unknown
from okaeri.base.text import _
from okaeri.facts.contracts import Table, table_of
from okaeri.facts.lake import Lake, Landing, Limits
from okaeri.facts.reading.contents import Contents
from okaeri.facts.reading.exports.preparing import Prepared, prepare
from okaeri.facts.reading.exports.recognising import recognise
from okaeri.facts.reading.fates import fates
from okaeri.facts.reading.keys import settle
from okaeri.facts.reading.mapping import Mapped, map_columns, usable
from okaeri.facts.reading.opening import check_file, fingerprint, open_source
from okaeri.facts.reading.profile import ORDERS, forms_as_data
from okaeri.facts.reading.quarantine import count_left_out, whole_rows_path, write_quarantine, write_whole_rows
from okaeri.facts.reading.reasons import LeftOut
from okaeri.facts.reading.receipts import read_receipt, receipt_path, receipts, write_receipt
from okaeri.facts.reading.remarks import remembered_notes, unused_note
from okaeri.facts.reading.session import session
from okaeri.facts.reading.source import Connection, Source, sql_path, sql_text
from okaeri.facts.reading.staging import Loaded, count, load, read_columns, type_rows
from okaeri.facts.reading.typed import Reading
from okaeri.facts.reading.wide import WideSurvey, unpivot
from okaeri.facts.summary import ImportSummary
from okaeri.facts.workspace import Workspace

__all__ = ["ImportSummary", "LeftOut", "WideSurvey", "import_file", "receipts"]

VERSION = 3  # raise when the same file would give other rows
Progress = Callable[[str, float], None]


def import_file(
    workspace: Workspace,
    path: Path | str,
    *,
    table: str,
    now: datetime,
    mapping: Mapping[str, str] | None = None,
    date_order: str | None = None,
    returns: str | None = None,
    wide: WideSurvey | None = None,
    as_export: bool = True,
    called: str | None = None,
    forms: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> ImportSummary:
    """Read a file into a table of the workspace's lake; importing it twice changes nothing.

    `mapping` gives column → header or arithmetic on headers, and is remembered; what it leaves open is guessed.
    `date_order` (`dmy`, `mdy`, `ymd`) settles dates that could be read both ways and is remembered too; `returns`
    (`net`, `apart`) becomes the workspace's setting. `wide` is for answers with one row per respondent and one column
    per question; what it says is remembered. A file that a well-known product exported is recognised by its headers
    unless `as_export` is False. `called` is the name people know the file by; `forms`, for rows that were taken out of
    another file, how that one was written. `progress` is called with a stage and the share done, 0..1.

    Raises `NothingUsable` when the file holds nothing to read, `DateOrderNeeded` when day and month could be either
    way round, and `OkaeriError` when the file or the mapping has to be named in another way.
    """
    contract = table_of(table)
    if date_order is not None and date_order not in ORDERS:
        raise unknown(_("order of day and month"), date_order, ORDERS, listed_by="okaeri import --help")
    if wide and contract.name != "answers":
        raise OkaeriError(
            _("Only answers can have a column per question, not {table}.").format(table=contract.name),
            advice=_("Import the file with `--as answers`."),
        )
    if returns is not None and returns != workspace.settings.returns:
        workspace = workspace.save(replace(workspace.settings, returns=returns))
    file = Path(path)
    check_file(file)
    with session(workspace) as (connection, folder):
        job = _Job(
            workspace=workspace, file=file, table=contract, connection=connection, folder=folder, now=now,
            given=dict(mapping or {}), date_order=date_order, wide=wide, as_export=as_export,
            called=called or file.name, forms=forms,
            tell=progress or (lambda stage, share: None),
        )  # fmt: skip
        return job.run()


@dataclass(frozen=True, kw_only=True, slots=True)
class _Job:
    """One import on its way."""

    workspace: Workspace
    file: Path
    table: Table
    connection: Connection
    folder: Path
    now: datetime
    given: dict[str, str]
    date_order: str | None
    wide: WideSurvey | None
    as_export: bool
    called: str
    forms: Mapping[str, Any] | None
    tell: Progress

    def run(self) -> ImportSummary:
        """Read, check, land, and say what happened."""
        self.tell("opening", 0.0)
        digest, contents = fingerprint(self.file)
        source = open_source(self.file, contents, self.connection, folder=self.folder)
        survey, given = self._survey(source)
        turned = unpivot(survey, source, self.connection, given=given) if survey else None
        laid = None if survey else self._as_export(source)
        if turned:
            source, mapped = turned.source, turned.mapped
        else:
            source = laid.source if laid else source
            mapped = map_columns(self.table, source, self.connection, given=self.given, saved=self._saved(laid))
        identity = self._identity(digest, mapped, survey, laid)
        known = self._already_there(identity)
        if known is None:
            self.tell("reading", 0.1)
            source, loaded = self._load(source, mapped, contents, survey, given, laid)
            silent = turned.silent if turned else None
            known = self._bring_in(identity, source, mapped, loaded, silent=silent, laid=laid)
        if known.landed:  # a mapping that read no row is a mistake nobody wants remembered
            if survey and turned:
                self.workspace.save_survey(self.table.name, survey.remembered(turned.headers))
            else:
                self.workspace.save_mapping(laid.export.id if laid else self.table.name, mapped.texts)
            if self.date_order:
                self.workspace.save_date_order(self.table.name, self.date_order)
        self.tell("done", 1.0)
        return known

    def _as_export(self, source: Source) -> Prepared | None:
        """The file as the export of a well-known product, when it is one of this table."""
        found = recognise(source.headers, table=self.table.name) if self.as_export else None
        return prepare(found, source, self.connection) if found else None

    def _saved(self, laid: Prepared | None) -> dict[str, str]:
        """The mapping of the last file of this kind; an export's own where there was none that still fits."""
        if laid is None:
            return self.workspace.mapping(self.table.name)
        saved = self.workspace.mapping(laid.export.id)
        return dict((saved and usable(saved, self.table, laid.source)) or laid.columns)

    def _survey(self, source: Source) -> tuple[WideSurvey | None, dict[str, str]]:
        """How to read a file with a column per question: as given, else as the last one when it has all its headers."""
        remembered = self.workspace.survey(self.table.name) if self.table.name == "answers" else {}
        if self.wide is None and not remembered:
            return None, self.given
        survey = (self.wide or WideSurvey()).or_else(remembered)
        if self.wide is None and not survey.fits(source.headers):
            return None, self.given
        kept = {} if self.wide and self.wide.questions else remembered.get("mapping", {})
        free = {column: header for column, header in kept.items() if header in source.headers}
        if survey.day and "answered_at" not in self.given:
            free.pop("answered_at", None)
        return survey, {**free, **self.given}

    @property
    def today(self) -> date:
        """The workspace's day of the import."""
        return self.workspace.calendar.day_of(self.now)

    @property
    def remembered_order(self) -> str | None:
        """The order of day and month a person once gave for this table."""
        told = None if self.date_order else self.workspace.date_order(self.table.name)
        return told if told in ORDERS else None

    def _day(self, moment: str) -> date:
        return self.workspace.calendar.day_of(datetime.fromisoformat(moment))

    def _identity(self, digest: str, mapped: Mapped, survey: WideSurvey | None, laid: Prepared | None) -> str:
        """The same file read in the same way has the same identity."""
        settings = self.workspace.settings
        parts = [
            VERSION,
            digest,
            self.table.name,
            sorted(mapped.texts.items()),
            self.date_order,
            self.remembered_order,
            settings.zone,
            settings.currency,
            [survey.not_an_answer, str(survey.day), survey.survey] if survey else None,
            *([laid.export.id, laid.export.version] if laid else []),
            *([self.forms] if self.forms else []),
        ]
        return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()

    def _already_there(self, identity: str) -> ImportSummary | None:
        """The summary of this very import when nothing has changed the table since."""
        receipt = read_receipt(receipt_path(self.workspace, self.table.name, identity))
        lake = Lake(self.workspace.lake_path)
        if not receipt or receipt["identity"] != identity or receipt["version"] != lake.version(self.table.name):
            return None
        if receipt["after_today"] and self._day(receipt["imported_at"]) < self.today:
            return None  # fewer rows may lie ahead by now
        quarantine = self._quarantine(identity) if receipt["quarantined"] else None
        if quarantine is not None and not quarantine.exists():
            return None
        return ImportSummary.again(receipt, file=Path(self.called), quarantine=quarantine)

    def _quarantine(self, identity: str) -> Path:
        return self.workspace.path / "quarantine" / f"{self.table.name}-{identity[:16]}.csv"

    def _load(
        self,
        source: Source,
        mapped: Mapped,
        contents: Contents | None,
        survey: WideSurvey | None,
        given: Mapping[str, str],
        laid: Prepared | None,
    ) -> tuple[Source, Loaded]:
        """The rows as they stand; a quote left open is not allowed to swallow the rows after it."""
        loaded: Loaded | None = None
        error: duckdb.Error | None = None
        try:
            loaded = load(self.connection, self.table, source, mapped)
        except duckdb.Error as caught:
            error = caught
        if (
            contents
            and source.kind == "text"
            and (loaded is None or any(r.reason == "open_quote" for r in loaded.rejects))
        ):
            source = open_source(self.file, contents, self.connection, folder=self.folder, mend_quotes=True)
            source = unpivot(survey, source, self.connection, given=given).source if survey else source
            source = prepare(laid.export, source, self.connection).source if laid else source
            with suppress(duckdb.Error):
                loaded = load(self.connection, self.table, source, mapped)
        if loaded is None:
            raise NothingUsable(
                _("{file} cannot be read: {why}").format(file=self.called, why=str(error).splitlines()[0][:200]),
                advice=_("Export it again; CSV, Excel, JSON Lines and Parquet are read."),
            )
        if not loaded.rows and not loaded.rejects:
            raise NothingUsable(
                _("{file} has a header but no rows.").format(file=self.called),
                advice=_("Export it again and look whether it has rows."),
            )
        return source, loaded

    def _bring_in(
        self,
        identity: str,
        source: Source,
        mapped: Mapped,
        loaded: Loaded,
        *,
        silent: Callable[[Connection], int] | None,
        laid: Prepared | None,
    ) -> ImportSummary:
        self.tell("checking", 0.3)
        reading = self._read(source, mapped, loaded, zone=laid.zone(self.connection) if laid else None)
        checks = type_rows(self.connection, reading)
        settled = settle(self.connection, reading, checks=len(checks))
        checks = (*checks, *settled.checks)
        left_out = count_left_out(self.connection, loaded.rejects, checks)
        quarantine = self._quarantine(identity) if left_out else None
        if quarantine:
            lines = write_quarantine(
                self.connection, quarantine, file=self.called, source=source, rejects=loaded.rejects, checks=checks
            )
            if silent is None:  # a row of a file with a column per question is many rows by now
                self._keep_whole_rows(quarantine, source, laid, lines)
        self.tell("landing", 0.6)
        landing, staged, before = self._land(identity)
        new, replaced, unchanged = fates(
            self.connection, self.table, landing, settled, before=before, staged=str(staged)
        )
        passed_over = laid.passed_over(self.connection) if laid else ()
        notes = (*source.notes, *passed_over, *mapped.notes, *remembered_notes(reading), *settled.notes)
        summary = ImportSummary(
            table=self.table.name,
            file=self.called,
            read=loaded.rows + len(loaded.rejects),
            new=new,
            replaced=replaced,
            unchanged=unchanged,
            quarantined=sum(each.count for each in left_out),
            quarantine_file=quarantine,
            mapping=mapped.texts,
            encoding=source.encoding,
            key_made=settled.key_made,
            left_out=left_out,
            notes=(*notes, *unused_note(self.table, source, mapped)),
            merged_lines=settled.merged_lines,
            returns=self._count_orders(staged, "kind = 'return'"),
            zero_amounts=self._count_orders(staged, "kind = 'purchase' and amount = 0"),
            after_today=self._count_after_today(staged),
            not_answers=silent(self.connection) if silent else 0,
        )
        forms = {**forms_as_data(reading.profile, headers=source.headers), "encoding": source.encoding}
        if self.forms is None:  # rows of another file are counted in the receipt of that one
            self._keep_receipt(summary, identity=identity, version=landing.version, forms=forms)
        return summary

    def _keep_whole_rows(
        self, quarantine: Path, source: Source, laid: Prepared | None, lines: Mapping[int, int]
    ) -> None:
        headers, row = (laid.opened.headers, "file_row") if laid else (source.headers, "ordinal")
        write_whole_rows(
            self.connection, whole_rows_path(quarantine), source=source, headers=headers, row=row, lines=lines
        )

    def _read(self, source: Source, mapped: Mapped, loaded: Loaded, *, zone: str | None) -> Reading:
        settings = self.workspace.settings
        return read_columns(
            self.connection, self.table, source, mapped, loaded,
            zone=zone or settings.zone, currency=settings.currency, date_order=self.date_order,
            remembered_order=self.remembered_order, forms=self.forms,
        )  # fmt: skip

    def _land(self, identity: str) -> tuple[Landing, Path, tuple[str, ...]]:
        """Land the staged rows; also the file they are in and the table's files as the landing found them."""
        staged = self.folder / "staged.parquet"
        columns = ", ".join(_final(column.name, column.type.sql, self.table) for column in self.table.columns)
        self.connection.execute(f"copy (select {columns} from staged) to {sql_text(staged)} (format parquet)")
        self._drop_working_tables()
        settings = self.workspace.settings
        lake = Lake(
            self.workspace.lake_path, limits=Limits(threads=settings.threads, memory_limit=settings.memory_limit)
        )
        version = lake.version(self.table.name)
        if not count(self.connection, f"read_parquet({sql_path(staged)})"):
            return Landing(new=0, replaced=0, unchanged=0, version=version or 0), staged, ()
        # An older file may come again after a newer one: only the same file on the same version is the same batch.
        landing = lake.land(self.table.name, staged, batch_id=f"{identity[:32]}-{version or 0}", now=self.now)
        before = lake.files(self.table.name, as_of=landing.version - 1) if landing.version else ()
        return landing, staged, before

    def _drop_working_tables(self) -> None:
        for name in ("raw", "typed", "digested", "summed", "again"):
            self.connection.execute(f"drop table if exists {name}")

    def _count_orders(self, staged: Path, where: str) -> int:
        return count(self.connection, f"read_parquet({sql_path(staged)})", where) if self.table.name == "orders" else 0

    def _count_after_today(self, staged: Path) -> int:
        ahead = self.table.after(self.today, calendar=self.workspace.calendar)
        return count(self.connection, f"read_parquet({sql_path(staged)})", ahead)

    def _keep_receipt(self, summary: ImportSummary, *, identity: str, version: int, forms: Mapping[str, Any]) -> None:
        target = receipt_path(self.workspace, self.table.name, identity)
        earlier = read_receipt(target) or {}
        moment = self.now.astimezone(UTC).isoformat()
        receipt = {
            **summary.as_json(),
            "quarantine_file": summary.quarantine_file.name if summary.quarantine_file else None,
            "notes": [note.message for note in summary.notes],
            "identity": identity,
            "version": version,
            "forms": forms,
            "first_imported_at": earlier.get("first_imported_at", moment),
            "imported_at": moment,
        }
        write_receipt(target, receipt)


def _final(name: str, kind: str, table: Table) -> str:
    """A column as it lands; whatever brought money back is a return, whichever word the file has for it."""
    if table.name == "orders" and name == "kind":
        went_back = "kind = 'return' or amount < 0 or (amount = 0 and below)"
        return f"case when {went_back} then 'return' else 'purchase' end as kind"
    if kind == "timestamptz":
        return f'timezone(\'UTC\', "{name}") as "{name}"'
    return f'"{name}"::{kind} as "{name}"'
