"""Files that unpack to more than they seem: a workbook is measured, as declared and as it is, before it is opened.

Opened, a sheet is laid out up to its farthest cell: two cells, one at each end, would fill any memory.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from functools import lru_cache, reduce
from pathlib import Path

from okaeri.base.errors import NothingUsable
from okaeri.base.text import _

UNPACKED_BYTES = 1 << 30
LAID_OUT_CELLS = 40_000_000
_PARTS = 10_000
_CHUNK = 1 << 20
_KINDS = {"xl/workbook.bin": "xlsb", "content.xml": "ods"}  # what else people take for a workbook
_CELL = re.compile(rb"""\br\s*=\s*["']([A-Za-z]{1,3})([0-9]{1,7})["']""")
_LONGEST_CELL = 40


def check_packed(path: Path, *, most_bytes: int = UNPACKED_BYTES, most_cells: int = LAID_OUT_CELLS) -> None:
    """Raise `NothingUsable` for a packed file that is no .xlsx, or that opens to more than may be."""
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as packed:
            parts = packed.infolist()
            names = {part.filename for part in parts}
            if "xl/workbook.xml" not in names:
                kind = next((kind for name, kind in _KINDS.items() if name in names), "zip")
                raise NothingUsable(
                    _("{file} is a {kind} file.").format(file=path.name, kind=kind),
                    advice=_("Unpack it, or export it as CSV, Excel, JSON Lines or Parquet."),
                )
            if len(parts) > _PARTS or sum(part.file_size for part in parts) > most_bytes:
                raise _too_much(path)
            _measure(packed, path, most_bytes=most_bytes, most_cells=most_cells)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError) as error:
        raise NothingUsable(
            _("{file} cannot be opened as an Excel workbook: {why}.").format(file=path.name, why=error),
            advice=_("Open it, take its password off, and save it as .xlsx or CSV."),
        ) from None


def _measure(packed: zipfile.ZipFile, path: Path, *, most_bytes: int, most_cells: int) -> None:
    """What is declared may be a lie: count what really comes out."""
    bytes_left, cells_left = most_bytes, most_cells
    for part in packed.infolist():
        is_sheet = part.filename.startswith("xl/worksheets/")
        columns = rows = 0
        with packed.open(part) as stream:
            end = b""
            while chunk := stream.read(_CHUNK):
                bytes_left -= len(chunk)
                for column, row in _CELL.findall(end + chunk) if is_sheet else ():
                    columns, rows = max(columns, _number(column)), max(rows, int(row))
                end = chunk[-_LONGEST_CELL:]
                if bytes_left < 0 or columns * rows > cells_left:
                    raise _too_much(path)
        cells_left -= columns * rows


@lru_cache(maxsize=20_000)  # all columns there can be
def _number(column: bytes) -> int:
    """The place of a column: A is 1, AA is 27."""
    return reduce(lambda place, letter: place * 26 + letter - 64, column.upper(), 0)


def _too_much(path: Path) -> NothingUsable:
    return NothingUsable(
        _("{file} unpacks to more than a workbook of customers can need.").format(file=path.name),
        advice=_("Export it as CSV or Parquet, which may be as large as they like."),
    )
