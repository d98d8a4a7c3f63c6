"""Sheets that are sent line by line, however long they are."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence

from django.http import StreamingHttpResponse

from okaeri.exports.delimited import harmless


def sheet(name: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> StreamingHttpResponse:
    """Rows as a CSV file to be kept under a name; no cell acts as a formula."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(_lines(columns, rows), content_type="text/csv; charset=utf-8", headers=headers)


def _lines(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield "\ufeff" + writer.writerow(columns)  # the mark without which spreadsheets misread Japanese and Korean
    for row in rows:
        yield writer.writerow([harmless(cell) for cell in row])


class _Line:
    """Where a CSV writer leaves its line."""

    def write(self, text: str) -> str:
        """Hand the line on."""
        return text
