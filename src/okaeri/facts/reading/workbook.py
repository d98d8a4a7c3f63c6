"""Excel workbooks as a source: the first sheet that has rows, every cell as text."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

from okaeri.base.errors import NothingUsable
from okaeri.base.text import Text, _
from okaeri.facts.reading.layout import is_header
from okaeri.facts.reading.packed import check_packed
from okaeri.facts.reading.source import Connection, Source, unique_headers

Cell = int | float | str | bool | time | date | datetime | timedelta


def open_workbook(path: Path, connection: Connection) -> Source:
    """The first sheet with rows; its first row that is as wide as the sheet is the header.

    Raises `NothingUsable` when the workbook cannot be read or has no rows.
    """
    from python_calamine import CalamineWorkbook  # only when there is a workbook

    check_packed(path)

    try:
        workbook = CalamineWorkbook.from_path(str(path))
        sheets = [(name, workbook.get_sheet_by_name(name)) for name in workbook.sheet_names]
        filled = [(name, sheet, rows) for name, sheet in sheets if (rows := sheet.to_python(skip_empty_area=False))]
    except Exception as error:  # calamine raises several families; a person can mend each of them in the same way
        raise NothingUsable(
            _("{file} cannot be opened as an Excel workbook: {why}.").format(file=path.name, why=error),
            advice=_("Open it, take its password off, and save it as .xlsx or CSV."),
        ) from None
    if not filled:
        raise NothingUsable(
            _("{file} is empty.").format(file=path.name), advice=_("Export it again and look whether it has rows.")
        )
    name, _sheet, rows = filled[0]
    return _source(name, rows, connection, others=len(filled) - 1)


def _source(name: str, rows: Sequence[Sequence[Cell]], connection: Connection, *, others: int) -> Source:
    import pyarrow as pa  # heavy: only when a workbook is read

    texts = [[_as_text(cell) for cell in row] for row in rows]
    used = [place for place in range(max(map(len, texts))) if any(place < len(row) and row[place] for row in texts)]
    filled = [sum(bool(row[place]) for place in used if place < len(row)) for row in texts]
    start = next(number for number, cells in enumerate(filled) if cells >= min(max(filled), len(used)) * 0.6)
    headed = is_header([texts[start][place] or "" for place in used])
    body = [number for number in range(start + headed, len(texts)) if filled[number]]
    headers = unique_headers(texts[start][place] if headed else "" for place in used)
    columns = {
        f"h{k}": pa.array([_at(texts[number], place) for number in body], pa.string()) for k, place in enumerate(used)
    }
    connection.register("workbook", pa.table(columns))
    return Source(
        kind="excel",
        headers=headers,
        types=("VARCHAR",) * len(headers),
        relation="workbook",
        encoding="Excel",
        lines=lambda ordinals: {ordinal: body[ordinal] + 1 for ordinal in ordinals},
        notes=tuple(_notes(name, start, others, headed=headed)),
        headed=headed,
    )


def _notes(name: str, above: int, others: int, *, headed: bool) -> list[Text]:
    notes = []
    if others:
        notes.append(_("Only the sheet {sheet!r} was read; {n} others have rows too.").format(sheet=name, n=others))
    if above:
        notes.append(_("{n} lines above the header were skipped.").format(n=above))
    if not headed:
        notes.append(_("The file has no header; its columns are called column1, column2 and so on."))
    return notes


def _at(row: Sequence[str | None], place: int) -> str | None:
    return row[place] if place < len(row) else None


def _as_text(cell: Cell) -> str | None:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime | date | time):
        return cell.isoformat(" ") if isinstance(cell, datetime) else cell.isoformat()
    return str(cell).strip() or None
