"""Figures as files for other programs: CSV, Excel, Parquet; what is measured is decided elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _

if TYPE_CHECKING:
    from okaeri.metrics.result import MetricResult

ENDINGS = (".csv", ".xlsx", ".parquet")


def check_ending(path: Path, *, endings: Sequence[str] = ENDINGS) -> str:
    """The ending of a file to write, in small letters; raises `OkaeriError` for one that is not written.

    >>> check_ending(Path("crr.XLSX"))
    '.xlsx'
    """
    ending = path.suffix.lower()
    if ending not in endings:
        raise OkaeriError(
            _("Figures cannot be written as {name}.").format(name=path.name),
            advice=_("End the name in {endings}.").format(endings=", ".join(endings)),
        )
    return ending


def save(result: MetricResult, path: Path) -> Path:
    """Write one result; its ending says how: `.csv`, `.xlsx` or `.parquet`.

    Raises `OkaeriError` for another ending.
    """
    ending = check_ending(path)
    if ending == ".csv":
        from okaeri.exports.delimited import write_csv

        return write_csv(result, path)
    if ending == ".parquet":
        from okaeri.exports.columnar import write_parquet

        return write_parquet(result, path)
    from okaeri.exports.workbook import Book, write_book

    return write_book(Book(results=(result,)), path)
