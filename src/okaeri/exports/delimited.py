"""CSV that spreadsheets everywhere open right: UTF-8 with a byte order mark, and no cell that acts as a formula."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path
from typing import Any

from okaeri.exports.columns import columns_of
from okaeri.exports.files import whole
from okaeri.metrics.result import MetricResult

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_csv(result: MetricResult, path: Path) -> Path:
    """Write one row per measurement: column names in English, days as 2024-01-31, numbers in full."""
    columns = columns_of(result)
    # Excel in Japan and Korea reads a CSV without the mark in the machine's own code page
    with whole(path) as half, open(half, "w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([harmless(column.name) for column in columns])
        writer.writerows([_cell(value) for value in row] for row in zip(*(c.values for c in columns), strict=True))
    return path


def harmless(text: str) -> str:
    """A text that a spreadsheet shows and never runs: one that begins like a formula gets an apostrophe before it.

    >>> harmless("=1+1"), harmless("Osaka")
    ("'=1+1", 'Osaka')
    """
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA_STARTS) else text


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return harmless(value)
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else repr(value)
