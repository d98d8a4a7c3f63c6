"""Rows that were set aside, mended and sent again: those that can be read now land, the others stay with their reason.

The file they came from is needed: the quarantine holds only the value that was wrong.
"""

from __future__ import annotations

import csv
import json
import os
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path

from okaeri.base.errors import OkaeriError
from okaeri.base.text import LANGUAGES, _, use_language
from okaeri.facts.importing import import_file
from okaeri.facts.reading.exports.export import Export
from okaeri.facts.reading.exports.recognising import recognise
from okaeri.facts.reading.opening import check_file, fingerprint, open_source
from okaeri.facts.reading.quarantine import whole_rows_path
from okaeri.facts.reading.reasons import REASON, LeftOut, as_data
from okaeri.facts.reading.receipts import read_receipt, write_receipt
from okaeri.facts.reading.session import session
from okaeri.facts.reading.source import Connection, Source
from okaeri.facts.workspace import Workspace

_BLOCK = 1_000_000
_NO_FORMS = {"decimals": {}, "orders": {}, "float_ids": [], "encoding": ""}
_DELIMITERS = (",", "\t", ";", "|")


@dataclass(frozen=True, kw_only=True, slots=True)
class SetAside:
    """One row of a quarantine file; `column` is "" where the whole line could not be parsed and is the value."""

    file: str
    line: int
    column: str
    value: str
    reason: str
    advice: str


@dataclass(frozen=True, kw_only=True, slots=True)
class WholeRows:
    """Rows of a file as they stand: line → the cells under `headers`; a line that is no row has none."""

    headers: tuple[str, ...]
    rows: Mapping[int, tuple[str, ...]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Mended:
    """What became of rows sent again: how many landed, how many stay set aside, and why they do."""

    landed: int
    left: int
    left_out: tuple[LeftOut, ...] = ()


def set_aside(path: Path, *, start: int = 0, count: int | None = None) -> tuple[SetAside, ...]:
    """Rows of a quarantine file in its order, from `start` on."""
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = islice(csv.DictReader(stream), start, None if count is None else start + count)
        return tuple(_row(each) for each in rows)


def _row(cells: Mapping[str, str]) -> SetAside:
    line = cells.get("line") or ""
    kept = {name: cells.get(name) or "" for name in ("file", "column", "value", "reason", "advice")}
    return SetAside(line=int(line) if line.isdigit() else 0, **kept)


def whole_rows(
    workspace: Workspace, file: Path | str, lines: Iterable[int], *, quarantine: Path | None = None
) -> WholeRows:
    """The rows that begin on these lines, with all their cells as text; as kept beside `quarantine` where they are."""
    wanted = set(lines)
    kept = _kept_rows(quarantine, wanted) if quarantine else None
    if kept is not None:
        return WholeRows(headers=kept.headers, rows=kept.cells)
    path = Path(file)
    check_file(path)
    with session(workspace) as (connection, folder):
        source = open_source(path, fingerprint(path)[1], connection, folder=folder)
        places = _ordinals(source, connection, wanted)
        rows = _cells(source, connection, places.values())
        return WholeRows(headers=source.headers, rows={line: rows[at] for line, at in places.items() if at in rows})


@dataclass(frozen=True, slots=True)
class _Kept:
    """What was kept of the rows of a quarantine file: line → cells, and line → the row of the file."""

    headers: tuple[str, ...]
    cells: dict[int, tuple[str, ...]]
    places: dict[int, int]


def _kept_rows(quarantine: Path, lines: set[int]) -> _Kept | None:
    import pyarrow.parquet as pq  # heavy: only when rows are mended

    path = whole_rows_path(quarantine)
    if not path.exists():
        return None
    found = pq.read_table(path, filters=[("line", "in", lines)]) if lines else pq.read_table(path).slice(0, 0)
    headers = tuple(json.loads(pq.read_metadata(path).metadata[b"headers"]))
    columns = [found.column(name).to_pylist() for name in ("line", "file_row", *(f"h{n}" for n in range(len(headers))))]
    rows = list(zip(*columns, strict=True))
    return _Kept(headers, {row[0]: row[2:] for row in rows}, {row[0]: row[1] for row in rows})


def mend(
    workspace: Workspace,
    file: Path | str,
    *,
    quarantine: Path,
    table: str,
    mended: Mapping[int, Mapping[str, str] | str],
    now: datetime,
    mapping: Mapping[str, str] | None = None,
    date_order: str | None = None,
    as_export: bool = True,
    called: str | None = None,
) -> Mended:
    """Send rows again that were set aside: line → header → value, or the whole line where it could not be parsed.

    The other lines of a mended order go with it, so that its total is whole. What lands leaves the quarantine file.

    Raises `OkaeriError` when a line has too many or too few cells, or a value stands under a header there is none of.
    """
    path = Path(file)
    forms = (read_receipt(_receipt(workspace, quarantine.stem)) or {}).get("forms") or _NO_FORMS
    with session(workspace) as (connection, folder):
        source = open_source(path, fingerprint(path)[1], connection, folder=folder)
        kept = _kept_rows(quarantine, set(mended))
        places = kept.places if kept else _ordinals(source, connection, set(mended))
        rows = _mended_rows(source, connection, mended, places, table=table, mapping=mapping or {}, as_export=as_export)
    with tempfile.TemporaryDirectory(prefix=".mending-", dir=workspace.path) as scratch:
        again = Path(scratch) / "mended.parquet"
        _write(again, source.headers, [cells for _line, cells in rows])
        summary = import_file(
            workspace, again, table=table, now=now, mapping=mapping, date_order=date_order, as_export=as_export,
            called=called, forms=forms,
        )  # fmt: skip
    still = set_aside(summary.quarantine_file) if summary.quarantine_file else ()
    wrong = {rows[each.line - 1][0]: each for each in still if 0 < each.line <= len(rows)}
    wrong = {line: each for line, each in wrong.items() if line in mended}
    if summary.quarantine_file:
        summary.quarantine_file.unlink(missing_ok=True)
        whole_rows_path(summary.quarantine_file).unlink(missing_ok=True)
    landed = {line for line, _cells in rows if line in mended and line not in wrong}
    _rewrite(quarantine, landed, wrong)
    left = set_aside(quarantine)
    left_out = _recount(workspace, quarantine.stem, left, also=summary.left_out, landed=len(landed))
    return Mended(landed=len(landed), left=len(left), left_out=left_out)


def _ordinals(source: Source, connection: Connection, lines: set[int]) -> dict[int, int]:
    """Line → the row that begins on it, looked for in blocks so that a long file costs time and not memory."""
    found: dict[int, int] = {}
    row = connection.execute(f"select count(*) from {source.relation}").fetchone()
    for start in range(0, row[0] if row else 0, _BLOCK):
        block = source.lines(range(start, min(start + _BLOCK, row[0] if row else 0)))
        found |= {line: ordinal for ordinal, line in block.items() if line in lines}
        if len(found) == len(lines):
            break
    return found


def _numbered(source: Source) -> str:
    return f"(select row_number() over () - 1 as file_row, * from {source.relation})"


def _cells(source: Source, connection: Connection, ordinals: Iterable[int]) -> dict[int, tuple[str, ...]]:
    cells = ", ".join(f"coalesce(h{place}::varchar, '')" for place in range(len(source.headers)))
    found = connection.execute(
        f"select file_row, {cells} from {_numbered(source)} where file_row in (select unnest(?::bigint[]))",
        [sorted(ordinals)],
    ).fetchall()
    return {row[0]: tuple(row[1:]) for row in found}


def _mended_rows(
    source: Source, connection: Connection, mended: Mapping[int, Mapping[str, str] | str],
    places: Mapping[int, int], *, table: str, mapping: Mapping[str, str], as_export: bool,
) -> list[tuple[int, tuple[str, ...]]]:  # fmt: skip
    """The rows to be read again, each with its line in the file: the mended ones, and the other lines of their orders.

    A line of 0 is one that nobody asked to mend."""
    at = {ordinal: line for line, ordinal in places.items()}
    export = recognise(source.headers, table=table) if as_export else None
    others = _siblings(source, connection, list(at), _order_key(source, export, table, mapping))
    rows = _cells(source, connection, {*at, *others})
    ready = [(at.get(ordinal, 0), _changed(source, rows[ordinal], mended.get(at.get(ordinal, 0)))) for ordinal in rows]
    loose = [(line, _parsed(source, text, line)) for line, text in mended.items() if isinstance(text, str)]
    return [*ready, *loose]


def _order_key(source: Source, export: Export | None, table: str, mapping: Mapping[str, str]) -> str | None:
    """SQL for what the lines of one order share, None where each row stands for itself."""
    if table != "orders":
        return None
    header = mapping.get("order_id") or (export.columns.get("order_id") if export else None)
    if header in source.headers:
        return f"h{source.headers.index(header)}::varchar"
    if export and header is not None and header in export.made:
        return export.sql(export.made[header], source.headers)
    return None


def _siblings(source: Source, connection: Connection, ordinals: Sequence[int], key: str | None) -> list[int]:
    if key is None or not ordinals:
        return []
    found = connection.execute(
        f"with keyed as (select file_row, {key} as order_key from {_numbered(source)}) select file_row from keyed "
        "where order_key in (select order_key from keyed where file_row in (select unnest(?::bigint[])))",
        [list(ordinals)],
    ).fetchall()
    return [row[0] for row in found]


def _changed(source: Source, cells: tuple[str, ...], said: Mapping[str, str] | str | None) -> tuple[str, ...]:
    if not said or isinstance(said, str):
        return cells
    for header in said:
        if header not in source.headers:
            raise OkaeriError(
                _("There is no column {header} in the file.").format(header=header),
                advice=_("Its columns are: {headers}.").format(headers=", ".join(source.headers)),
            )
    return tuple(said.get(header, cell) for header, cell in zip(source.headers, cells, strict=True))


def _parsed(source: Source, text: str, line: int) -> tuple[str, ...]:
    """A line that could not be parsed, as somebody mended it."""
    for delimiter in _DELIMITERS:
        cells = next(csv.reader([text], delimiter=delimiter), [])
        if len(cells) == len(source.headers):
            return tuple(cells)
    raise OkaeriError(
        _("Line {line} does not have {n} cells.").format(line=line, n=len(source.headers)),
        advice=_("Its columns are: {headers}.").format(headers=", ".join(source.headers)),
    )


def _write(path: Path, headers: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    import pyarrow as pa  # heavy: only when rows are mended
    import pyarrow.parquet as pq

    columns = [pa.array([row[place] or None for row in rows], pa.string()) for place in range(len(headers))]
    pq.write_table(pa.table(columns, names=list(headers)), path)


def _rewrite(quarantine: Path, landed: set[int], wrong: Mapping[int, SetAside]) -> None:
    """Take what landed out of the quarantine file and give what did not its new value and reason."""
    with quarantine.open(encoding="utf-8-sig", newline="") as stream:
        header, *rows = list(csv.reader(stream))
    line = header.index("line")
    kept = [row for row in rows if not (row[line].isdigit() and int(row[line]) in landed)]
    for row in kept:
        again = wrong.get(int(row[line])) if row[line].isdigit() else None
        if again is not None:
            row[line + 1 :] = [again.column, again.value, again.reason, again.advice]
    unfinished = quarantine.with_name(f".{quarantine.name}.{os.getpid()}")
    with unfinished.open("w", encoding="utf-8-sig", newline="") as stream:
        csv.writer(stream).writerows([header, *kept])
    os.replace(unfinished, quarantine)


def _receipt(workspace: Workspace, stem: str) -> Path:
    """A quarantine file and the receipt of its import have one name."""
    return workspace.path / "imports" / f"{stem}.json"


def _recount(
    workspace: Workspace, stem: str, left: Sequence[SetAside], *, also: Iterable[LeftOut], landed: int
) -> tuple[LeftOut, ...]:
    """Tell the receipt of the import that fewer of its rows are set aside, and why the others still are."""
    path = _receipt(workspace, stem)
    found = read_receipt(path) or {"left_out": [], "new": 0}
    before = (LeftOut(**{name: each[name] for name in REASON}) for each in found["left_out"])
    reasons = _counted((*before, *also), left)
    found |= {"new": found["new"] + landed, "quarantined": len(left), "mended": found.get("mended", 0) + landed}
    if path.exists():
        write_receipt(path, {**found, "left_out": [{**as_data(each), "reason": str(each.reason)} for each in reasons]})
    return reasons


def _counted(reasons: Iterable[LeftOut], left: Sequence[SetAside]) -> tuple[LeftOut, ...]:
    """How often each reason stands in the quarantine file, in whichever language it was written; most first."""
    tally = Counter((each.column, each.reason) for each in left)
    once = {(each.code, each.column, each.seen): each for each in reasons}
    counted = (replace(each, count=sum(tally[each.column, words] for words in _said(each))) for each in once.values())
    return tuple(sorted((each for each in counted if each.count), key=lambda each: -each.count))


def _said(reason: LeftOut) -> set[str]:
    said = set()
    for language in LANGUAGES:
        with use_language(language):
            said.add(str(reason.reason))
    return said
