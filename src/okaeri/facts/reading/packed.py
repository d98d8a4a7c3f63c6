"""Files that unpack to more than they seem: a workbook is measured, as declared and as it is, before it is opened."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

from okaeri.base.errors import NothingUsable
from okaeri.base.text import _

UNPACKED_BYTES = 1 << 30
_PARTS = 10_000
_CHUNK = 1 << 20
_WORKBOOKS = ("[Content_Types].xml", "mimetype")


def check_packed(path: Path, *, most_bytes: int = UNPACKED_BYTES) -> None:
    """Raise `NothingUsable` for a packed file that is no workbook, or that unpacks to more than `most_bytes`."""
    if not zipfile.is_zipfile(path):
        return
    try:
        with zipfile.ZipFile(path) as packed:
            parts = packed.infolist()
            if not any(part.filename in _WORKBOOKS for part in parts):
                raise NothingUsable(
                    _("{file} is a {kind} file.").format(file=path.name, kind="zip"),
                    advice=_("Unpack it, or export it as CSV, Excel, JSON Lines or Parquet."),
                )
            if len(parts) > _PARTS or sum(part.file_size for part in parts) > most_bytes:
                raise _too_much(path)
            _measure(packed, path, most_bytes=most_bytes)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, EOFError) as error:
        raise NothingUsable(
            _("{file} cannot be opened as an Excel workbook: {why}.").format(file=path.name, why=error),
            advice=_("Open it, take its password off, and save it as .xlsx or CSV."),
        ) from None


def _measure(packed: zipfile.ZipFile, path: Path, *, most_bytes: int) -> None:
    """What is declared may be a lie: count what really comes out."""
    left = most_bytes
    for part in packed.infolist():
        with packed.open(part) as stream:
            while chunk := stream.read(_CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise _too_much(path)


def _too_much(path: Path) -> NothingUsable:
    return NothingUsable(
        _("{file} unpacks to more than a workbook of customers can need.").format(file=path.name),
        advice=_("Export it as CSV or Parquet, which may be as large as they like."),
    )
