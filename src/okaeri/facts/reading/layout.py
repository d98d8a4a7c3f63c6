"""How a text file is laid out: its delimiter, where its header stands, and whether it has one."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from okaeri.base.errors import NothingUsable
from okaeri.base.text import _
from okaeri.facts.reading.names import is_known
from okaeri.facts.reading.source import unique_headers

_DELIMITERS = (",", "\t", ";", "|")
_GAPS = (r"\s+", r"(?:\s{2,}|\t)")
_ROWS_LOOKED_AT = 200
_NOT_A_NAME = re.compile(r"[\d\s.,:/\-+()¥￥₩$€£%]*\d[\d\s.,:/\-+()¥￥₩$€£%円원]*")


@dataclass(frozen=True, kw_only=True, slots=True)
class Layout:
    """`skip` lines stand before the first row; `gap` is a pattern of blanks when columns are aligned with blanks."""

    delimiter: str
    headers: tuple[str, ...]
    skip: int
    headed: bool
    above: int = 0
    gap: str | None = None


def layout_of(text: str, *, file: str) -> Layout:
    """Look at the first rows of `text` and say how it is laid out.

    Raises `NothingUsable` when there is nothing in it.

    >>> layout_of("id;date\\n1;2024-01-01\\n", file="a.csv").delimiter
    ';'
    """
    if not text.strip():
        raise NothingUsable(
            _("{file} is empty.").format(file=file), advice=_("Export it again and look whether it has rows.")
        )
    tried = [_delimited(text, delimiter) for delimiter in _DELIMITERS]
    best = max(tried, key=lambda found: found[0])
    if best[0] <= 0:
        best = max([best, *(_aligned(text, gap) for gap in _GAPS)], key=lambda found: found[0])
    return best[1]


def _delimited(text: str, delimiter: str) -> tuple[float, Layout]:
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter)
    rows: list[tuple[int, list[str]]] = []
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append((reader.line_num, row))
            if len(rows) >= _ROWS_LOOKED_AT:
                break
    except csv.Error:
        return 0.0, _layout(rows or [(1, text.splitlines()[:1])], delimiter=delimiter, gap=None)[1]
    return _layout(rows, delimiter=delimiter, gap=None)


def _aligned(text: str, gap: str) -> tuple[float, Layout]:
    lines = enumerate(text.splitlines()[:_ROWS_LOOKED_AT], start=1)
    rows = [(number, re.split(gap, line.strip())) for number, line in lines if line.strip()]
    return _layout(rows, delimiter="\t", gap=gap)


def _layout(rows: Sequence[tuple[int, list[str]]], *, delimiter: str, gap: str | None) -> tuple[float, Layout]:
    """A score (0: not separated this way) and the layout; the header is the first row as wide as most rows."""
    widths = Counter(len(row) for _line, row in rows)
    usual = max(widths, key=lambda width: (widths[width], width))
    start = next(place for place, (_line, row) in enumerate(rows) if len(row) == usual)
    line, first = rows[start]
    headed = is_header(first)
    layout = Layout(
        delimiter=delimiter,
        headers=unique_headers(first if headed else [""] * usual),
        skip=line if headed else (rows[start - 1][0] if start else 0),
        headed=headed,
        above=start,
        gap=gap,
    )
    share = widths[usual] / len(rows)
    penalty = 0.5 if start else 1.0  # a title above the header is rarer than a wrong delimiter
    return (share * penalty * (1 - 1 / usual) if usual > 1 and share > 0.5 else 0.0), layout


def is_header(cells: Sequence[str]) -> bool:
    """Whether a row holds names: one of them is known, or none looks like a number or a date.

    >>> is_header(["id", "bought on"]), is_header(["00004", "19970101"])
    (True, False)
    """
    if any(is_known(cell) for cell in cells):
        return True
    return not any(_NOT_A_NAME.fullmatch(cell.strip()) for cell in cells)
