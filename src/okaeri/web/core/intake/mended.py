"""Rows that somebody mended, as a page or a spreadsheet sends them: line → header → value, or the whole line."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

from okaeri.base.errors import OkaeriError
from okaeri.base.text import _
from okaeri.facts.mending import SetAside
from okaeri.facts.reading.contents import codec_of

BESIDE = ("line", "column", "value", "reason", "advice")
_LONGEST_NUMBER = 16
MOST_BYTES = 50_000_000
Changes = dict[int, "dict[str, str] | str"]


def from_page(posted: Mapping[str, str]) -> Changes:
    """Fields called `cell:7:amount` and `line:8`, with what stood there in `was:…`; unchanged ones say nothing."""
    found: Changes = {}
    for name, value in posted.items():
        kind, _, rest = name.partition(":")
        text, _, header = rest.partition(":")
        line = line_of(text)
        if kind not in ("cell", "line") or line is None or value == posted.get(f"was:{rest}"):
            continue
        if kind == "line":
            found[line] = value
            continue
        cells = found.setdefault(line, {})
        if isinstance(cells, dict):
            cells[header] = value
    return found


def line_of(text: str) -> int | None:
    """The number of a line; None for what is none, or longer than any file.

    >>> line_of("7"), line_of("²"), line_of("9" * 30)
    (7, None, None)
    """
    return int(text) if text.isascii() and text.isdigit() and len(text) < _LONGEST_NUMBER else None


def from_sheet(content: bytes, kept: Mapping[int, SetAside]) -> Changes:
    """A downloaded sheet that comes back, whichever delimiter and encoding the spreadsheet saved it with.

    Raises `OkaeriError` when it is too large, or not such a sheet.
    """
    if len(content) > MOST_BYTES:
        raise OkaeriError(_("The sheet is too large."), advice=_("Send it in parts."))
    text = _decoded(content)
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    names = [name.strip() for name in reader.fieldnames or []]
    reader.fieldnames = names
    if "line" not in names:
        raise OkaeriError(
            _("The sheet has no column called line."),
            advice=_("Keep the columns of the download; `line` tells the rows."),
        )
    found: Changes = {}
    for row in reader:
        line = line_of((row.get("line") or "").strip())
        if line is None or line not in kept:
            continue
        if kept[line].column:
            found[line] = {name: armed(row[name] or "") for name in names if name not in BESIDE and name in row}
        elif armed(row.get("value") or "") != kept[line].value:
            found[line] = armed(row.get("value") or "")
    return found


def armed(value: str) -> str:
    """What `unarmed` made of a value, undone.

    >>> armed("'=1+1"), armed("'90s")
    ('=1+1', "'90s")
    """
    return value[1:] if value[:1] == "'" and value[1:2] in ("=", "+", "-", "@", "\t", "\r") else value


def _decoded(content: bytes) -> str:
    """Signs that no encoding explains are no reason to lose the others."""
    return content.decode(codec_of(content) or "utf-8", "replace")
